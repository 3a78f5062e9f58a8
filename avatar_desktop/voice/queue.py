"""The order in which clips are spoken: one after the other, handed to the player just in time.

A plain object with the heard time as argument: no thread, no clock. It makes no sound itself.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from avatar_desktop.voice.clip import SpeechClip

LOOK_AHEAD_SECONDS: Final = 0.4

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """What the wire and the window tell of the queue."""

    queue_length: int
    """Clips that wait for their turn."""
    currently_playing: str | None
    """The clip that the player has: it sounds, or is just about to."""
    is_processing: bool


@dataclass(slots=True)
class _Playing:
    clip: SpeechClip
    start: float
    end: float
    is_started: bool = False


def _nothing_failed(clip: SpeechClip, error: Exception) -> None:
    _log.error("clip not played", extra={"clip": clip.id}, exc_info=error)


class SpeechQueue:
    """Higher priority first, first in first out within one.

    `play` puts a clip on the stage and returns (start, end). `on_start` and `on_complete` come
    when the clip's first sample and its end are heard, `on_empty` when nothing is left after
    that; `clear` calls none of them.
    """

    def __init__(
        self,
        *,
        accepts: Callable[[], bool],
        ready: Callable[[], bool],
        play: Callable[[SpeechClip], tuple[float, float]],
        on_start: Callable[[SpeechClip], None],
        on_complete: Callable[[SpeechClip], None],
        on_empty: Callable[[], None],
        on_failed: Callable[[SpeechClip, Exception], None] = _nothing_failed,
        look_ahead: float = LOOK_AHEAD_SECONDS,
    ) -> None:
        self._accepts = accepts
        self._ready = ready
        self._play = play
        self._on_start = on_start
        self._on_complete = on_complete
        self._on_empty = on_empty
        self._on_failed = on_failed
        self._look_ahead = look_ahead
        self._waiting: list[tuple[int, SpeechClip]] = []
        self._playing: deque[_Playing] = deque()
        self._paused_at: float | None = None
        self._accepted_reply: str | None = None
        self._was_busy = False

    def enqueue(self, clip: SpeechClip, priority: int = 0) -> bool:
        """Let a clip wait for its turn; False if the avatar takes no speech now.

        While paused, the later phrases of the reply that was accepted last still come in.
        """
        goes_on = self._paused_at is not None and clip.reply_id == self._accepted_reply
        if not goes_on and not self._accepts():
            return False
        self._accepted_reply = clip.reply_id
        place = next(
            (i for i, (other, _) in enumerate(self._waiting) if other < priority),
            len(self._waiting),
        )
        self._waiting.insert(place, (priority, clip))
        self._was_busy = True
        return True

    def peek(self) -> SpeechClip | None:
        """The clip whose turn is next."""
        return self._waiting[0][1] if self._waiting else None

    def advance(self, heard: float) -> None:
        """Tell what is heard; called at every tick."""
        if self._paused_at is not None:
            return
        self._follow(heard)
        self._hand_over(heard)
        if self._was_busy and not self._waiting and not self._playing:
            self._was_busy = False
            self._on_empty()

    def pause(self, silence_at: float = 0.0) -> None:
        """Hold everything; `silence_at` is where the player falls silent."""
        if self._paused_at is None:
            self._paused_at = silence_at

    def resume(self, moved: float = 0.0) -> None:
        """Go on; `moved` is what the player's `resume` returned."""
        if self._paused_at is None:
            return
        silence_at, self._paused_at = self._paused_at, None
        for playing in self._playing:
            if playing.end > silence_at:
                playing.end += moved
            if not playing.is_started and playing.start >= silence_at:
                playing.start += moved

    def clear(self) -> tuple[SpeechClip, ...]:
        """Forget all, also what plays and a pause; the clips that were not heard to their end."""
        dropped = (*(playing.clip for playing in self._playing), *(c for _, c in self._waiting))
        self._playing.clear()
        self._waiting.clear()
        self._paused_at = None
        self._accepted_reply = None
        self._was_busy = False
        return dropped

    @property
    def is_paused(self) -> bool:
        return self._paused_at is not None

    def status(self) -> QueueStatus:
        playing = self._playing[0].clip.id if self._playing else None
        return QueueStatus(
            queue_length=len(self._waiting),
            currently_playing=playing,
            is_processing=bool(self._waiting or self._playing),
        )

    def _follow(self, heard: float) -> None:
        """Starts and completions, in the order in which they were heard."""
        while self._playing and self._paused_at is None:
            first = self._playing[0]
            if not first.is_started:
                if heard < first.start:
                    return
                first.is_started = True
                self._on_start(first.clip)
                continue  # the listener may have cleared or paused
            if heard < first.end:
                return
            self._playing.popleft()
            self._on_complete(first.clip)

    def _hand_over(self, heard: float) -> None:
        """Give the player the next clip shortly before it runs dry."""
        while self._waiting and self._paused_at is None:
            if self._playing and self._playing[-1].end - heard > self._look_ahead:
                return
            if not self._ready():
                return  # the clip stays at the front until the avatar is ready
            _, clip = self._waiting.pop(0)
            try:
                start, end = self._play(clip)
            except Exception as error:  # noqa: BLE001  one bad clip must not silence the next
                self._on_failed(clip, error)
            else:
                self._playing.append(_Playing(clip, start, end))
