"""One stream of a client's sound, as what happens in it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from avatar_desktop.wire.messages import AudioChunk
from server_stub.ears.sound import RECORDINGS, Stream, form_of
from server_stub.ears.utterances import Began, Ended, Event, Utterances
from server_stub.limits import EarLimits

if TYPE_CHECKING:  # what unpacks recordings comes in with the first of them
    from server_stub.ears.recording import Recording

Kind = Literal["began", "sounded", "ended", "too long", "nothing"]


@dataclass(frozen=True, slots=True)
class Cut:
    """Something that happened in a stream; `nothing` is a stream in which nobody spoke."""

    kind: Kind
    stream_id: str
    came_at: float
    at: int = 0
    pcm: bytes = b""

    @property
    def is_end(self) -> bool:
        """Whether an utterance ends here."""
        return self.kind not in ("began", "sounded")


class VoiceStream:
    """Owns what is known of one stream between its pieces."""

    def __init__(self, first: AudioChunk, limits: EarLimits) -> None:
        self._id = first.stream_id
        self._rate = first.rate
        self._next = 0
        self._form = form_of(first)
        self._sound = _sound_of(self._form, first.rate)
        self._utterances = Utterances(limits.threshold, limits.longest_seconds)
        self._spoke = False

    @property
    def is_packed(self) -> bool:
        """Whether its pieces must be unpacked, which takes a while."""
        return self._form in RECORDINGS

    def goes_on_with(self, chunk: AudioChunk) -> bool:
        """Whether the piece belongs to this stream."""
        about = (chunk.stream_id, chunk.rate, form_of(chunk))
        return about == (self._id, self._rate, self._form)

    def take(self, chunk: AudioChunk) -> list[Cut]:
        """What happens in the piece; one that was there before is no news. Raises BadSound."""
        cuts: list[Cut] = []
        # A client that does not number its pieces calls each of them the first.
        if not 0 < chunk.index < self._next:
            self._next = chunk.index + 1
            pcm = self._sound.feed(chunk.data, last=chunk.is_final)
            cuts = self._cuts(self._utterances.feed(pcm))
        return cuts + self.finish() if chunk.is_final else cuts

    def finish(self) -> list[Cut]:
        """The stream is over."""
        cuts = self._cuts(self._utterances.finish())
        if not self._spoke:
            cuts.append(Cut("nothing", self._id, time.monotonic()))
        return cuts

    def _cuts(self, events: Iterable[Event]) -> list[Cut]:
        now = time.monotonic()
        cuts: list[Cut] = []
        for event in events:
            if isinstance(event, Began):
                self._spoke = True
                cuts.append(Cut("began", self._id, now, at=event.at))
            elif isinstance(event, Ended):
                kind: Kind = "too long" if event.reason == "too long" else "ended"
                cuts.append(Cut(kind, self._id, now, at=event.at))
            else:
                cuts.append(Cut("sounded", self._id, now, pcm=event.pcm))
        return cuts


def _sound_of(form: str, rate: int) -> Stream | Recording:
    if form in RECORDINGS:
        from server_stub.ears.recording import Recording

        return Recording(form)
    return Stream(rate)
