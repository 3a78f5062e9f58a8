"""Expressions drive morphs, colours and textures together, and silence each other as asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.expression import ColourBind, Expression, TextureBind
from avatar_desktop.avatar.pose import SurfaceChange
from avatar_desktop.avatar.read import read_avatar, read_avatar_bytes
from avatar_desktop.motion.expressions import (
    colour_of,
    expression_shares,
    expression_weights,
    surface_changes,
)
from avatar_desktop.motion.look_at import gaze_expressions
from tests.makers import tiny_avatar
from tests.makers.public_models import expected, folder, needs_models

_COMBINED = "vrm1/spec/isBinary-overridden/VRMC_vrm_expressions_isBinary_Overridden.vrm"


@pytest.fixture
def face() -> Avatar:
    return read_avatar_bytes(tiny_avatar.humanoid().bytes())


def public(file: str) -> Avatar:
    place = folder()
    assert place is not None
    return read_avatar(place / file, decode_pixels=False)


def with_expression(avatar: Avatar, **more: Any) -> Avatar:
    look = Expression("shy", (), **more)
    return replace(avatar, expressions={**avatar.expressions, "shy": look})


def morph_error(avatar: Avatar, asked: Mapping[str, float], wanted: dict[str, Any]) -> float:
    """How far the worst morph weight is from the reference."""
    weights = expression_weights(avatar, asked)
    worst = 0.0
    for instance in avatar.meshes:
        reference = wanted.get(str(instance.node), {})
        found = weights[instance.morphs]
        told = [reference.get(str(index), 0.0) for index in range(len(found))]
        worst = max([worst, *np.abs(found - told)])
    return worst


def material_error(avatar: Avatar, asked: Mapping[str, float], wanted: dict[str, Any]) -> float:
    """How far base colour and base texture are from the reference, at the worst material."""
    changes = surface_changes(avatar, asked)
    worst = 0.0
    for index, material in enumerate(avatar.materials):
        if material.name not in wanted:
            continue
        change = changes.get(index, SurfaceChange())
        found = [*change.colours.get("base", material.base_colour)]
        if material.base_texture is not None:
            use = material.base_texture
            found += np.add(use.offset, change.texture_offset).tolist()
            found += np.add(use.scale, change.texture_scale).tolist()
        told = wanted[material.name][: len(found)]
        worst = max([worst, *np.abs(np.subtract(found, told))])
    return worst


@needs_models
def test_each_expression_alone_weighs_its_morphs_as_the_reference(
    bar: Callable[..., None],
) -> None:
    worst = 0.0
    for file, reference in expected("vrm").items():
        avatar = public(file)
        for name, item in reference.get("expressions", {}).items():
            assert name in avatar.expressions, f"{file}: {name}"
            worst = max(worst, morph_error(avatar, {name: 1.0}, item["morph"]))
    bar("morph weights of each expression", worst, at_most=1e-5)


@needs_models
def test_gaze_by_expressions_weighs_its_morphs_as_the_reference(bar: Callable[..., None]) -> None:
    worst, checked = 0.0, 0
    for file, reference in expected("vrm").items():
        avatar = public(file)
        for item in reference.get("lookAt", []):
            strengths = gaze_expressions(avatar, item["yaw"], item["pitch"])
            told = {name: min(1.0, strengths.get(name, 0.0)) for name in item["weights"]}
            worst = max([worst, *(abs(told[name] - item["weights"][name]) for name in told)])
            worst = max(worst, morph_error(avatar, strengths, item["morph"]))
            checked += bool(item["weights"])
    assert checked
    bar("morph weights of a gaze by expressions", worst, at_most=1e-3)


def combination_error(avatar: Avatar) -> float:
    worst = 0.0
    for item in expected("vrm")[_COMBINED]["combos"]:
        worst = max(worst, morph_error(avatar, item["set"], item["morph"]))
        worst = max(worst, material_error(avatar, item["set"], item["materials"]))
    for name, item in expected("vrm")[_COMBINED]["expressions"].items():
        worst = max(worst, material_error(avatar, {name: 1.0}, item["materials"]))
    return worst


@needs_models
def test_combinations_with_overrides_move_colours_and_textures_as_the_reference(
    bar: Callable[..., None],
) -> None:
    bar("combinations with overrides", combination_error(public(_COMBINED)), at_most=1e-5)


@needs_models
def test_the_bar_of_combinations_notices_an_override_that_is_ignored() -> None:
    avatar = public(_COMBINED)
    deaf = {name: replace(it, override_blink="none") for name, it in avatar.expressions.items()}
    assert combination_error(replace(avatar, expressions=deaf)) > 0.1


@needs_models
def test_the_bar_of_combinations_notices_an_expression_that_is_no_longer_on_or_off() -> None:
    avatar = public(_COMBINED)
    smooth = {name: replace(it, is_binary=False) for name, it in avatar.expressions.items()}
    assert combination_error(replace(avatar, expressions=smooth)) > 0.1


def test_a_colour_goes_to_its_target_by_the_share_of_its_expression(face: Avatar) -> None:
    red = ColourBind(0, "base", (1.0, 0.0, 0.0, 0.5))
    shy = with_expression(face, colours=(red,))
    assert surface_changes(shy, {"shy": 1.0})[0].colours["base"] == (1.0, 0.0, 0.0, 0.5)
    half = surface_changes(shy, {"shy": 0.5})[0].colours["base"]
    assert half == (1.0, 0.5, 0.5, 0.75)
    assert surface_changes(shy, {"shy": 0.0}) == {}
    assert surface_changes(shy, {"aa": 1.0}) == {}


def test_two_expressions_add_up_on_one_colour(face: Avatar) -> None:
    dark = ColourBind(0, "base", (0.0, 0.0, 0.0, 1.0))
    one = with_expression(face, colours=(dark,))
    both = replace(
        one, expressions={**one.expressions, "sly": Expression("sly", (), colours=(dark,))}
    )
    found = surface_changes(both, {"shy": 0.25, "sly": 0.5})[0].colours["base"]
    assert found == (0.25, 0.25, 0.25, 1.0)


def test_overrides_silence_colours_and_textures_too(face: Avatar) -> None:
    blush = ColourBind(0, "base", (1.0, 0.0, 0.0, 1.0))
    move = TextureBind(0, offset=(0.5, 0.0), scale=(2.0, 1.0))
    mouth = Expression("aa", (), colours=(blush,), textures=(move,))
    avatar = replace(face, expressions={**face.expressions, "aa": mouth})
    assert surface_changes(avatar, {"aa": 1.0})[0].texture_offset == (0.5, 0.0)
    assert surface_changes(avatar, {"aa": 1.0})[0].texture_scale == (1.0, 0.0)
    assert surface_changes(avatar, {"aa": 1.0, "happy": 1.0}) == {}


def test_a_blend_takes_away_as_much_as_it_shows(face: Avatar) -> None:
    wide = with_expression(face, override_mouth="blend")
    shares = {
        item.name: share for item, share in expression_shares(wide, {"aa": 1, "shy": 0.3}).items()
    }
    assert shares["aa"] == pytest.approx(0.7)


def test_a_surface_without_a_toon_has_no_toon_colours(face: Avatar) -> None:
    assert colour_of(face.materials[0], "shade") == (0.0, 0.0, 0.0, 1.0)
    assert colour_of(face.materials[0], "base") == face.materials[0].base_colour
