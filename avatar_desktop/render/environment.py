"""Light from all around: a picture of the whole sphere, smoothed once for every roughness. No GL.

The picture's centre column faces +X, u = atan2(z, x) / 2π + 0.5, its top row +Y.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.render.reflectance import spread_points

Floats = NDArray[np.float32]
Halves = NDArray[np.float16]

MAKING = 1
"""Counts up when the same picture gives other numbers, so that kept ones are made anew."""
SHARPEST = 256
"""Width of a cube's face that mirrors."""
LEVELS = 6
"""Each half as wide as the one before; the last is for roughness 1."""
STEEPNESS = 1.4
"""roughness = (level / last level) ** STEEPNESS; environment.glsl knows it too."""
IRRADIANCE_SIZE = 16
_MOST_ROWS = 512
_GATHERED_ROWS = 64
_BRIGHTEST = 65504.0
_SAMPLES = (1, 48, 96, 192, 256, 384)


@dataclass(frozen=True, slots=True, eq=False)
class Environment:
    """Two cubes of light; faces in OpenGL's order and orientation."""

    radiance: tuple[Halves, ...]
    """(6, S, S, 4) for each level: what a mirror of that roughness shows, seen straight on."""
    irradiance: Halves
    """(6, 16, 16, 4): what a white matt surface shows that faces there."""


