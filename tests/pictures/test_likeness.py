"""Our pictures of the public models beside those another engine drew: shape and colour.

`dev.py test` takes a sample, `dev.py bars` all of them; `dev.py pictures likeness` makes sheets.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from avatar_desktop.errors import GraphicsError
from avatar_desktop.film.hdr_picture import decode_hdr
from avatar_desktop.render.egl import OffscreenContext
from tests.makers import public_models, radiance
from tests.pictures import likeness

pytestmark = [
    public_models.needs_models,
    pytest.mark.skipif(not likeness.entries(), reason="the reference pictures are absent"),
]

# One or two for each thing that can go wrong: colours, maps, cuts, two uv sets, skins, morphs,
# mirrored nodes, the sky, a drawn look.
SAMPLE = (
    "khronos-BoxTextured",
    "khronos-NegativeScaleTest",
    "khronos-TextureCoordinateTest",
    "khronos-TextureEncodingTest-sky",
    "khronos-VertexColorTest",
    "khronos-CesiumMan-clip0",
    "khronos-MorphStressTest-clip1",
    "faces-facecap-plain",
    "asset-generator-Material_07",
    "vrm1-mtoon_default",
)

# Each shows a wrong mark, colour or place where a feature is missing or wrong.
TEST_CARDS = (
    "khronos-AlphaBlendModeTest",
    "khronos-AnisotropyStrengthTest",
    "khronos-AttenuationTest",
    "khronos-ClearCoatTest",
    "khronos-ClearCoatTest-sky",
    "khronos-EmissiveStrengthTest",
    "khronos-InterpolationTest-clip2",
    "khronos-MorphPrimitivesTest",
    "khronos-MorphStressTest",
    "khronos-MorphStressTest-clip1",
    "khronos-MultiUVTest",
    "khronos-NegativeScaleTest",
    "khronos-NegativeScaleTest-sky",
    "khronos-NormalTangentTest",
    "khronos-OrientationTest",
    "khronos-RecursiveSkeletons",
    "khronos-SimpleInstancing",
    "khronos-SpecularTest",
    "khronos-SpecularTest-sky",
    "khronos-TextureCoordinateTest",
    "khronos-TextureEncodingTest",
    "khronos-TextureEncodingTest-sky",
    "khronos-TextureSettingsTest",
    "khronos-TextureTransformMultiTest",
    "khronos-TextureTransformTest",
    "khronos-UnlitTest",
    "khronos-VertexColorTest",
    "vrm0-mtoon1_vrm0_gamma",
    "vrm1-mtoon1_2_20_61_vrm1",
    "vrm1-mtoon_default",
    "vrm1-mtoon_rimLightingMix_0p5",
    "vrm1-mtoon_shadingShift_1",
    "vrm1-mtoon_shadingToony_0",
    "vrm1-multi_uv_vrm1",
    "vrm1-VRMC_vrm_expressions_isBinary_Overridden",
)


@pytest.fixture(scope="module", autouse=True)
def screenless() -> None:
    try:
        OffscreenContext().close()
    except GraphicsError as error:
        pytest.skip(f"no EGL here: {error}")


def _score(entry: likeness.Entry, **changed: object) -> likeness.Score:
    ours = likeness.drawn(entry | changed)
    return likeness.compared(likeness.name_of(entry), ours, likeness.reference(entry))


def test_pictures_of_the_sample_are_like_the_references(bar: Callable[..., None]) -> None:
    chosen = [entry for entry in likeness.entries() if likeness.name_of(entry) in SAMPLE]
    scores = [_score(entry) for entry in chosen]
    assert len(scores) == len(SAMPLE)
    bar("likeness, sample: worst IoU", min(score.shape for score in scores), at_least=0.985)
    bar("likeness, sample: worst ΔE", max(score.colour for score in scores), at_most=2.0)
    bar("likeness, sample: worst patch", max(score.patch for score in scores), at_most=4.0)


@pytest.mark.timeout(900)
def test_all_pictures_are_like_the_references(bar: Callable[..., None], full_length: bool) -> None:
    if not full_length:
        pytest.skip("all pictures are drawn by dev.py bars")
    scores = [_score(entry) for entry in likeness.entries()]
    sums = likeness.summary(scores)
    bar("likeness: median IoU", sums["median IoU"], at_least=0.995)
    bar("likeness: median ΔE", sums["median dE"], at_most=0.8)
    bar("likeness: share of pictures within", sums["share within"], at_least=0.98)
    cards = [score.patch for score in scores if score.name in TEST_CARDS]
    assert len(cards) == len(TEST_CARDS)
    bar("likeness: worst patch of the cards that check themselves", max(cards), at_most=4.0)


def test_light_turned_by_a_quarter_is_noticed(tmp_path: Path) -> None:
    """The mutation: with the picture of light turned, the same ball is far off."""
    models = public_models.folder()
    assert models is not None
    entry = next(e for e in likeness.entries() if likeness.name_of(e) == "vrm0-sphere")
    light = decode_hdr((models / entry["light"]).read_bytes(), "light")
    turned = tmp_path / "turned.hdr"
    turned.write_bytes(radiance.hdr(np.roll(light, light.shape[1] // 4, axis=1)))
    right, wrong = _score(entry), _score(entry, light=str(turned))
    assert right.colour < 1.0
    assert wrong.colour > 3.0


def test_a_shape_that_is_moved_and_a_colour_that_is_off_are_scored() -> None:
    square = np.zeros((64, 64, 4), np.uint8)
    square[16:48, 16:48] = (180, 90, 60, 255)
    moved, tinted = np.roll(square, 4, axis=1), square.copy()
    tinted[16:48, 16:48, 2] = 120
    darker = square.copy()
    darker[..., :3] = darker[..., :3] * 0.9
    stained = square.copy()
    stained[32:40, 32:44] = (60, 180, 60, 255)
    same = likeness.compared("same", square, square)
    assert (same.shape, round(same.colour, 6)) == (1.0, 0.0)
    assert likeness.compared("moved", moved, square).shape < 0.8
    assert likeness.compared("tinted", tinted, square).colour > 8
    assert likeness.compared("darker", darker, square).colour < 1
    assert likeness.compared("stained", stained, square).patch > 8
