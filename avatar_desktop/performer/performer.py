"""Everything the avatar does, sampled at a stage time: the frame order is `Performer.pose`.

Time and seed come in, a Pose goes out; inside, life is stepped a hundred times a second, so that
the same performance comes out of any frame rate. Nothing here asks for the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.lips.track import MouthTrack
from avatar_desktop.motion.layers import Mixer
from avatar_desktop.motion.look_at import eye_turns, gaze_expressions
from avatar_desktop.motion.rotation import euler
from avatar_desktop.performer.accents import accent_times, nod
from avatar_desktop.performer.blend import face_weights
from avatar_desktop.performer.blink import Blinks
from avatar_desktop.performer.bones import additive_rotations
from avatar_desktop.performer.breath import Breath, Sway
from avatar_desktop.performer.face import Face
from avatar_desktop.performer.face_map import FaceMap
from avatar_desktop.performer.gaze import SILENT, Gaze, Speech
from avatar_desktop.performer.roles import TRAITS, Role
from avatar_desktop.performer.score import Score, ScoredCue
from avatar_desktop.reply.cue import Cue
from avatar_desktop.voice.clip import SpeechClip

STEP = 0.01
LONGEST_CATCH_UP = 0.5
"""After a stall the body goes on from here; it does not live through the lost time."""
FADE = 0.45
SWAY_DEGREES = {"head_yaw": 1.6, "head_roll": 1.2, "chest_yaw": 0.9, "chest_roll": 0.7}

Floats = NDArray[np.float32]


class Performer:
    """One avatar's performance."""

    def __init__(self, avatar: Avatar, body: Mixer, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.score = Score()
        self._avatar = avatar
        self._body = body
        self._map = FaceMap(avatar)
        self._face = Face(rng)
        self._gaze = Gaze(rng)
        self._blinks = Blinks(rng)
        self._breath = Breath(rng)
        self._sway = Sway(rng, SWAY_DEGREES)
        self._asked = Role.IDLE
        self._role: Role | None = None
        self._now = 0.0
        self._cued = 0.0
        self._accents: tuple[float, ...] = ()
        self._gestures: list[ScoredCue] = []
        self._reply_ends = True
        self._still_at: float | None = None

    # What happens to the avatar ------------------------------------------------------------

    def take_role(self, role: Role) -> None:
        """What the avatar does when it is not speaking."""
        self._asked = role

    def hear(
        self, start: float, clip: SpeechClip, track: MouthTrack, cues: tuple[Cue, ...]
    ) -> tuple[ScoredCue, ...]:
        """A clip was placed on the stage: lips, accents and cues follow it."""
        placed = self.score.add(start, clip, track, cues)
        self._gestures += [each for each in placed if each.cue.kind == "gesture"]
        self._accents = tuple(time for each in self.score.clips for time in accent_times(each))
        self._reply_ends = clip.last
        return placed

    def do(self, cue: Cue, at: float, reply_id: str = "") -> None:
        """Show a cue that belongs to no sound: a marker in a muted reply, a greeting."""
        scored = self.score.add_cue(max(at, self._now + STEP), cue, reply_id)
        if cue.kind == "gesture":
            self._gestures.append(scored)

    def animate(self, name: str, at: float) -> None:
        """Play a clip once, by the name that the agent or the server uses."""
        self._body.gesture(name, at)

    def use_animations(self, names: Mapping[str, str]) -> None:
        """The agent's own names for this avatar's clips."""
        self._body.repertoire.use_aliases(names)

    @property
    def gestures(self) -> tuple[str, ...]:
        """Every gesture this avatar can make."""
        return self._body.repertoire.gestures

    def rehearse(self) -> Iterator[str]:
        """Make every clip ready, one at each step; for a thread beside the one that draws."""
        return self._body.repertoire.prepare()

    def interrupt(self, at: float) -> None:
        """Silence began: whatever was not heard is forgotten and the body settles."""
        self.score.cut(at)
        self._gestures = [each for each in self._gestures if each.time <= at]
        self._accents = tuple(time for time in self._accents if time <= at)
        self._reply_ends = True
        self._face.relax(at)
        self._body.stop_gestures(at)

    def postpone(self, after: float, by: float) -> None:
        """A pause ended: what was not heard comes later."""
        self.score.move_later(after, by)
        self._accents = tuple(time + by if time > after else time for time in self._accents)
        self._gestures = [
            each
            for each in self.score.cues_between(after, float("inf"))
            if each.cue.kind == "gesture"
        ]

    def freeze(self, frozen: bool) -> None:
        """Hold everything but lips still; for tests and for people who want no motion."""
        self._still_at = self._now if frozen else None

    @property
    def role(self) -> Role:
        return self._role or Role.IDLE

    @property
    def emotion(self) -> str:
        return self._face.emotion

    # The frame order -----------------------------------------------------------------------

    def pose(self, t: float) -> Pose:
        """The avatar at stage time `t`; times may not go back."""
        self._live_until(t)
        alive = t if self._still_at is None else self._still_at
        weights = self._face_weights(t, alive)
        return self._body.evaluate(alive, self._rotations(alive), weights)

    def _live_until(self, t: float) -> None:
        if t - self._now > LONGEST_CATCH_UP:
            self._now = t - STEP
        while self._now + STEP <= t + 1e-9:
            if self._still_at is None:
                self._step(self._now + STEP)
            self._now += STEP
        self._start_gestures(t)
        for each in self.score.cues_between(self._cued, t):
            self._fire(each)
        self._cued = max(self._cued, t)
        self.score.forget_before(t - 30.0)

    def _step(self, now: float) -> None:
        speaking = self.score.is_speaking(now)
        self._change_role(now, Role.SPEAKING if speaking else self._asked)
        traits = TRAITS[self.role]
        if self._gaze.step(now, STEP, self.role, traits, self._speech(now)):
            self._blinks.invite(now)
        self._blinks.step(now, STEP, traits.blinks)
        self._breath.step(STEP, traits)
        self._face.step(now, STEP, speaking)

    def _change_role(self, now: float, role: Role) -> None:
        if role is self._role:
            return
        if self._role is Role.SPEAKING:
            self._blinks.invite(now)
        self._role = role
        self._gaze.role_changed(now, role, TRAITS[role])
        for name in TRAITS[role].clips:
            if self._body.play(name, now, loop=True, fade=FADE):
                break

    def _speech(self, now: float) -> Speech:
        clips = [each for each in self.score.clips if each.end > now - 0.6]
        if not clips:
            return SILENT
        reply = clips[-1].clip.reply_id
        began = min(each.start for each in self.score.clips if each.clip.reply_id == reply)
        return Speech(began, clips[-1].end, self._reply_ends)

    def _start_gestures(self, t: float) -> None:
        """A gesture begins early, so that its stroke lands on the word."""
        due = [e for e in self._gestures if e.time - (self._body.stroke(e.cue.name) or 0.0) <= t]
        for each in due:
            self._gestures.remove(each)
            self._body.gesture(each.cue.name, t)

    def _fire(self, scored: ScoredCue) -> None:
        cue = scored.cue
        if cue.kind == "emotion":
            self._face.feel(cue.name, cue.strength, scored.time)
        elif cue.kind == "pose":
            self._body.pose(cue.name, scored.time)

    def _face_weights(self, t: float, alive: float) -> Floats:
        yaw, pitch = self._gaze.eyes_in_head(alive)
        return face_weights(
            self._map,
            self._face.state(),
            self.score.mouth(t),
            closure=0.0 if self._still_at is not None else self._blinks.closure(t),
            eyes_down=pitch,
            looks=gaze_expressions(self._avatar, yaw, pitch),
        )

    def _rotations(self, t: float) -> dict[str, NDArray[np.float64]]:
        traits = TRAITS[self.role]
        state = self._face.state()
        sway = self._sway.at(t)
        head_yaw, head_pitch = self._gaze.head()
        return additive_rotations(
            head=(
                head_pitch + state.pitch + nod(t, self._accents) * state.gain,
                head_yaw + sway["head_yaw"] * traits.sway,
                state.tilt + sway["head_roll"] * traits.sway,
            ),
            chest=(0.0, sway["chest_yaw"] * traits.sway, sway["chest_roll"] * traits.sway),
            breath=self._breath.fullness() * traits.depth,
            eyes=self._eye_turns(*self._gaze.eyes_in_head(t)),
        )

    def _eye_turns(self, yaw: float, pitch: float) -> dict[str, NDArray[np.float64]]:
        """By the avatar's own range maps; eye bones without any turn as far as the gaze does."""
        if self._avatar.look_at is not None:
            return eye_turns(self._avatar, yaw, pitch)
        turn = euler(pitch, yaw, 0.0)
        return {"leftEye": turn, "rightEye": turn}
