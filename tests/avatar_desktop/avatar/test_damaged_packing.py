"""Damage inside packed bytes, where only a decoder meets it: an avatar or an AvatarError, always.

The containers stay whole, so that every change reaches a decoder; elsewhere whole files are hurt.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
from typing import NamedTuple

import numpy as np
import pytest
from PIL import Image

from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.errors import AvatarError
from tests.makers import packed, tiny_avatar
from tests.makers.public_models import folder

SAMPLE = 2000
FULL = 20_000


class Seed(NamedTuple):
    """A whole file, and where in it packed bytes lie."""

    name: str
    data: bytes
    start: int
    length: int


def seeds() -> list[Seed]:
    """Every decoder, in several moods."""
    made = [_views("meshopt", packed.meshopt_sheet())]
    made += [_views(f"draco {level}", packed.draco_sheet(level=level)) for level in (0, 3, 7, 10)]
    made += [_views("draco, plain copy", packed.draco_sheet(plain=True), last=True)]
    pictures = {
        "ktx2": packed.ktx2(16, 16),
        "ktx2 zstandard": packed.ktx2(12, 12, zstandard=True),
        **{form: _noise(form) for form in ("PNG", "JPEG", "WEBP")},
    }
    place = folder()
    if place is not None:
        lamp = place / "khronos" / "StainedGlassLamp" / "glTF-KTX-BasisU"
        for name in ("hardware_basecolor", "bulbs_occlusion-rough-metal"):
            pictures[name] = (lamp / f"StainedGlassLamp_{name}.ktx2").read_bytes()
    made += [_views(name, packed.pictured(data)) for name, data in pictures.items()]
    boxed = packed.archive({"a/arm.glb": tiny_avatar.skinned_arm().bytes()}, zipfile.ZIP_DEFLATED)
    return [*made, Seed("zip", boxed, 0, len(boxed))]


def _views(name: str, glb: tiny_avatar.Glb, *, last: bool = False) -> Seed:
    """The packed views of a file: all of its first bytes, or its last view."""
    data = glb.bytes()
    binary = 20 + struct.unpack_from("<I", data, 12)[0] + 8
    if last:
        view = glb.document["bufferViews"][-1]
        return Seed(name, data, binary + view["byteOffset"], view["byteLength"])
    length = glb.document["bufferViews"][0]["byteLength"] if "images" in glb.document else 0
    return Seed(name, data, binary, length or len(glb.binary))


def _noise(form: str) -> bytes:
    values = np.random.default_rng(1).integers(0, 256, (24, 24, 4), dtype=np.uint8)
    target = io.BytesIO()
    Image.fromarray(values[:, :, :3] if form == "JPEG" else values).save(target, form)
    return target.getvalue()


def damaged(seed: Seed, number: int) -> bytes:
    """The file of this number: packed bytes changed, copied about, or wiped."""
    rng = random.Random(number)
    body = bytearray(seed.data[seed.start : seed.start + seed.length])
    reach = rng.choice((16, 80, 256, len(body), len(body)))  # headers are where it hurts
    for _ in range(rng.choice((1, 1, 2, 8))):
        at = rng.randrange(min(reach, len(body)))
        size = min(rng.choice((1, 1, 2, 4, 8, 64)), len(body) - at)
        way = rng.randrange(4)
        if way == 0:
            body[at] = rng.randrange(256)
        elif way == 1:
            body[at] ^= 1 << rng.randrange(8)
        elif way == 2:
            body[at : at + size] = bytes([rng.choice((0, 1, 0x7F, 0x80, 0xFF))]) * size
        else:
            there = rng.randrange(len(body) - size + 1)
            body[at : at + size] = body[there : there + size]
    return seed.data[: seed.start] + bytes(body) + seed.data[seed.start + seed.length :]


SEEDS = seeds() if packed.can_pack() else []


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.name)
def test_damage_to_packed_bytes_never_breaks_the_reader(seed: Seed, full_length: bool) -> None:
    count = (FULL if full_length else SAMPLE) // len(SEEDS) + 1
    for number in range(count):
        try:
            avatar = read_avatar_bytes(damaged(seed, number))
        except AvatarError:
            continue
        for item in avatar.meshes:
            for part in item.primitives:
                assert np.isfinite(part.positions).all(), number
                assert not len(part.indices) or part.indices.max() < len(part.positions), number


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.name)
def test_most_damage_reaches_the_decoder(seed: Seed) -> None:
    """The fuzz is worth its time: undamaged the file opens whole, damaged it differs."""
    avatar = read_avatar_bytes(seed.data)
    assert not [warning for warning in avatar.warnings if "left out (" in warning]
    assert sum(damaged(seed, number) != seed.data for number in range(50)) > 40
