"""Everything the avatar does, sampled at a stage time: the frame order is `Performer.pose`.

Time and seed come in, a Pose goes out; inside, life is stepped a hundred times a second, so that
the same performance comes out of any frame rate. Nothing here asks for the time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import Pose, SurfaceChange
from avatar_desktop.lips.track import MouthTrack
from avatar_desktop.motion.gaze_and_jaw import jaw_speaks
from avatar_desktop.motion.layers import Mixer
from avatar_desktop.motion.rotation import Turn
from avatar_desktop.performer.accents import accent_times, nod
from avatar_desktop.performer.blend import MUSCLES, face_weights, shown_presets
from avatar_desktop.performer.blink import Blinks
from avatar_desktop.performer.bones import additive_rotations, opened_jaw
from avatar_desktop.performer.breath import Breath, Sway
from avatar_desktop.performer.eyes import Eyes
from avatar_desktop.performer.face import Face, FaceState
from avatar_desktop.performer.face_map import FaceMap
from avatar_desktop.performer.gaze import SILENT, Gaze, Speech
from avatar_desktop.performer.restraint import Shown
from avatar_desktop.performer.roles import TRAITS, Role
from avatar_desktop.performer.score import Score, ScoredCue
from avatar_desktop.performer.turns import Turns
from avatar_desktop.reply.cue import Cue
from avatar_desktop.voice.clip import SpeechClip

Floats = NDArray[np.float32]
STEP = 0.01
LONGEST_CATCH_UP = 0.5
"""After a stall the body goes on from here; it does not live through the lost time."""
FADE = 0.45
TURN_FADE = 0.7
"""Seconds in which one motion of a role goes over into the next."""
QUIET = 0.95
"""A mood that moves less than this talks with small gestures only."""
NEXT_AT_ONCE = 0.5
"""Seconds after which a hand would go back to rest before its next gesture."""
SWAY_DEGREES = {"head_yaw": 1.6, "head_roll": 1.2, "chest_yaw": 0.9, "chest_roll": 0.7}


class Performer:
    """One avatar's performance."""

    def __init__(self, avatar: Avatar, body: Mixer, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.score = Score()
        self._body = body
        self._map = FaceMap(avatar)
        self._eyes = Eyes(avatar, self._map)
        self._shown = Shown(avatar)
        self._jaw_speaks = jaw_speaks(avatar, self._map.names)
        self._face = Face(rng)
        self._gaze = Gaze(rng)
        self._blinks = Blinks(rng)
        self._breath = Breath(rng)
        self._sway = Sway(rng, SWAY_DEGREES)
        self._turns = Turns(np.random.default_rng([seed, 1]))
        self._turn_ends = math.inf
        self._asked = Role.IDLE
        self._role: Role | None = None
        self._now = 0.0
        self._cued = 0.0
        self._accents: tuple[float, ...] = ()
        self._gestures: list[ScoredCue] = []
        self._reply_ends = True
        self._still_at: float | None = None
        self._posed = -math.inf
        """The latest instant whose body was shown."""

    # What happens to the avatar ------------------------------------------------------------

    def take_role(self, role: Role) -> None:
        """What the avatar does when it is not speaking."""
        self._asked = role

    def hear(
        self, start: float, clip: SpeechClip, track: MouthTrack, cues: tuple[Cue, ...]
    ) -> tuple[ScoredCue, ...]:
        """A clip was placed on the stage: lips, accents and cues follow it."""
        placed = self.score.add(start, clip, track, cues)
        self._cued = min(self._cued, start)  # a calm body may have been asked for later instants
        self._gestures += [each for each in placed if each.cue.kind == "gesture"]
        self._accents = tuple(time for each in self.score.clips for time in accent_times(each))
        self._reply_ends = clip.last
        return placed

    def do(self, cue: Cue, at: float, reply_id: str = "") -> None:
        """Show a cue that belongs to no sound: a marker in a muted reply, a greeting."""
        scored = self.score.add_cue(max(at, self._now + STEP), cue, reply_id)
        if cue.kind == "gesture":  # it has no word to meet, and so begins when it is asked for
            accent = scored.time + (self._body.stroke(cue.name) or 0.0)
            self._gestures.append(replace(scored, time=accent))

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

    def fall_silent(self, at: float) -> None:
        """The voice was taken away: lips rest, face and hands go on with what is to come."""
        self.score.silence(at)
        self._accents = tuple(time for time in self._accents if time <= at)
        self._reply_ends = True

    def hold(self, at: float) -> None:
        """A pause began: the body lives on, nothing of the reply goes on without its voice."""
        self.score.hold(at)
        self._accents = tuple(time for time in self._accents if time <= at)

    def postpone(self, after: float, by: float) -> None:
        """A pause ended: what was not heard comes later."""
        self.score.move_later(after, by)
        self._accents = tuple(time for each in self.score.clips for time in accent_times(each))
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

    def is_idle(self, t: float) -> bool:
        """Nobody speaks, listens, thinks or gestures at `t`: the body only lives."""
        return self.role is Role.IDLE and not self._body.is_gesturing(t)

    def is_left_alone(self, t: float) -> bool:
        """It only lives, and nothing was asked of it: what it will do is known beforehand."""
        return self._asked is Role.IDLE and self.is_idle(t) and self.score.is_over(t)

    def is_calm(self, t: float) -> bool:
        """Nothing quick is under way at `t`, but what eyes and lids do."""
        return self.is_left_alone(t) and self._face.rests

    def looked_elsewhere(self, then: float) -> bool:
        """Whether the eyes have jumped since."""
        return self._gaze.jumped_since(then)

    def is_blinking(self, t: float) -> bool:
        return self._closure(t) > 0.0

    @property
    def emotion(self) -> str:
        return self._face.emotion

    # The frame order -----------------------------------------------------------------------

    def pose(self, t: float) -> Pose:
        """The avatar at stage time `t`. One that is no number shows the last instant again.

        Bodies do not go back: until the latest instant that was asked for comes again, only the
        face is that of `t`.
        """
        t = t if math.isfinite(t) else self._now
        self._live_until(t)
        alive = self._posed = max(self._posed, t) if self._still_at is None else self._still_at
        state, mouth = self._face.state(), self.score.mouth(t)
        weights, surfaces, eyes = self._face_at(t, alive, state, mouth)
        turns = self._rotations(alive, state, eyes, nod(min(t, alive), self._accents))
        if self._jaw_speaks:
            turns |= opened_jaw(mouth)
        return self._body.evaluate(alive, turns, weights, surfaces)

    def with_face(self, pose: Pose, t: float) -> Pose:
        """A pose of just now with the face of `t`; of bones it moves only the eyes."""
        state, mouth = self._face.state(), self.score.mouth(t)
        alive = t if self._still_at is None else self._still_at
        weights, surfaces, eyes = self._face_at(t, alive, state, mouth)
        return self._body.with_face(pose, eyes, weights, surfaces)

    def _face_at(
        self, t: float, alive: float, state: FaceState, mouth: Mapping[str, float]
    ) -> tuple[Floats, Mapping[int, SurfaceChange], Mapping[str, Turn]]:
        """Every morph weight, what surfaces look like, and how the bones of the eyes turn."""
        presets = shown_presets(self._map, state)
        left = self._shown.restraint(presets)
        yaw, pitch = (angle * left.gaze for angle in self._gaze.eyes_in_head(alive))
        looks = self._eyes.channels(yaw, pitch)
        closure = self._closure(t) * left.blink
        weights = face_weights(
            self._map, state, mouth, presets, closure=closure, eyes_down=pitch, looks=looks
        )
        tints = state.presets if self._map.has(MUSCLES) else presets
        surfaces = self._shown.surfaces(tints, mouth, looks, {"blink": closure})
        return weights, surfaces, self._eyes.turns(yaw, pitch)

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
        if now >= self._turn_ends:
            self._take_turn(now, TURN_FADE)
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
        self._take_turn(now, FADE)

    def _take_turn(self, now: float, fade: float) -> None:
        """Let the next of the role's motions follow, as long as it lasts."""
        self._turn_ends = math.inf
        for families in TRAITS[self.role].clips:
            quiet = self._face.state().gain < QUIET
            names = self._body.variants(families[:1] if quiet else families)
            if names and self._body.play(name := self._turns.next(names), now, fade=fade):
                if len(names) > 1:
                    self._turn_ends = now + self._body.duration(name)
                break

    def _speech(self, now: float) -> Speech:
        clips = self.score.clips
        if not clips or clips[-1].end <= now - 0.6:
            return SILENT
        reply = clips[-1].clip.reply_id
        began = next(each.start for each in clips if each.clip.reply_id == reply)
        return Speech(began, clips[-1].end, self._reply_ends)

    def _start_gestures(self, t: float) -> None:
        """A gesture begins early, so that its stroke lands on the word.

        One that is followed at once by another is held until then instead of going back.
        """
        due = [each for each in self._gestures if self._starts(each) <= t]
        for each in [each for each in due if not self.score.is_held(each.time)]:
            self._gestures.remove(each)
            self._body.gesture(
                each.cue.name, self._starts(each), accent=each.time, hold=self._hold(each)
            )

    def _starts(self, gesture: ScoredCue) -> float:
        return gesture.time - (self._body.stroke(gesture.cue.name) or 0.0)

    def _hold(self, gesture: ScoredCue) -> float:
        back = self._starts(gesture) + (self._body.retraction(gesture.cue.name) or 0.0)
        waits = [self._starts(each) - back for each in self._gestures]
        return min((wait for wait in waits if 0.0 < wait <= NEXT_AT_ONCE), default=0.0)

    def _fire(self, scored: ScoredCue) -> None:
        cue = scored.cue
        if cue.kind == "emotion":
            self._face.feel(cue.name, cue.strength, scored.time)
        elif cue.kind == "pose":
            self._body.pose(cue.name, scored.time)

    def _closure(self, t: float) -> float:
        return 0.0 if self._still_at is not None else self._blinks.closure(t)

    def _rotations(
        self, t: float, state: FaceState, eyes: Mapping[str, Turn], nodded: float
    ) -> dict[str, Turn]:
        traits = TRAITS[self.role]
        sway = self._sway.at(t)
        head_yaw, head_pitch = self._gaze.head()
        return additive_rotations(
            head=(
                head_pitch + state.pitch + nodded * state.gain,
                head_yaw + sway["head_yaw"] * traits.sway,
                state.tilt + sway["head_roll"] * traits.sway,
            ),
            chest=(0.0, sway["chest_yaw"] * traits.sway, sway["chest_roll"] * traits.sway),
            breath=self._breath.fullness() * traits.depth,
            eyes=eyes,
        )
