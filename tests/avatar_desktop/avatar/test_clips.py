"""Clips arrive with all that is sound in them; what is broken costs its channel."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

import numpy as np
import pytest

from avatar_desktop.avatar.animation import PropertyKind
from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.furnishing import Camera, Lamp
from avatar_desktop.avatar.gltf.pointers import PROPERTIES
from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.read import read_avatar, read_avatar_bytes
from tests.makers import tiny_avatar
from tests.makers.public_models import folder, needs_models
from tests.makers.tiny_avatar import Glb


def clips_of(*channels: dict[str, Any]) -> Avatar:
    glb = tiny_avatar.skinned_arm()
    glb.document["animations"] = []
    for number, channel in enumerate(channels):
        glb.clip(f"clip {number}", [{"node": 1, "path": "translation", **channel}])
    return read_avatar_bytes(glb.bytes())


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ({"times": [0, 2, 1]}, "rise"),
        ({"times": [-1, 0, 1]}, "rise"),
        ({"times": [0, np.nan, 1]}, "finite"),
        ({"values": [[0, 0, 0], [np.inf, 0, 0], [0, 0, 0]]}, "finite"),
        ({"values": [[0, 0, 0], [1, 0, 0]]}, "6 numbers for 3 keys"),
        ({"path": "colour"}, "colour"),
        ({"node": 99}, "node 99"),
        ({"interpolation": "BOUNCE"}, "BOUNCE"),
    ],
)
def test_a_broken_channel_costs_itself_among_good_ones(broken: dict[str, Any], why: str) -> None:
    good = {"times": [1, 2, 3], "values": [[0, 0, 0], [1, 0, 0], [2, 0, 0]]}
    avatar = clips_of(good, {**good, **broken}, good)
    assert [len(clip.channels) for clip in avatar.animations] == [1, 0, 1]
    assert [clip.duration for clip in avatar.animations] == [3.0, 0.0, 3.0]
    assert any("clip 1" in warning and why in warning for warning in avatar.warnings)


def test_tracks_of_several_clips_may_begin_where_another_ends() -> None:
    values = [[0, 0, 0], [1, 0, 0]]
    avatar = clips_of(*({"times": [start, start + 1], "values": values} for start in (5, 0, 3)))
    assert [clip.duration for clip in avatar.animations] == [6.0, 1.0, 4.0]
    assert avatar.warnings == ()


@pytest.mark.parametrize("dtype", ["i1", "i2"])
def test_rotations_may_be_whole_numbers(dtype: str) -> None:
    glb = tiny_avatar.skinned_arm()
    most = int(np.iinfo(dtype).max)
    turned = glb.accessor([[0, 0, 0, most], [0, 0, most, 0]], dtype, normalized=True)
    glb.document["animations"][0]["samplers"][0]["output"] = turned
    (clip,) = read_avatar_bytes(glb.bytes()).animations
    np.testing.assert_allclose(clip.channels[0].values, [[0, 0, 0, 1], [0, 0, 1, 0]], atol=1e-6)


def test_splines_keep_their_tangents() -> None:
    keys = [[[0, 0, 0], [1, 2, 3], [0, 0, 0]]] * 2
    avatar = clips_of({"times": [0, 1], "values": keys, "interpolation": "CUBICSPLINE"})
    values = avatar.animations[0].channels[0].values
    assert values.shape == (2, 3, 3) and values[0, 1].tolist() == [1, 2, 3]


# -- pointers ----------------------------------------------------------------------------------


def pointed(pointer: str, values: list[Any], *, dtype: str = "f4") -> Avatar:
    glb = tiny_avatar.morph_face()
    glb.add("nodes", {"mesh": 0})
    glb.document["scenes"][0]["nodes"].append(1)
    glb.add("materials", {})
    glb.document["extensions"] = {"KHR_lights_punctual": {"lights": [{"type": "point"}]}}
    glb.add("cameras", {"type": "perspective", "perspective": {"yfov": 1, "znear": 0.1}})
    sampler = {"input": glb.accessor([0, 1]), "output": glb.accessor(values, dtype)}
    target = {"path": "pointer", "extensions": {"KHR_animation_pointer": {"pointer": pointer}}}
    clip = {"channels": [{"sampler": 0, "target": target}], "samplers": [sampler]}
    glb.document["animations"] = [clip]
    return read_avatar_bytes(glb.bytes())


@pytest.mark.parametrize(
    ("pointer", "nodes", "values"),
    [
        ("/nodes/1/translation", [1], [[0, 0, 0], [1, 2, 3]]),
        ("/nodes/1/rotation", [1], [[0, 0, 0, 1], [0, 0, 1, 0]]),
        ("/nodes/0/weights", [0], [0.0, 0.0, 1.0, 0.5]),
        ("/meshes/0/weights", [0, 1], [0.0, 0.0, 1.0, 0.5]),
    ],
)
def test_a_pointer_to_a_node_is_an_ordinary_channel(
    pointer: str, nodes: list[int], values: list[Any]
) -> None:
    (clip,) = pointed(pointer, values).animations
    assert [channel.node for channel in clip.channels] == nodes
    assert {channel.path for channel in clip.channels} == {pointer.rpartition("/")[2]}
    assert clip.properties == () and clip.duration == 1.0


@pytest.mark.parametrize(
    ("pointer", "kind", "field", "values"),
    [
        (
            "/materials/0/pbrMetallicRoughness/baseColorFactor",
            "material",
            "base_colour",
            [[0, 0, 0, 1], [1, 1, 1, 1]],
        ),
        (
            "/materials/0/extensions/KHR_materials_emissive_strength/emissiveStrength",
            "material",
            "emissive_strength",
            [1.0, 5.0],
        ),
        (
            "/materials/0/pbrMetallicRoughness/baseColorTexture"
            "/extensions/KHR_texture_transform/offset",
            "material",
            "base_texture.offset",
            [[0, 0], [1, 0]],
        ),
        ("/extensions/KHR_lights_punctual/lights/0/color", "lamp", "colour", [[1, 1, 1]] * 2),
        ("/cameras/0/perspective/yfov", "camera", "vertical_fov", [0.5, 1.0]),
    ],
)
def test_other_pointers_name_the_field_they_move(
    pointer: str, kind: PropertyKind, field: str, values: list[Any]
) -> None:
    (clip,) = pointed(pointer, values).animations
    (channel,) = clip.properties
    assert (channel.kind, channel.index, channel.field) == (kind, 0, field)
    np.testing.assert_allclose(channel.values, np.asarray(values).reshape(2, -1))
    assert clip.channels == () and clip.duration == 1.0


def test_a_node_may_be_shown_and_hidden() -> None:
    pointer = "/nodes/1/extensions/KHR_node_visibility/visible"
    (clip,) = pointed(pointer, [0, 1], dtype="u1").animations
    (channel,) = clip.properties
    assert (channel.kind, channel.field) == ("node", "visible")
    assert channel.values.tolist() == [[0.0], [1.0]]


@pytest.mark.parametrize(
    "pointer",
    ["/materials/0/colour", "/nodes/0/name", "/materials/7/alphaCutoff", "nonsense", ""],
)
def test_what_cannot_be_moved_is_named(pointer: str) -> None:
    avatar = pointed(pointer, [0.0, 1.0])
    (clip,) = avatar.animations
    assert clip.channels == () and clip.properties == ()
    told = "material 7" if "7" in pointer else pointer
    assert any(told in warning for warning in avatar.warnings)


@pytest.mark.parametrize("kind", get_args(PropertyKind))
def test_every_pointer_leads_to_a_field_that_is_there(kind: PropertyKind) -> None:
    value = {"material": Material, "lamp": Lamp, "camera": Camera, "node": None}[kind]
    for field, _ in PROPERTIES[kind].values():
        if value is not None:
            _find(value, field.split("."))


def _find(value: Any, names: list[str]) -> None:
    for name in names:
        if name.isdecimal():
            assert get_args(value)[int(name)] is float
            return
        hint = get_type_hints(value)[name]
        inside = [each for each in (hint, *get_args(hint)) if is_dataclass(each)]
        assert name in {each.name for each in fields(value)}
        tuples = [each for each in (hint, *get_args(hint)) if get_args(each) and each is not hint]
        value = inside[0] if inside else tuples[0] if tuples else hint


@needs_models
def test_the_public_sample_of_pointers_is_understood_but_for_one() -> None:
    place = folder()
    assert place is not None
    file = "blender-io/24_animation_pointer/24_animation_pointer.gltf"
    avatar = read_avatar(place / file, decode_pixels=False)
    (clip,) = avatar.animations
    assert len(clip.channels) + len(clip.properties) == 70
    assert [warning for warning in avatar.warnings if "cannot be moved" in warning] == [
        "The clip AllAnimatedProperties moves /materials/5/normalTexture/offset, "
        "which cannot be moved here ($.animations[0].channels[40].target)."
    ]


def test_a_clip_may_be_empty() -> None:
    glb = Glb()
    glb.add("nodes", {})
    glb.add("animations", {"channels": [], "samplers": []})
    (clip,) = read_avatar_bytes(glb.bytes()).animations
    assert clip.duration == 0.0
