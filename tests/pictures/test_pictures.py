from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from avatar_desktop.errors import GraphicsError
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.renderer import Renderer
from tests.pictures.scenes import SCENES, SIZE

GOLDENS = Path(__file__).parent / "goldens"
MEAN_STEPS = 1.0  # of 255; drivers and processors round differently
WORST_SHARE, WORST_STEPS = 0.004, 12  # edges may fall a sample to either side


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    try:
        context = OffscreenContext()
    except GraphicsError as error:
        pytest.skip(f"no EGL here: {error}")
    with context:
        drawn = Renderer()
        yield drawn
        drawn.close()


@pytest.mark.parametrize("name", SCENES)
def test_the_picture_is_the_one_that_was_approved(renderer: Renderer, name: str) -> None:
    scene = SCENES[name]()
    found = renderer.snapshot(scene.avatar, scene.pose, scene.view, SIZE, SIZE)
    renderer.forget(scene.avatar)
    with Image.open(GOLDENS / f"{name}.png") as picture:
        approved = np.asarray(picture.convert("RGBA"))
    difference = np.abs(found.astype(int) - approved).max(axis=-1)
    advice = "look at `python -m tests.pictures FOLDER`, then approve with --approve"
    assert difference.mean() <= MEAN_STEPS, advice
    assert (difference > WORST_STEPS).mean() <= WORST_SHARE, advice
