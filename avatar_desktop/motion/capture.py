"""What a recorded motion does with its own body, read off at all its keys at once.

Turns are seen with the body facing +Z. Nothing here knows who will move like that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.animation import Animation, Channel, Target
from avatar_desktop.avatar.skeleton import Skeleton
from avatar_desktop.avatar.vrma import MotionFile
from avatar_desktop.motion.rotation import conjugate, multiply, rotate, unit
from avatar_desktop.motion.stance import Body, world_rotations
from avatar_desktop.motion.tracks import Tracks

Doubles = NDArray[np.float64]

FINEST = 1.0 / 30.0
"""Seconds between keys at most: chains of turns and splines are straight over so short a time."""
MOST_KEYS = 20_000
_BEFORE_STEP = 1e-3


@dataclass(frozen=True, slots=True)
class Capture:
    """A motion key by key; K keys."""

    times: Doubles
    """(K,) seconds, rising"""
    turns: Mapping[str, Doubles]
    """Bone → (K, 4), how far it is turned in the world from where it rests."""
    own_turns: Mapping[str, Doubles]
    """Bone → (K, 4), its own rotation in the normalised rig, as VRM defines it."""
    hips: Doubles | None
    """(K, 3) where the hips are; None when nothing moves them."""
    own_hips: Doubles | None
    """The same by the hips' own keys alone, as VRM defines it."""
    moved: frozenset[str]
    """Bones that have keys, or hang from a node that has and is no bone."""
    strengths: Mapping[str, Doubles]
    """Expression → (K,)"""
    gaze: Doubles | None
    """(K, 4) the turn of the eyes."""


def capture(motion: MotionFile, animation: Animation, body: Body) -> Capture:
    """Read one of a file's motions off its body."""
    state = _States(motion, animation)
    rest = world_rotations(motion.skeleton)
    turns: dict[str, Doubles] = {}
    own: dict[str, Doubles] = {}
    parents = motion.skeleton.parents.tolist()
    for bone, node in motion.humanoid.items():
        back = conjugate(rest[node])
        above = rest[parents[node]] if parents[node] >= 0 else np.array([0.0, 0.0, 0.0, 1.0])
        turns[bone] = body.facing_turns(multiply(state.world[node], back))
        inner = multiply(multiply(above, state.rotation(node)), back)
        own[bone] = body.facing_turns(inner)
    hips = motion.humanoid.get("hips", -1)
    return Capture(
        times=state.times,
        turns=turns,
        own_turns=own,
        hips=body.facing(state.places[hips]) if state.shifts(hips) else None,
        own_hips=body.facing(state.by_own_keys(hips)) if state.is_shifted(hips) else None,
        moved=frozenset(_moved(motion, animation)),
        strengths={name: state.x_of(node) for name, node in motion.expressions.items()},
        gaze=None if motion.look_at is None else state.rotation(motion.look_at),
    )


