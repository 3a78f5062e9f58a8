"""A made-up VRM as heavy to draw as people's own: 60 joints, 52 shapes, ten materials.

Every material is one rounded piece around its bone, half of them toon, 22 000 vertices in all.
Written number by number; the same bytes every time on the same Pillow.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.makers.big_avatar import JOINTS, SHAPES, grow_hair, noisy_png
from tests.makers.tiny_avatar import Glb, humanoid

_RINGS = 46
_PICTURE = 512
_PIECES = {  # around which bone, how wide, high and deep
    "J_hips": (0.17, 0.12, 0.12),
    "J_spine": (0.15, 0.14, 0.11),
    "J_chest": (0.19, 0.16, 0.13),
    "J_neck": (0.06, 0.10, 0.06),
    "J_head": (0.11, 0.15, 0.12),
    "J_leftUpperArm": (0.16, 0.06, 0.06),
    "J_rightUpperArm": (0.16, 0.06, 0.06),
    "J_leftUpperLeg": (0.09, 0.26, 0.09),
    "J_rightUpperLeg": (0.09, 0.26, 0.09),
    "J_leftLowerArm": (0.16, 0.05, 0.05),
}
_FACE = "J_head"

Doubles = NDArray[np.float64]


def stage_figure(*, seed: int = 11) -> bytes:
    """The file."""
    rng = np.random.default_rng(seed)
    glb = humanoid()
    grow_hair(glb)
    _shrink_plate(glb)
    names = [str(node["name"]) for node in glb.document["nodes"]]
    joints = [number for number, name in enumerate(names) if name != "plate"]
    places = _places(glb)[joints]
    picture = _texture(glb, rng)
    pieces = {
        bone: _piece(glb, places, places[joints.index(names.index(bone))], radii)
        for bone, radii in _PIECES.items()
    }
    for number, piece in enumerate(pieces.values()):
        piece["material"] = _material(glb, picture, number)
    face = pieces.pop(_FACE)
    _grow_shapes(glb, rng, face)
    shapes = [f"shape_{number}" for number in range(SHAPES)]
    meshes = (
        {"name": "body", "primitives": list(pieces.values())},
        {"name": "face", "primitives": [face], "extras": {"targetNames": shapes}},
    )
    skin = glb.add("skins", {"joints": joints, "inverseBindMatrices": _binds(glb, places)})
    for mesh in meshes:
        node = {"name": mesh["name"], "mesh": glb.add("meshes", mesh), "skin": skin}
        glb.document["scenes"][0]["nodes"].append(glb.add("nodes", node))
    glb.document["extensionsUsed"].append("VRMC_materials_mtoon")
    assert len(joints) == JOINTS
    return glb.bytes()


def _shrink_plate(glb: Glb) -> None:
    """The face of the bare humanoid is a metre wide; here it hides within the head."""
    plate = next(node for node in glb.document["nodes"] if node["name"] == "plate")
    plate |= {"translation": [0.0, 0.05, 0.0], "scale": [0.02, 0.02, 0.02]}


def _places(glb: Glb) -> Doubles:
    """(N, 3) of every node in the world; nothing is turned at rest."""
    nodes = glb.document["nodes"]
    places = np.array([node.get("translation", (0.0, 0.0, 0.0)) for node in nodes], np.float64)
    waiting = list(glb.document["scenes"][0]["nodes"])
    while waiting:
        node = waiting.pop()
        for child in nodes[node].get("children", ()):
            places[child] += places[node]
            waiting.append(child)
    return places


def _binds(glb: Glb, places: Doubles) -> int:
    binds = np.tile(np.eye(4), (len(places), 1, 1))
    binds[:, 3, :3] = -places  # columns
    return glb.accessor(binds.reshape(-1, 16))


def _piece(
    glb: Glb, joints: Doubles, middle: Doubles, radii: tuple[float, float, float]
) -> dict[str, Any]:
    """A rounded piece whose points hang on the four joints that are nearest."""
    around, down = np.meshgrid(*[np.linspace(0.0, 1.0, _RINGS)] * 2)
    turn, fall = around * 2.0 * np.pi, down * np.pi
    outwards = np.stack(
        [np.sin(fall) * np.sin(turn), np.cos(fall), np.sin(fall) * np.cos(turn)], -1
    ).reshape(-1, 3)
    points = middle + outwards * radii
    normals = outwards / radii
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    away = np.linalg.norm(points[:, None] - joints[None], axis=2)
    nearest = np.argsort(away, axis=1)[:, :4]
    shares = 1.0 / (np.take_along_axis(away, nearest, 1) + 0.02) ** 4
    corner = (np.arange(_RINGS - 1)[:, None] * _RINGS + np.arange(_RINGS - 1)).reshape(-1, 1)
    order = corner + np.array([0, _RINGS, _RINGS + 1, 0, _RINGS + 1, 1])
    attributes = {
        "POSITION": glb.accessor(points),
        "NORMAL": glb.accessor(normals),
        "TEXCOORD_0": glb.accessor(np.stack([around, down], -1).reshape(-1, 2)),
        "JOINTS_0": glb.accessor(nearest, "u2"),
        "WEIGHTS_0": glb.accessor(shares / shares.sum(axis=1, keepdims=True)),
    }
    return {"attributes": attributes, "indices": glb.accessor(order.ravel(), "u2")}


def _grow_shapes(glb: Glb, rng: np.random.Generator, face: dict[str, Any]) -> None:
    count = _RINGS * _RINGS
    face["targets"] = [
        {
            "POSITION": glb.accessor(0.004 * rng.standard_normal((count, 3))),
            "NORMAL": glb.accessor(0.05 * rng.standard_normal((count, 3))),
        }
        for _ in range(SHAPES)
    ]


def _texture(glb: Glb, rng: np.random.Generator) -> int:
    png = noisy_png(rng, _PICTURE)
    image = glb.add("images", {"bufferView": glb.view(png), "mimeType": "image/png"})
    return glb.add("textures", {"source": image})


def _material(glb: Glb, texture: int, number: int) -> int:
    shade = number / len(_PIECES)
    plain: dict[str, Any] = {
        "name": f"cloth_{number}",
        "pbrMetallicRoughness": {
            "baseColorTexture": {"index": texture},
            "baseColorFactor": [1.0 - 0.5 * shade, 0.8, 0.5 + 0.5 * shade, 1.0],
            "metallicFactor": 0.0,
            "roughnessFactor": 0.4 + 0.5 * shade,
        },
    }
    if number % 2:
        toon = {
            "specVersion": "1.0",
            "shadeColorFactor": [0.5, 0.4, 0.5],
            "shadeMultiplyTexture": {"index": texture},
        }
        plain["extensions"] = {"VRMC_materials_mtoon": toon}
    return glb.add("materials", plain)
