"""Drawn looks of both versions arrive as one Toon, with every texture, order and glow."""

from __future__ import annotations

import math
from typing import Any

import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.read import read_avatar, read_avatar_bytes
from avatar_desktop.avatar.toon import Toon
from tests.makers import tiny_avatar
from tests.makers.public_models import folder, needs_models

PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8Dw"
    "HwAFAAH/iZk9HQAAAABJRU5ErkJggg=="
)


def with_materials(version: int, materials: list[dict[str, Any]], textures: int = 0) -> Avatar:
    glb = tiny_avatar.humanoid(version=version)
    glb.document["materials"] = materials
    for _ in range(textures):
        glb.add("textures", {"source": glb.add("images", {"uri": PIXEL})})
    return read_avatar_bytes(glb.bytes())


def mtoon(textures: int = 0, **said: Any) -> Avatar:
    extensions = {
        "KHR_materials_unlit": {},
        "VRMC_materials_mtoon": {"specVersion": "1.0", **said},
    }
    return with_materials(1, [{"name": "Ink", "extensions": extensions}], textures)


def old(*looks: dict[str, Any], textures: int = 0, **gltf: Any) -> tuple[Material, ...]:
    """Materials whose glTF says something else than their looks of VRM 0.x."""
    glb = tiny_avatar.humanoid(version=0)
    glb.document["materials"] = [{"name": "Ink", **gltf} for _ in looks]
    for _ in range(textures):
        glb.add("textures", {"source": glb.add("images", {"uri": PIXEL})})
    glb.document["extensions"]["VRM"]["materialProperties"] = list(looks)
    return read_avatar_bytes(glb.bytes()).materials[: len(looks)]


def look(shader: str = "VRM/MToon", **said: Any) -> dict[str, Any]:
    return {"name": "Ink", "shader": shader, **said}


def toon_of(material: Material) -> Toon:
    assert material.toon is not None
    return material.toon


def test_mtoon_1_arrives_whole_and_wins_over_unlit() -> None:
    avatar = mtoon(
        textures=6,
        transparentWithZWrite=True,
        renderQueueOffsetNumber=3,
        shadeColorFactor=[0.1, 0.2, 0.3],
        shadeMultiplyTexture={"index": 0},
        shadingShiftFactor=-0.2,
        shadingShiftTexture={"index": 1, "scale": 0.5},
        shadingToonyFactor=0.8,
        giEqualizationFactor=0.4,
        matcapFactor=[1, 0, 0],
        matcapTexture={"index": 2},
        parametricRimColorFactor=[0, 1, 0],
        rimMultiplyTexture={"index": 3, "texCoord": 1},
        rimLightingMixFactor=0.25,
        parametricRimFresnelPowerFactor=3,
        parametricRimLiftFactor=0.1,
        outlineWidthMode="screenCoordinates",
        outlineWidthFactor=0.01,
        outlineWidthMultiplyTexture={"index": 4},
        outlineColorFactor=[0, 0, 1],
        outlineLightingMixFactor=0.5,
        uvAnimationMaskTexture={"index": 5},
        uvAnimationScrollXSpeedFactor=0.1,
        uvAnimationScrollYSpeedFactor=0.2,
        uvAnimationRotationSpeedFactor=0.3,
    )
    toon = toon_of(avatar.materials[0])
    assert not avatar.materials[0].unlit
    assert [use.image for use in toon.textures()] == [0, 1, 2, 3, 4, 5]
    assert toon.rim_texture is not None
    assert toon.rim_texture.uv_set == 1
    assert (toon.shading_shift_texture_scale, toon.shading_shift, toon.shading_toony) == (
        *(0.5, -0.2),
        0.8,
    )
    assert (toon.matcap_colour, toon.rim_colour) == ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    assert (toon.rim_lighting_mix, toon.rim_fresnel_power, toon.rim_lift) == (0.25, 3.0, 0.1)
    assert (toon.outline_mode, toon.outline_width) == ("screen", 0.01)
    assert (toon.outline_colour, toon.outline_lighting_mix) == ((0.0, 0.0, 1.0), 0.5)
    assert (toon.uv_scroll, toon.uv_rotation) == ((0.1, 0.2), 0.3)
    assert (toon.z_write_when_blended, toon.queue_offset, toon.gi_equalization) == (True, 3, 0.4)


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"shadeMultiplyTexture": {"index": 9}}, "shadeMultiplyTexture"),
        ({"shadeMultiplyTexture": {"index": -1}}, "shadeMultiplyTexture"),
        ({"matcapTexture": "none"}, "matcapTexture"),
        ({"outlineWidthMode": "thick"}, "thick"),
    ],
)
def test_a_broken_texture_costs_itself_and_is_named(said: dict[str, Any], named: str) -> None:
    avatar = mtoon(shadingToonyFactor=0.5, **said)
    toon = toon_of(avatar.materials[0])
    assert toon.shading_toony == 0.5
    assert toon.textures() == ()
    assert any(named in warning for warning in avatar.warnings)


