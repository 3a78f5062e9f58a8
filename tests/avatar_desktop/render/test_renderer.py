from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.material import Image, Material
from avatar_desktop.avatar.texture import TextureUse
from avatar_desktop.avatar.toon import Toon
from avatar_desktop.render import programs as programs_module
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.opengl import load_gl
from avatar_desktop.render.quality import Quality
from avatar_desktop.render.renderer import Pixels, Renderer
from avatar_desktop.render.view import Gradient, Light, View
from tests.makers import figures

SIZE = 48
CLEAR = View(eye=(0, 0, 3), target=(0, 0, 0), fov_degrees=30, background=None)
RED, BLUE = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)


def _flat(colour: tuple[float, float, float], alpha: float = 1.0, **more: object) -> Material:
    return Material(base_colour=(*colour, alpha), unlit=True, **more)  # type: ignore[arg-type]


def _shot(renderer: Renderer, figure: Avatar, view: View = CLEAR, supersample: int = 1) -> Pixels:
    return renderer.snapshot(figure, figures.rest(figure), view, SIZE, SIZE, supersample)


def _middle(pixels: Pixels) -> list[int]:
    return pixels[SIZE // 2, SIZE // 2].tolist()


def _quads(*materials: Material, images: tuple[Image, ...] = (), apart: float = 0.2) -> Avatar:
    meshes = [
        figures.instance(figures.quad(material=index, z=index * apart))
        for index in range(len(materials))
    ]
    return figures.avatar(*meshes, materials=materials, images=images)


# -- background and alpha ------------------------------------------------------------------------


def test_a_transparent_picture_is_clear_around_the_avatar(renderer: Renderer) -> None:
    pixels = _shot(renderer, figures.avatar(figures.instance(figures.ball(0.4))))
    assert pixels[0, 0].tolist() == [0, 0, 0, 0]
    assert _middle(pixels)[3] == 255


def test_a_colour_background_comes_out_exactly(renderer: Renderer) -> None:
    view = replace(CLEAR, background=(51 / 255, 102 / 255, 204 / 255))
    assert _shot(renderer, figures.avatar(), view)[3, 3].tolist() == [51, 102, 204, 255]


def test_a_gradient_runs_from_top_to_bottom(renderer: Renderer) -> None:
    view = replace(CLEAR, background=Gradient(top=(1, 1, 1), bottom=(0, 0, 0)))
    pixels = _shot(renderer, figures.avatar(), view)
    assert pixels[0, 0, 0] > 250
    assert pixels[-1, 0, 0] < 5
    assert (np.diff(pixels[:, 5, 0].astype(int)) <= 1).all()


def test_a_glass_surface_lets_what_is_behind_through(renderer: Renderer) -> None:
    figure = _quads(_flat(RED), _flat(BLUE, 0.5, alpha_mode="BLEND"))
    assert _middle(_shot(renderer, figure)) == pytest.approx([128, 0, 128, 255], abs=1)


def test_glass_alone_is_straight_alpha_in_a_still(renderer: Renderer) -> None:
    figure = _quads(_flat(BLUE, 0.5, alpha_mode="BLEND"))
    assert _middle(_shot(renderer, figure)) == pytest.approx([0, 0, 255, 128], abs=2)


def test_glass_is_drawn_far_to_near_whatever_the_order_in_the_file(renderer: Renderer) -> None:
    red, blue = _flat(RED, 0.5, alpha_mode="BLEND"), _flat(BLUE, 0.5, alpha_mode="BLEND")
    near_last, near_first = _quads(red, blue), _quads(blue, red, apart=-0.2)
    assert _middle(_shot(renderer, near_last)) == _middle(_shot(renderer, near_first))


def test_a_mask_cuts_holes_and_leaves_no_glass(renderer: Renderer) -> None:
    kept = _flat(RED, 0.6, alpha_mode="MASK", alpha_cutoff=0.5)
    cut = _flat(RED, 0.4, alpha_mode="MASK", alpha_cutoff=0.5)
    assert _middle(_shot(renderer, _quads(kept))) == [255, 0, 0, 255]
    assert _middle(_shot(renderer, _quads(cut)))[3] == 0


# -- surfaces ------------------------------------------------------------------------------------


def test_an_unlit_colour_comes_out_as_the_author_gave_it(renderer: Renderer) -> None:
    figure = _quads(_flat((0.2140, 0.5, 0.0)))
    assert _middle(_shot(renderer, figure)) == pytest.approx([127, 188, 0, 255], abs=1)


def test_a_picture_on_a_surface_stands_upright(renderer: Renderer) -> None:
    pixels = np.zeros((2, 2, 4), np.uint8)
    pixels[..., 3] = 255
    pixels[0, 0], pixels[1, 1] = (255, 0, 0, 255), (0, 255, 0, 255)
    material = _flat((1, 1, 1), base_texture=TextureUse(0, nearest=True))
    picture = _shot(renderer, _quads(material, images=(Image("", pixels),)))
    upper_left, lower_right = picture[SIZE // 2 - 8, SIZE // 2 - 8], picture[-18, -18]
    assert upper_left.tolist() == [255, 0, 0, 255]
    assert lower_right.tolist() == [0, 255, 0, 255]


def test_a_texture_transform_moves_the_picture(renderer: Renderer) -> None:
    pixels = np.full((1, 2, 4), 255, np.uint8)
    pixels[0, 0] = (255, 0, 0, 255)
    shifted = TextureUse(0, nearest=True, offset=(0.5, 0.0))
    material = _flat((1, 1, 1), base_texture=shifted)
    picture = _shot(renderer, _quads(material, images=(Image("", pixels),)))
    assert picture[SIZE // 2, SIZE // 2 + 8].tolist() == [255, 0, 0, 255]


def test_the_back_of_a_surface_is_only_seen_when_it_has_two_sides(renderer: Renderer) -> None:
    behind = replace(CLEAR, eye=(0, 0, -3))
    assert _middle(_shot(renderer, _quads(_flat(RED)), behind))[3] == 0
    assert _middle(_shot(renderer, _quads(_flat(RED, double_sided=True)), behind))[3] == 255


def test_a_mirrored_node_is_not_turned_inside_out(renderer: Renderer) -> None:
    figure = _quads(_flat(RED))
    pose = figures.posed(figure, np.diag([-1, 1, 1, 1]).astype(np.float32)[None])
    assert _middle(renderer.snapshot(figure, pose, CLEAR, SIZE, SIZE, 1))[3] == 255


def test_a_surface_turned_to_the_key_is_lighter_than_one_turned_away(renderer: Renderer) -> None:
    pixels = _shot(renderer, figures.avatar(figures.instance(figures.ball(0.6)))).astype(int)
    towards_key, away = pixels[14, 14, :3].sum(), pixels[34, 34, :3].sum()
    assert towards_key > away * 1.3


def test_toon_shades_in_two_tones(renderer: Renderer) -> None:
    toon = Toon(shade_colour=(0.1, 0.0, 0.2), shading_toony=0.98)
    material = Material(base_colour=(1, 0.8, 0.7, 1), toon=toon)
    ball = figures.avatar(figures.instance(figures.ball(0.6)), materials=(material,))
    pixels = _shot(renderer, ball)
    covered = pixels[pixels[..., 3] == 255]
    tones, counts = np.unique(covered // 24, axis=0, return_counts=True)
    assert np.sort(counts)[-2:].sum() > 0.8 * len(covered)
    assert len(tones) > 1


def test_an_outline_is_a_band_around_the_shape_and_no_flood(renderer: Renderer) -> None:
    toon = Toon(shading_shift=1.0, outline_mode="world", outline_width=0.05)
    plain = replace(toon, outline_width=0.0)

    def covered(of: Toon) -> tuple[int, list[int]]:
        material = Material(base_colour=(1, 1, 1, 1), toon=of)
        ball = figures.avatar(figures.instance(figures.ball(0.5)), materials=(material,))
        pixels = _shot(renderer, ball)
        return int((pixels[..., 3] == 255).sum()), _middle(pixels)

    (outlined, middle), (bare, _) = covered(toon), covered(plain)
    assert 1.05 * bare < outlined < 1.5 * bare
    assert middle[0] > 200


def test_metal_tints_what_it_mirrors_and_plastic_does_not(renderer: Renderer) -> None:
    def highlight(metallic: float) -> float:
        material = Material(base_colour=(0.9, 0.1, 0.1, 1), metallic=metallic, roughness=0.6)
        ball = figures.avatar(figures.instance(figures.ball(0.6)), materials=(material,))
        lit = _shot(renderer, ball, replace(CLEAR, exposure=0.4)).astype(int)
        return float((lit[..., 1] / np.maximum(lit[..., 0], 1))[lit[..., 0] > 90].max())

    assert highlight(1.0) < 0.9 * highlight(0.0)


def test_a_normal_map_bends_the_light(renderer: Renderer) -> None:
    def middle(red: int) -> int:
        normal = np.asarray([[(red, 128, 200, 255)]], np.uint8)
        material = Material(
            base_colour=(0.6, 0.6, 0.6, 1), metallic=0, normal_texture=TextureUse(0)
        )
        return _middle(_shot(renderer, _quads(material, images=(Image("", normal),))))[0]

    # The key stands to the left: a surface bent to the left catches more of it.
    assert middle(40) > middle(215) + 20


def test_something_in_front_of_the_key_throws_a_shadow(renderer: Renderer) -> None:
    wall = figures.instance(figures.quad(width=2, height=2))
    screen = figures.instance(figures.ball(0.12, centre=(-0.3, 0.4, 0.42)))
    light = Light.studio()
    lit = replace(CLEAR, fov_degrees=40, light=light)
    unshadowed = replace(lit, light=replace(light, shadow=0.0))
    figure = figures.avatar(wall, screen)
    difference = _shot(renderer, figure, unshadowed).astype(int) - _shot(renderer, figure, lit)
    assert difference[..., 0].max() > 25
    assert difference[0:4, -4:, 0].max() <= 2


def test_feet_stand_on_a_soft_patch_only_when_it_is_wanted(renderer: Renderer) -> None:
    figure = figures.avatar(figures.instance(figures.ball(0.4)))
    seen_from_above = replace(CLEAR, eye=(0, 2.5, 2.0), ground_shadow=True)
    without = replace(seen_from_above, ground_shadow=False)
    shadowed, bare = _shot(renderer, figure, seen_from_above), _shot(renderer, figure, without)
    assert shadowed[..., 3].astype(int).sum() > bare[..., 3].astype(int).sum() + 1000


def _floor_shade(renderer: Renderer, fov: float = 60.0) -> NDArray[np.int_]:
    """What the key's shadow adds to the cover of the floor, with nothing behind it."""
    figure = figures.avatar(figures.instance(figures.ball(0.4)))
    view = replace(CLEAR, eye=(0, 2.5, 2.0), fov_degrees=fov, ground_shadow=True)
    unshadowed = replace(view, light=replace(view.light, shadow=0.0))
    renderer.quality = replace(renderer.quality, smooth_edges=False)
    shaded, plain = _shot(renderer, figure, view), _shot(renderer, figure, unshadowed)
    added = shaded[..., 3].astype(int) - plain[..., 3].astype(int)
    where = (added > 10) & (shaded[..., 3] < 128)
    assert shaded[where][:, :3].max() < 40, "a shadow is dark, and only that"
    return added


def test_the_key_throws_a_shadow_on_a_floor_that_is_nowhere(renderer: Renderer) -> None:
    added = _floor_shade(renderer)
    assert 12 < added.max() < 40, "seen, and clicks pass through it"
    assert added[:, SIZE // 2 :].sum() > 3 * added[:, : SIZE // 2].sum(), "away from the key"


def test_that_shadow_ends_before_the_picture_does(
    renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _floor_shade(renderer, fov=20.0)[:, -1].max() <= 2
    text = programs_module.shader_source
    monkeypatch.setattr(
        programs_module, "shader_source", lambda *of: text(*of).replace("blocked *=", "side *=")
    )
    cut = Renderer(renderer.quality)
    assert _floor_shade(cut, fov=20.0)[:, -1].max() > 10, "the bar trips"
    cut.close()


def test_exposure_makes_the_picture_lighter(renderer: Renderer) -> None:
    figure = figures.avatar(figures.instance(figures.ball(0.6)))
    dark, light = replace(CLEAR, exposure=0.5), replace(CLEAR, exposure=1.5)
    assert (
        _middle(_shot(renderer, figure, light))[0] > _middle(_shot(renderer, figure, dark))[0] + 40
    )


# -- hosts, sizes and life -----------------------------------------------------------------------


def test_the_same_frame_twice_is_the_same_to_the_bit(renderer: Renderer) -> None:
    figure = figures.busy_head(rows=20)
    assert (_shot(renderer, figure) == _shot(renderer, figure)).all()


def test_a_frame_lands_in_the_framebuffer_of_the_host(context: OffscreenContext) -> None:
    context.make_current()
    gl = load_gl()
    figure = _quads(_flat(RED))
    for quality in (Quality(1, 0), Quality(4, 256), Quality(4, 256, resolution_scale=0.5)):
        renderer = Renderer(quality)
        target, colour = int(gl.glGenFramebuffers(1)), int(gl.glGenRenderbuffers(1))
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, target)
        gl.glBindRenderbuffer(gl.GL_RENDERBUFFER, colour)
        gl.glRenderbufferStorage(gl.GL_RENDERBUFFER, gl.GL_RGBA8, SIZE, SIZE)
        gl.glFramebufferRenderbuffer(
            gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0, gl.GL_RENDERBUFFER, colour
        )
        renderer.draw(figure, figures.rest(figure), CLEAR, target, SIZE, SIZE)
        pixels = renderer.read_rgba(SIZE, SIZE)
        assert _middle(pixels) == [255, 0, 0, 255]
        assert pixels[0, 0].tolist() == [0, 0, 0, 0]
        assert gl.glGetError() == 0
        renderer.close()
        gl.glDeleteFramebuffers(1, [target])
        gl.glDeleteRenderbuffers(1, [colour])


def test_a_window_of_no_size_draws_nothing(renderer: Renderer) -> None:
    figure = _quads(_flat(RED))
    renderer.draw(figure, figures.rest(figure), CLEAR, 0, 0, 40)


def test_closing_leaves_no_gl_object_behind(context: OffscreenContext) -> None:
    context.make_current()
    gl = load_gl()
    asks = (gl.glIsTexture, gl.glIsBuffer, gl.glIsVertexArray, gl.glIsFramebuffer)
    asks += (gl.glIsRenderbuffer, gl.glIsSampler, gl.glIsProgram, gl.glIsShader)

    def alive() -> list[int]:
        return [sum(bool(ask(name)) for name in range(1, 400)) for ask in asks]

    before = alive()
    renderer = Renderer()
    textured = _flat((1, 1, 1), base_texture=TextureUse(0))
    image = Image("", np.full((4, 4, 4), 255, np.uint8))
    for figure in (_quads(textured, images=(image,)), figures.busy_head(rows=8)):
        _shot(renderer, figure)
        with_avatar = alive()
        renderer.forget(figure)
        assert sum(alive()) < sum(with_avatar)
    _shot(renderer, figures.bending_bar())
    renderer.close()
    renderer.close()
    assert alive() == before


def test_after_a_lost_context_a_new_renderer_draws_the_same() -> None:
    figure = figures.avatar(figures.instance(figures.ball(0.4)))
    pictures: list[Pixels] = []
    for _ in range(2):
        with OffscreenContext():
            renderer = Renderer(Quality(msaa=1, shadow_size=256))
            pictures.append(_shot(renderer, figure))
        renderer.abandon()
    assert (pictures[0] == pictures[1]).all()


def test_a_picture_beyond_the_driver_is_refused_in_words(renderer: Renderer) -> None:
    figure = _quads(_flat(RED))
    too_wide = renderer.graphics.max_texture_size + 1
    with pytest.raises(Exception, match="larger than this driver can draw"):
        renderer.snapshot(figure, figures.rest(figure), CLEAR, too_wide, 10)


# -- lesser drivers ------------------------------------------------------------------------------

LESSER_DRIVERS = {
    "softpipe": {"GALLIUM_DRIVER": "softpipe"},
    "like macOS": {"MESA_GL_VERSION_OVERRIDE": "4.1", "MESA_GLSL_VERSION_OVERRIDE": "410"},
}

_DRAW_ONE = """
import sys, numpy as np
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.quality import Quality
from avatar_desktop.render.renderer import Renderer
from avatar_desktop.render.view import View
from tests.makers import figures
head = figures.busy_head(rows=24, joints=70, targets=60)
pose = figures.rest(head, weights=np.full(60, 0.2, np.float32))
view = View(eye=(0, 1.6, 0.7), target=(0, 1.6, 0), background=None)
with OffscreenContext():
    renderer = Renderer(Quality(msaa=1, shadow_size=128, smooth_edges=False))
    np.save(sys.argv[1], renderer.snapshot(head, pose, view, 48, 48, 1))
    renderer.close()
"""


def _drawn_elsewhere(place: Path, extra: dict[str, str]) -> np.ndarray:
    root = Path(__file__).parents[3]
    environment = {**os.environ, **extra, "PYTHONPATH": str(root)}
    subprocess.run(
        [sys.executable, "-c", _DRAW_ONE, str(place)], env=environment, cwd=root, check=True
    )
    return np.load(place).astype(int)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the switches are Mesa's")
@pytest.mark.parametrize("driver", LESSER_DRIVERS)
def test_a_lesser_driver_draws_the_same_head(
    context: OffscreenContext, tmp_path: Path, driver: str
) -> None:
    theirs = _drawn_elsewhere(tmp_path / "theirs.npy", LESSER_DRIVERS[driver])
    ours = _drawn_elsewhere(tmp_path / "ours.npy", {})
    assert (theirs[..., 3] > 0).sum() == pytest.approx((ours[..., 3] > 0).sum(), rel=0.05)
    inside = (theirs[..., 3] == 255) & (ours[..., 3] == 255)
    assert np.abs(theirs - ours)[inside].mean() < 3


def test_stairs_are_blended_where_there_is_one_sample_per_pixel(context: OffscreenContext) -> None:
    context.make_current()
    figure = figures.avatar(
        figures.instance(figures.ball(0.5)),
        materials=(Material(base_colour=(0, 0, 0, 1), unlit=True),),
    )
    between: list[int] = []
    for smooth in (False, True):
        renderer = Renderer(Quality(msaa=1, shadow_size=0, smooth_edges=smooth))
        pixels = _shot(renderer, figure, replace(CLEAR, background=(1.0, 1.0, 1.0)))
        between.append(int(((pixels[..., 0] > 20) & (pixels[..., 0] < 235)).sum()))
        assert pixels[SIZE // 2, SIZE // 2, 0] == 0
        assert pixels[2, 2, 0] == 255
        renderer.close()
    assert between[0] == 0
    assert between[1] > 30