class _States:
    """Every node that matters, at every key: its own place and turn, and those in the world."""

    def __init__(self, motion: MotionFile, animation: Animation) -> None:
        skeleton = motion.skeleton
        self._skeleton = skeleton
        self._parents: list[int] = skeleton.parents.tolist()
        others = [*motion.expressions.values()]
        others += [] if motion.look_at is None else [motion.look_at]
        chain = _with_ancestors(motion.humanoid.values(), self._parents)
        needed = chain | set(others)
        self._at = {node: place for place, node in enumerate(sorted(needed))}
        channels = [
            channel
            for channel in animation.channels
            if channel.node in needed and channel.path in ("rotation", "translation")
        ]
        self._moved = {(channel.node, channel.path) for channel in channels}
        self.times = key_times(channels)
        self._flat = self._sampled(skeleton, channels)
        self.world: dict[int, Doubles] = {}
        self.places: dict[int, Doubles] = {}
        self._stretch: dict[int, Doubles] = {}
        for node in skeleton.order.tolist():
            if node in chain:
                self._into_the_world(node)

    def rotation(self, node: int) -> Doubles:
        """(K, 4) against the parent."""
        start = 4 * self._at[node]
        return self._flat[:, start : start + 4]

    def translation(self, node: int) -> Doubles:
        """(K, 3) against the parent."""
        start = 4 * len(self._at) + 3 * self._at[node]
        return self._flat[:, start : start + 3]

    def x_of(self, node: int) -> Doubles:
        """The strength that the node of an expression tells."""
        return self.translation(node)[:, 0]

    def is_shifted(self, node: int) -> bool:
        """The node has keys of its own place."""
        return (node, "translation") in self._moved

    def shifts(self, node: int) -> bool:
        """The node, or one that carries it, is moved from its place."""
        while node >= 0:
            above = self._parents[node]
            if self.is_shifted(node) or (above, "rotation") in self._moved:
                return True
            node = above
        return False

    def by_own_keys(self, node: int) -> Doubles:
        """(K, 3) where the node is when all that carry it rest."""
        place = self.translation(node)
        while (node := self._parents[node]) >= 0:
            turn = unit(self._skeleton.rotations[node].astype(np.float64))
            place = rotate(np.broadcast_to(turn, (len(place), 4)), place * self._scale(node))
            place = place + self._skeleton.translations[node]
        return place

    def _sampled(self, skeleton: Skeleton, channels: Sequence[Channel]) -> Doubles:
        nodes = sorted(self._at)
        rest = np.concatenate(
            [
                unit(skeleton.rotations[nodes].astype(np.float64)).reshape(-1),
                skeleton.translations[nodes].astype(np.float64).reshape(-1),
            ]
        )
        flat = np.tile(rest, (len(self.times), 1))
        if channels:
            first = 4 * len(nodes)
            targets: dict[Target, int] = {
                (node, "rotation"): 4 * place for node, place in self._at.items()
            }
            targets |= {
                (node, "translation"): first + 3 * place for node, place in self._at.items()
            }
            tracks = Tracks(channels, targets)
            flat[:, tracks.targets] = tracks.at(self.times)
        return flat

    def _into_the_world(self, node: int) -> None:
        above = self._parents[node]
        turn, place, scale = self.rotation(node), self.translation(node), self._scale(node)
        if above >= 0:
            place = self.places[above] + rotate(self.world[above], place * self._stretch[above])
            turn = multiply(self.world[above], turn)
            scale = scale * self._stretch[above]
        self.world[node], self.places[node], self._stretch[node] = turn, place, scale

    def _scale(self, node: int) -> Doubles:
        return self._skeleton.scales[node].astype(np.float64)


def key_times(channels: Sequence[Channel]) -> Doubles:
    """The keys of all channels, and more where the way between two is long, splined or a step."""
    given = [np.zeros(1), *(channel.times.astype(np.float64) for channel in channels)]
    steps = [
        channel.times[1:].astype(np.float64) - _BEFORE_STEP
        for channel in channels
        if channel.interpolation == "STEP"
    ]
    times = np.unique(np.concatenate([*given, *steps]))
    times = times[times >= 0.0]
    if len(times) > MOST_KEYS:
        return np.linspace(0.0, float(times[-1]), MOST_KEYS)
    gaps = np.diff(times)
    pieces = np.maximum(1, np.ceil(gaps / FINEST - 1e-6)).astype(np.int64)
    if len(times) + int(pieces.sum()) > MOST_KEYS:
        return np.linspace(0.0, float(times[-1]), MOST_KEYS)
    stretch = np.repeat(np.arange(len(gaps)), pieces)
    number = np.arange(len(stretch)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    between = times[stretch] + gaps[stretch] * (number / pieces[stretch])
    return np.append(between, times[-1])


def _with_ancestors(nodes: Iterable[int], parents: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for start in nodes:
        node = start
        while node >= 0 and node not in found:
            found.add(node)
            node = parents[node]
    return found


def _moved(motion: MotionFile, animation: Animation) -> set[str]:
    """Bones with keys between themselves and the bone that carries them."""
    turned = {channel.node for channel in animation.channels if channel.path == "rotation"}
    bones = set(motion.humanoid.values())
    parents = motion.skeleton.parents.tolist()
    found: set[str] = set()
    for bone, node in motion.humanoid.items():
        here = node
        while here >= 0 and (here == node or here not in bones):
            if here in turned:
                found.add(bone)
                break
            here = parents[here]
    return found
