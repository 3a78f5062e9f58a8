from __future__ import annotations

import re
from dataclasses import replace
from importlib import resources

import pytest

from avatar_desktop.avatar.finish import (
    Anisotropy,
    Clearcoat,
    Iridescence,
    Sheen,
    Specular,
    Transmission,
)
from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.pose import SurfaceChange
from avatar_desktop.avatar.texture import TextureUse
from avatar_desktop.avatar.toon import Toon
from avatar_desktop.render.looks import look_features, without_uvs
from avatar_desktop.render.maps import MOST_MAPS, ROWS, UNITS, maps_of
from avatar_desktop.render.programs import SAMPLERS
from avatar_desktop.render.surface_block import SURFACE_BYTES, changed, surface_block

USE = TextureUse(0)
STUFFED = Material(
    base_texture=USE,
    metallic_roughness_texture=USE,
    normal_texture=USE,
    occlusion_texture=USE,
    emissive_texture=USE,
    specular=Specular(strength_texture=USE, colour_texture=USE),
    clearcoat=Clearcoat(1.0, USE, 0.5, USE, USE),
    sheen=Sheen((1.0, 1.0, 1.0), USE, 0.5, USE),
    transmission=Transmission(1.0, USE, 1.0, USE),
    iridescence=Iridescence(1.0, USE, thickness_texture=USE),
    anisotropy=Anisotropy(1.0, texture=USE),
)
TOON = Material(
    base_texture=USE,
    normal_texture=USE,
    emissive_texture=USE,
    occlusion_texture=USE,
    toon=Toon(
        shade_texture=USE,
        shading_shift_texture=USE,
        matcap_texture=USE,
        rim_texture=USE,
        outline_width_texture=USE,
        uv_mask_texture=USE,
    ),
)


def test_a_surface_with_every_picture_keeps_the_weightiest() -> None:
    names = [each.name for each in maps_of(STUFFED)]
    assert len(names) == MOST_MAPS
    assert {"base", "normal", "emissive", "metallic_roughness", "clear"} <= set(names)


def test_no_two_samplers_share_a_unit_at_the_same_time() -> None:
    for material in (STUFFED, TOON):
        units = [each.unit for each in maps_of(material)]
        assert len(set(units)) == len(units)
    of_maps = set(UNITS.values())
    others = [unit for name, unit in SAMPLERS.items() if name not in UNITS]
    assert not of_maps & set(others)
    assert len(set(others)) == len(others)


def test_a_toon_takes_no_pictures_of_metal() -> None:
    names = {each.name for each in maps_of(TOON)}
    assert "occlusion" not in names
    assert {"shade", "shift", "rim", "matcap", "outline_width", "flow_mask"} <= names


def test_finishes_that_are_not_seen_cost_nothing() -> None:
    unseen = Material(
        clearcoat=Clearcoat(0.0, USE),
        sheen=Sheen((0.0, 0.0, 0.0), USE),
        transmission=Transmission(0.0, USE),
        iridescence=Iridescence(0.0, USE),
        anisotropy=Anisotropy(0.0, texture=USE),
    )
    assert maps_of(unseen) == ()
    assert look_features(unseen, ()) == look_features(Material(), ()) == frozenset()


def test_what_the_plain_surface_lacks_has_a_word_each() -> None:
    features = look_features(STUFFED, maps_of(STUFFED))
    assert {"FINISHED", "COATED", "VELVET", "CLEAR", "THICK", "FILMED", "BRUSHED"} <= features
    assert "FINISHED" in look_features(Material(ior=1.2), ())
    assert look_features(Material(unlit=True, ior=1.2), ()) == {"UNLIT"}


def test_a_mesh_without_uvs_keeps_its_matcap_alone() -> None:
    features = without_uvs(look_features(TOON, maps_of(TOON)))
    assert {name for name in features if name.endswith("_MAP")} == {"MATCAP_MAP"}
    assert "TEXTURED" not in features


def test_the_block_is_as_long_as_the_shader_says() -> None:
    folder = resources.files("avatar_desktop.render").joinpath("shaders")
    text = folder.joinpath("material.glsl").read_text("utf-8")
    block = text[text.index("{") : text.index("};")]
    vectors = len(re.findall(r"^\s+vec4 \w+;", block, re.MULTILINE))
    rows = re.search(r"uv_rows\[(\d+)\]", block)
    assert rows is not None
    assert int(rows[1]) == 2 * ROWS
    assert (vectors + int(rows[1])) * 16 == SURFACE_BYTES == surface_block(STUFFED).nbytes


def test_an_expression_changes_the_colours_it_names_and_moves_all_pictures() -> None:
    change = SurfaceChange(
        {"base": (0.1, 0.2, 0.3, 0.4), "rim": (0.5, 0.6, 0.7, 1.0)}, texture_offset=(0.25, 0.0)
    )
    toon = replace(TOON, toon=replace(TOON.toon or Toon(), shade_colour=(0.9, 0.8, 0.7)))
    after = changed(toon, change)
    assert after.base_colour == (0.1, 0.2, 0.3, 0.4)
    assert after.toon is not None
    assert after.toon.rim_colour == (0.5, 0.6, 0.7)
    assert after.toon.shade_colour == (0.9, 0.8, 0.7)
    before, block = surface_block(toon).reshape(-1, 4), surface_block(toon, change).reshape(-1, 4)
    moved = block[-2 * ROWS :: 2, 2] - before[-2 * ROWS :: 2, 2]
    used = {each.row for each in maps_of(toon)}
    assert {int(row) for row in moved.nonzero()[0]} == used
    assert moved[sorted(used)] == pytest.approx(0.25)
