"""A made-up VRM as heavy as people's own: 60 joints, 52 shapes, twelve noisy PNGs of 2048².

Written number by number; the same bytes every time on the same Pillow.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.makers.tiny_avatar import Glb, humanoid

JOINTS = 60
SHAPES = 52
_GRID = 40
"""Vertices along each side of a piece of skin."""
_MOUTHS = ("ih", "ou", "ee", "oh")


def big_avatar(*, pictures: int = 12, side: int = 2048, seed: int = 7) -> bytes:
    """The file: a piece of body for each picture, and a face with all shapes."""
    rng = np.random.default_rng(seed)
    glb = humanoid()
    grow_hair(glb)
    materials = [_material(glb, noisy_png(rng, side), number) for number in range(pictures)]
    pieces = [_piece(glb, rng, material) for material in materials]
    body = glb.add("meshes", {"name": "body", "primitives": pieces})
    face = glb.add("meshes", _face(glb, rng, materials[0]))
    binds = np.tile(np.eye(4), (JOINTS, 1, 1)).reshape(-1, 16)
    joints = [*range(JOINTS + 1)]
    joints.remove(_plate(glb))
    skin = glb.add("skins", {"joints": joints, "inverseBindMatrices": glb.accessor(binds)})
    nodes = [
        glb.add("nodes", {"name": name, "mesh": mesh, "skin": skin})
        for name, mesh in (("body", body), ("face", face))
    ]
    glb.document["scenes"][0]["nodes"].extend(nodes)
    presets = glb.document["extensions"]["VRMC_vrm"]["expressions"]["preset"]
    for shape, name in enumerate(_MOUTHS):
        bind = {"node": nodes[1], "index": shape, "weight": 1.0}
        presets[name] = {"morphTargetBinds": [bind]}
    glb.document["extensionsUsed"].append("VRMC_materials_mtoon")
    return glb.bytes()


def _plate(glb: Glb) -> int:
    return next(n for n, node in enumerate(glb.document["nodes"]) if node["name"] == "plate")


def grow_hair(glb: Glb) -> None:
    """Strands of three bones on the head, until there are all joints."""
    nodes = glb.document["nodes"]
    above = head = next(n for n, node in enumerate(nodes) if node["name"] == "J_head")
    for number in range(JOINTS - len(nodes) + 1):
        above = head if number % 3 == 0 else above
        bone = {"name": f"hair_{number}", "translation": [0.0, -0.1, -0.05]}
        here = glb.add("nodes", bone)
        nodes[above].setdefault("children", []).append(here)
        above = here


def noisy_png(rng: np.random.Generator, side: int) -> bytes:
    """A slope with a grain in every pixel, as painted skin and cloth have it."""
    slope = np.linspace(40.0, 200.0, side)[:, None, None] * np.linspace(0.7, 1.0, side)[:, None]
    grain = rng.integers(0, 2, (side, side, 1), np.uint8)
    pixels = np.full((side, side, 4), 255, np.uint8)
    pixels[..., :3] = slope.astype(np.uint8) + grain
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def _material(glb: Glb, png: bytes, number: int) -> int:
    image = glb.add("images", {"bufferView": glb.view(png), "mimeType": "image/png"})
    texture = glb.add("textures", {"source": image})
    toon = {"specVersion": "1.0", "shadeMultiplyTexture": {"index": texture}}
    return glb.add(
        "materials",
        {
            "name": f"cloth_{number}",
            "pbrMetallicRoughness": {"baseColorTexture": {"index": texture}},
            "extensions": {"VRMC_materials_mtoon": toon},
        },
    )


def _piece(glb: Glb, rng: np.random.Generator, material: int) -> dict[str, Any]:
    """A wavy square of skin whose points hang on four joints each."""
    across, up = np.meshgrid(*[np.linspace(0.0, 1.0, _GRID)] * 2)
    count = _GRID * _GRID
    places = np.stack([across - 0.5, 1.6 * up, 0.1 * np.sin(9.0 * up)], -1).reshape(count, 3)
    corner = (np.arange(_GRID - 1)[:, None] * _GRID + np.arange(_GRID - 1)).reshape(-1, 1)
    order = corner + np.array([0, 1, _GRID + 1, 0, _GRID + 1, _GRID])
    attributes = {
        "POSITION": glb.accessor(places),
        "NORMAL": glb.accessor(np.tile([0.0, 0.0, 1.0], (count, 1))),
        "TEXCOORD_0": glb.accessor(np.stack([across, 1.0 - up], -1).reshape(count, 2)),
        "JOINTS_0": glb.accessor(rng.integers(0, JOINTS, (count, 4)), "u2"),
        "WEIGHTS_0": glb.accessor(_shares(rng, count)),
    }
    indices = glb.accessor(order.ravel(), "u4")
    return {"attributes": attributes, "indices": indices, "material": material}


def _shares(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    shares = rng.random((count, 4)) + 0.1
    return shares / shares.sum(axis=1, keepdims=True)


def _face(glb: Glb, rng: np.random.Generator, material: int) -> dict[str, Any]:
    piece = _piece(glb, rng, material)
    shape = (_GRID * _GRID, 3)
    piece["targets"] = [
        {
            "POSITION": glb.accessor(0.01 * rng.standard_normal(shape)),
            "NORMAL": glb.accessor(0.1 * rng.standard_normal(shape)),
        }
        for _ in range(SHAPES)
    ]
    names = [f"shape_{number}" for number in range(SHAPES)]
    return {"name": "face", "primitives": [piece], "extras": {"targetNames": names}}
