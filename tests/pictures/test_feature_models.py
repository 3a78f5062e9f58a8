"""The models that check themselves: their written criterion, by pixel probes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.texture import TextureUse
from avatar_desktop.errors import GraphicsError
from avatar_desktop.motion.hierarchy import rest_pose
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.extent import posed_extent, posed_positions
from avatar_desktop.render.quality import Quality
from avatar_desktop.render.renderer import Renderer
from avatar_desktop.render.view import Light
from tests.makers.public_models import needs_models
from tests.pictures import probes
from tests.pictures.probes import brightness, drawn, far_apart, highlight, khronos, only, part

pytestmark = needs_models


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    try:
        context = OffscreenContext()
    except GraphicsError as error:
        pytest.skip(f"no EGL here: {error}")
    with context:
        made = Renderer(Quality(msaa=1, shadow_size=0, smooth_edges=False))
        yield made
        made.close()


def test_alpha_is_ignored_cut_or_blended_as_each_mode_says(renderer: Renderer) -> None:
    avatar = khronos("AlphaBlendModeTest")

    def alpha(name: str) -> np.ndarray:
        return drawn(renderer, only(avatar, name))[..., 3]

    whole = (alpha("TestOpaque") > 0.5).mean()
    cut = [(alpha(f"TestCutoff{each}") > 0.5).mean() / whole for each in ("75", "Default", "25")]
    assert cut == pytest.approx([0.25, 0.5, 0.75], abs=0.06)
    between = alpha("TestBlend")
    assert ((between > 0.1) & (between < 0.9)).mean() > 0.5 * whole
    edges = alpha("TestCutoffDefault")
    assert ((edges > 0.1) & (edges < 0.9)).mean() < 0.08


@pytest.mark.parametrize(
    "name",
    [
        *("SingleSidedMesh", "DoubleSidedMesh", "TextureClampMeshS", "TextureClampMeshT"),
        *("TextureRepeatMeshS", "TextureRepeatMeshT", "TextureMirrorMeshS", "TextureMirrorMeshT"),
    ],
)
def test_a_texture_setting_looks_like_its_sample(renderer: Renderer, name: str) -> None:
    avatar = only(khronos("TextureSettingsTest"), name)
    extent = probes.extent_at_rest(avatar)
    picture = drawn(renderer, avatar)
    low, high, y = extent.low[0] + 0.45, extent.high[0] - 0.45, extent.centre[1]
    test = part(picture, extent, (low, y), (0.8, 0.8))
    sample = part(picture, extent, (high, y), (0.8, 0.8))
    assert far_apart(test, sample) < 0.03
    assert test[..., 1].mean() > test[..., 0].mean() * 1.5  # a green tick, not a red cross


@pytest.mark.parametrize(
    "feature",
    [
        *("BaseColor", "Emission", "Normal", "MetalRough", "Occlusion", "Unlit"),
        *("Clearcoat", "ClearcoatRough", "ClearcoatNormal"),
    ],
)
def test_every_texture_is_moved_on_either_uv_set(renderer: Renderer, feature: str) -> None:
    avatar = khronos("TextureTransformMultiTest")
    names = {avatar.skeleton.names[mesh.node] for mesh in avatar.meshes}
    wanted = sorted(
        name
        for name in names
        if name.lower() in {f"{feature}{end}".lower() for end in ("UV0", "UV1", "Sample")}
    )
    if len(wanted) < 3:
        pytest.skip(f"the model has no {feature}: {sorted(names)}")
    sample, *tests = (drawn(renderer, only(avatar, name)) for name in wanted)
    assert all(far_apart(sample, test) < 0.05 for test in tests)


def test_a_rotated_texture_points_to_the_mark_of_success(renderer: Renderer) -> None:
    avatar = probes.opened("khronos/TextureTransformTest/glTF/TextureTransformTest.gltf")
    alone = only(avatar, "All")
    extent, picture = probes.extent_at_rest(alone), drawn(renderer, alone)
    marks = {
        avatar.skeleton.names[mesh.node]: posed_positions(
            mesh, mesh.primitives[0], rest_pose(avatar)
        ).mean(axis=0)
        for mesh in avatar.meshes
    }

    def darkest(mark: str) -> float:
        x, y, _ = marks[mark]
        return float(part(picture, extent, (x, y), (0.2, 0.2))[..., :3].mean(axis=-1).min())

    assert darkest("All - Correct") < 0.1
    assert darkest("All - Correct") < darkest("All - Not Supported") - 0.2


def test_vertex_colours_multiply_the_texture(renderer: Renderer) -> None:
    avatar = only(khronos("VertexColorTest"), "VertexColorTest")
    extent, picture = probes.extent_at_rest(avatar), drawn(renderer, avatar)
    for x in (-0.55, 0.0, 0.59):
        test = part(picture, extent, (x, 0.34), (0.44, 0.44))
        sample = part(picture, extent, (x, -0.53), (0.44, 0.44))
        assert far_apart(test, sample) < 0.03


def test_the_second_uv_set_is_read(renderer: Renderer) -> None:
    avatar = khronos("MultiUVTest")
    (material,) = avatar.materials
    first = replace(
        material,
        **{
            name: replace(use, uv_set=0)
            for name in ("base_texture", "emissive_texture")
            if isinstance(use := getattr(material, name), TextureUse)
        },
    )
    other = replace(avatar, materials=(first,))
    assert far_apart(drawn(renderer, avatar), drawn(renderer, other)) > 0.02


def test_mirrored_normal_maps_are_lit_from_the_same_side(renderer: Renderer) -> None:
    avatar = khronos("NormalTangentTest")
    extent, picture = probes.extent_at_rest(avatar), drawn(renderer, avatar)
    lit = picture[..., :3].mean(axis=-1)
    height = extent.size[1]
    for column in (-0.87, 0.0, 0.87):
        for row in range(4):
            y = float(extent.high[1]) - height * (0.08 + 0.205 * row)
            pair = [
                part(lit[..., None], extent, (column + side, y), (0.24, 0.24))[..., 0]
                for side in (-0.15, 0.15)
            ]
            assert np.corrcoef(pair[0].ravel(), pair[1].ravel())[0, 1] > 0.7, (column, row)


@pytest.mark.parametrize("kind", ["NotShiny", "Shiny", "Dark"])
def test_a_ball_turned_inside_out_looks_like_itself(renderer: Renderer, kind: str) -> None:
    avatar = khronos("NegativeScaleTest")
    plain, mirrored = (drawn(renderer, only(avatar, f"{kind}{end}")) for end in ("1", "Minus1"))
    assert far_apart(plain, mirrored) < 0.02


def test_a_mirrored_front_is_the_front(renderer: Renderer) -> None:
    picture = drawn(renderer, only(khronos("NegativeScaleTest"), "NegativeScaleFront"))
    assert (picture[..., 3] > 0.5).mean() > 0.08
    green = picture[..., 1][picture[..., 3] > 0.5] - picture[..., 0][picture[..., 3] > 0.5]
    assert green.max() > 0.1
    assert green.min() > -0.1  # no red cross


def test_one_morph_moves_its_own_block_alone(renderer: Renderer) -> None:
    avatar = khronos("MorphStressTest")
    still = rest_pose(avatar)
    view = probes.front(posed_extent(avatar, still), tone_map="none")
    plain = probes.seen(renderer, avatar, still, view)
    middles: list[float] = []
    for target in range(len(still.weights)):
        weights = np.zeros_like(still.weights)
        weights[target] = 1.0
        moved = probes.seen(renderer, avatar, replace(still, weights=weights), view)
        columns = np.flatnonzero((np.abs(moved - plain).max(axis=-1) > 0.05).any(axis=0))
        assert 0 < len(columns) < probes.SIZE / 5
        middles.append(float(columns.mean()))
    assert len({round(middle / 4) for middle in middles}) == len(middles)


def test_every_skin_of_eighty_is_where_its_bones_are(renderer: Renderer) -> None:
    avatar = khronos("RecursiveSkeletons")
    pose = rest_pose(avatar)
    view = probes.front(posed_extent(avatar, pose))
    picture = probes.seen(renderer, avatar, pose, view)
    middles = np.stack(
        [posed_positions(m, m.primitives[0], pose).mean(axis=0) for m in avatar.meshes]
    )
    places = view.project(middles, probes.SIZE, probes.SIZE).astype(int)
    covered = picture[np.clip(places[:, 1], 0, 95), np.clip(places[:, 0], 0, 95), 3] > 0.3
    assert len(covered) > 80
    assert covered.mean() > 0.97


def test_unlit_is_its_own_colour_in_any_light(renderer: Renderer) -> None:
    avatar = khronos("UnlitTest")
    for name, material in zip(("Orange Object", "Blue Object"), avatar.materials, strict=True):
        for light in (Light.studio(), Light.sun((0.0, -1.0, 0.0))):
            picture = drawn(renderer, only(avatar, name), light=light)
            middle = picture[40:56, 40:56, :3].mean(axis=(0, 1))
            assert middle == pytest.approx(material.base_colour[:3], abs=0.01)


def test_glow_doubles_with_its_strength(renderer: Renderer) -> None:
    avatar = khronos("EmissiveStrengthTest")
    names = [f"Cube{strength}" for strength in (1, 2, 4, 8, 16)]
    dark = Light.sun(None)
    values = [
        drawn(renderer, only(avatar, name), light=dark, exposure=1 / 16)[48, 48, 2]
        for name in names
    ]
    assert values[1:] == pytest.approx([2 * value for value in values[:-1]], rel=0.12)


def test_a_coat_shines_over_its_base(renderer: Renderer) -> None:
    avatar = khronos("ClearCoatTest")
    base, coated, coat = (
        drawn(renderer, only(avatar, f"{name}Sample"))
        for name in ("BaseLayer", "ClearCoat", "CoatOnly")
    )
    assert highlight(coated) > highlight(base) + 0.1
    assert far_apart(coat, coated) > 0.02
    assert brightness(coated) == pytest.approx(brightness(base), rel=0.4)


def test_a_coat_takes_its_own_bumps(renderer: Renderer) -> None:
    avatar = khronos("ClearCoatTest")

    def unrest(row: int) -> float:
        light = drawn(renderer, only(avatar, f"R{row}_CoatOnlySample"))[..., :3].mean(axis=-1)
        return float(np.abs(np.diff(light, axis=0))[20:76, 20:76].mean())

    smooth, own = unrest(3), unrest(4)
    assert own > 1.5 * smooth


def test_reflections_grow_with_specular(renderer: Renderer) -> None:
    avatar = khronos("SpecularTest")
    for row, kind in ((1, "specularFactor"), (3, "whiteColorFactor")):
        lights = [
            brightness(drawn(renderer, only(avatar, f"{row}.{n}_{kind}"))) for n in range(1, 6)
        ]
        assert probes.rises(lights, by=1e-3), lights


def test_what_stands_behind_glass_is_seen_and_rough_glass_blurs_it(renderer: Renderer) -> None:
    avatar = khronos("TransmissionTest")
    whole = rest_pose(avatar)

    def stripes(name: str) -> float:
        extent = probes.extent_at_rest(only(avatar, name))
        view = probes.front(extent, tone_map="none", near=0.01, background=(0.5, 0.5, 0.5))
        picture = probes.seen(renderer, only(avatar, name, "Cloth Backdrop 01"), whole, view)
        return float(picture[28:68, 28:68, 0].std())

    assert stripes("YellowTrans") > 2 * stripes("YellowTransRough")


def test_velvet_glows_at_its_edges(renderer: Renderer) -> None:
    avatar = probes.opened("khronos/SheenCloth/glTF/SheenCloth.gltf")

    def without(material: Material) -> Material:
        return replace(material, sheen=None)

    bare = replace(avatar, materials=tuple(map(without, avatar.materials)))
    gained = drawn(renderer, avatar)[..., :3] - drawn(renderer, bare)[..., :3]
    assert gained.max() > 0.03
    assert far_apart(gained, np.zeros_like(gained)) > 1e-3


def test_outfits_change_what_is_worn(renderer: Renderer) -> None:
    avatar = probes.opened("blender-io/18_variants/18_variants.gltf")
    assert len(avatar.variants) > 1
    worn = [drawn(renderer, avatar, outfit=outfit) for outfit in range(len(avatar.variants))]
    assert far_apart(worn[0], worn[1]) > 0.01


def test_one_toon_parameter_does_one_thing(renderer: Renderer) -> None:
    def looks(name: str) -> np.ndarray:
        avatar = probes.opened(f"vrm1/conformance/mtoon_{name}.vrm")
        return drawn(renderer, avatar, light=Light.sun((0.4, 0.7, 0.6)))[..., :3].mean(axis=-1)

    plain, shifted, soft = map(looks, ("default", "shadingShift_1", "shadingToony_0"))
    assert shifted.mean() > plain.mean() + 0.02

    def tones(light: np.ndarray) -> int:
        return len(np.unique(np.round(light[light > 0.02], 2)))

    assert tones(soft) > 2 * tones(plain)
