"""The live player: the audio process sounds, the stage follows it, and goes on without it.

Promise: no call waits for the device. While the process is away or there is no device, time goes
on as if it sounded; when it is there again, the sound goes on from where the stage is by then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from avatar_desktop.sound.clock import Anchor, JoinedClock, monotonic
from avatar_desktop.sound.lead import Lead
from avatar_desktop.sound.schedule import Placed, Schedule
from avatar_desktop.sound.worker import (
    ANCHOR,
    CUT,
    DEVICE,
    LATE,
    MISSING,
    MOVE,
    PLAY,
    PREPARE,
    TROUBLE,
    UNDERFLOW,
)
from avatar_desktop.workers.channel import Message
from avatar_desktop.workers.supervisor import Status, Worker

MARGIN_SECONDS, LONGEST_MARGIN = 0.06, 0.24
"""On top of the device's latency: its callbacks come in bursts, and lips prepare.

More of it for a while after a sound came too late, on a machine that is busy.
"""
CUT_MARGIN_SECONDS: Final = 0.015
_LATENCY_SECONDS: Final = 0.06
_OPENING_SECONDS: Final = 0.25
_LONGEST_OPENING: Final = 1.0
_FADE_SECONDS: Final = 0.03
RESTARTING: Final = "The sound stopped; it is being started again."


def missing_sentence(device: str) -> str:
    """What the person is told while their own choice is not there."""
    return f"{device} is not connected. You hear the system's own speaker until it is back."


def _no_news(status: Status) -> None:
    pass


def _nothing_mended(sentence: str) -> None:
    pass


class LivePlayer:
    """Plays through the audio process. Needs a running asyncio loop."""

    def __init__(
        self,
        on_trouble: Callable[[str], None],
        *,
        on_status: Callable[[Status], None] = _no_news,
        on_mended: Callable[[str], None] = _nothing_mended,
        device: str | None = None,
        now: Callable[[], float] = monotonic,
        starts: bool = True,
    ) -> None:
        """`on_trouble` gets one sentence at each new failure, `on_status` that of the process.

        `on_mended` gets the sentence that a chosen output was missing when that is over.
        """
        self._on_trouble = on_trouble
        self._on_status = on_status
        self._on_mended = on_mended
        self._missing = ""
        self._device = device
        self._clock = JoinedClock(now)
        self._schedule = Schedule()
        self._latency = _LATENCY_SECONDS
        self._opening = _OPENING_SECONDS
        self._margin = Lead(MARGIN_SECONDS, LONGEST_MARGIN)
        self._is_open = False
        self._trouble = ""
        self._prepared_at: float | None = None
        self.underflows = 0
        """How often the device got its sound too late."""
        self._worker = Worker("sound", self._hear, self._follow)
        if starts:
            self.start()

    def start(self) -> None:
        """Bring the audio process up; until then time goes on as if it sounded."""
        self._worker.start()

    @property
    def pid(self) -> int | None:
        """The audio process."""
        return self._worker.pid

    @property
    def trouble(self) -> str:
        """Why nothing sounds now; empty when all is well."""
        return self._trouble

    @property
    def missing(self) -> str:
        """Why the system's own output sounds and not the chosen one; empty when all is well."""
        return self._missing

    @property
    def is_up(self) -> bool:
        """The audio process takes sound; whether a device plays it shows at the first one."""
        return self._worker.status == "up"

    @property
    def is_sounding(self) -> bool:
        """The device is open and its time is followed."""
        return self._is_open

    def heard(self) -> float:
        return self._clock.heard()

    def use_device(self, device: str | None) -> None:
        """Sound on another output from here on; what is under way goes on there."""
        if device == self._device:
            return
        self._device = device
        self._mend()
        self._worker.send({"kind": MOVE})
        self._is_open = False
        self._prepared_at = None
        self._play_rest()

    def prepare(self) -> None:
        """Open the device now, because speech will come soon."""
        if self.is_up and not self._is_open and self._prepared_at is None:
            self._prepared_at = self._clock.true()
        self._send_with_time({"kind": PREPARE})

    def append(self, sound_id: str, rate: int, pcm: bytes, gap: float) -> float:
        self._schedule.forget(self._clock.true() - 1.0)
        sound = self._schedule.append(sound_id, rate, pcm, gap, self._earliest())
        self._margin.went_well(sound.end - sound.start)
        if not self._schedule.is_paused:
            self._play(sound)
        return sound.start

    def stop(self, fade: float = _FADE_SECONDS) -> float:
        silence = self._schedule.stop(self._soonest_silence(fade), fade)
        self._worker.send({"kind": CUT, "at": silence, "fade": fade})
        return silence

    def pause(self) -> float:
        was_paused = self._schedule.is_paused
        silence = self._schedule.pause(self._soonest_silence(_FADE_SECONDS), _FADE_SECONDS)
        if not was_paused:
            self._worker.send({"kind": CUT, "at": silence, "fade": _FADE_SECONDS})
        return silence

    def resume(self, back: float = 0.0) -> float:
        moved, sounds = self._schedule.resume(self._earliest(), back)
        for sound in sounds:
            self._play(sound)
        return moved

    def finished(self) -> tuple[str, ...]:
        """Sounds heard to their end since the last question."""
        return self._schedule.finished(self.heard())

    def close(self) -> None:
        """End the audio process; the clock runs on."""
        self._worker.stop()
        self._is_open = False

    def _earliest(self) -> float:
        """Where a sound that is sent now can begin."""
        opening = 0.0 if self._is_open else self._opening
        if self._prepared_at is not None:  # it has been opening for a while
            opening -= self._clock.true() - self._prepared_at
        now = max(self._clock.true(), self._clock.heard())
        return now + max(self._latency, opening) + self._margin.seconds

    def _soonest_silence(self, fade: float) -> float:
        latency = self._latency if self._is_open else 0.0
        return self._clock.true() + latency + CUT_MARGIN_SECONDS + fade

    def _play(self, sound: Placed) -> None:
        self._send_with_time(
            {
                "kind": PLAY,
                "place": sound.start,
                "rate": sound.rate,
                "pcm": sound.pcm,
                "fade_in": sound.fade_in,
            }
        )

    def _send_with_time(self, message: Message) -> None:
        """A device that opens for this message starts where the stage is."""
        here = self._clock.at()
        self._worker.send(message | {"stage": here.stage, "now": here.at, "device": self._device})

    def _hear(self, message: Message) -> None:
        kind = message["kind"]
        if kind == ANCHOR:
            self._clock.anchor(Anchor(message["stage"], message["at"]))
        elif kind == DEVICE:
            self._is_open = message["is_open"]
            self._prepared_at = None
            if self._is_open:
                self._trouble = ""
                self._latency = message["latency"]
                self._opening = min(message["opening"], _LONGEST_OPENING)
                if message["device"] == self._device:
                    self._mend()
        elif kind == UNDERFLOW:
            self.underflows += 1
        elif kind == LATE:
            self._margin.was_too_short()
        elif kind == MISSING and message["device"] == self._device:
            self._miss(message["device"])
        elif kind == TROUBLE:
            self._prepared_at = None
            self._say(message["sentence"])

    def _follow(self, status: Status) -> None:
        if status == "up":
            self._play_rest()
            if self._trouble == RESTARTING:
                self._trouble = ""
        elif status == "down":
            self._is_open = False
            self._prepared_at = None
            self._say(RESTARTING)
        self._on_status(status)

    def _play_rest(self) -> None:
        """Hand over all that is still to be heard."""
        if not self._schedule.is_paused:
            for sound in self._schedule.rest(self._earliest()):
                self._play(sound)

    def _miss(self, device: str) -> None:
        sentence = missing_sentence(device)
        if sentence != self._missing:
            self._missing = sentence
            self._on_trouble(sentence)

    def _mend(self) -> None:
        if self._missing:
            told, self._missing = self._missing, ""
            self._on_mended(told)

    def _say(self, sentence: str) -> None:
        if sentence != self._trouble:
            self._trouble = sentence
            self._on_trouble(sentence)
