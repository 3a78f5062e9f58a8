"""What each kind of face calls the shapes, and how much of each it takes.

Promise: articulation in, weights between 0 and 1 out; a seal closes every rig, also those without a
shape for it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.rig.face_names import mouth_of, plain, translated
from avatar_desktop.lips.coarticulation import SHAPES, Floats
from avatar_desktop.lips.seals import Contact

RigName = Literal["arkit", "oculus", "vrm", "cc4", "jaw"]

Recipe = dict[str, dict[str, float]]

_PAIRED = [
    "mouthPress",
    "mouthStretch",
    "mouthSmile",
    "mouthLowerDown",
    "mouthUpperUp",
]  # left and right
_ARKIT: Recipe = {
    "PP": {"mouthPress": 0.35, "mouthRollLower": 0.15, "mouthRollUpper": 0.15},
    "PH": {"mouthPucker": 0.25},
    "FF": {"mouthRollLower": 0.35, "mouthShrugLower": 0.3, "mouthUpperUp": 0.2},
    "TH": {"tongueOut": 0.4, "mouthLowerDown": 0.15},
    "DD": {"mouthLowerDown": 0.1},
    "nn": {},
    "kk": {},
    "SS": {"mouthStretch": 0.2, "mouthLowerDown": 0.2, "mouthUpperUp": 0.1},
    "CH": {"mouthFunnel": 0.55, "mouthPucker": 0.25},
    "CS": {"mouthStretch": 0.25},
    "RR": {"mouthPucker": 0.3, "mouthFunnel": 0.2},
    "aa": {"mouthLowerDown": 0.1},
    "ax": {"mouthLowerDown": 0.05},
    "E": {"mouthStretch": 0.18, "mouthSmile": 0.08},
    "I": {"mouthStretch": 0.35, "mouthSmile": 0.18},
    "O": {"mouthFunnel": 0.5, "mouthPucker": 0.25},
    "U": {"mouthPucker": 0.75, "mouthFunnel": 0.25},
    "ux": {"mouthPucker": 0.3, "mouthFunnel": 0.1},
    "Y": {"mouthPucker": 0.65},
    "OE": {"mouthPucker": 0.65},
}
_OCULUS: Recipe = {
    **{
        name: {name: 1.0}
        for name in ["PP", "FF", "TH", "DD", "nn", "kk", "SS", "CH", "RR", "aa", "E", "I", "O", "U"]
    },
    "PH": {"U": 0.25, "PP": 0.3},
    "CS": {"SS": 0.6, "I": 0.3},
    "ax": {"aa": 0.5},
    "ux": {"U": 0.4},
    "Y": {"U": 0.7, "I": 0.2},
    "OE": {"O": 0.7, "E": 0.2},
}
_VRM: Recipe = {
    "PP": {},
    "PH": {"ou": 0.25},
    "FF": {"ih": 0.15},
    "TH": {"ih": 0.3},
    "DD": {"ih": 0.25},
    "nn": {"ih": 0.2},
    "kk": {"aa": 0.2},
    "SS": {"ih": 0.3},
    "CH": {"ou": 0.5},
    "CS": {"ih": 0.35},
    "RR": {"ou": 0.35},
    "aa": {"aa": 1.0},
    "ax": {"aa": 0.5},
    "E": {"ee": 0.8},
    "I": {"ih": 0.8},
    "O": {"oh": 0.9},
    "U": {"ou": 1.0},
    "ux": {"ou": 0.4},
    "Y": {"ou": 0.7, "ih": 0.2},
    "OE": {"oh": 0.6, "ee": 0.2},
}
_CC4: Recipe = {
    "PP": {"B_M_P": 1.0},
    "PH": {"W_OO": 0.25, "B_M_P": 0.3},
    "FF": {"F_V": 1.0},
    "TH": {"Th": 1.0},
    "DD": {"T_L_D_N": 1.0},
    "nn": {"T_L_D_N": 0.9},
    "kk": {"K_G_H_NG": 1.0},
    "SS": {"S_Z": 1.0},
    "CH": {"Ch_J": 1.0},
    "CS": {"S_Z": 0.6, "EE": 0.3},
    "RR": {"R": 1.0},
    "aa": {"Ah": 1.0},
    "ax": {"Ah": 0.5},
    "E": {"AE": 0.8},
    "I": {"EE": 0.8, "Ih": 0.2},
    "O": {"Oh": 1.0},
    "U": {"W_OO": 1.0},
    "ux": {"W_OO": 0.4},
    "Y": {"W_OO": 0.7, "Ih": 0.2},
    "OE": {"Oh": 0.7, "Er": 0.2},
}
_CC4_CHANNELS = [
    "AE",
    "Ah",
    "EE",
    "Er",
    "Ih",
    "Oh",
    "W_OO",
    "B_M_P",
    "F_V",
    "Th",
    "T_L_D_N",
    "S_Z",
    "Ch_J",
    "K_G_H_NG",
    "R",
]  # T7
_OCULUS_CHANNELS = ["PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U"]


@dataclass(frozen=True, slots=True)
class Rig:
    """A face's channels and the way from an articulation to their weights."""

    name: RigName
    channels: tuple[str, ...]
    weights: Callable[[Contact], NDArray[np.float32]]


def _matrix(recipe: Recipe, channels: Collection[str]) -> Floats:
    return np.array([[recipe[shape].get(name, 0.0) for name in channels] for shape in SHAPES])


def _clipped(weights: Floats) -> NDArray[np.float32]:
    return np.clip(weights, 0.0, 1.0).astype(np.float32)


