"""The voice process seen from the app: requests in, clips out, through crashes.

Promise: every request that is not cancelled is answered once, by its clip or by a reason. A voice
that does not let go of what was cancelled is ended, and the next one says the rest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.worker import CANCEL, CANCELLED, CLIP, FAILED, SPEAK
from avatar_desktop.workers.channel import Message, as_value
from avatar_desktop.workers.supervisor import Status, Worker

DEATHS_OF_ONE_REQUEST: Final = 2
STARTS_WITHOUT_SUCCESS: Final = 4
LETTING_GO_SECONDS: Final = 2.0
"""Every engine lets go within a blink; only one that hangs takes as long on the busiest machine."""
KILLED_THE_VOICE: Final = "The voice ended twice over this phrase, so it is shown as text only."
NO_VOICE: Final = "The voice does not start, so this is shown as text only."

_Place = tuple[str, int]


def _no_news(status: Status) -> None:
    pass


@dataclass(slots=True)
class _Owed:
    request: SpeechRequest
    deaths: int = 0


class VoiceWorker:
    """Requests are answered in order. All callbacks run on the asyncio loop of `start`."""

    def __init__(
        self,
        on_clip: Callable[[SpeechClip], None],
        on_failed: Callable[[str, int, str], None],
        on_status: Callable[[Status], None] = _no_news,
        *,
        command: Sequence[str] | None = None,
    ) -> None:
        """`command` starts another voice process than ours.

        `on_failed` gets reply id, number of the phrase, and the reason in a sentence.
        """
        self._on_clip = on_clip
        self._on_failed = on_failed
        self._on_status = on_status
        self._owed: dict[_Place, _Owed] = {}
        self._worker = Worker("voice", self._hear, self._follow, command=command)
        self._to_let_go: str | None = None
        """The reply that the voice works on though it was cancelled."""
        self._patience: asyncio.TimerHandle | None = None
        self._is_given_up = False

    @property
    def pid(self) -> int | None:
        return self._worker.pid

    @property
    def status(self) -> Status:
        return self._worker.status

    def start(self) -> None:
        """Bring the voice up; needs a running loop."""
        self._worker.start()

    def request(self, request: SpeechRequest) -> None:
        """Ask for a clip; it may be asked for before the voice is up."""
        self._owed[request.reply_id, request.seq] = _Owed(request)
        self._worker.send({"kind": SPEAK, "request": request})

    def cancel(self, reply_id: str) -> None:
        """Forget a reply: none of its clips comes from now on."""
        in_hands = next(iter(self._owed), None)
        places = [place for place in self._owed if place[0] == reply_id]
        for place in places:
            del self._owed[place]
        if not places:
            return
        is_up = self._worker.send({"kind": CANCEL, "reply_id": reply_id})
        if is_up and in_hands in places and self._to_let_go is None:
            self._to_let_go = reply_id
            loop = asyncio.get_running_loop()
            self._patience = loop.call_later(LETTING_GO_SECONDS, self._give_up)

    def close(self) -> None:
        """End the voice process; what was not answered never will be."""
        self._owed.clear()
        self._has_let_go()
        self._worker.stop()

    def _has_let_go(self) -> None:
        self._to_let_go = None
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        """The engine does not even ask whether it is wanted."""
        self._is_given_up = True
        self._worker.kill()

    def _hear(self, message: Message) -> None:
        if message.get("reply_id", message.get("clip", {}).get("reply_id")) == self._to_let_go:
            self._has_let_go()
        if message["kind"] == CLIP:
            clip = as_value(message["clip"], SpeechClip)
            if self._owed.pop((clip.reply_id, clip.seq), None) is not None:
                self._on_clip(clip)
        elif message["kind"] == FAILED:
            self._fail((message["reply_id"], message["seq"]), message["why"])
        elif message["kind"] == CANCELLED:
            self._owed.pop((message["reply_id"], message["seq"]), None)

    def _follow(self, status: Status) -> None:
        if status == "down":
            self._has_let_go()
            if self._is_given_up:  # what hung is not owed any more, and the others are innocent
                self._is_given_up = False
            else:
                self._blame()
        elif status == "up":
            for owed in self._owed.values():
                self._worker.send({"kind": SPEAK, "request": owed.request})
        self._on_status(status)

    def _blame(self) -> None:
        """Requests are served in order, so the oldest one was in the engine's hands."""
        if self._worker.crashes_in_a_row >= STARTS_WITHOUT_SUCCESS:
            for place in tuple(self._owed):
                self._fail(place, NO_VOICE)
            return
        place = next(iter(self._owed), None)
        if place is not None:
            self._owed[place].deaths += 1
            if self._owed[place].deaths >= DEATHS_OF_ONE_REQUEST:
                self._fail(place, KILLED_THE_VOICE)

    def _fail(self, place: _Place, why: str) -> None:
        if self._owed.pop(place, None) is not None:
            self._on_failed(*place, why)
