"""The whole public list: what is sound opens, what is damaged says so, nothing sound is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.gltf import clips, geometry, scene
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.avatar.vrma import read_motion
from avatar_desktop.cli.contents import stats
from avatar_desktop.errors import AvatarError
from avatar_desktop.motion.hierarchy import rest_pose
from tests.makers.plain_gltf import PlainFile
from tests.makers.public_models import entries, folder, needs_models
from tests.makers.reading_check import check_numbers

pytestmark = needs_models


def read(path: Path) -> Avatar:
    return read_avatar(path, decode_pixels=False)


def opened_files() -> Iterator[tuple[str, PlainFile, Avatar]]:
    """Every file that opens, with a second reading of it."""
    place = folder()
    assert place is not None
    for entry in entries():
        path = place / entry["file"]
        try:
            avatar = read(path)
        except AvatarError:
            continue
        yield entry["file"], PlainFile(path), avatar


def test_every_file_opens_or_says_in_which_file_where_and_why_not(bar: Any) -> None:
    place = folder()
    assert place is not None
    sound = [entry for entry in entries() if entry["expect"] in ("load", "warn")]
    failures: list[str] = []
    slowest = 0.0
    for entry in entries():
        start = time.perf_counter()
        try:
            avatar = read(place / entry["file"])
            check_numbers(avatar)
            if entry["file"].endswith(".vrma"):
                assert read_motion(place / entry["file"]).animations
        except AvatarError as error:
            if entry in sound:
                failures.append(f"{entry['file']}: {error}")
            elif not (error.file and error.place and error.message):
                failures.append(f"{entry['file']}: refused without file, place or reason")
        else:
            if entry["expect"] == "reject":
                failures.append(f"{entry['file']}: opened, and must be refused")
        slowest = max(slowest, time.perf_counter() - start)
    assert not failures
    bar("avatars: sound files that open", len(sound), at_least=len(sound))
    bar("avatars: the slowest of the public files", slowest, at_most=5, unit="s")


def losses(file: str, plain: PlainFile, avatar: Avatar) -> Iterator[str]:
    """Valid parts, skins and clips that are not there, or are there with other counts."""
    meshes = {item.mesh: item.primitives for item in avatar.meshes} | dict(avatar.unshown)
    for part in [] if plain.is_compressed else plain.parts():
        found = meshes[part.mesh][part.number] if part.mesh in meshes else None
        if found is None or len(found.positions) != part.vertices:
            yield f"{file}: the vertices of part {part.number} of mesh {part.mesh}"
        elif found.mode == 4 and len(found.indices) != 3 * part.triangles:
            yield f"{file}: the triangles of part {part.number} of mesh {part.mesh}"
        elif found.target_positions is not None and len(found.target_positions) < part.targets:
            yield f"{file}: the targets of part {part.number} of mesh {part.mesh}"
    for skin, joints in {} if plain.is_compressed else plain.skins().items():
        if skin >= len(avatar.skins) or len(avatar.skins[skin].joints) != joints:
            yield f"{file}: skin {skin}"
    channels = [len(clip.channels) for clip in avatar.animations]
    wanted = [] if plain.is_compressed else plain.channels()
    if len(channels) < len(wanted) or any(a < b for a, b in zip(channels, wanted, strict=False)):
        yield f"{file}: clips have {channels} channels, not {wanted}"


def test_nothing_valid_is_lost_of_any_file() -> None:
    lost = [line for item in opened_files() for line in losses(*item)]
    assert not lost


@pytest.mark.parametrize(
    ("room", "name", "loss"),
    [
        (geometry, "read_indices", lambda found: (found[0], found[1][3:])),
        (scene, "_skin", lambda found: replace(found, joints=found.joints[1:])),
        (clips, "_clips", lambda found: found[1:]),
    ],
    ids=["triangles", "joints", "clips"],
)
def test_a_lost_piece_would_be_noticed(
    room: Any, name: str, loss: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = folder()
    assert place is not None
    path = place / "characters/player.glb"
    plain = PlainFile(path)
    assert not list(losses("player", plain, read(path)))
    kept = getattr(room, name)
    monkeypatch.setattr(room, name, lambda *a, **k: loss(kept(*a, **k)))
    assert list(losses("player", plain, read(path)))


def test_inspect_counts_as_a_second_reading_counts() -> None:
    wrong: list[str] = []
    for file, plain, avatar in opened_files():
        if plain.is_compressed or "EXT_mesh_gpu_instancing" in str(plain.json):
            continue
        found = stats(avatar, rest_pose(avatar))
        parts = plain.parts()
        if len(parts) < sum(len(mesh["primitives"]) for mesh in plain.items("meshes")):
            continue  # of a damaged mesh more may survive than the second reading dares to keep
        if len(plain.skins()) < len(plain.items("skins")):
            continue  # a damaged skin moves nothing
        targets: dict[int, int] = {}
        for part in parts:
            targets[part.mesh] = max(targets.get(part.mesh, 0), part.targets)
        skins = plain.items("skins")
        counts = {
            "vertices": sum(part.vertices for part in parts),
            "triangles": sum(part.triangles for part in parts),
            "joints": len({joint for skin in skins for joint in skin["joints"]}),
            "targets": sum(targets.values()),
        }
        wrong += [
            f"{file}: {found[name]} {name}, not {count}"
            for name, count in counts.items()
            if found[name] != count
        ]
        ends = plain.bounds()
        if (ends is None) != (found["bounds"] is None):
            wrong.append(f"{file}: bounds {found['bounds']}, not {ends}")
        elif ends is not None:
            given = np.array([found["bounds"]["min"], found["bounds"]["max"]])
            size = max(1.0, float(np.abs(ends).max()))
            if np.abs(given - ends).max() > 1e-4 * size:
                wrong.append(f"{file}: bounds {given.tolist()}, not {ends.tolist()}")
    assert not wrong
