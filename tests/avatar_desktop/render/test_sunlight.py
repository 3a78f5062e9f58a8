from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from avatar_desktop.render.extent import Extent
from avatar_desktop.render.sunlight import shadow_frame
from avatar_desktop.render.view import View

BODY = Extent(np.asarray([-0.4, 0.0, -0.2], np.float32), np.asarray([0.4, 1.7, 0.2], np.float32))
PORTRAIT = View(eye=(0, 1.5, 1.3), target=(0, 1.5, 0))
SIZE = 512


def _seen(view: View, point: tuple[float, float, float]) -> np.ndarray:
    return shadow_frame(view, 0.8, BODY, SIZE).shadow_from_world @ np.asarray([*point, 1.0])


def test_the_map_covers_what_the_camera_sees_and_every_caster_on_the_way() -> None:
    assert (np.abs(_seen(PORTRAIT, PORTRAIT.target)[:2]) < 0.02).all()
    for corner in (BODY.low, BODY.high):
        assert abs(_seen(PORTRAIT, tuple(corner))[2]) <= 1.0


def test_a_portrait_gets_finer_shadows_than_a_whole_figure() -> None:
    whole = replace(PORTRAIT, eye=(0, 0.85, 4.5), target=(0, 0.85, 0))
    fine, coarse = (shadow_frame(view, 0.8, BODY, SIZE) for view in (PORTRAIT, whole))
    assert fine.texel < 0.6 * coarse.texel


@pytest.mark.parametrize("step", [0.0003, 0.0011, 0.017])
def test_a_moving_camera_moves_the_map_in_whole_texels(step: float) -> None:
    moved = replace(PORTRAIT, eye=(step, 1.5 + step, 1.3), target=(step, 1.5 + step, 0))
    shift = (_seen(moved, (0, 1, 0)) - _seen(PORTRAIT, (0, 1, 0)))[:2] * SIZE / 2
    assert shift == pytest.approx(np.round(shift), abs=1e-3)


def test_a_key_straight_above_still_has_a_map() -> None:
    key = replace(PORTRAIT.light.key, towards=(0.0, 1.0, 0.0))
    above = replace(PORTRAIT, light=replace(PORTRAIT.light, key=key))
    assert np.isfinite(shadow_frame(above, 0.8, BODY, SIZE).shadow_from_world).all()
