"""Layers of one avatar, made with masks, seams and ways that are worked out once."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.motion.clip import Clip
from avatar_desktop.motion.hierarchy import Locals
from avatar_desktop.motion.layer import (
    ADDITIVE,
    BASE,
    Layer,
    Reach,
    Seams,
    lanes_of,
    reaches,
    rest_of,
    seams_of,
)
from avatar_desktop.motion.masks import WHOLE_BODY, Mask, mask_of
from avatar_desktop.motion.root_motion import RootMotion, Travel, root_motion
from avatar_desktop.motion.timing import Timing

Doubles = NDArray[np.float64]
Places = NDArray[np.int64]


class LayerMaker:
    """Numbers the layers and remembers what many of them share."""

    def __init__(self, avatar: Avatar) -> None:
        self._avatar = avatar
        self._nodes = len(avatar.skeleton.names)
        self._numbers = itertools.count(1)
        self._masks: dict[tuple[str, ...], Mask] = {}
        self._reaches: dict[tuple[Clip, tuple[str, ...]], tuple[tuple[Reach, ...], Places]] = {}
        self._seams: dict[tuple[Clip, bool], Seams] = {}

    def base(
        self,
        clip: Clip,
        timing: Timing,
        travel: Travel,
        *,
        began: float,
        at: float,
        fade: float,
    ) -> Layer:
        """What the whole body does."""
        parts, lanes = self._reach(clip, (WHOLE_BODY,))
        root = None if travel == "as authored" else root_motion(self._avatar, clip)
        return Layer(
            number=next(self._numbers),
            rank=BASE,
            clip=clip,
            parts=parts,
            lanes=lanes,
            timing=timing,
            began=began,
            at=at,
            fade_in=fade,
            seams=self._seam(clip, root) if timing.loop else None,
            root=root,
            travel=travel,
        )

    def overlay(
        self,
        clip: Clip,
        timing: Timing,
        rank: int,
        mask: Sequence[str],
        *,
        at: float,
        fade: float,
        weight: float = 1.0,
        rest: Clip | None = None,
    ) -> Layer:
        """A clip over part of the body; an additive one measures from `rest`, or from itself."""
        parts, lanes = self._reach(clip, tuple(mask))
        return Layer(
            number=next(self._numbers),
            rank=rank,
            clip=clip,
            parts=parts,
            lanes=lanes,
            timing=timing,
            began=at,
            at=at,
            fade_in=fade,
            weight=self.share(weight),
            reference=self._rest(parts, rest) if rank == ADDITIVE else None,
            seams=self._seam(clip, None) if timing.loop else None,
        )

    @staticmethod
    def share(weight: float) -> float:
        """A weight between nothing and all; one that is no number is nothing."""
        return 0.0 if math.isnan(weight) else min(1.0, max(0.0, weight))

    def _rest(self, parts: tuple[Reach, ...], rest: Clip | None) -> tuple[Doubles, ...]:
        if rest is None:
            return rest_of(parts)
        pose = Locals.at_rest(self._avatar)
        rest.sample(0.0, pose)
        return rest_of(parts, pose.flat)

    def _reach(self, clip: Clip, mask: tuple[str, ...]) -> tuple[tuple[Reach, ...], Places]:
        found = self._reaches.get((clip, mask))
        if found is None:
            if mask not in self._masks:
                self._masks[mask] = mask_of(self._avatar, mask)
            parts = reaches(clip, self._masks[mask])
            found = self._reaches[clip, mask] = parts, lanes_of(parts, self._nodes)
        return found

    def _seam(self, clip: Clip, root: RootMotion | None) -> Seams:
        key = (clip, root is not None)
        if key not in self._seams:
            self._seams[key] = seams_of(clip, root)
        return self._seams[key]
