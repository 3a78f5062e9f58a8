"""Reading whole files: what they hold arrives, what is broken is said in one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.avatar.read import read_avatar, read_avatar_bytes
from avatar_desktop.errors import AvatarError
from avatar_desktop.motion.hierarchy import rest_pose
from tests.makers import tiny_avatar
from tests.makers.tiny_avatar import Glb


def refused(glb: Glb) -> AvatarError:
    with pytest.raises(AvatarError) as caught:
        read_avatar_bytes(glb.bytes())
    return caught.value


def test_a_skinned_arm_arrives_with_bones_weights_and_its_clip() -> None:
    avatar = read_avatar_bytes(tiny_avatar.skinned_arm().bytes())
    assert avatar.format == "gltf"
    assert avatar.skeleton.names == ("upper", "lower", "skin")
    assert avatar.skeleton.parents.tolist() == [-1, 0, -1]
    (instance,) = avatar.meshes
    part = instance.primitives[0]
    assert part.joints is not None and part.joints[:, 0].tolist() == [1, 1, 1, 1]
    assert avatar.skins[0].inverse_binds[1, 0, 3] == -1.0
    assert [clip.name for clip in avatar.animations] == ["bend"]
    assert avatar.animations[0].duration == 1.0


def test_morph_targets_bring_their_names_and_default_weights() -> None:
    avatar = read_avatar_bytes(tiny_avatar.morph_face().bytes())
    assert avatar.morph_names == ("jawOpen", "smile")
    assert avatar.rest_weights.tolist() == [0.0, 0.25]
    targets = avatar.meshes[0].primitives[0].target_positions
    assert targets is not None and targets.shape == (2, 4, 3)


def test_missing_normals_are_made_and_marked_as_flat() -> None:
    part = read_avatar_bytes(tiny_avatar.morph_face().bytes()).meshes[0].primitives[0]
    assert part.flat_shaded
    np.testing.assert_allclose(part.normals, [[0, 0, 1]] * 4, atol=1e-6)


@pytest.mark.parametrize("version", [0, 1])
def test_both_versions_of_vrm_say_the_same(version: int) -> None:
    avatar = read_avatar_bytes(tiny_avatar.humanoid(version=version).bytes())
    assert avatar.format == f"vrm{version}"
    assert avatar.front == (1 if version else -1)
    assert avatar.humanoid["head"] == 4
    assert avatar.expressions["aa"].binds[0].place == 0
    assert avatar.expressions["blink"].binds[0].weight == 0.5
    assert avatar.meta.title == "Tiny"
    assert avatar.look_at is not None and avatar.look_at.kind == "bone"
    assert avatar.morph_names == ("A", "Blink")


def test_thumbs_of_vrm_0_get_their_names_of_vrm_1() -> None:
    glb = tiny_avatar.humanoid(version=0)
    bones = glb.document["extensions"]["VRM"]["humanoid"]["humanBones"]
    bones.append({"bone": "leftThumbProximal", "node": glb.add("nodes", {})})
    bones.append({"bone": "leftThumbIntermediate", "node": glb.add("nodes", {})})
    humanoid = read_avatar_bytes(glb.bytes()).humanoid
    assert humanoid["leftThumbMetacarpal"] + 1 == humanoid["leftThumbProximal"]


def test_a_broken_expression_costs_itself_and_leaves_a_warning() -> None:
    glb = tiny_avatar.humanoid()
    presets = glb.document["extensions"]["VRMC_vrm"]["expressions"]["preset"]
    presets["angry"] = {"morphTargetBinds": [{"node": -1, "index": 9}]}
    presets["sad"] = {"isBinary": "perhaps"}
    avatar = read_avatar_bytes(glb.bytes())
    assert avatar.expressions["angry"].binds == ()
    assert "sad" not in avatar.expressions
    assert any("angry" in warning for warning in avatar.warnings)
    assert any("preset.sad" in warning for warning in avatar.warnings)


def test_toon_shading_of_vrm_1_reaches_the_material() -> None:
    glb = tiny_avatar.humanoid()
    mtoon = {"shadeColorFactor": [0.5, 0.25, 0.1], "outlineWidthMode": "worldCoordinates"}
    look = {"VRMC_materials_mtoon": {"specVersion": "1.0", **mtoon, "outlineWidthFactor": 0.01}}
    glb.document["meshes"][0]["primitives"][0]["material"] = glb.add(
        "materials", {"extensions": look}
    )
    toon = read_avatar_bytes(glb.bytes()).materials[0].toon
    assert toon is not None
    assert toon.shade_colour == (0.5, 0.25, 0.1)
    assert toon.outline_width == 0.01


def test_an_unknown_required_extension_is_refused_by_name() -> None:
    glb = tiny_avatar.morph_face()
    glb.document["extensionsRequired"] = ["ACME_holograms"]
    error = refused(glb)
    assert error.kind == "extension"
    assert "ACME_holograms" in str(error)


def test_an_unknown_optional_extension_is_a_warning() -> None:
    glb = tiny_avatar.morph_face()
    glb.document["extensionsUsed"] = ["ACME_holograms"]
    avatar = read_avatar_bytes(glb.bytes())
    assert avatar.extensions_ignored == ("ACME_holograms",)
    assert any("ACME_holograms" in warning for warning in avatar.warnings)


def test_a_wrong_type_names_its_place_in_the_json() -> None:
    glb = tiny_avatar.morph_face()
    glb.document["nodes"][0]["mesh"] = "face"
    assert refused(glb).place == "$.nodes[0].mesh"


def test_whole_numbers_may_be_written_with_a_point() -> None:
    glb = tiny_avatar.morph_face()
    glb.document["nodes"][0]["mesh"] = 0.0
    assert len(read_avatar_bytes(glb.bytes()).meshes) == 1


def test_nodes_in_a_circle_are_refused() -> None:
    glb = tiny_avatar.skinned_arm()
    glb.document["nodes"][1]["children"] = [0]
    assert refused(glb).kind == "tree"


def test_a_billion_elements_are_refused_before_memory_is_taken() -> None:
    glb = tiny_avatar.morph_face()
    glb.document["accessors"][0] = {"componentType": 5126, "count": 10**9, "type": "VEC3"}
    glb.document["meshes"][0]["primitives"][0]["attributes"]["POSITION"] = 0
    avatar = read_avatar_bytes(glb.bytes())
    assert len(avatar.meshes[0].primitives[0].positions) == 0
    assert any("more than any avatar needs" in warning for warning in avatar.warnings)


def test_one_accessor_shared_by_very_many_meshes_does_not_fill_the_memory() -> None:
    glb = Glb()
    count = 10**6
    glb.add("accessors", {"componentType": 5126, "count": count, "type": "VEC3"})
    for _ in range(200):
        glb.add("meshes", {"primitives": [{"attributes": {"POSITION": 0}}]})
        glb.add("nodes", {"mesh": len(glb.document["meshes"]) - 1})
    avatar = read_avatar_bytes(glb.bytes())
    drawn = sum(len(item.primitives[0].positions) > 0 for item in avatar.meshes)
    assert drawn < 20
    assert any("unfolds to more data" in warning for warning in avatar.warnings)


def test_keys_that_are_no_numbers_cost_their_channel() -> None:
    glb = tiny_avatar.skinned_arm()
    values = [[0, 0, 0, 1], [np.nan, 0, 0, 1]]
    glb.clip("broken", [{"node": 1, "path": "rotation", "times": [0, 1], "values": values}])
    avatar = read_avatar_bytes(glb.bytes())
    assert [len(clip.channels) for clip in avatar.animations] == [1, 0]
    assert any("broken" in warning for warning in avatar.warnings)


@pytest.mark.parametrize("uri", ["../secret.bin", "/etc/passwd", "http://example.org/a.bin"])
def test_a_file_may_not_point_outside_its_folder(uri: str, tmp_path: Path) -> None:
    (tmp_path / "secret.bin").write_bytes(b"\0" * 64)
    inside = tmp_path / "avatar"
    inside.mkdir()
    buffers: list[dict[str, Any]] = [{"byteLength": 36, "uri": uri}]
    document = {
        "asset": {"version": "2.0"},
        "buffers": buffers,
        "bufferViews": [{"buffer": 0, "byteLength": 36}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "nodes": [{"mesh": 0}],
    }
    path = inside / "avatar.gltf"
    path.write_text(json.dumps(document))
    with pytest.raises(AvatarError) as caught:
        read_avatar(path)
    assert caught.value.place == "$.buffers[0].uri"


def test_a_file_that_lies_apart_costs_only_its_own_meshes(tmp_path: Path) -> None:
    glb = tiny_avatar.morph_face()
    lost = {"bufferView": len(glb.document["bufferViews"]), "componentType": 5126, "count": 3}
    glb.add("bufferViews", {"buffer": 1, "byteLength": 36})
    part = {"attributes": {"POSITION": glb.add("accessors", {**lost, "type": "VEC3"})}}
    glb.document["nodes"].append({"mesh": glb.add("meshes", {"primitives": [part]})})
    glb.document["placeholders"] = [{"byteLength": 36, "uri": "hair.bin"}]
    del glb.document["scenes"], glb.document["scene"]
    path = tmp_path / "avatar.glb"
    path.write_bytes(glb.bytes())
    avatar = read_avatar(path)
    assert [len(item.primitives[0].positions) > 0 for item in avatar.meshes] == [True, False]
    assert any("hair.bin" in warning for warning in avatar.warnings)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(AvatarError, match=r"There is no file nobody\.vrm"):
        read_avatar(tmp_path / "nobody.vrm")


@pytest.mark.parametrize("data", [b"", b"glTF", b"hello", b"{", b"glTF\x02\0\0\0\xff\xff\xff\xff"])
def test_what_is_no_avatar_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(AvatarError):
        read_avatar_bytes(data)


_WHOLE = [
    tiny_avatar.skinned_arm().bytes(),
    tiny_avatar.morph_face().bytes(),
    tiny_avatar.humanoid().bytes(),
    tiny_avatar.humanoid(version=0).bytes(),
]


@given(
    data=st.sampled_from(_WHOLE),
    flips=st.lists(st.tuples(st.floats(0.0, 1.0), st.integers(0, 255)), min_size=1, max_size=12),
    cut=st.floats(0.5, 1.0),
)
def test_damaged_files_give_an_avatar_or_an_avatar_error(
    data: bytes, flips: list[tuple[float, int]], cut: float
) -> None:
    damaged = bytearray(data if cut > 0.75 else data[: int(len(data) * cut)])
    for place, value in flips:
        damaged[int(place * (len(damaged) - 1))] = value
    try:
        avatar = read_avatar_bytes(bytes(damaged))
    except AvatarError:
        return
    assert np.isfinite(avatar.skeleton.translations).all()


@pytest.mark.parametrize("break_it", ["no joints", "a joint that is no node", "no such skin"])
def test_a_damaged_skin_costs_the_bending_and_not_the_avatar(break_it: str) -> None:
    glb = tiny_avatar.skinned_arm()
    skin = glb.document["skins"][0]
    if break_it == "no joints":
        skin["joints"] = []
    elif break_it == "a joint that is no node":
        skin["joints"][0] = 99
    else:
        next(node for node in glb.document["nodes"] if "skin" in node)["skin"] = 7
    avatar = read_avatar_bytes(glb.bytes())
    assert avatar.meshes[0].skin == -1
    assert len(avatar.meshes[0].primitives[0].positions) == 4
    assert any("stiff" in warning for warning in avatar.warnings)
    assert len(rest_pose(avatar).joints) == len(avatar.skins)
