"""Morph targets come out the same however they lie in the file."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar_bytes
from tests.makers.tiny_avatar import Glb, square

COUNT = 5
MOVES = np.random.default_rng(3).integers(-90, 90, (COUNT, 4, 3))


def face(targets: list[int], glb: Glb, name: str = "POSITION") -> Avatar:
    part = square(glb, targets=[{name: target} for target in targets])
    glb.add("meshes", {"primitives": [part]})
    glb.add("nodes", {"mesh": 0})
    return read_avatar_bytes(glb.bytes())


def moved(avatar: Avatar) -> NDArray[np.float32]:
    found = avatar.meshes[0].primitives[0].target_positions
    assert found is not None
    return found


@pytest.mark.parametrize("gap", ["none", "even", "uneven"])
@pytest.mark.parametrize(
    ("dtype", "normalized"), [("f4", False), ("i2", False), ("i2", True), ("i1", True)]
)
def test_however_they_lie(gap: str, dtype: str, normalized: bool) -> None:
    glb, targets = Glb(), list[int]()
    for number, move in enumerate(MOVES):
        targets.append(glb.accessor(move, dtype, normalized=normalized))
        glb.binary.extend(bytes({"none": 0, "even": 12, "uneven": 4 * number}[gap]))
    largest = {"i1": 127, "i2": 32767}[dtype] if normalized else 1
    np.testing.assert_allclose(moved(face(targets, glb)), MOVES / largest, rtol=1e-6)


def test_within_one_another_and_backwards() -> None:
    glb = Glb()
    woven = MOVES.astype("<f4").transpose(1, 0, 2)
    view = glb.view(woven.tobytes(), byteStride=COUNT * 12)
    look: dict[str, Any] = {"componentType": 5126, "type": "VEC3", "count": 4, "bufferView": view}
    targets = [glb.add("accessors", {**look, "byteOffset": 12 * number}) for number in range(COUNT)]
    assert moved(face(targets, glb)).tolist() == MOVES.tolist()
    del glb.document["nodes"], glb.document["meshes"]
    assert moved(face(targets[::-1], glb)).tolist() == MOVES[::-1].tolist()


def test_one_that_is_broken_costs_itself() -> None:
    glb = Glb()
    moves = MOVES.astype(float)
    moves[2, 1, 1] = np.nan
    avatar = face([glb.accessor(move) for move in moves], glb)
    moves[2] = 0.0
    assert moved(avatar).tolist() == moves.tolist()
    assert any("not finite" in warning for warning in avatar.warnings)


@pytest.mark.parametrize(
    "wrong",
    [
        {"byteOffset": 4},
        {"count": 5},
        {"bufferView": 99},
        {"type": "VEC2"},
        {"componentType": 5130},
    ],
)
def test_one_that_reaches_beyond_its_place_costs_itself(wrong: dict[str, Any]) -> None:
    glb = Glb()
    targets = [glb.accessor(move) for move in MOVES]
    glb.document["accessors"][targets[-1]] |= wrong
    avatar = face(targets, glb)
    assert moved(avatar)[:-1].tolist() == MOVES[:-1].tolist()
    assert not moved(avatar)[-1].any()
    assert len(avatar.warnings) == 1


def test_the_same_one_over_and_over_is_no_way_to_fill_the_memory() -> None:
    glb = Glb()
    wide = np.zeros((40_000, 3), np.float32)
    place = glb.accessor(wide)
    part = {"attributes": {"POSITION": place}, "targets": [{"POSITION": place}] * 600}
    glb.add("meshes", {"primitives": [part]})
    glb.add("nodes", {"mesh": 0})
    avatar = read_avatar_bytes(glb.bytes())
    assert any("more data than any avatar" in warning for warning in avatar.warnings)
    assert not avatar.meshes[0].primitives[0].positions.size


def test_what_lies_evenly_is_not_copied() -> None:
    glb = Glb()
    assert not moved(face([glb.accessor(move) for move in MOVES], glb)).flags.owndata
