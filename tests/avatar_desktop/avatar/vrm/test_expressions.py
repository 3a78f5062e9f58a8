"""Expressions bring their morphs, colours and textures, in the numbers of VRM 1.0."""

from __future__ import annotations

from typing import Any

import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.expression import ColourBind, MorphBind, TextureBind
from avatar_desktop.avatar.read import read_avatar_bytes
from tests.makers import tiny_avatar


def face(expression: dict[str, Any], *, group: str = "preset", name: str = "shy") -> Avatar:
    glb = tiny_avatar.humanoid()
    expressions = glb.document["extensions"]["VRMC_vrm"]["expressions"]
    expressions.setdefault(group, {})[name] = expression
    glb.document["materials"] = [{"name": "Skin"}, {"name": "Ink", **TOON}]
    glb.document["meshes"][0]["primitives"][0]["material"] = 0
    return read_avatar_bytes(glb.bytes())


def old_face(*values: dict[str, Any]) -> Avatar:
    glb = tiny_avatar.humanoid(version=0)
    vrm = glb.document["extensions"]["VRM"]
    vrm["blendShapeMaster"]["blendShapeGroups"].append(
        {"name": "Shy", "presetName": "unknown", "materialValues": list(values)}
    )
    glb.document["materials"] = [{"name": "Skin"}, {"name": "Skin"}]
    vrm["materialProperties"] = [{"shader": "VRM/MToon"}, {"shader": "VRM_USE_GLTFSHADER"}]
    return read_avatar_bytes(glb.bytes())


def value(name: str, numbers: list[float], material: str = "Skin") -> dict[str, Any]:
    return {"materialName": material, "propertyName": name, "targetValue": numbers}


TOON = {"extensions": {"VRMC_materials_mtoon": {"specVersion": "1.0"}}}


def test_a_custom_expression_has_colours_and_textures() -> None:
    colours = [
        {"material": 0, "type": "emissionColor", "targetValue": [0, 0, 2, 1]},
        {"material": 1, "type": "shadeColor", "targetValue": [1, 0, 0, 1]},
    ]
    moves = [{"material": 0, "offset": [0.5, 0], "scale": [2, 1]}]
    spec = {"materialColorBinds": colours, "textureTransformBinds": moves}
    shy = face(spec, group="custom").expressions["shy"]
    assert shy.colours == (
        ColourBind(0, "emissive", (0.0, 0.0, 2.0, 1.0)),
        ColourBind(1, "shade", (1.0, 0.0, 0.0, 1.0)),
    )
    assert shy.textures == (TextureBind(0, (0.5, 0.0), (2.0, 1.0)),)


def test_weights_beyond_one_keep_what_they_say() -> None:
    spec = {"morphTargetBinds": [{"node": 21, "index": 1, "weight": -0.75}]}
    assert face(spec).expressions["shy"].binds == (MorphBind(1, -0.75),)


@pytest.mark.parametrize(
    ("spec", "named"),
    [
        ({"morphTargetBinds": [{"node": -1, "index": 0}]}, "morphTargetBinds[0]"),
        ({"morphTargetBinds": [{"node": 21, "index": 7}]}, "morphTargetBinds[0]"),
        ({"morphTargetBinds": [{"node": 21, "index": -1}]}, "morphTargetBinds[0]"),
        ({"morphTargetBinds": [{"node": 21, "index": 0, "weight": 1e30}]}, "binds"),
        ({"morphTargetBinds": [{"node": 21, "index": 0, "weight": "NaN"}]}, "binds"),
        ({"materialColorBinds": [{"material": 9, "type": "color", "targetValue": [1] * 4}]}, "9"),
        ({"materialColorBinds": [{"material": 0, "type": "hue", "targetValue": [1] * 4}]}, "hue"),
        ({"materialColorBinds": [{"material": 0, "type": "color", "targetValue": [1]}]}, "Value"),
        (
            {"materialColorBinds": [{"material": 0, "type": "rimColor", "targetValue": [1] * 4}]},
            "rim",
        ),
        ({"textureTransformBinds": [{"material": -1}]}, "textureTransformBinds[0]"),
    ],
)
def test_a_broken_bind_costs_itself_and_is_named(spec: dict[str, Any], named: str) -> None:
    spec.setdefault("textureTransformBinds", []).append({"material": 0, "offset": [0.5, 0]})
    avatar = face(spec)
    shy = avatar.expressions["shy"]
    assert (shy.binds, shy.colours) == ((), ())
    assert shy.textures == (TextureBind(0, (0.5, 0.0)),)
    assert any(named.lower() in warning.lower() for warning in avatar.warnings)
    assert {"aa", "blink", "happy"} < set(avatar.expressions)


