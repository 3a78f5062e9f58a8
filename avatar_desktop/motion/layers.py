"""Layers of motion become one pose: base, posture, gestures, then what life adds.

The mixer keeps what was asked for; every instant is asked for with its time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import UNCHANGED, Pose, SurfaceChange
from avatar_desktop.motion import layer as order
from avatar_desktop.motion.frame_order import FrameOrder
from avatar_desktop.motion.hierarchy import Locals
from avatar_desktop.motion.layer_maker import LayerMaker
from avatar_desktop.motion.layer_stack import LayerStack
from avatar_desktop.motion.masks import UPPER_BODY, WHOLE_BODY
from avatar_desktop.motion.motion_files import Source
from avatar_desktop.motion.repertoire import Repertoire
from avatar_desktop.motion.rig import NormalisedRig
from avatar_desktop.motion.root_motion import Travel
from avatar_desktop.motion.timing import gesture_timing, steady

Doubles = NDArray[np.float64]

FADE_IN = 0.25
FADE_OUT = 0.40
POSE_FADE = 0.30
_RELEASE = 0.25
"""Seconds before its end at which a gesture is let go, so that the arm goes home in one move."""


class Mixer:
    """Plays clips of one avatar by name and blends them into poses.

    A name that nobody knows changes nothing. An instant that is past or no number means now, the
    instant that was shown last.
    """

    def __init__(
        self,
        avatar: Avatar,
        aliases: Mapping[str, str] | None = None,
        sources: Sequence[Source] = (),
    ) -> None:
        """`aliases` is the agent's animation map; `sources` are motions from elsewhere."""
        self.rig = NormalisedRig(avatar)
        self.repertoire = Repertoire(avatar, sources, aliases)
        self._frame_order = FrameOrder(avatar, self.rig)
        self._make = LayerMaker(avatar)
        self._stand = Locals.at_rest(avatar)
        idle = self.repertoire.built_in("idle")
        if idle is not None:
            idle.sample(0.0, self._stand)
        self._frame = self._stand.copy()
        self._stack = LayerStack(self._stand)

    # What is asked for -----------------------------------------------------------------------

    def stroke(self, name: str) -> float | None:
        """Seconds from a gesture's start to its accent; None for an unknown gesture."""
        clip = self.repertoire.find(name, "gesture")
        return None if clip is None else clip.accent

    def retraction(self, name: str) -> float | None:
        """Seconds from a gesture's start until it goes back to rest; None for an unknown one."""
        clip = self.repertoire.find(name, "gesture")
        return None if clip is None else max(clip.accent, clip.phases.retraction)

    def variants(self, families: Iterable[str]) -> tuple[str, ...]:
        """The clips that these names mean together."""
        return self.repertoire.variants(families)

    def duration(self, name: str) -> float:
        """Seconds of one round; none for an unknown clip."""
        clip = self.repertoire.find(name)
        return 0.0 if clip is None else clip.duration

    def play(
        self,
        name: str,
        at: float,
        loop: bool = True,
        fade: float = 0.35,
        *,
        speed: float = 1.0,
        length: float | None = None,
        travel: Travel = "as authored",
    ) -> bool:
        """Let the whole body do a clip from `at` on; once done it stays as it ended.

        Backwards with a negative `speed`; `length` is seconds for one round instead. `travel` says
        what becomes of the way over the ground.
        """
        clip = self.repertoire.find(name)
        if clip is None:
            return False
        timing = steady(clip, loop=loop, speed=speed, length=length)
        bases = self._stack.of(order.BASE)
        current = bases[-1] if bases else None
        asked = (clip, timing, travel)
        if current and loop and asked == (current.clip, current.timing, current.travel):
            return True
        begin = self._stack.begin(max(at, current.at) if current else at)
        self._stack.end(bases, begin, fade)
        carried = np.zeros(3)
        if current and travel != "as authored":
            carried = current.travelled(begin)
        began = at if math.isfinite(at) else begin
        made = self._make.base(clip, timing, travel, began=began, at=begin, fade=fade)
        self._stack.add(replace(made, carried=carried))
        return True

    def gesture(
        self,
        name: str,
        at: float,
        *,
        accent: float | None = None,
        hold: float = 0.0,
        length: float | None = None,
        weight: float = 1.0,
        mask: Sequence[str] = (UPPER_BODY,),
    ) -> bool:
        """Make a gesture once, over the upper body.

        Where `accent` is nearer than its preparation takes, that is hurried. It waits `hold`
        seconds longer before it goes back.
        """
        clip = self.repertoire.find(name, "gesture")
        if clip is None:
            return False
        begin = self._stack.begin(at)
        lead = None if accent is None else accent - begin
        timing = gesture_timing(clip, lead=lead, hold=hold, length=length)
        self._stack.end(self._stack.of(order.GESTURE), begin, FADE_OUT)
        back = (timing.length - hold - clip.phases.retraction) if clip.duration else 0.0
        until = begin + max(timing.length - min(_RELEASE, 0.4 * max(0.0, back)), FADE_IN)
        made = self._make.overlay(
            clip, timing, order.GESTURE, mask, at=begin, fade=FADE_IN, weight=weight
        )
        self._stack.add(replace(made, until=until, fade_out=FADE_OUT))
        return True

    def stop_gestures(self, at: float) -> None:
        """Let go of every gesture, gently."""
        self._stack.end(self._stack.of(order.GESTURE), self._stack.begin(at), FADE_OUT)

    def pose(self, name: str | None, at: float) -> bool:
        """Take a posture and keep it; None leaves it."""
        clip = None if name is None else self.repertoire.find(name, "pose")
        if name is not None and clip is None:
            return False
        begin = self._stack.begin(at)
        self._stack.end(self._stack.of(order.POSTURE), begin, POSE_FADE)
        if clip is not None:
            timing = steady(clip, loop=True)
            self._stack.add(
                self._make.overlay(
                    clip, timing, order.POSTURE, (UPPER_BODY,), at=begin, fade=POSE_FADE
                )
            )
        return True

    def overlay(
        self,
        name: str,
        at: float,
        *,
        mask: Sequence[str] = (WHOLE_BODY,),
        weight: float = 1.0,
        additive: bool = False,
        over: str | None = None,
        loop: bool = True,
        speed: float = 1.0,
        length: float | None = None,
        fade: float = FADE_IN,
    ) -> int | None:
        """Lay a further clip over all others; gives its number, None for an unknown name.

        An additive one adds what differs from its first frame, or from the start of the clip
        `over`. One that is played once is gone when it is over.
        """
        clip = self.repertoire.find(name)
        rest = None if over is None else self.repertoire.find(over)
        if clip is None or (over is not None and rest is None):
            return None
        begin = self._stack.begin(at)
        timing = steady(clip, loop=loop, speed=speed, length=length)
        rank = order.ADDITIVE if additive else order.EXTRA
        made = self._make.overlay(
            clip, timing, rank, mask, at=begin, fade=fade, weight=weight, rest=rest
        )
        self._stack.add(replace(made, until=begin + timing.length, fade_out=fade))
        return made.number

    def weigh(self, number: int, weight: float, at: float, fade: float = FADE_IN) -> bool:
        """From `at` on show more or less of an overlay; False when it is over."""
        found = self._stack.numbered(number)
        if not found:
            return False
        begin = self._stack.begin(max(at, found[-1].at))
        self._stack.end(found, begin, fade)
        last = found[-1]
        self._stack.add(replace(last, at=begin, fade_in=fade, weight=self._make.share(weight)))
        return True

    def stop(self, number: int, at: float, fade: float = FADE_OUT) -> None:
        """Take an overlay away."""
        self._stack.end(self._stack.numbered(number), self._stack.begin(at), fade)

    def is_gesturing(self, t: float) -> bool:
        """A gesture is under way at `t`."""
        return self._stack.plays(order.GESTURE, t)

    def travelled(self, t: float) -> Doubles:
        """How far moving clips have carried the body, (3,) in the space of the root's parent."""
        here = [each for each in self._stack.of(order.BASE) if each.at <= t]
        return here[-1].travelled(t) if here else np.zeros(3)

    def prepare(self, names: Iterable[str] | None = None) -> Iterator[str]:
        """Make clips, one at each step, so that no frame has to; all of them without names."""
        if names is None:
            yield from self.repertoire.prepare()
            return
        for name in names:
            for kind in ("", "gesture", "pose"):
                self.repertoire.find(name, kind)
            yield name

    # What is shown ---------------------------------------------------------------------------

    def evaluate(
        self,
        t: float,
        additive: Mapping[str, ArrayLike] | None = None,
        weights: ArrayLike | None = None,
        surfaces: Mapping[int, SurfaceChange] = UNCHANGED,
    ) -> Pose:
        """The pose at `t`: the layers, then all that `FrameOrder` makes of them.

        Springs swing from one call to the next; when `t` goes back they hang anew, and layers that
        were over by then do not come back. A `t` that is no number shows the last instant again.
        """
        if not math.isfinite(t):
            t = self._stack.now
        local = self._frame
        self._stack.display(t, local.flat)
        return self._frame_order.pose(t, local, additive, weights, surfaces)

    def with_face(
        self,
        pose: Pose,
        eyes: Mapping[str, ArrayLike],
        weights: ArrayLike,
        surfaces: Mapping[int, SurfaceChange] = UNCHANGED,
    ) -> Pose:
        """A body near that of the last `evaluate` with another face, for little."""
        return self._frame_order.with_face(pose, self._frame, eyes, weights, surfaces)


def standing_pose(avatar: Avatar) -> Pose:
    """How the avatar stands when nothing happens: by this it is measured for the camera."""
    mixer = Mixer(avatar)
    mixer.play("idle", 0.0, fade=0.0)
    return mixer.evaluate(0.0)