def environment_of(picture: Floats) -> Environment:
    """Smooth a picture of linear light, (H, W, 3); takes about a second."""
    sound = np.nan_to_num(picture, nan=0.0, posinf=_BRIGHTEST, neginf=0.0)
    rows = 1 << min(len(sound), _MOST_ROWS).bit_length() - 1
    pyramid = _pyramid(_resized(np.clip(sound, 0.0, _BRIGHTEST), (rows, 2 * rows)))
    coarse = pyramid[max(0, (rows // _GATHERED_ROWS).bit_length() - 1)]
    radiance = tuple(
        _cube(_mirrored(pyramid, cube_directions(SHARPEST >> level), level))
        for level in range(LEVELS)
    )
    return Environment(radiance, _cube(_gathered(coarse, cube_directions(IRRADIANCE_SIZE))))


def cube_directions(size: int) -> Floats:
    """(6 · size · size, 3) unit vectors through the texels of a cube map."""
    middle = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1
    t, s = np.meshgrid(middle, middle, indexing="ij")
    one = np.ones_like(s)
    faces = ((one, -t, -s), (-one, -t, s), (s, one, t), (s, -one, -t), (s, -t, one), (-s, -t, -one))
    directions = np.stack([np.stack(face, axis=-1) for face in faces]).reshape(-1, 3)
    return directions / np.linalg.norm(directions, axis=-1, keepdims=True)


def _cube(light: Floats) -> Halves:
    size = round((len(light) / 6) ** 0.5)
    cube = np.zeros((6, size, size, 4), np.float16)
    cube[..., :3] = np.minimum(light, _BRIGHTEST).reshape(6, size, size, 3)
    return cube


def _mirrored(pyramid: list[Floats], directions: Floats, level: int) -> Floats:
    """What a rough mirror shows, by the directions that GGX favours (Karis 2013)."""
    if level == 0:
        return _looked_up(pyramid[0], directions)
    lobe, patch = _lobe((level / (LEVELS - 1)) ** STEEPNESS, _SAMPLES[level])
    # Each sample stands for a patch of the sphere: it is read where texels are as large as that.
    texel = 4 * np.pi / pyramid[0][..., 0].size
    coarseness = np.rint(0.5 * np.log2(patch / texel) + 0.5).clip(0, len(pyramid) - 1)
    right, up = _frames(directions)
    total = np.zeros_like(directions)
    for (x, y, z), coarse in zip(lobe, coarseness.tolist(), strict=True):
        total += z * _looked_up(pyramid[int(coarse)], x * right + y * up + z * directions)
    return total / lobe[:, 2].sum()


def _lobe(roughness: float, count: int) -> tuple[Floats, NDArray[np.float64]]:
    """Directions around +Z that a mirror favours when looked at along it, and each one's patch."""
    alpha2 = roughness**4
    first, second = spread_points(count)
    cosine2 = (1.0 - first) / (1.0 + (alpha2 - 1.0) * first)  # of the half-vector
    density = alpha2 / (4 * np.pi * (cosine2 * (alpha2 - 1.0) + 1.0) ** 2)
    height, reach = 2.0 * cosine2 - 1.0, 2.0 * np.sqrt(cosine2 * (1.0 - cosine2))
    angle = 2 * np.pi * second
    lobe = np.stack([reach * np.cos(angle), reach * np.sin(angle), height], axis=-1)
    above = height > 0
    return lobe[above].astype(np.float32), 1.0 / (count * density[above])


def _gathered(picture: Floats, directions: Floats) -> Floats:
    """Light from a half of the sphere, weighed by the cosine."""
    rows, columns = picture.shape[:2]
    polar = (np.arange(rows, dtype=np.float32) + 0.5) * np.float32(np.pi / rows)
    around = (np.arange(columns, dtype=np.float32) + 0.5) * np.float32(2 * np.pi / columns)
    sine: Floats = np.sin(polar)[:, None]
    x, z = -sine * np.cos(around), -sine * np.sin(around)  # the left edge faces -X
    towards = np.stack([x, np.broadcast_to(np.cos(polar)[:, None], x.shape), z], axis=-1)
    share = np.broadcast_to(sine, x.shape).reshape(-1, 1)
    cosines = np.maximum(directions @ towards.reshape(-1, 3).T, np.float32(0))
    # Divided by what an even light of 1 gives, so that the grid's own error falls out.
    gathered: Floats = (cosines @ (picture.reshape(-1, 3) * share)) / (cosines @ share)
    return gathered


def _frames(directions: Floats) -> tuple[Floats, Floats]:
    """Two directions across each one."""
    steep = np.abs(directions[:, 1:2]) > 0.9
    helper = np.where(steep, (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)).astype(np.float32)
    right: Floats = np.cross(helper, directions)
    right /= np.linalg.norm(right, axis=-1, keepdims=True)
    up: Floats = np.cross(directions, right)
    return right, up


def _looked_up(picture: Floats, directions: Floats) -> Floats:
    """The picture in these directions, smooth between its texels."""
    rows, columns = picture.shape[:2]
    x, y, z = directions.T
    u = (np.arctan2(z, x) * np.float32(0.5 / np.pi) + np.float32(0.5)) * columns - np.float32(0.5)
    v = np.arccos(np.clip(y, -1.0, 1.0)) * np.float32(rows / np.pi) - np.float32(0.5)
    left, top = np.floor(u), np.floor(v)
    across, down = (u - left)[:, None], (v - top)[:, None]
    left, top = left.astype(np.int32), top.astype(np.int32)
    first, second = left % columns, (left + 1) % columns
    above, below = np.clip(top, 0, rows - 1) * columns, np.clip(top + 1, 0, rows - 1) * columns
    flat = picture.reshape(-1, 3)
    upper = flat[above + first] * (1 - across) + flat[above + second] * across
    lower = flat[below + first] * (1 - across) + flat[below + second] * across
    return upper * (1 - down) + lower * down


def _pyramid(picture: Floats) -> list[Floats]:
    """The picture, and halves of it down to 8 rows."""
    levels = [picture]
    while len(levels[-1]) > 8:
        rows, columns = levels[-1].shape[:2]
        polar = (np.arange(rows, dtype=np.float32) + 0.5) * np.float32(np.pi / rows)
        share = np.sin(polar)[:, None, None]  # rows near a pole cover less of the sphere
        weighed = (levels[-1] * share).reshape(rows // 2, 2, columns // 2, 2, 3).sum(axis=(1, 3))
        levels.append(weighed / (2 * share.reshape(rows // 2, 2, 1, 1).sum(axis=1)))
    return levels


def _resized(picture: Floats, size: tuple[int, int]) -> Floats:
    """Each new texel is the mean of what it covers."""
    for axis, count in enumerate(size):
        length = picture.shape[axis]
        if length == count:
            continue
        moved = np.moveaxis(picture, axis, 0)
        total = np.concatenate([np.zeros_like(moved[:1], np.float64), moved.cumsum(0, np.float64)])
        edges = np.arange(count + 1) * (length / count)
        whole = np.minimum(edges.astype(int), length - 1)
        part = (edges - whole).reshape(-1, 1, 1)
        sums = total[whole] + (total[whole + 1] - total[whole]) * part
        picture = np.moveaxis(np.diff(sums, axis=0) / (length / count), 0, axis)
    return np.ascontiguousarray(picture, np.float32)