_ARKIT_BASE = sorted({name for row in _ARKIT.values() for name in row})
_ARKIT_CHANNELS = (
    "jawOpen",
    "mouthClose",
    *(
        name + side
        for name in _ARKIT_BASE
        for side in (("Left", "Right") if name in _PAIRED else ("",))
    ),
)
_ARKIT_MATRIX = _matrix(
    {
        shape: {
            name + side: weight
            for name, weight in row.items()
            for side in (("Left", "Right") if name in _PAIRED else ("",))
        }
        for shape, row in _ARKIT.items()
    },
    _ARKIT_CHANNELS,
)
_PART_WHEN_SEALED = np.array(
    [
        1.0 if name.startswith(("mouthLowerDown", "mouthUpperUp", "mouthFunnel", "tongue")) else
        0.6 if name.startswith(("mouthStretch", "mouthSmile")) else
        0.3 if name.startswith("mouthPucker") else 0.0
        for name in _ARKIT_CHANNELS
    ]
)  # fmt: skip
"""What a seal takes from each channel: all that opens, much of what spreads, little of pouting."""
_SEALED_SHAPE = _ARKIT_MATRIX[SHAPES.index("PP")]


def _arkit(contact: Contact) -> NDArray[np.float32]:
    seal = contact.seal[:, None]
    weights = contact.shapes @ _ARKIT_MATRIX
    weights = np.maximum(weights * (1.0 - seal * _PART_WHEN_SEALED), seal * _SEALED_SHAPE)
    weights[:, 0] = contact.jaw
    weights[:, 1] = contact.jaw - contact.lips
    return _clipped(weights)


_PARTS = {
    "aa": 0.64, "Ah": 0.64, "oh": 0.5, "O": 0.5, "Oh": 0.5,
    "ee": 0.35, "E": 0.35, "AE": 0.35, "Er": 0.35, "ih": 0.18, "I": 0.18, "EE": 0.18, "Ih": 0.18,
    "ou": 0.18, "U": 0.18, "W_OO": 0.18, "TH": 0.26, "Th": 0.26, "CH": 0.26, "Ch_J": 0.26,
    "DD": 0.2, "T_L_D_N": 0.2, "kk": 0.2, "K_G_H_NG": 0.2, "RR": 0.2, "R": 0.2, "nn": 0.16,
    "SS": 0.14, "S_Z": 0.14, "FF": 0.08, "F_V": 0.08, "PP": 0.0, "B_M_P": 0.0,
}  # fmt: skip
"""How far a whole shape parts the lips of a usual face."""
_STEEPEST = 0.2
"""How much of a shape may go or come from one row to the next."""
_TUCK, _TUCKED = 0.68, 0.51
"""How soon and how much of a whole shape for teeth on a lip is shown: all of it shows teeth by
parting lips."""


def _unhurried(level: Floats) -> Floats:
    """Lower where a fall or rise would be too steep; nothing is ever raised."""
    out = level.copy()
    for rows in range(1, 6):
        allowed = level + _STEEPEST * rows
        out[rows:] = np.minimum(out[rows:], allowed[:-rows])
        out[:-rows] = np.minimum(out[:-rows], allowed[rows:])
    return out


def _by_shape(recipe: Recipe, channels: Collection[str], sealing: str | None):
    """A rig of whole-mouth shapes: the gap rules how much, a seal takes every other shape away."""
    matrix = _matrix(recipe, channels)
    parts = np.array([_PARTS[name] for name in channels])
    place = list(channels).index(sealing) if sealing else -1

    def weights(contact: Contact) -> NDArray[np.float32]:
        shapes, mixed = contact.shapes, contact.shapes @ matrix
        parted = np.maximum(mixed @ parts, 0.03)
        mixed *= _unhurried(np.clip(contact.lips / parted, 0.0, 1.15))[:, None]
        for index, name in enumerate(channels):
            if name in ("PP", "B_M_P"):
                mixed[:, index] = shapes[:, SHAPES.index("PP")] * (1.0 - contact.seal)
            elif name in ("FF", "F_V"):
                tucked = np.minimum(_TUCK * shapes[:, SHAPES.index("FF")], _TUCKED)
                mixed[:, index] = tucked * (1.0 - contact.seal**12)
        if place >= 0:
            mixed[:, place] = np.maximum(mixed[:, place], contact.seal)
        return _clipped(mixed)

    return weights


def _jaw(contact: Contact) -> NDArray[np.float32]:
    return _clipped(contact.lips[:, None])


_VRM_CHANNELS = ("aa", "ih", "ou", "ee", "oh")
_OCULUS_NAMES = tuple("viseme_" + name for name in _OCULUS_CHANNELS)
RIGS: dict[RigName, Rig] = {
    "arkit": Rig("arkit", _ARKIT_CHANNELS, _arkit),
    "oculus": Rig("oculus", _OCULUS_NAMES, _by_shape(_OCULUS, _OCULUS_CHANNELS, "PP")),
    "vrm": Rig("vrm", _VRM_CHANNELS, _by_shape(_VRM, _VRM_CHANNELS, None)),
    "cc4": Rig("cc4", tuple(_CC4_CHANNELS), _by_shape(_CC4, _CC4_CHANNELS, "B_M_P")),
    "jaw": Rig("jaw", ("jawOpen",), _jaw),
}


def choose_rig(names: Collection[str]) -> RigName:
    """The finest rig that these expression and morph names can play."""
    have = {plain(name) for name in names}
    return mouth_of(have.union(translated(have))) or "jaw"
