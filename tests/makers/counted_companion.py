"""A companion whose stage is counted by hand: real avatar, voice, server and wire, no window."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.companion.companion import Companion
from avatar_desktop.companion.session import Session, SessionOptions
from avatar_desktop.companion.speaking import SpeechStyle
from avatar_desktop.companion.stage import Stage, set_stage
from avatar_desktop.library.folders import folders
from avatar_desktop.sound.clock import CountedClock
from avatar_desktop.sound.counted import CountedPlayer
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.synthesis import BlockingVoice

STEP = 0.01


@dataclass
class CountedVoice:
    """Asks the voice process and hands the clip over before the request returns."""

    voice: BlockingVoice
    clips: list[SpeechClip] = field(default_factory=list)
    deliver: Callable[[SpeechClip], None] = lambda clip: None

    def request(self, request: SpeechRequest) -> None:
        clip = self.voice.speak(request)
        self.clips.append(clip)
        self.deliver(clip)

    def cancel(self, reply_id: str) -> None:
        """Nothing is under way."""


class CountedCompanion:
    """Everything of the app but the window and the device; `live` lets stage time pass."""

    def __init__(self, profile: Path, avatar: Avatar, voice: BlockingVoice, mind: str) -> None:
        numbers = itertools.count(1)
        self.clock = CountedClock()
        self.states: list[str] = []
        self.voice = CountedVoice(voice)
        self.companion = Companion(
            new_id=lambda: f"typed-{next(numbers)}", wall_ms=lambda: 1_700_000_000_000
        )
        self.session = Session(self.companion, folders(profile=profile), SessionOptions(mind=mind))
        self._avatar = avatar

    def open_avatar(self) -> Stage:
        machine = self.companion.avatar_opens()
        machine.on_transition(lambda source, trigger, target: self.states.append(target.name))
        stage = set_stage(
            self._avatar,
            machine=machine,
            player=CountedPlayer(self.clock),
            voice=self.voice,
            close_voice=lambda: None,
            on_heard=self.companion.clip_heard,
            style=SpeechStyle(),
            animations={},
            seed=7,
        )
        self.voice.deliver = stage.speaking.voiced
        self.companion.avatar_ready(stage)
        return stage

    def live(self, each: Callable[[float], None] = lambda heard: None) -> None:
        """Perform all that is to be said, a hundred times a second."""
        stage = self.companion.stage
        assert stage is not None
        while stage.speaking.is_busy:
            self.step(each)

    def rest(self, seconds: float) -> None:
        """Let time pass in silence."""
        for _ in range(round(seconds / STEP)):
            self.step()

    def step(self, each: Callable[[float], None] = lambda heard: None) -> None:
        stage = self.companion.stage
        assert stage is not None
        self.clock.move_to(self.clock.heard() + STEP)
        heard = self.companion.tick()
        assert heard is not None
        stage.pose(heard)
        each(heard)

    async def until(self, what: Callable[[], bool], seconds: float = 20.0) -> None:
        """Wait for something that the server brings about."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not what():
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"waited {seconds} s in vain")
            await asyncio.sleep(0.005)