@pytest.mark.parametrize("factor", [[1], "white", [1e30, 0, 0]])
def test_a_toon_that_cannot_be_read_leaves_the_plain_surface(factor: Any) -> None:
    avatar = mtoon(shadeColorFactor=factor)
    assert avatar.materials[0].toon is None
    assert any("Ink" in warning for warning in avatar.warnings)


def test_glow_beyond_one_is_read_from_its_old_extension_too() -> None:
    glow = {"VRMC_materials_hdr_emissiveMultiplier": {"emissiveMultiplier": 4}}
    new = {"KHR_materials_emissive_strength": {"emissiveStrength": 2}}
    materials = [{"extensions": glow}, {"extensions": glow | new}]
    found = with_materials(1, materials).materials
    assert [material.emissive_strength for material in found[:2]] == [4.0, 2.0]


def test_shade_and_edge_of_mtoon_0_are_brought_to_the_range_of_mtoon_1() -> None:
    numbers = {"_ShadeToony": 0.9, "_ShadeShift": 0.0, "_IndirectLightIntensity": 0.1}
    lambert = {"_ShadeToony": 0.0, "_ShadeShift": 0.0}
    half_lambert = {"_ShadeToony": 0.0, "_ShadeShift": -1.0}
    usual, plain, half = map(
        toon_of, old(*(look(floatProperties=each) for each in (numbers, lambert, half_lambert)))
    )
    assert (usual.shading_toony, usual.shading_shift) == pytest.approx((0.95, -0.05))
    assert (plain.shading_toony, plain.shading_shift) == pytest.approx((0.5, -0.5))
    assert (half.shading_toony, half.shading_shift) == pytest.approx((0.0, 0.0))
    assert usual.gi_equalization == pytest.approx(0.9)


def test_colours_of_vrm_0_become_linear_but_alpha_stays() -> None:
    vectors = {"_Color": [0.5, 0.5, 0.5, 0.5], "_ShadeColor": [1, 0.5, 0, 1]}
    (material,) = old(look(vectorProperties=vectors))
    assert material.base_colour == pytest.approx((0.21404, 0.21404, 0.21404, 0.5), abs=1e-5)
    assert toon_of(material).shade_colour == pytest.approx((1.0, 0.21404, 0.0), abs=1e-5)


def test_every_texture_of_mtoon_0_moves_with_the_main_one_but_the_matcap() -> None:
    names = (
        *("_MainTex", "_ShadeTexture", "_BumpMap", "_EmissionMap", "_SphereAdd"),
        *("_RimTexture", "_OutlineWidthTexture", "_UvAnimMaskTexture"),
    )
    textures = {name: index for index, name in enumerate(names)}
    moved = {"_MainTex": [0.1, 0.2, 0.5, 0.25]}
    (material,) = old(look(textureProperties=textures, vectorProperties=moved), textures=len(names))
    toon = toon_of(material)
    uses = [
        *(material.base_texture, toon.shade_texture, material.normal_texture),
        *(material.emissive_texture, toon.matcap_texture, toon.rim_texture),
        *(toon.outline_width_texture, toon.uv_mask_texture),
    ]
    for index, use in enumerate(uses):
        assert use is not None
        assert use.image == index
        if use is toon.matcap_texture:
            assert (use.offset, use.scale) == ((0.0, 0.0), (1.0, 1.0))
        else:
            assert use.offset == pytest.approx((0.1, 0.55))
            assert use.scale == (0.5, 0.25)


def test_outline_and_moving_textures_take_the_units_of_mtoon_1() -> None:
    numbers = {"_OutlineWidth": 0.5, "_UvAnimRotation": 0.5, "_UvAnimScrollX": 1}
    numbers |= {"_UvAnimScrollY": 2, "_OutlineLightingMix": 0.7, "_OutlineColorMode": 1}
    modes = [look(floatProperties={**numbers, "_OutlineWidthMode": mode}) for mode in range(3)]
    none, world, screen = map(toon_of, old(*modes))
    assert (none.outline_mode, none.outline_width) == ("none", 0.0)
    assert (world.outline_mode, world.outline_width) == ("world", pytest.approx(0.005))
    assert (screen.outline_mode, screen.outline_width) == ("screen", pytest.approx(0.0025))
    assert world.outline_lighting_mix == 0.7
    assert world.uv_scroll == (1.0, -2.0)
    assert world.uv_rotation == pytest.approx(math.pi)


@pytest.mark.parametrize(
    ("said", "mode"),
    [
        ({"keywordMap": {"_ALPHABLEND_ON": True}}, "BLEND"),
        ({"keywordMap": {"_ALPHATEST_ON": True}}, "MASK"),
        ({"keywordMap": {"_ALPHABLEND_ON": False}}, "OPAQUE"),
        ({"floatProperties": {"_BlendMode": 1}}, "MASK"),
        ({"floatProperties": {"_BlendMode": 3}}, "BLEND"),
        ({}, "OPAQUE"),
    ],
)
def test_the_shader_of_vrm_0_decides_how_see_through_a_surface_is(
    said: dict[str, Any], mode: str
) -> None:
    (material,) = old(look(**said), alphaMode="BLEND" if mode == "OPAQUE" else "OPAQUE")
    assert material.alpha_mode == mode


