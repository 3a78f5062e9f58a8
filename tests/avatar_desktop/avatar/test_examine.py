"""What breaks the rules of glTF is named with its place, and what keeps them is left in peace."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar import examine as examination
from avatar_desktop.avatar.examine import examine, examine_bytes
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.errors import AvatarError
from tests.makers import tiny_avatar
from tests.makers.public_models import entries, folder, needs_models
from tests.makers.tiny_avatar import Glb


def told(glb: Glb) -> str:
    return "\n".join(examine_bytes(glb.bytes()))


@pytest.mark.parametrize(
    "glb",
    [tiny_avatar.morph_face(), tiny_avatar.humanoid(), tiny_avatar.humanoid(version=0)],
    ids=["face", "vrm1", "vrm0"],
)
def test_a_sound_file_is_left_in_peace(glb: Glb) -> None:
    # the makers leave out the bounds of key times, which playing does not need
    findings = [line for line in examine_bytes(glb.bytes()) if "have no bounds" not in line]
    assert findings == []


def changed(**more: Any) -> Glb:
    glb = tiny_avatar.skinned_arm()
    glb.document.update(more)
    return glb


def with_node(**more: Any) -> Glb:
    glb = tiny_avatar.skinned_arm()
    glb.document["nodes"][1].update(more)
    return glb


def with_accessor(values: Any, name: str, dtype: str = "f4", **more: Any) -> Glb:
    glb = tiny_avatar.morph_face()
    part = glb.document["meshes"][0]["primitives"][0]
    part["attributes"][name] = glb.accessor(values, dtype, **more)
    return glb


_BROKEN: list[tuple[Glb, str]] = [
    (changed(cameras=[{"type": "perspective"}]), r"\$\.cameras\[0\]: `perspective` is missing"),
    (changed(extensionsUsed=["A", "A"]), r"\$\.extensionsUsed\[1\]: a duplicate"),
    (changed(extensionsRequired=["KHR_materials_unlit"]), "is not among extensionsUsed"),
    (changed(extensions={"KHR_nowhere": {}}), "not declared in extensionsUsed"),
    (changed(textures=[]), r"\$\.textures: the list is empty"),
    (with_node(rotation=[0, 0, 0, 0.5]), r"\$\.nodes\[1\]\.rotation: .* no unit quaternion"),
    (with_node(matrix=[1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]), "has a matrix"),
    (with_node(skin=0), r"\$\.nodes\[1\]: `skin` means nothing without `mesh`"),
    (with_node(extensions={"KHR_lights_punctual": {"light": 4}}), "points to 4 of 0 lights"),
    (with_accessor([[0, 0, 0.5]] * 4, "NORMAL"), "4 directions are not of unit length"),
    (with_accessor([[0, 0, 1]] * 3, "NORMAL"), "attributes have unequal counts"),
    (with_accessor([[0, 0, 1]] * 4, "NORMALS"), "is no attribute of a mesh"),
    (with_accessor([[2, 0, 0]] * 4, "COLOR_0"), "values are not between 0 and 1"),
    (with_accessor([[0, 0]] * 4, "TEXCOORD_1"), "sets of TEXCOORD are not numbered"),
    (with_accessor([[0, 0, 0, 0]] * 4, "JOINTS_0", "u1"), "do not come in pairs"),
    (with_accessor([[0, 0, 1]] * 4, "NORMAL", min=[0, 0, 0]), r"min\[2\]: declares 0"),
    (with_accessor([[0, 0, 1]] * 4, "NORMAL", "u4"), "cannot be 32-bit"),
]


@pytest.mark.parametrize(("glb", "expected"), _BROKEN)
def test_what_is_wrong_is_told_with_its_place(glb: Glb, expected: str) -> None:
    assert re.search(expected, told(glb))


def test_sparse_indices_must_rise() -> None:
    glb = Glb()
    sparse = {
        "count": 2,
        "indices": {"bufferView": glb.view(struct.pack("<2H", 3, 1)), "componentType": 5123},
        "values": {"bufferView": glb.view(struct.pack("<2f", 7, 8))},
    }
    glb.accessor([1.0, 2.0, 3.0, 4.0], sparse=sparse)
    assert "do not rise strictly" in told(glb)


def test_keys_are_looked_at() -> None:
    glb = tiny_avatar.skinned_arm()
    turn = {"node": 1, "path": "rotation", "times": [0, 0], "values": [[0, 0, 0, 2]] * 2}
    glb.clip("odd", [turn, turn])
    found = told(glb)
    assert "times do not rise strictly" in found
    assert "no unit quaternion" in found
    assert "duplicate target" in found


def test_the_container_is_looked_at() -> None:
    data = tiny_avatar.skinned_arm().bytes()
    more = struct.pack("<II", 3, 0x21212121) + b"abc"
    found = "\n".join(examine_bytes(data + more))
    assert "unknown type" in found
    assert "not aligned" in found
    assert f"declares {len(data)} bytes" in found


def test_a_flood_of_one_kind_is_counted() -> None:
    glb = Glb()
    for _ in range(100):
        glb.add("nodes", {"rotation": [0, 0, 0, 0.5]})
    found = examine_bytes(glb.bytes())
    turned = [line for line in found if "unit quaternion" in line]
    assert len(turned) == 5
    assert turned[-1].endswith("(96 more like this)")


def test_numbers_in_places_of_no_use_are_no_trouble() -> None:
    document = {"asset": {"version": "2.0", "minVersion": 3}, "cameras": [{"type": {}}, 7]}
    with pytest.raises(AvatarError):
        examine_bytes(json.dumps(document).encode())
    document["asset"] = {"version": "2.0"}
    document["cameras"] = [{"type": "perspective", "perspective": {"yfov": 10**400, "znear": 1}}]
    examine_bytes(json.dumps(document).encode())


_NAMED = {
    "INVALID_JSON": "byte order mark|JSON",
    "GLB_CHUNK_LENGTH_UNALIGNED": "not aligned",
    "NON_REQUIRED_EXTENSION": "required extensions",
}
"""Problems that a report puts nowhere, or elsewhere than we do, and the words that name them."""


def faulty() -> Iterator[tuple[str, Path, list[dict[str, Any]]]]:
    """Files of the validator's own tests that have errors, with those errors."""
    place = folder()
    assert place is not None
    for entry in entries():
        path = place / entry["file"]
        report = path.with_name(f"{path.name}.report.json")
        if (entry.get("validator") or {}).get("errors") and report.is_file():
            messages = json.loads(report.read_text("utf-8"))["issues"]["messages"]
            yield entry["file"], path, [item for item in messages if item["severity"] == 0]


