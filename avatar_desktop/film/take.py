"""A take: one script performed on the counted clock, frame by frame, twice the same.

The very same speaking, performer and stage as in the window; only the clock is moved by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.companion.speaking import SpeechStyle
from avatar_desktop.companion.stage import Stage, set_stage
from avatar_desktop.companion.states import StateMachine, Trigger
from avatar_desktop.errors import VoiceError
from avatar_desktop.film import script as steps
from avatar_desktop.film.script import TAIL, Step, listening_seconds
from avatar_desktop.film.subtitles import punctuated
from avatar_desktop.library.motions import MotionShelf
from avatar_desktop.performer.roles import Role
from avatar_desktop.reply.cue import Cue
from avatar_desktop.sound.clock import CountedClock
from avatar_desktop.sound.counted import CountedPlayer
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import SpeechRequest

RATE = 48_000


@dataclass(frozen=True, slots=True)
class Shot:
    """What the camera is told; the frames know nothing of pictures."""

    camera: str | None = None
    camera_seconds: float = 0.0
    """Time in which the camera moves there."""
    background: str | None = None
    caption: str = ""
    """What the person says, shown while the avatar listens."""


@dataclass(frozen=True, slots=True)
class TakeFrame:
    """One moment of the performance."""

    time: float
    avatar: Avatar
    pose: Pose
    shot: Shot


class Take:
    """Performs steps; `perform` yields moments, `sound` is complete once they are all taken."""

    def __init__(
        self,
        avatar: Avatar,
        *,
        synthesise: Callable[[SpeechRequest], SpeechClip],
        read_avatar: Callable[[str], Avatar],
        fps: float = 30.0,
        seed: int = 0,
        style: SpeechStyle | None = None,
        animations: Mapping[str, str] | None = None,
        motions: Sequence[MotionShelf] = (),
        find_motions: Callable[[str], Sequence[MotionShelf]] = lambda name: (),
    ) -> None:
        """`find_motions` is asked for those of an avatar that comes later, as `read_avatar` is."""
        self.states: list[str] = []
        """Every state the avatar was in, in order."""
        self._synthesise = synthesise
        self._read_avatar = read_avatar
        self._find_motions = find_motions
        self._fps = fps
        self._seed = seed
        self._style = style or SpeechStyle()
        self._animations = dict(animations or {})
        self._frame = 0
        self._shot = Shot()
        self._clock = CountedClock()
        self._player = CountedPlayer(self._clock, RATE)
        self._spoken: dict[str, tuple[float, SpeechClip]] = {}
        self._texts: dict[str, str] = {}
        self._open(avatar, motions)

    def _open(self, avatar: Avatar, motions: Sequence[MotionShelf]) -> None:
        machine = StateMachine()
        machine.on_transition(lambda source, trigger, target: self.states.append(target.name))
        machine.fire(Trigger.AVATAR_OPEN)
        self._avatar = avatar
        self._stage: Stage = set_stage(
            avatar,
            machine=machine,
            player=self._player,
            voice=_AtOnce(self),
            close_voice=lambda: None,
            on_heard=lambda clip, status: None,
            style=self._style,
            animations=self._animations,
            motions=motions,
            seed=self._seed,
        )
        machine.fire(Trigger.MODEL_READY)

    @property
    def stage(self) -> Stage:
        return self._stage

    @property
    def now(self) -> float:
        return self._clock.heard()

    def perform(self, script: tuple[Step, ...]) -> Iterator[TakeFrame]:
        """Every frame of the script, and a short tail of life after it."""
        for number, step in enumerate(script):
            yield from self._perform_step(number, step)
        yield from self._live(TAIL)

    def _perform_step(self, number: int, step: Step) -> Iterator[TakeFrame]:
        match step:
            case steps.Line(text=text, stops_after=seconds):
                self._stage.speaking.say(f"line-{number}", text)
                if seconds is None:
                    yield from self._live_while(lambda: self._stage.speaking.is_busy)
                else:
                    yield from self._live(seconds)
                    self._stage.speaking.interrupt()
                    self._break_off(self.now)
            case steps.Pause(seconds=seconds):
                yield from self._live(seconds)
            case steps.User(text=text):
                self._stage.performer.take_role(Role.LISTENING)
                self._shot = replace(self._shot, caption=text)
                yield from self._live(listening_seconds(text))
                self._shot = replace(self._shot, caption="")
                self._stage.performer.take_role(Role.IDLE)
            case _:
                self._direct(step)

    def _direct(self, step: Step) -> None:
        """Steps that take no time."""
        match step:
            case steps.Camera(name=name, seconds=seconds):
                self._shot = replace(self._shot, camera=name, camera_seconds=seconds)
            case steps.Background(value=value):
                self._shot = replace(self._shot, background=value)
            case steps.ChangeAvatar(file=file):
                self._open(self._read_avatar(file), self._find_motions(file))
            case steps.Voice(name=name):
                self._style = SpeechStyle(name, self._style.tone)
                self._stage.speaking.use_style(self._style)
            case steps.TakePose(name=name):
                self._stage.performer.do(Cue("pose", name, 1.0, 0), self.now)
            case _:
                raise TypeError(f"unknown step {step!r}")

    def _live(self, seconds: float) -> Iterator[TakeFrame]:
        until = self.now + seconds
        yield from self._live_while(lambda: self.now < until - 1e-9)

    def _live_while(self, goes_on: Callable[[], bool]) -> Iterator[TakeFrame]:
        while goes_on():
            self._frame += 1
            self._clock.move_to(self._frame / self._fps)
            heard = self._stage.tick()
            for each in self._stage.performer.score.clips:
                self._spoken.setdefault(each.clip.id, (each.start, each.clip))
            yield TakeFrame(heard, self._avatar, self._stage.pose(heard), self._shot)

    def voice(self, request: SpeechRequest) -> None:
        """Make the clip of a phrase at once; a phrase that cannot be spoken is left out."""
        self._texts[request.clip_id] = request.text
        try:
            clip = self._synthesise(request)
        except VoiceError as error:
            self._stage.speaking.not_voiced(request.reply_id, request.seq, str(error))
        else:
            self._stage.speaking.voiced(clip)

    def _break_off(self, at: float) -> None:
        """Of what was cut off, keep the words that were begun."""
        for name, (start, clip) in self._spoken.items():
            said = tuple(word for word in clip.words if start + word.start / clip.rate < at)
            self._spoken[name] = (start, replace(clip, words=said))

    def spoken(self) -> list[tuple[float, SpeechClip]]:
        """Every clip at its second, with the words that were heard; for subtitles."""
        placed = [
            (start, punctuated(clip, self._texts.get(name, "")))
            for name, (start, clip) in self._spoken.items()
        ]
        return sorted(placed, key=lambda each: each[0])

    def sound(self) -> NDArray[np.int16]:
        """Everything that is heard, from the first frame to the last."""
        mix = self._player.mix()
        length = round(self._frame / self._fps * RATE)
        padded = np.zeros(length, dtype=np.int16)
        padded[: min(length, len(mix))] = mix[:length]
        return padded


class _AtOnce:
    """A voice without waiting: the clip is there when the request returns."""

    def __init__(self, take: Take) -> None:
        self._take = take

    def request(self, request: SpeechRequest) -> None:
        self._take.voice(request)

    def cancel(self, reply_id: str) -> None:
        """Nothing is under way."""