@pytest.mark.parametrize(
    ("shader", "mode", "writes"),
    [
        ("VRM/UnlitTexture", "OPAQUE", False),
        ("VRM/UnlitCutout", "MASK", False),
        ("VRM/UnlitTransparent", "BLEND", False),
        ("VRM/UnlitTransparentZWrite", "BLEND", True),
        ("Unlit/Transparent Cutout", "MASK", False),
    ],
)
def test_surfaces_of_vrm_0_without_light_are_shown_without_light(
    shader: str, mode: str, writes: bool
) -> None:
    (material,) = old(look(shader, floatProperties={"_Cutoff": 0.3}))
    assert material.unlit
    assert (material.alpha_mode, material.alpha_cutoff) == (mode, 0.3)
    assert (material.toon is not None and material.toon.z_write_when_blended) == writes


def test_queues_of_vrm_0_keep_their_order_in_the_steps_of_mtoon_1() -> None:
    blend = {"keywordMap": {"_ALPHABLEND_ON": True}}
    depth = {**blend, "floatProperties": {"_ZWrite": 1}}
    queues = [(blend, 3000), (blend, 2950), (blend, 3005), (depth, 2501), (depth, 2510), ({}, 2000)]
    looks = [look(**said, renderQueue=queue) for said, queue in queues]
    looks.append(look(**blend, renderQueue=-1))
    toons = [toon_of(material) for material in old(*looks)]
    assert [toon.queue_offset for toon in toons] == [-1, -2, 0, 0, 1, 0, -1]
    assert [toon.z_write_when_blended for toon in toons] == [False] * 3 + [True] * 2 + [False] * 2


def test_more_queues_than_steps_share_the_last_step() -> None:
    blend = {"keywordMap": {"_ALPHABLEND_ON": True}}
    looks = [look(**blend, renderQueue=3000 + step) for step in range(14)]
    offsets = [toon_of(material).queue_offset for material in old(*looks)]
    assert offsets == [-9] * 5 + list(range(-8, 1))


def test_the_glow_of_vrm_0_is_linear_since_one_version_and_before_it_the_one_below() -> None:
    vectors = {"_EmissionColor": [2.0, 0.5, 0.0, 1.0]}
    new = look(vectorProperties=vectors, floatProperties={"_MToonVersion": 39})
    aged = look(vectorProperties=vectors, floatProperties={"_MToonVersion": 32})
    assert old(new)[0].emissive == (2.0, 0.5, 0.0)
    assert old(aged)[0].emissive[1] == pytest.approx(0.21404, abs=1e-5)
    assert old(aged, emissiveFactor=[0, 0.25, 0])[0].emissive == (0.0, 0.25, 0.0)


def test_numbers_that_are_none_are_as_if_they_were_not_there() -> None:
    numbers = {"_ShadeToony": "NaN", "_ShadeShift": None, "_BumpScale": 1e30, "_Cutoff": True}
    vectors = {"_Color": [1, "x", 0, 1], "_ShadeColor": 5, "_MainTex": [0, 0]}
    textures = {"_MainTex": -1, "_ShadeTexture": "first", "_RimTexture": 77}
    (material,) = old(
        look(floatProperties=numbers, vectorProperties=vectors, textureProperties=textures)
    )
    assert toon_of(material).shading_toony == pytest.approx(0.95)
    assert toon_of(material).textures() == ()
    assert (material.base_colour, material.normal_scale) == ((1.0, 1.0, 1.0, 1.0), 1.0)
    assert material.alpha_cutoff == 0.5


def test_an_unknown_shader_is_named_and_the_gltf_below_is_shown() -> None:
    glb = tiny_avatar.humanoid(version=0)
    glb.document["materials"] = [{"name": "Ink", "alphaMode": "MASK"}]
    looks = [look("Acme/Glitter"), look()]
    glb.document["extensions"]["VRM"]["materialProperties"] = looks
    avatar = read_avatar_bytes(glb.bytes())
    assert avatar.materials[0].alpha_mode == "MASK"
    assert any("Acme/Glitter" in warning for warning in avatar.warnings)
    assert any("no material" in warning for warning in avatar.warnings)


@needs_models
def test_one_glow_of_vrm_0_looks_the_same_with_every_shader() -> None:
    """The file shows the same glow as plain glTF and as MToon, once half and once doubled."""
    place = folder()
    assert place is not None
    avatar = read_avatar(place / "vrm0" / "EmissionMigration_v0.106.0.vrm")
    glow = {
        item.name: tuple(part * item.emissive_strength for part in item.emissive)
        for item in avatar.materials
    }
    assert glow["MToon_Emission_0.5"] == glow["Standard_Emission_0.5"] == (0.5, 0.5, 0.5)
    assert glow["MToon_Emission_2.0"] == glow["Standard_Emission_2.0"] == (2.0, 2.0, 2.0)
