"""Surfaces as pixels: each number of a toon, a finish or a change does what its name says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_desktop.avatar.finish import (
    Anisotropy,
    Clearcoat,
    Iridescence,
    Sheen,
    Transmission,
)
from avatar_desktop.avatar.material import Image, Material
from avatar_desktop.avatar.mesh import LINES, Primitive
from avatar_desktop.avatar.pose import SurfaceChange
from avatar_desktop.avatar.texture import TextureUse
from avatar_desktop.avatar.toon import Toon
from avatar_desktop.render.environment import Environment, environment_of
from avatar_desktop.render.renderer import Renderer
from avatar_desktop.render.view import Light, View
from tests.makers import figures

Floats = NDArray[np.float64]
SIZE = 64
SUN = (-0.6, 0.3, 0.8)
VIEW = View(
    eye=(0, 0, 6),
    target=(0, 0, 0),
    fov_degrees=15,
    background=None,
    tone_map="none",
    light=Light.sun(SUN),
)
HALF = np.full((2, 2, 4), 255, np.uint8)
HALF[:, 0, :3] = 0
IMAGES = (Image("black and white", HALF), Image("half", np.full((1, 1, 4), 128, np.uint8)))
BLACK_WHITE = TextureUse(0, nearest=True)


@pytest.fixture(scope="module")
def even() -> Environment:
    """A sky that is brighter above."""
    rows = np.linspace(1.0, 0.2, 16, dtype=np.float32)[:, None, None]
    return environment_of(np.broadcast_to(rows, (16, 32, 3)).astype(np.float32))


def light(pixels: NDArray[np.uint8]) -> Floats:
    srgb = pixels / 255.0
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    linear[..., 3] = srgb[..., 3]
    return linear


def seen(
    renderer: Renderer,
    *materials: Material,
    shape: Callable[[], Primitive] = lambda: figures.ball(0.6),
    behind: Primitive | None = None,
    changes: dict[int, SurfaceChange] | None = None,
    **view: Any,
) -> Floats:
    """A ball of the first material; `behind` wears the second."""
    parts = [figures.instance(shape())] + ([figures.instance(behind)] if behind else [])
    figure = figures.avatar(*parts, materials=materials, images=IMAGES)
    pose = replace(figures.rest(figure), surfaces=changes or {})
    pixels = renderer.snapshot(figure, pose, replace(VIEW, **view), SIZE, SIZE, 2)
    renderer.forget(figure)
    return light(pixels)


def toon(base: tuple[float, float, float] = (0.8, 0.8, 0.8), **numbers: Any) -> Material:
    look = {"shade_colour": (0.2, 0.2, 0.2), "shading_toony": 0.9} | numbers
    return Material(base_colour=(*base, 1.0), toon=Toon(**look))


def mean(picture: Floats) -> float:
    return float(picture[picture[..., 3] > 0.9, :3].mean())


def rises(values: list[float], by: float = 1e-3) -> bool:
    return all(later > earlier + by for earlier, later in pairwise(values))


# -- toon --------------------------------------------------------------------------------------


def test_a_lit_toon_shows_its_colours_as_written(renderer: Renderer) -> None:
    picture = seen(renderer, toon())
    values = picture[picture[..., 3] > 0.99, 0]
    assert np.isclose(values, 0.8, atol=0.01).mean() > 0.3
    assert np.isclose(values, 0.2, atol=0.01).mean() > 0.03
    assert (np.isclose(values, 0.8, atol=0.02) | np.isclose(values, 0.2, atol=0.02)).mean() > 0.9


def test_shading_shift_moves_the_edge_of_the_shade(renderer: Renderer) -> None:
    shifts = (-0.8, -0.4, 0.0, 0.4, 0.8)
    assert rises([mean(seen(renderer, toon(shading_shift=shift))) for shift in shifts])


def test_toony_sharpens_the_edge_of_the_shade(renderer: Renderer) -> None:
    def between(toony: float) -> float:
        values = seen(renderer, toon(shading_toony=toony))
        values = values[values[..., 3] > 0.99, 0]
        return float(((values > 0.25) & (values < 0.75)).mean())

    assert rises([between(toony) for toony in (0.95, 0.7, 0.4, 0.0)], by=0.02)


def test_textures_of_shade_and_shift_are_read(renderer: Renderer) -> None:
    dark = Light.sun((0.0, 0.0, -1.0))
    plain = seen(renderer, toon(), shape=figures.quad, light=dark)
    shaded = seen(renderer, toon(shade_texture=BLACK_WHITE), shape=figures.quad, light=dark)
    assert shaded[32, 20, 0] < 0.02
    assert shaded[32, 44, 0] == pytest.approx(plain[32, 44, 0], abs=0.01)
    shift = toon(shading_shift_texture=BLACK_WHITE, shading_shift_texture_scale=2.0)
    shifted = seen(renderer, shift, shape=figures.quad, light=dark)
    assert shifted[32, 20, 0] == pytest.approx(0.2, abs=0.01)
    assert shifted[32, 44, 0] == pytest.approx(0.8, abs=0.01)


def test_a_rim_lies_at_the_edge_and_its_power_narrows_it(renderer: Renderer) -> None:
    def rim(**numbers: Any) -> Floats:
        black = {"shade_colour": (0.0, 0.0, 0.0), "rim_colour": (1.0, 0.0, 0.0)} | numbers
        return seen(renderer, toon((0.0, 0.0, 0.0), **black))[..., 0]

    edge = rim(rim_fresnel_power=3.0)
    assert edge[32, 32] < 0.01
    assert edge[32, 8:16].max() > 0.1
    assert rises([rim(rim_fresnel_power=power).mean() for power in (8.0, 4.0, 1.0)])
    assert rises([rim(rim_lift=lift).mean() for lift in (0.0, 0.3, 0.6)])
    assert rim(rim_texture=TextureUse(1)).mean() < rim().mean() * 0.5


def test_a_matcap_is_fixed_to_the_eye(renderer: Renderer) -> None:
    black = {"shade_colour": (0.0, 0.0, 0.0), "matcap_texture": BLACK_WHITE}
    look = toon((0.0, 0.0, 0.0), **black)
    front = seen(renderer, look)
    side = seen(renderer, look, eye=(6, 0, 0))
    for picture in (front, side):
        assert picture[32, 20, 0] < 0.05
        assert picture[32, 44, 0] > 0.9
    assert seen(renderer, toon((0, 0, 0), **black, matcap_colour=(0.25, 1.0, 1.0)))[
        32, 44, 0
    ] == pytest.approx(0.25, abs=0.02)


def test_light_from_all_around_is_made_even(renderer: Renderer, even: Environment) -> None:
    def steep(equalization: float) -> float:
        look = toon(gi_equalization=equalization)
        picture = seen(renderer, look, environment=even, light=Light.sun(None))
        return float(picture[16, 32, 0] - picture[47, 32, 0])

    assert steep(0.0) > 0.1
    assert rises([steep(share) for share in (1.0, 0.5, 0.0)], by=0.02)


def outline_of(renderer: Renderer, **numbers: Any) -> Floats:
    look = toon(outline_colour=(1.0, 0.0, 0.0), outline_lighting_mix=0.0, **numbers)
    picture = seen(renderer, look)
    return (picture[..., 0] > 0.4) & (picture[..., 1] < 0.1) & (picture[..., 3] > 0.5)


@pytest.mark.parametrize("mode", ["world", "screen"])
def test_an_outline_is_a_band_of_its_width(renderer: Renderer, mode: str) -> None:
    pixels = 4.0
    height = 2 * 6 * np.tan(np.radians(7.5))
    width = pixels / SIZE * (height if mode == "world" else 1.0)
    band = outline_of(renderer, outline_mode=mode, outline_width=width)
    row = np.flatnonzero(band[32])
    assert not band[32, 20:44].any()
    assert len(row) / 2 == pytest.approx(pixels, abs=1.5)
    assert band.mean() < 0.25  # a band, not a flood


def test_an_outline_on_the_screen_does_not_shrink_with_distance(renderer: Renderer) -> None:
    def bands(mode: str, distance: float) -> float:
        look = toon(outline_mode=mode, outline_width=0.05, outline_lighting_mix=0.0)
        black = seen(renderer, look, eye=(0, 0, distance))[32]
        return float(((black[:, 3] > 0.5) & (black[:, 0] < 0.05)).sum())

    assert bands("screen", 12.0) == pytest.approx(bands("screen", 6.0), abs=2)
    assert bands("world", 12.0) < 0.7 * bands("world", 6.0)


def test_outlines_take_width_from_a_picture_and_light_if_asked(renderer: Renderer) -> None:
    whole = outline_of(renderer, outline_mode="world", outline_width=0.1)
    half = outline_of(
        renderer, outline_mode="world", outline_width=0.1, outline_width_texture=TextureUse(1)
    )
    assert half.sum() < 0.7 * whole.sum()
    lit = toon(
        outline_mode="world", outline_width=0.1, outline_colour=(1, 0, 0), outline_lighting_mix=1.0
    )
    picture = seen(renderer, lit)
    red = picture[(picture[..., 1] < 0.02) & (picture[..., 3] > 0.99), 0]
    assert np.isclose(red, 0.8, atol=0.05).any()
    assert np.isclose(red, 0.2, atol=0.05).any()


def test_pictures_move_with_time_where_the_mask_lets_them(renderer: Renderer) -> None:
    base = Material(base_texture=BLACK_WHITE, toon=Toon(uv_scroll=(0.5, 0.0)))
    light = Light.sun((0, 0, 1))
    look = {"shape": figures.quad, "light": light}
    still, later = (seen(renderer, base, time=time, **look) for time in (0.0, 1.0))
    assert still[32, 20, 0] < 0.05
    assert later[32, 20, 0] > 0.9
    assert np.allclose(seen(renderer, base, time=2.0, **look), still, atol=0.02)
    masked = replace(base, toon=Toon(uv_scroll=(0.5, 0.0), uv_mask_texture=BLACK_WHITE))
    assert np.allclose(seen(renderer, masked, time=1.0, **look)[32, 20], still[32, 20], atol=0.02)
    turned = replace(base, toon=Toon(uv_rotation=np.pi))
    assert seen(renderer, turned, time=1.0, **look)[32, 20, 0] > 0.9


def test_a_blended_toon_that_writes_depth_hides_what_is_drawn_later(renderer: Renderer) -> None:
    def red(*, writes: bool) -> float:
        look = Toon(z_write_when_blended=writes)
        veil = Material(base_colour=(0, 0, 1, 0.5), alpha_mode="BLEND", toon=look)
        wall = Material(base_colour=(1, 0, 0, 0.5), alpha_mode="BLEND", unlit=True)
        far = figures.quad(z=-0.5, material=1)
        return float(seen(renderer, veil, wall, shape=figures.quad, behind=far)[32, 32, 0])

    assert red(writes=False) > 0.05
    assert red(writes=True) < 0.02


def test_the_queue_wins_over_distance(renderer: Renderer) -> None:
    def red(offset: int) -> float:
        near = Material(base_colour=(0, 0, 1, 0.9), alpha_mode="BLEND", toon=Toon())
        order = Toon(queue_offset=offset)
        far = Material(base_colour=(1, 0, 0, 0.9), alpha_mode="BLEND", unlit=True, toon=order)
        wall = figures.quad(z=-0.5, material=1)
        near = replace(near, toon=Toon(queue_offset=-1))
        return float(seen(renderer, near, far, shape=figures.quad, behind=wall)[32, 32, 0])

    assert red(0) > 0.5  # drawn after the nearer one
    assert red(-2) < 0.2


# -- finishes ----------------------------------------------------------------------------------


def test_plain_numbers_of_finishes_change_nothing(renderer: Renderer, even: Environment) -> None:
    base = Material(base_colour=(0.7, 0.3, 0.2, 1.0), metallic=0.2, roughness=0.4)
    finished = replace(base, clearcoat=Clearcoat(1e-6))
    for light in ({}, {"environment": even}):
        plain, same = (seen(renderer, each, **light) for each in (base, finished))
        at_most = 0.012 if light else 0.15  # the studio's skin has a warm terminator of its own
        assert np.abs(plain - same).mean() < at_most


def test_an_ior_of_one_mirrors_nothing(renderer: Renderer, even: Environment) -> None:
    black = Material(base_colour=(0, 0, 0, 1), metallic=0.0, roughness=0.3)
    lights = [
        mean(seen(renderer, replace(black, ior=ior), environment=even, light=Light.sun(None)))
        for ior in (1.0, 1.3, 1.5, 2.0)
    ]
    assert rises(lights)


def test_lacquer_mirrors_more_the_stronger_it_is(renderer: Renderer, even: Environment) -> None:
    matt = Material(base_colour=(0.02, 0.02, 0.02, 1), metallic=0.0, roughness=1.0)
    strengths = (0.0, 0.5, 1.0)
    lights = [
        mean(seen(renderer, replace(matt, clearcoat=Clearcoat(each)), environment=even))
        for each in strengths
    ]
    assert rises(lights)


def test_velvet_glows_where_it_turns_away(renderer: Renderer, even: Environment) -> None:
    cloth = Material(base_colour=(0, 0, 0, 1), metallic=0.0, roughness=1.0)
    velvet = replace(cloth, sheen=Sheen((1.0, 0.0, 0.0), roughness=0.4))
    bare, glowing = (seen(renderer, each, environment=even) for each in (cloth, velvet))
    gain = (glowing - bare)[..., 0]
    assert gain[32, 12] > gain[32, 32] + 0.02
    assert gain.min() > -0.02


def test_velvet_keeps_the_light_that_it_sends_back(renderer: Renderer, even: Environment) -> None:
    white = Material(base_colour=(1, 1, 1, 1), metallic=0.0, roughness=1.0)
    grey = environment_of(np.full((16, 32, 3), 0.5, np.float32))
    velvet = replace(white, sheen=Sheen((1.0, 1.0, 1.0), roughness=0.6))
    picture = seen(renderer, velvet, environment=grey, light=Light.sun(None))
    assert np.allclose(picture[picture[..., 3] > 0.99, :3], 0.5, atol=0.04)


CHECKS = Material(unlit=True, base_texture=TextureUse(0, nearest=True, scale=(6.0, 1.0)))
WALL = figures.quad(width=3, height=3, z=-1.0, material=1)


def test_rough_glass_blurs_what_is_behind(renderer: Renderer, even: Environment) -> None:
    def stripes(roughness: float) -> float:
        glass = Material(
            metallic=0.0, roughness=roughness, ior=1.5, transmission=Transmission(strength=1.0)
        )
        picture = seen(renderer, glass, CHECKS, behind=WALL, environment=even)
        return float(picture[26:38, 22:42, 0].std())

    assert rises([stripes(roughness) for roughness in (0.9, 0.4, 0.0)], by=0.02)


def test_thick_glass_takes_colour_from_light_and_bends_it(
    renderer: Renderer, even: Environment
) -> None:
    def through(distance: float | None, thickness: float = 1.0) -> Floats:
        inside = Transmission(1.0, None, thickness, None, distance, (1.0, 0.2, 0.2))
        glass = Material(metallic=0.0, roughness=0.0, transmission=inside)
        return seen(renderer, glass, CHECKS, behind=WALL, environment=even)

    greens = [through(distance)[28:36, 28:36, 1].mean() for distance in (0.3, 1.0, 4.0, None)]
    assert rises(greens)
    assert np.abs(through(None) - through(None, 0.0))[20:44, 20:44].mean() > 0.05


def test_glass_is_seen_through_glass(renderer: Renderer, even: Environment) -> None:
    """A red pane behind a clear one, in either order of the file."""

    def middle(*heights: float) -> Floats:
        panes = [
            Material(
                base_colour=(1.0, rest, rest, 1.0),
                metallic=0.0,
                roughness=0.0,
                transmission=Transmission(strength=1.0),
            )
            for rest in (0.1, 1.0)
        ]
        parts = [
            figures.instance(figures.quad(z=height, material=place))
            for place, height in enumerate(heights)
        ]
        wall = figures.instance(figures.quad(width=3, height=3, z=-1.0, material=2))
        white = Material(base_colour=(0.8, 0.8, 0.8, 1.0), unlit=True)
        figure = figures.avatar(wall, *parts, materials=(*panes, white))
        view = replace(VIEW, environment=even, light=Light.sun(None))
        return light(renderer.snapshot(figure, figures.rest(figure), view, SIZE, SIZE, 2))[32, 32]

    alone, behind, before = middle(0.0), middle(0.0, 0.5), middle(0.5, 0.0)
    assert alone[0] > 3 * alone[1]
    assert behind[0] > 2 * behind[1], "the red pane is seen through the clear one"
    assert np.allclose(behind, before, atol=0.1), "two panes filter alike in either order"


def test_lines_are_as_wide_in_a_fine_still(renderer: Renderer) -> None:
    ends = np.asarray([(-0.4, 0, 0), (0.4, 0, 0)], np.float32)
    line = replace(
        figures.quad(),
        positions=ends,
        given_normals=np.asarray([(0, 0, 1), (0, 0, 1)], np.float32),
        indices=np.asarray([0, 1], np.uint32),
        mode=LINES,
        uvs=(),
    )
    figure = figures.avatar(figures.instance(line), materials=(Material(unlit=True),))
    covers = [
        int(renderer.snapshot(figure, figures.rest(figure), VIEW, SIZE, SIZE, times)[..., 3].sum())
        for times in (1, 4)
    ]
    assert covers[1] == pytest.approx(covers[0], rel=0.15)


def test_glass_before_nothing_leaves_the_desktop_visible(
    renderer: Renderer, even: Environment
) -> None:
    glass = Material(metallic=0.0, roughness=0.0, transmission=Transmission(strength=1.0))
    middle = seen(renderer, glass, environment=even, light=Light.sun(None))[32, 32]
    assert 0.0 < middle[3] < 0.3


def test_a_film_has_other_colours_at_other_thicknesses(
    renderer: Renderer, even: Environment
) -> None:
    metal = Material(base_colour=(0.5, 0.5, 0.5, 1), metallic=1.0, roughness=0.2)
    hues: list[Floats] = []
    for thickness in (200.0, 350.0, 500.0):
        film = Iridescence(1.0, None, 1.6, (100.0, thickness))
        picture = seen(renderer, replace(metal, iridescence=film), environment=even)
        middle = picture[28:36, 28:36, :3].mean(axis=(0, 1))
        hues.append(middle / middle.sum())
    assert all(np.abs(a - b).max() > 0.02 for a, b in pairwise(hues))


def test_brushing_draws_the_highlight_out(renderer: Renderer) -> None:
    night = environment_of(np.full((16, 32, 3), 0.01, np.float32))

    def spread(strength: float) -> tuple[float, float]:
        metal = Material(metallic=1.0, roughness=0.35, anisotropy=Anisotropy(strength))
        picture = seen(
            renderer, metal, environment=night, light=Light.sun((0, 0, 1)), exposure=0.02
        )[..., 0]
        rows, columns = np.nonzero(picture > 0.3 * picture.max())
        return float(np.ptp(rows)), float(np.ptp(columns))

    round_rows, round_columns = spread(0.0)
    rows, columns = spread(0.6)
    assert round_rows == pytest.approx(round_columns, abs=2)
    assert columns > 1.5 * rows or rows > 1.5 * columns


# -- what changes ------------------------------------------------------------------------------


def test_an_expression_colours_a_surface_and_moves_its_pictures(renderer: Renderer) -> None:
    base = Material(unlit=True, base_texture=BLACK_WHITE)
    plain = seen(renderer, base, shape=figures.quad)
    moved = seen(
        renderer,
        base,
        shape=figures.quad,
        changes={0: SurfaceChange(texture_offset=(0.5, 0.0))},
    )
    red = seen(
        renderer,
        base,
        shape=figures.quad,
        changes={0: SurfaceChange({"base": (1.0, 0.0, 0.0, 1.0)})},
    )
    assert plain[32, 20, 0] < 0.05 < moved[32, 20, 0]
    assert red[32, 44] == pytest.approx([1.0, 0.0, 0.0, 1.0], abs=0.02)


def test_a_changed_surface_goes_back_to_what_it_was(renderer: Renderer) -> None:
    figure = figures.avatar(
        figures.instance(figures.quad()), materials=(Material(unlit=True),), images=IMAGES
    )
    rest = figures.rest(figure)
    changed = replace(rest, surfaces={0: SurfaceChange({"base": (0.0, 0.0, 0.0, 1.0)})})
    values = [
        int(renderer.snapshot(figure, pose, VIEW, 16, 16, 1)[8, 8, 0])
        for pose in (rest, changed, rest)
    ]
    assert values == [255, 0, 255]


def test_hidden_nodes_hide_what_hangs_on_them(renderer: Renderer) -> None:
    bones = figures.skeleton((0, 0, 0), (0, 0, 0))
    figure = figures.avatar(figures.instance(figures.quad(), node=1), bones=bones)
    rest = figures.rest(figure)
    for hidden, alpha in ((frozenset[int](), 255), (frozenset({0}), 0), (frozenset({1}), 0)):
        pose = replace(rest, hidden=hidden)
        assert renderer.snapshot(figure, pose, VIEW, 16, 16, 1)[8, 8, 3] == alpha


def test_an_outfit_is_worn_by_the_parts_that_know_it(renderer: Renderer) -> None:
    worn = (Material(unlit=True), Material(unlit=True, base_colour=(0, 0, 0, 1)))
    part = replace(figures.quad(), variants={1: 1})
    figure = replace(
        figures.avatar(figures.instance(part), materials=worn), variants=("day", "night")
    )
    rest = figures.rest(figure)
    values = [
        int(renderer.snapshot(figure, rest, replace(VIEW, outfit=outfit), 16, 16, 1)[8, 8, 0])
        for outfit in (None, 0, 1)
    ]
    assert values == [255, 255, 0]


def test_tangents_turn_with_the_face(renderer: Renderer) -> None:
    bump = Image("bump", np.full((1, 1, 4), (255, 128, 128, 255), np.uint8))
    material = Material(metallic=0.0, roughness=1.0, normal_texture=TextureUse(0))
    base = figures.quad()
    count = len(base.positions)
    tangents = np.tile(np.asarray([1, 0, 0, 1], np.float32), (count, 1))
    turn = np.tile(np.asarray([-2, 0, 0], np.float32), (1, count, 1))
    still = np.zeros((1, count, 3), np.float32)
    part = replace(base, given_tangents=tangents, target_positions=still, target_tangents=turn)
    figure = figures.avatar(figures.instance(part), materials=(material,), images=(bump,))
    side = replace(VIEW, light=Light.sun((1.0, 0.0, 0.2)))
    values = [
        int(
            renderer.snapshot(
                figure, figures.rest(figure, weights=np.float32([on])), side, 16, 16, 1
            )[8, 8, 0]
        )
        for on in (0.0, 1.0)
    ]
    assert values[0] > values[1] + 40