def names_one_of(path: Path, errors: list[dict[str, Any]]) -> bool:
    """Whether the file is refused, or a warning stands at the place of one of its errors."""
    try:
        warnings = (*read_avatar(path, decode_pixels=False).warnings, *examine(path))
    except AvatarError as error:
        return bool(error.message and error.place and error.file)
    for error in errors:
        words = _NAMED.get(error["code"])
        if words and any(re.search(words, warning) for warning in warnings):
            return True
        where = "$" + re.sub(r"\.(\d+)", r"[\1]", error.get("pointer", "").replace("/", "."))
        places = [warning.partition(": ")[0] for warning in warnings]
        if any(len(place) > 1 and where.startswith(place) for place in places):
            return True
    return False


@needs_models
def test_errors_that_the_validator_finds_are_refused_or_named(bar: Any) -> None:
    found = {file: names_one_of(path, errors) for file, path, errors in faulty()}
    share = 100.0 * np.mean(list(found.values()))
    bar("avatars: faulty files refused or named", float(share), at_least=95, unit="%")
    assert [file for file, named in found.items() if not named] == []


@needs_models
@pytest.mark.parametrize(
    "step", ["examine_layout", "examine_tree", "examine_meshes", "examine_figures"]
)
def test_a_missing_examiner_would_be_noticed(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, step, lambda _: None)
    assert not all(names_one_of(path, errors) for _, path, errors in faulty())


@needs_models
def test_files_without_errors_get_no_warning_of_breaking_rules() -> None:
    """Few of the sound files are told anything, and then it is true."""
    place = folder()
    assert place is not None
    sound = [entry for entry in entries() if entry["expect"] == "load"]
    told_of = [entry["file"] for entry in sound if examine(place / entry["file"])]
    # pictures that the set lacks, key times without bounds, normals packed too short
    allowed = ("Node_Attribute", "NestedSkeletonRepro", "meshopt-fallback")
    assert [file for file in told_of if not any(name in file for name in allowed)] == []
