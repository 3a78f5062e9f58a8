"""Clips of colours, of pictures' places, of lamps and of who is seen, mixed like any other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.pose import UNCHANGED, Pose, SurfaceChange
from avatar_desktop.avatar.read import read_avatar, read_avatar_bytes
from avatar_desktop.film.produce import posed_by_file
from avatar_desktop.motion.hierarchy import Locals, rest_pose
from avatar_desktop.motion.layers import Mixer
from tests.makers import tiny_avatar
from tests.makers.public_models import folder, needs_models

BASE = "/materials/0/pbrMetallicRoughness/baseColorFactor"
ROUGH = "/materials/0/pbrMetallicRoughness/roughnessFactor"
PICTURE = "/materials/0/pbrMetallicRoughness/baseColorTexture"
GLIDE = f"{PICTURE}/extensions/KHR_texture_transform/offset"
SHOWN = "/nodes/1/extensions/KHR_node_visibility/visible"
LAMP = "/extensions/KHR_lights_punctual/lights/0"
RED, GREEN = [1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 1.0]


def made(*clips: list[dict[str, Any]]) -> Avatar:
    """A face with a second one below it, a lamp, and a red material with a picture."""
    glb = tiny_avatar.morph_face()
    glb.document["animations"] = []
    glb.document["nodes"][0]["children"] = [1]
    lit = {"KHR_lights_punctual": {"light": 0}}
    glb.add("nodes", {"name": "hat", "mesh": 0, "extensions": lit})
    lights = [{"type": "point", "intensity": 2}]
    glb.document["extensions"] = {"KHR_lights_punctual": {"lights": lights}}
    glb.add("images", {"uri": "data:image/png;base64,AAAA"})
    glb.add("textures", {"source": 0})
    surface = {"baseColorFactor": RED, "baseColorTexture": {"index": 0}}
    glb.add("materials", {"pbrMetallicRoughness": surface})
    glb.document["meshes"][0]["primitives"][0]["material"] = 0
    for number, channels in enumerate(clips):
        glb.pointing_clip(f"clip {number}", channels)
    return read_avatar_bytes(glb.bytes())


def keys(pointer: str, values: Any, interpolation: str = "LINEAR") -> dict[str, Any]:
    count = len(values) // (3 if interpolation == "CUBICSPLINE" else 1)
    times = np.arange(count, dtype=np.float32)
    return {"pointer": pointer, "times": times, "values": values, "interpolation": interpolation}


def material(avatar: Avatar, pose: Pose, place: int = 0) -> Material:
    change = pose.surfaces.get(place)
    return (change and change.material) or avatar.materials[place]


@pytest.mark.parametrize(
    ("interpolation", "values", "expected"),
    [
        ("STEP", [0.0, 1.0], {0.0: 0.0, 0.75: 0.0, 1.0: 1.0, 9.0: 1.0}),
        ("LINEAR", [0.0, 1.0], {-1.0: 0.0, 0.0: 0.0, 0.25: 0.25, 1.0: 1.0, 9.0: 1.0}),
        # in-tangent, value, out-tangent of each key: leaves at 2 a second, arrives at rest
        ("CUBICSPLINE", [0, 0, 2, 0, 1, 0], {0.0: 0.0, 0.5: 0.75, 1.0: 1.0}),
    ],
)
def test_numbers_of_a_material_follow_their_keys(
    interpolation: str, values: list[float], expected: dict[float, float]
) -> None:
    avatar = made([keys(ROUGH, values, interpolation)])
    for t, rough in expected.items():
        pose = posed_by_file(avatar, "0", t)
        assert material(avatar, pose).roughness == pytest.approx(rough, abs=1e-6)


@pytest.mark.parametrize(
    ("pointer", "value", "field"),
    [
        (BASE, GREEN, "base_colour"),
        ("/materials/0/alphaCutoff", 0.25, "alpha_cutoff"),
        ("/materials/0/emissiveFactor", [0.25, 0.5, 0.75], "emissive"),
        (
            "/materials/0/extensions/KHR_materials_emissive_strength/emissiveStrength",
            4.0,
            "emissive_strength",
        ),
        (GLIDE, [0.5, -2.0], "base_texture.offset"),
        (GLIDE.replace("offset", "rotation"), -1.5, "base_texture.rotation"),
        (GLIDE.replace("offset", "scale"), [-1.0, 3.0], "base_texture.scale"),
        (
            "/materials/0/extensions/KHR_materials_transmission/transmissionFactor",
            0.75,
            "transmission.strength",
        ),
        (
            "/materials/0/extensions/KHR_materials_iridescence/iridescenceThicknessMaximum",
            900.0,
            "iridescence.thickness.1",
        ),
    ],
)
def test_any_field_of_a_material_can_move(pointer: str, value: Any, field: str) -> None:
    avatar = made([keys(pointer, [value, value])])
    found: Any = material(avatar, posed_by_file(avatar, "0", 0.5))
    for name in field.split("."):
        found = found[int(name)] if name.isdecimal() else getattr(found, name)
    assert found == pytest.approx(tuple(value) if isinstance(value, list) else value)


def test_a_texture_that_is_not_there_is_not_moved() -> None:
    pointer = "/materials/0/emissiveTexture/extensions/KHR_texture_transform/offset"
    avatar = made([keys(pointer, [[1.0, 1.0], [2.0, 2.0]])])
    assert posed_by_file(avatar, "0", 0.5).surfaces is UNCHANGED


def test_without_such_clips_nothing_is_added() -> None:
    avatar = made()
    assert Locals.at_rest(avatar).looks.size == 0
    pose = rest_pose(avatar)
    assert pose.surfaces is UNCHANGED and pose.lamps is None


@pytest.mark.parametrize("interpolation", ["STEP", "LINEAR"])
def test_a_node_comes_and_goes_at_once(interpolation: str) -> None:
    avatar = made([keys(SHOWN, [1.0, 0.0, 1.0], interpolation)])
    hidden = [posed_by_file(avatar, "0", t).hidden for t in (0.0, 0.9, 1.0, 1.9, 2.0)]
    assert hidden == [frozenset(), frozenset(), {1}, {1}, frozenset()]


def test_a_node_that_the_file_hides_can_be_shown() -> None:
    avatar = made([keys(SHOWN, [1.0, 0.0])])
    shy = replace(avatar, skeleton=replace(avatar.skeleton, hidden=frozenset({0, 1})))
    assert rest_pose(shy).hidden == {0, 1}
    assert posed_by_file(shy, "0", 0.0).hidden == {0}


def test_lamps_change_their_light() -> None:
    avatar = made([keys(f"{LAMP}/intensity", [2.0, 6.0]), keys(f"{LAMP}/color", [[1, 0, 0]] * 2)])
    lamps = posed_by_file(avatar, "0", 0.5).lamps
    assert lamps is not None
    assert (lamps[0].intensity, lamps[0].colour) == (4.0, (1.0, 0.0, 0.0))


def test_a_clip_of_colours_alone_is_mixed_and_left_like_any_other() -> None:
    avatar = made([keys(BASE, [GREEN, GREEN])])
    mixer = Mixer(avatar)
    mixer.play("idle", 0.0, fade=0.0)
    before = mixer.evaluate(1.0)
    mixer.overlay("clip 0", 1.0, weight=0.5, fade=0.4)
    shades = [material(avatar, mixer.evaluate(t)).base_colour for t in (1.0, 1.2, 1.4, 2.0)]
    assert before.surfaces is UNCHANGED
    greens = [shade[1] for shade in shades]
    assert greens[0] == pytest.approx(0.0, abs=1e-6) and greens == sorted(greens)
    assert shades[-1] == pytest.approx((0.5, 0.5, 0.0, 1.0))


def test_a_picture_that_glides_begins_its_next_round_without_rushing_back() -> None:
    avatar = made([keys(GLIDE, [[0.0, 0.0], [1.0, 0.0]])])
    mixer = Mixer(avatar)
    mixer.play("clip 0", 0.0, loop=True, fade=0.0)
    places: list[float] = []
    for t in (0.9, 1.1, 1.2):
        use = material(avatar, mixer.evaluate(t)).base_texture
        assert use is not None
        places.append(use.offset[0])
    assert places == pytest.approx([0.9, 0.1, 0.2], abs=1e-6)


def test_expressions_come_on_top_of_clips() -> None:
    avatar = made([keys(BASE, [GREEN, GREEN]), keys(ROUGH, [0.0, 0.5])])
    mixer = Mixer(avatar)
    mixer.play("clip 0", 0.0, fade=0.0, loop=False)
    blush = SurfaceChange(colours={"base": (1.0, 0.5, 0.5, 1.0)})
    change = mixer.evaluate(1.0, surfaces={0: blush}).surfaces[0]
    assert change.colours == blush.colours
    assert change.material is not None and change.material.roughness == 0.5


def test_the_same_look_is_the_same_value_again() -> None:
    avatar = made([keys(SHOWN, [0.0, 0.0])])
    mixer = Mixer(avatar)
    mixer.play("clip 0", 0.0, fade=0.0)
    assert mixer.evaluate(0.2).hidden is mixer.evaluate(0.7).hidden


@needs_models
def test_the_public_sample_moves_everything_at_its_keys() -> None:
    place = folder()
    assert place is not None
    file = "blender-io/24_animation_pointer/24_animation_pointer.gltf"
    avatar = read_avatar(place / file, decode_pixels=False)
    (clip,) = avatar.animations
    by_field = {channel.target: channel for channel in clip.properties}
    at = 2.5
    pose = posed_by_file(avatar, "0", at)
    assert {target[1] for target in by_field if target[0] == "material"} == set(pose.surfaces)
    for field in ("base_colour", "emissive_strength"):
        for index in (2, 3, 4, 11):
            channel = by_field.get(("material", index, field))
            if channel is not None:
                expected = [np.interp(at, channel.times, column) for column in channel.values.T]
                found = np.atleast_1d(getattr(material(avatar, pose, index), field))
                np.testing.assert_allclose(found, expected, atol=1e-5)
    assert pose.lamps is not None and pose.lamps != avatar.lamps
