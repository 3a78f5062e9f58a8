"""A stage whose sound leaves a make-believe device late, on a clock that is moved by hand.

What an ear hears at an instant is in `air`, what an eye sees is in `seen`; the two know nothing of
the stage's own axis, so that a mouth on the wrong clock is out of step here as it would be in life.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.companion.speaking import SpeechStyle
from avatar_desktop.companion.stage import Stage, set_stage
from avatar_desktop.companion.states import StateMachine, Trigger
from avatar_desktop.sound.clock import CountedClock
from avatar_desktop.sound.counted import CountedPlayer
from avatar_desktop.sound.samples import Samples
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import SpeechRequest
from tests.makers.one_espeak import one_espeak

RATE = 48_000
FPS = 100.0
_UNSEEN = np.zeros(0, np.float32)


class LateDevice(CountedPlayer):
    """Sound is heard so many seconds after it was handed over, and the device says so."""

    def __init__(self, clock: CountedClock, latency: float, *, told: bool) -> None:
        super().__init__(clock, RATE)
        self._late = latency if told else 0.0
        self.unsaid = 0.0 if told else latency
        """Latency that the device keeps to itself."""

    def heard(self) -> float:
        return super().heard() - self._late

    def stop(self, fade: float = 0.03) -> float:
        """What was handed over is heard: nobody takes it back from a device."""
        return self._schedule.stop(super().heard() - self.unsaid + fade, fade)


@dataclass
class SlowVoice:
    """One phrase after the other, each taking `pace` seconds for a second of sound."""

    pace: float
    due: list[tuple[float, SpeechClip]] = field(default_factory=list[tuple[float, SpeechClip]])
    now: Callable[[], float] = lambda: 0.0
    _free: float = 0.0

    def request(self, request: SpeechRequest) -> None:
        clip = one_espeak().speak(request, lambda: False)
        assert clip is not None
        self._free = max(self._free, self.now()) + self.pace * clip.seconds
        self.due.append((self._free, clip))

    def cancel(self, reply_id: str) -> None:
        self.due = [each for each in self.due if each[1].reply_id != reply_id]


class OnAir:
    """An avatar, its voice and its device; `live` lets time pass, frame by frame."""

    def __init__(
        self,
        avatar: Avatar,
        *,
        latency: float = 0.0,
        told: bool = True,
        pace: float = 0.0,
        rate: float = 1.0,
        seed: int = 0,
        seen: bool = True,
    ) -> None:
        """`seen` False: only the sound and the score go on, which is quicker."""
        self._seen = seen
        self.latency = latency
        self._clock = CountedClock(latency)
        self._device = LateDevice(self._clock, latency, told=told)
        self._voice = SlowVoice(pace, now=self._clock.heard)
        machine = StateMachine()
        machine.fire(Trigger.AVATAR_OPEN)
        self.clips: list[SpeechClip] = []
        self.stage: Stage = set_stage(
            avatar,
            machine=machine,
            player=self._device,
            voice=self._voice,
            close_voice=lambda: None,
            on_heard=lambda clip, _: self.clips.append(clip),
            style=SpeechStyle(rate=rate),
            animations={},
            seed=seed,
        )
        machine.fire(Trigger.MODEL_READY)

    @property
    def now(self) -> float:
        return self._clock.heard()

    def live(self, seconds: float) -> Iterator[NDArray[np.float32]]:
        """The face of each frame; `now` is when it is seen."""
        start = self.now
        for frame in range(1, round(seconds * FPS) + 1):
            self._clock.move_to(start + frame / FPS)
            for clip in [clip for at, clip in self._voice.due if at <= self.now]:
                self.stage.speaking.voiced(clip)
            self._voice.due = [each for each in self._voice.due if each[0] > self.now]
            heard = self.stage.tick()
            yield self.stage.pose(heard).weights if self._seen else _UNSEEN

    def instant_of(self, stage_second: float) -> float:
        """When a place on the stage's axis reaches the ear."""
        return stage_second + self.latency

    def air(self) -> Samples:
        """All that leaves the device, from instant 0."""
        silence = np.zeros(round(self.latency * RATE), np.int16)
        return np.concatenate((silence, self._device.mix()))
