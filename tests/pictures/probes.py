"""Looks at small parts of test models: one mesh alone, straight from the front, as numbers."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.motion.hierarchy import rest_pose
from avatar_desktop.render.extent import Extent, posed_extent
from avatar_desktop.render.renderer import Renderer
from avatar_desktop.render.view import View
from tests.makers import public_models

SIZE = 96
FOV = 6.0
Floats = NDArray[np.float64]
Point = tuple[float, float]


@cache
def opened(file: str) -> Avatar:
    """A model of the public set."""
    place = public_models.folder()
    assert place is not None
    return read_avatar(place / file)


def khronos(name: str) -> Avatar:
    return opened(f"khronos/{name}/glTF-Binary/{name}.glb")


def only(avatar: Avatar, *names: str) -> Avatar:
    """The avatar with those meshes alone whose node or mesh has one of these names."""
    kept = tuple(
        mesh
        for mesh in avatar.meshes
        if avatar.skeleton.names[mesh.node] in names or mesh.name in names
    )
    assert kept, names
    return replace(avatar, meshes=kept)


def front(extent: Extent, **changed: Any) -> View:
    """From far away along −Z, so that the thing fills the picture and nothing is slanted."""
    x, y, z = (float(value) for value in extent.centre)
    size = float(max(extent.size[:2]))
    distance = size / 2 / math.tan(math.radians(FOV) / 2)
    view = View((x, y, z + distance), (x, y, z), fov_degrees=FOV, background=None)
    return replace(view, **changed)


def drawn(renderer: Renderer, avatar: Avatar, pose: Pose | None = None, **changed: Any) -> Floats:
    """(96, 96, 4) of the whole avatar from the front: linear light, alpha last."""
    pose = rest_pose(avatar) if pose is None else pose
    view = front(posed_extent(avatar, pose), **{"tone_map": "none"} | changed)
    return seen(renderer, avatar, pose, view)


def seen(renderer: Renderer, avatar: Avatar, pose: Pose, view: View) -> Floats:
    pixels = renderer.snapshot(avatar, pose, view, SIZE, SIZE, supersample=2)
    renderer.forget(avatar)
    return light_of(pixels)


def light_of(pixels: NDArray[np.uint8]) -> Floats:
    srgb = pixels / 255.0
    light = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    light[..., 3] = srgb[..., 3]
    return light


def part(picture: Floats, extent: Extent, centre: Point, size: Point) -> Floats:
    """A rectangle of a picture that `drawn` made, in the units of the model."""
    scale = SIZE / float(max(extent.size[:2]))
    x = (centre[0] - float(extent.centre[0])) * scale + SIZE / 2
    y = (float(extent.centre[1]) - centre[1]) * scale + SIZE / 2
    across, down = size[0] * scale / 2, size[1] * scale / 2
    left, top = round(x - across), round(y - down)
    return picture[top : top + round(2 * down), left : left + round(2 * across)]


def extent_at_rest(avatar: Avatar) -> Extent:
    return posed_extent(avatar, rest_pose(avatar))


def brightness(picture: Floats) -> float:
    """Mean light where something covers."""
    cover = picture[..., 3] > 0.5
    return float(picture[cover, :3].mean()) if cover.any() else 0.0


def highlight(picture: Floats) -> float:
    """Light of the brightest hundredth."""
    return float(np.quantile(picture[picture[..., 3] > 0.5, :3].max(axis=-1), 0.99))


def far_apart(a: Floats, b: Floats) -> float:
    """Mean difference of two pictures of one size."""
    return float(np.abs(a - b).mean())


def rises(values: list[float], *, by: float = 1e-4) -> bool:
    return all(later > earlier + by for earlier, later in pairwise(values))
