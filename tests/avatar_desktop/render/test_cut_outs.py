"""What a picture cuts out of a surface has edges as smooth as the surface's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_desktop.avatar.material import Image, Material
from avatar_desktop.avatar.texture import TextureUse
from avatar_desktop.render import surface_pass
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.quality import Quality
from avatar_desktop.render.renderer import Renderer
from avatar_desktop.render.view import View
from tests.makers import figures

SIZE = 96
VIEW = View(eye=(0, 0, 3), target=(0, 0, 0), fov_degrees=24, background=None)


def _disc() -> Image:
    """A round hole's opposite: solid within, nothing without."""
    down, across = np.mgrid[0:64, 0:64] - 31.5
    texels = np.full((64, 64, 4), 255, np.uint8)
    texels[..., 3] = np.clip(128 + (20 - np.hypot(across, down)) * 40, 0, 255)
    return Image("disc", texels)


def _drawn(context: OffscreenContext, msaa: int, view: View = VIEW) -> NDArray[np.int_]:
    context.make_current()
    cut = Material(
        base_colour=(1.0, 0.0, 0.0, 1.0),
        unlit=True,
        alpha_mode="MASK",
        base_texture=TextureUse(0),
    )
    disc = figures.avatar(figures.instance(figures.quad()), materials=(cut,), images=(_disc(),))
    renderer = Renderer(Quality(msaa=msaa, shadow_size=0, smooth_edges=False))
    if renderer.graphics.max_samples < msaa:
        pytest.skip("this driver takes one sample a pixel")
    pixels = renderer.snapshot(disc, figures.rest(disc), view, SIZE, SIZE, 1)
    renderer.close()
    return pixels.astype(int)


def _steps(picture: NDArray[np.int_]) -> int:
    return len(np.unique(picture[..., 3]))


def test_the_edge_of_a_cut_out_is_smooth_where_a_pixel_has_samples(
    context: OffscreenContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    hard, smooth = _drawn(context, 1), _drawn(context, 4)
    assert _steps(hard) == 2
    assert _steps(smooth) >= 4
    assert smooth[..., 3].sum() == pytest.approx(hard[..., 3].sum(), rel=0.03), "no larger for it"
    monkeypatch.setattr(surface_pass, "SOFT_MASK", frozenset[str]())
    assert _steps(_drawn(context, 4)) == 2, "the bar trips"


def test_a_smooth_edge_is_the_surface_s_own_colour(context: OffscreenContext) -> None:
    picture = _drawn(context, 4)
    edge = (picture[..., 3] > 0) & (picture[..., 3] < 255)
    assert (picture[edge][:, 0] > 250).all()
    mixed = _drawn(context, 4, replace(VIEW, background=(0.0, 0.0, 1.0)))
    assert (mixed[..., 3] == 255).all()
    assert mixed[edge][:, [0, 2]].sum(axis=1) == pytest.approx(255, abs=3)