def test_a_preset_wins_over_a_custom_expression_of_its_name() -> None:
    avatar = face({"isBinary": True}, group="custom", name="aa")
    assert avatar.expressions["aa"].binds
    assert any("aa" in warning for warning in avatar.warnings)


def test_indices_may_be_written_with_a_point() -> None:
    spec = {"morphTargetBinds": [{"node": 21.0, "index": 1.0, "weight": 1}]}
    assert face(spec).expressions["shy"].binds == (MorphBind(1, 1.0),)


def test_colours_of_vrm_0_become_linear_and_reach_every_surface_of_the_name() -> None:
    avatar = old_face(value("_Color", [1, 0.5, 0, 0.5]), value("_EmissionColor", [0.5, 0, 0, 1]))
    shy = avatar.expressions["Shy"]
    base = [bind for bind in shy.colours if bind.kind == "base"]
    assert [bind.material for bind in base] == [0, 1]
    assert base[0].colour == pytest.approx((1.0, 0.21404, 0.0, 0.5), abs=1e-5)
    glow = next(bind for bind in shy.colours if bind.kind == "emissive")
    assert glow.colour == (0.5, 0.0, 0.0, 1.0)


def test_colours_of_a_toon_reach_only_toons() -> None:
    avatar = old_face(value("_ShadeColor", [0, 0, 0, 1]))
    assert [bind.material for bind in avatar.expressions["Shy"].colours] == [0]
    assert any("shade" in warning for warning in avatar.warnings)


def test_textures_of_vrm_0_are_counted_from_above() -> None:
    avatar = old_face(value("_MainTex_ST", [0.5, 0.25, 0.1, 0.2]))
    bind = avatar.expressions["Shy"].textures[0]
    assert bind.scale == (0.5, 0.25)
    assert bind.offset == pytest.approx((0.1, 0.55))


def test_one_axis_of_a_texture_leaves_the_other_where_it_is() -> None:
    avatar = old_face(value("_MainTex_ST_S", [0.5, 9, 0.1, 9]))
    bind = avatar.expressions["Shy"].textures[0]
    assert (bind.offset, bind.scale) == ((0.1, 0.0), (0.5, 1.0))


@pytest.mark.parametrize(
    "broken",
    [
        value("_Color", [1, 1, 1, 1], "Nobody"),
        value("_Color", [1]),
        value("_Cutoff", [1, 1, 1, 1]),
        {"materialName": 3},
    ],
)
def test_a_broken_value_of_vrm_0_costs_itself(broken: dict[str, Any]) -> None:
    avatar = old_face(broken, value("_Color", [1, 1, 1, 1]))
    assert len(avatar.expressions["Shy"].colours) == 2
    assert any("materialValues[0]" in warning for warning in avatar.warnings)


def test_a_preset_that_comes_twice_keeps_its_first_form() -> None:
    glb = tiny_avatar.humanoid(version=0)
    groups = glb.document["extensions"]["VRM"]["blendShapeMaster"]["blendShapeGroups"]
    groups.append({"name": "A2", "presetName": "a", "binds": []})
    avatar = read_avatar_bytes(glb.bytes())
    assert avatar.expressions["aa"].binds
    assert any("aa" in warning for warning in avatar.warnings)
