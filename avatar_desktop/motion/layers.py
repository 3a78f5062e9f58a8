"""Layers of motion become one pose: base, posture, gestures, then what life adds.

The mixer keeps what is playing; every instant is asked for with its time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import UNCHANGED, Pose, SurfaceChange
from avatar_desktop.motion.clip import Clip
from avatar_desktop.motion.frame_order import FrameOrder
from avatar_desktop.motion.hierarchy import Locals
from avatar_desktop.motion.inertia import STEP, Transition
from avatar_desktop.motion.repertoire import Repertoire, Source
from avatar_desktop.motion.rig import NormalisedRig
from avatar_desktop.motion.rotation import slerp

Doubles = NDArray[np.float64]

FADE_IN = 0.25
FADE_OUT = 0.40
POSE_FADE = 0.30
_DEFAULT_STROKE = 0.35
"""Share of a gesture at which its accent is taken to be, when the clip does not say."""


@dataclass(frozen=True, slots=True)
class _Base:
    """What the whole body does from `at` on."""

    clip: Clip | None
    at: float
    loop: bool
    transition: Transition | None

    def sample(self, t: float, local: Locals) -> None:
        if self.clip is not None:
            self.clip.sample(t - self.at, local, loop=self.loop)
        if self.transition is not None:
            self.transition.apply(t, local)


@dataclass(frozen=True, slots=True)
class _Overlay:
    """A clip over part of the body: a gesture that ends, or a posture that stays."""

    clip: Clip
    nodes: NDArray[np.int64]
    at: float
    fade_in: float
    fades: tuple[tuple[float, float], ...] = ()
    """Each: when it is gone, and seconds of fading before; none for a posture that stays."""
    stays: bool = False

    @property
    def until(self) -> float:
        return min((end for end, _ in self.fades), default=np.inf)

    def share(self, t: float) -> float:
        falls = [(end - t) / length for end, length in self.fades]
        share = min(1.0, max(0.0, min([(t - self.at) / self.fade_in, *falls])))
        return share * share * (3.0 - 2.0 * share)

    def released(self, begin: float, fade: float) -> _Overlay:
        """The same, let go at `begin` without a step."""
        return replace(self, fades=(*self.fades, (begin + fade, fade)))


class Mixer:
    """Plays clips of one avatar by name and blends them into poses."""

    def __init__(
        self,
        avatar: Avatar,
        aliases: Mapping[str, str] | None = None,
        sources: Sequence[Source] = (),
    ) -> None:
        """`aliases` is the agent's animation map; `sources` are motions from elsewhere."""
        self.rig = NormalisedRig(avatar)
        self.repertoire = Repertoire(avatar, self.rig, sources, aliases)
        self._frame_order = FrameOrder(avatar, self.rig)
        self._upper = _upper_body(avatar)
        self._stand = Locals.at_rest(avatar)
        relaxed = self.repertoire.built_in("pose_relaxed")
        if relaxed is not None:
            relaxed.sample(0.0, self._stand)
        self._frame = self._stand.copy()
        self._over = self._stand.copy()
        self._bases: list[_Base] = [_Base(None, 0.0, loop=False, transition=None)]
        self._overlays: list[_Overlay] = []
        self._postures: list[_Overlay] = []
        self._shown = -np.inf

    def stroke(self, name: str) -> float | None:
        """Seconds from a gesture's start to its accent; None for an unknown gesture."""
        clip = self.repertoire.find(name, "gesture")
        if clip is None:
            return None
        return clip.duration * _DEFAULT_STROKE if clip.stroke is None else clip.stroke

    def play(self, name: str, at: float, loop: bool = True, fade: float = 0.35) -> bool:
        """Let the whole body do a clip from `at` on; an unknown name changes nothing."""
        clip = self.repertoire.find(name)
        if clip is None:
            return False
        current = self._bases[-1]
        if loop and current.loop and current.clip is clip:
            return True
        begin = max(at, self._shown, current.at)
        fresh = _Base(clip, at, loop, None)
        pairs = [
            (self._base_at(base, begin - STEP), self._base_at(base, begin))
            for base in (current, fresh)
        ]
        transition = Transition.between(begin, fade, pairs[0], pairs[1])
        self._bases.append(replace(fresh, transition=transition))
        return True

    def gesture(self, name: str, at: float) -> bool:
        """Make a gesture once, over the upper body; an unknown name changes nothing."""
        clip = self.repertoire.find(name, "gesture")
        if clip is None:
            return False
        begin = max(at, self._shown)
        length = max(clip.duration, FADE_IN)
        overlay = _Overlay(
            clip=clip,
            nodes=clip.nodes[self._upper[clip.nodes]],
            at=begin,
            fade_in=min(FADE_IN, 0.4 * length),
            fades=((begin + length, min(FADE_OUT, 0.4 * length)),),
        )
        # the old one goes when the new one hides it, so that the arm takes no way round
        hidden = begin + overlay.fade_in
        self._overlays = [item.released(hidden, FADE_OUT) for item in self._overlays]
        self._overlays.append(overlay)
        return True

    def stop_gestures(self, at: float) -> None:
        """Let go of every gesture, gently."""
        begin = max(at, self._shown)
        self._overlays = [item.released(begin, FADE_OUT) for item in self._overlays]

    def pose(self, name: str | None, at: float) -> bool:
        """Take a posture and keep it; None leaves it. An unknown name changes nothing."""
        clip = None if name is None else self.repertoire.find(name, "pose")
        if name is not None and clip is None:
            return False
        begin = max(at, self._shown)
        self._postures = [item.released(begin, POSE_FADE) for item in self._postures]
        if clip is not None:
            nodes = clip.nodes[self._upper[clip.nodes]]
            self._postures.append(_Overlay(clip, nodes, begin, fade_in=POSE_FADE, stays=True))
        return True

    def is_gesturing(self, t: float) -> bool:
        """A gesture is under way at `t`."""
        return any(item.at <= t < item.until for item in self._overlays)

    def evaluate(
        self,
        t: float,
        additive: Mapping[str, ArrayLike] | None = None,
        weights: ArrayLike | None = None,
        surfaces: Mapping[int, SurfaceChange] = UNCHANGED,
    ) -> Pose:
        """The pose at `t`: the layers, then all that `FrameOrder` makes of them.

        Springs swing from one call to the next; when `t` goes back they hang anew.
        """
        self._forget(t)
        local = self._frame
        local.become(self._stand)
        base = self._bases[0]
        base.sample(t, local)
        for overlay in (*self._postures, *self._overlays):
            self._blend(overlay, t, local)
        self._shown = t
        return self._frame_order.pose(t, local, additive, weights, surfaces)

    def _base_at(self, base: _Base, t: float) -> Locals:
        local = self._stand.copy()
        base.sample(t, local)
        return local

    def _blend(self, overlay: _Overlay, t: float, local: Locals) -> None:
        share = overlay.share(t)
        if share <= 0.0:
            return
        over, nodes = self._over, overlay.nodes
        over.become(local)
        overlay.clip.sample(t - overlay.at, over, loop=overlay.stays)
        local.rotations[nodes] = slerp(local.rotations[nodes], over.rotations[nodes], share)
        for part in ("translations", "scales"):
            values, target = getattr(local, part), getattr(over, part)
            values[nodes] += share * (target[nodes] - values[nodes])
        local.weights += share * (over.weights - local.weights)

    def _forget(self, t: float) -> None:
        """Drop what is over, so that a day of talking keeps no more than a minute of it."""
        while len(self._bases) > 1 and self._bases[1].at <= t:
            del self._bases[0]
        base = self._bases[0]
        if base.transition is not None and base.transition.is_over(t):
            self._bases[0] = replace(base, transition=None)
        self._overlays = [item for item in self._overlays if item.until > t]
        self._postures = [item for item in self._postures if item.until > t]


def _upper_body(avatar: Avatar) -> NDArray[np.bool_]:
    """Nodes that gestures may move: all above the hips of a humanoid, else every node."""
    count = len(avatar.skeleton.names)
    root = avatar.humanoid.get("spine")
    if root is None:
        return np.ones(count, np.bool_)
    mask = np.zeros(count, np.bool_)
    mask[root] = True
    for node in avatar.skeleton.order.tolist():
        parent = int(avatar.skeleton.parents[node])
        mask[node] |= parent >= 0 and bool(mask[parent])
    return mask


def standing_pose(avatar: Avatar) -> Pose:
    """How the avatar stands when nothing happens: by this it is measured for the camera."""
    mixer = Mixer(avatar)
    mixer.play("idle", 0.0, fade=0.0)
    return mixer.evaluate(0.0)
