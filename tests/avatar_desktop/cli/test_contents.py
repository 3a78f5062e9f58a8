"""What `inspect` counts in a file equals what others count in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar, read_avatar_bytes
from avatar_desktop.cli.contents import beside, contents, morphs, stats
from avatar_desktop.motion.hierarchy import Locals, PoseBuilder
from tests.makers import tiny_avatar
from tests.makers.public_models import entries, expected, folder, needs_models
from tests.makers.tiny_avatar import Glb

_STRIPS = (5, 6)
"""The list counts no triangles in strips and fans; we do."""
_LISTS = ("asset-generator", "blender-io", "characters", "faces", "khronos", "skeletons")


def counted(avatar: Avatar) -> dict[str, Any]:
    return stats(avatar, PoseBuilder(avatar).build(Locals.at_rest(avatar)))


@cache
def whole_files() -> dict[str, Avatar]:
    place = folder()
    assert place is not None
    return {
        entry["file"]: read_avatar(place / entry["file"], decode_pixels=False)
        for entry in entries()
        if entry["expect"] in ("load", "warn") and "vertices" in entry.get("stats", {})
    }


def differences(scale: int = 1) -> list[str]:
    said = {entry["file"]: entry.get("stats", {}) for entry in entries()}
    wrong: list[str] = []
    for file, avatar in whole_files().items():
        found, stated = counted(avatar), said[file]
        strips = any(mode in _STRIPS for mode in stated.get("modes", ()))
        most = max((len(names) for names in morphs(avatar).values()), default=0)
        pairs = {
            "vertices": (found["vertices"] * scale, stated["vertices"]),
            "triangles": (0 if strips else found["triangles"] - stated["triangles"], 0),
            "joints": (
                max((len(skin.joints) for skin in avatar.skins), default=0),
                stated.get("maxJoints", 0),
            ),
            "targets": (most, stated.get("morphTargets", 0)),
        }
        wrong += [f"{file}: {name}" for name, (got, want) in pairs.items() if got != want]
    return wrong


@needs_models
def test_counts_equal_those_of_the_public_list(bar: Callable[..., None]) -> None:
    bar("counts that differ from the public list", len(differences()), at_most=0)


@needs_models
def test_the_bar_falls_when_vertices_are_counted_twice() -> None:
    assert len(differences(scale=2)) > 200


@needs_models
def test_bounds_hold_every_point_of_the_reference() -> None:
    place = folder()
    assert place is not None
    for name in _LISTS:
        for file, reference in expected(name).items():
            ends = counted(read_avatar(place / file, decode_pixels=False))["bounds"]
            slack = 1e-4 * float(np.max(np.abs([ends["min"], ends["max"]])))
            for points in reference["rest"].get("points", []):
                assert (np.array(points["pos"]) >= np.array(ends["min"]) - slack).all(), file
                assert (np.array(points["pos"]) <= np.array(ends["max"]) + slack).all(), file


def test_bounds_are_of_the_world_at_rest_with_default_morphs() -> None:
    glb = tiny_avatar.morph_face()  # its corners smile apart by a quarter of 0.1
    glb.document["nodes"][0] |= {"translation": [0, 0, 5], "scale": [2, 2, 2]}
    ends = counted(read_avatar_bytes(glb.bytes()))["bounds"]
    np.testing.assert_allclose(ends["min"], [-0.05, 0.0, 5.0], atol=1e-6)
    np.testing.assert_allclose(ends["max"], [2.05, 2.0, 5.0], atol=1e-6)


def test_a_file_without_meshes_has_no_bounds() -> None:
    glb = Glb()
    glb.add("nodes", {})
    assert counted(read_avatar_bytes(glb.bytes()))["bounds"] is None


def test_every_thing_in_a_file_is_told_and_fits_into_json() -> None:
    glb = tiny_avatar.morph_face()
    coat = {"KHR_materials_clearcoat": {"clearcoatFactor": 1}}
    volume = {"KHR_materials_volume": {"thicknessFactor": 2}}
    glb.add("materials", {"name": "coat", "extensions": coat | volume})
    glb.document["meshes"][0]["primitives"][0]["material"] = 0
    glb.document["extensions"] = {"KHR_lights_punctual": {"lights": [{"type": "point"}]}}
    glb.document["nodes"][0]["extensions"] = {"KHR_lights_punctual": {"light": 0}}
    glb.add("cameras", {"type": "perspective", "perspective": {"yfov": 1, "znear": 0.1}})
    glb.document["nodes"][0]["camera"] = 0
    found = json.loads(json.dumps(contents(read_avatar_bytes(glb.bytes()))))
    (mesh,) = found["meshes"]
    assert (mesh["name"], mesh["primitives"][0]["targets"]) == ("face", 2)
    (material,) = found["materials"]
    assert set(material["finishes"]) == {"clearcoat", "transmission"}
    assert material["finishes"]["transmission"]["thickness"] == 2.0
    assert found["lamps"][0]["kind"] == "point" and found["cameras"][0]["verticalFov"] == 1.0
    assert found["scenes"] == {"names": ["scene_0"], "shown": 0}


def test_morphs_are_told_by_the_index_of_their_mesh() -> None:
    avatar = read_avatar_bytes(tiny_avatar.morph_face().bytes())
    assert morphs(avatar) == {"0": ["jawOpen", "smile"]}


def test_a_person_reads_what_there_is_besides_the_body() -> None:
    glb = tiny_avatar.morph_face()
    assert beside(read_avatar_bytes(glb.bytes())) == ""
    outfits = [{"name": "day"}, {"name": "night"}]
    glb.document["extensions"] = {"KHR_materials_variants": {"variants": outfits}}
    glb.add("scenes", {"name": "attic", "nodes": []})
    text = beside(read_avatar_bytes(glb.bytes()))
    assert text == "outfits day, night, 2 scenes (scene_0 is shown)"
