"""An avatar from the cache is the avatar of the file, bit for bit, while the file is the same."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.companion import arrival as arriving
from avatar_desktop.companion.arrival import Arrival
from avatar_desktop.companion.prepared import FOLDER, Prepared, PreparedAvatars
from avatar_desktop.errors import Cancelled
from avatar_desktop.library.avatars import built_in_places
from avatar_desktop.library.folders import Folders, folders
from avatar_desktop.motion.layers import standing_pose
from avatar_desktop.render.framing import landmarks
from tests.makers.public_models import folder, needs_models

PUBLIC = (
    "vrm0/Godette_vrm_v4.vrm",
    "khronos/MorphStressTest/glTF-Binary/MorphStressTest.glb",
    "khronos/CesiumMan/glTF-Binary/CesiumMan.glb",
    "khronos/AlphaBlendModeTest/glTF-Binary/AlphaBlendModeTest.glb",
)


def starter() -> Path:
    return next(file for place in built_in_places() for file in sorted(place.glob("wren/*.vrm")))


def prepared(file: Path) -> Prepared:
    avatar = read_avatar(file)
    pose = standing_pose(avatar)
    return Prepared(avatar, pose, landmarks(avatar, pose))


@pytest.fixture
def places(tmp_path: Path) -> Folders:
    return folders(profile=tmp_path / "profile")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A small avatar that a test may change."""
    return Path(shutil.copy(starter(), tmp_path / "mine.vrm"))


def kept_files(places: Folders) -> list[Path]:
    return sorted((places.cache / FOLDER).glob("*"))


def assert_same(left: Any, right: Any, place: str = "") -> int:
    """Every array, every field; how many were compared."""
    if isinstance(left, np.ndarray):
        assert left.dtype == right.dtype, place
        np.testing.assert_array_equal(left, right, place, strict=True)
        assert not right.flags.writeable, place
        return 1
    if is_dataclass(left):
        assert type(left) is type(right), place
        names = [field.name for field in fields(left)]
        return sum(assert_same(getattr(left, n), getattr(right, n), f"{place}.{n}") for n in names)
    if isinstance(left, Mapping):
        assert list(left) == list(right), place
        return sum(assert_same(left[key], right[key], f"{place}[{key}]") for key in left)
    if isinstance(left, tuple):
        assert len(left) == len(right), place
        pairs = enumerate(zip(left, right, strict=True))
        return sum(assert_same(a, b, f"{place}[{i}]") for i, (a, b) in pairs)
    assert left == right, place
    return 1


def test_the_starter_avatar_comes_back_whole(places: Folders) -> None:
    file, cache = starter(), PreparedAvatars(places.cache)
    read = prepared(file)
    assert cache.find(file) is None
    assert cache.keep(file, read)
    assert assert_same(read, cache.find(file)) > 1500


@needs_models
@pytest.mark.parametrize("name", PUBLIC)
def test_public_avatars_come_back_whole(places: Folders, name: str) -> None:
    models = folder()
    assert models is not None
    file, cache = models / name, PreparedAvatars(places.cache)
    read = prepared(file)
    assert cache.keep(file, read)
    assert_same(read, cache.find(file))


def test_an_avatar_that_changed_is_read_anew(places: Folders, copy: Path) -> None:
    cache = PreparedAvatars(places.cache)
    cache.keep(copy, prepared(copy))
    copy.write_bytes(copy.read_bytes() + b"\0")
    assert cache.find(copy) is None
    assert kept_files(places) == []


def test_a_file_beside_it_that_changed_counts_too(places: Folders, tmp_path: Path) -> None:
    file = gltf_with_a_buffer_beside(tmp_path)
    cache = PreparedAvatars(places.cache)
    cache.keep(file, prepared(file))
    assert cache.find(file) is not None
    (tmp_path / "corners one.bin").write_bytes(bytes(40))
    assert cache.find(file) is None


def test_another_reader_reads_anew(
    places: Folders, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = PreparedAvatars(places.cache)
    cache.keep(copy, prepared(copy))
    monkeypatch.setattr("avatar_desktop.companion.prepared.reader_version", lambda: "next")
    assert cache.find(copy) is None


@pytest.mark.parametrize("harm", [lambda c: c[:-9], lambda c: c[:-9] + b"\1" + c[-8:]])
def test_a_damaged_copy_heals(places: Folders, copy: Path, harm: Any) -> None:
    cache = PreparedAvatars(places.cache)
    read = prepared(copy)
    cache.keep(copy, read)
    (file,) = kept_files(places)
    whole = file.read_bytes()
    file.write_bytes(harm(whole))
    _arrived(copy, places)
    assert file.read_bytes() == whole
    assert_same(read, cache.find(copy))


def test_the_second_arrival_needs_no_reader(
    places: Folders, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _arrived(copy, places)

    def nobody(*_: object) -> Prepared:
        raise AssertionError("read again")

    monkeypatch.setattr(arriving.Arrival, "_prepare", nobody)
    second = Arrival(str(copy), places).result()
    assert_same(first.prepared, second.prepared)
    assert second.shot == first.shot


def test_an_arrival_that_is_not_wanted_leaves_nothing(places: Folders, copy: Path) -> None:
    arrival = _unwanted(copy, places)
    with pytest.raises(Cancelled):
        arrival.result()
    arrival.finish()
    assert kept_files(places) == []


def test_a_throw_away_profile_keeps_nothing(copy: Path) -> None:
    places = folders(temporary=True)
    try:
        _arrived(copy, places)
        assert kept_files(places) == []
    finally:
        places.discard()


def _arrived(file: Path, places: Folders) -> arriving.Arrived:
    arrival = Arrival(str(file), places)
    arrived = arrival.result()
    arrival.finish()
    return arrived


def _unwanted(file: Path, places: Folders) -> Arrival:
    class Unwanted(Arrival):
        def _hear(self, stage: Any, done: int = 0, of: int = 1) -> None:
            self.cancel()
            super()._hear(stage, done, of)

    return Unwanted(str(file), places)


def gltf_with_a_buffer_beside(place: Path) -> Path:
    import json

    corners = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    (place / "corners one.bin").write_bytes(corners.tobytes())
    document = {
        "asset": {"version": "2.0"},
        "buffers": [{"byteLength": 36, "uri": "corners%20one.bin"}],
        "bufferViews": [{"buffer": 0, "byteLength": 36}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "nodes": [{"mesh": 0}],
        "scenes": [{"nodes": [0]}],
    }
    file = place / "beside.gltf"
    file.write_text(json.dumps(document))
    return file
