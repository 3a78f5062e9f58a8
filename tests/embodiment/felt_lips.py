"""Lips of a whole face: speech and an emotion put together frame by frame, read from the mesh."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.expression import Expression, MorphBind, Override
from avatar_desktop.lips.track import MouthTrack
from avatar_desktop.performer.blend import face_weights, shown_presets
from avatar_desktop.performer.face import Face, FaceState
from avatar_desktop.performer.face_map import FaceMap
from tests.embodiment.mesh_lips import MeshLips

Floats = NDArray[np.float64]

VOWELS = ("aa", "ih", "ou", "ee", "oh")
PRESETS = ("happy", "angry", "sad", "relaxed", "surprised")
STEP = 0.02


def felt(emotion: str) -> FaceState:
    """The look of an emotion that a speaking face has come to."""
    face = Face(np.random.default_rng(1))
    face.feel(emotion, 1.0, 0.0)
    for step in range(200):
        face.step(step * STEP, STEP, speaking=True)
        if emotion == "surprised" and step * STEP > 0.5:
            break  # it passes by itself
    return face.state()


def five_vowels(avatar: Avatar, override: Override, *, open_mouthed: float = 0.0) -> Avatar:
    """The same face as if its file knew five vowels and the presets of VRM, and nothing else.

    Each preset asks for `override`, and opens the mouth by so much of an "ah".
    """
    wide = avatar.expressions["aa"].binds
    opened = tuple(MorphBind(bind.place, bind.weight * open_mouthed) for bind in wide)
    kept: dict[str, Expression] = {name: avatar.expressions[name] for name in VOWELS}
    for name in PRESETS:
        preset = avatar.expressions[name]
        kept[name] = replace(preset, override_mouth=override, binds=(*preset.binds, *opened))
    names = tuple(f"shape {number}" for number in range(len(avatar.morph_names)))
    return replace(avatar, morph_names=names, expressions=kept)


@dataclass(frozen=True)
class FeltFace:
    """A face whose lips are looked at; `seen` knows the lips of the same mesh by their names."""

    avatar: Avatar
    seen: MeshLips

    @cached_property
    def face_map(self) -> FaceMap:
        return FaceMap(self.avatar)

    def opening(self, state: FaceState, track: MouthTrack) -> Floats:
        """Metres between the lips, row by row."""
        presets = shown_presets(self.face_map, state)
        frames = [
            face_weights(
                self.face_map,
                state,
                dict(zip(track.channels, row, strict=True)),
                presets,
                closure=0.0,
                eyes_down=0.0,
                looks={},
            )
            for row in track.weights.tolist()
        ]
        return self.seen.parting(np.array(frames))
