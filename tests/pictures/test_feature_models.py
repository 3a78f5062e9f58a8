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
        alone = only(avatar, name)
        extent = probes.extent_at_rest(alone)
        board = (float(extent.centre[0]) + 0.127, float(extent.centre[1]) + 0.04)
        return part(drawn(renderer, alone), extent, board, (0.6, 1.5))[..., 3]

    assert alpha("TestOpaque").min() > 0.99
    cut = [alpha(f"TestCutoff{each}") for each in ("75", "Default", "25")]
    assert [(each > 0.5).mean() for each in cut] == pytest.approx([0.25, 0.5, 0.75], abs=0.05)
    assert all(((each > 0.02) & (each < 0.98)).mean() < 0.05 for each in cut)
    between = alpha("TestBlend")
    assert ((between > 0.02) & (between < 0.98)).mean() > 0.9


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
    assert far_apart(test, sample) < 0.1
    green_over_red = test[..., 1] - test[..., 0]
    assert (green_over_red > 0.1).mean() > 0.05  # a green tick
    assert (green_over_red < -0.1).mean() < 0.01  # no red cross


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
    extent, pose = probes.extent_at_rest(avatar), rest_pose(avatar)
    view = probes.front(extent, tone_map="none")
    picture = probes.seen(renderer, only(avatar, "Rotation"), pose, view)
    marks = {
        avatar.skeleton.names[mesh.node]: posed_positions(mesh, mesh.primitives[0], pose).mean(
            axis=0
        )
        for mesh in avatar.meshes
    }

    dark = (picture[..., :3].mean(axis=-1) < 0.2) & (picture[..., 3] > 0.9)
    rows, columns = np.nonzero(dark)
    tip = columns[rows.argmax()], rows.max()
    names = [f"Rotation - {mark}" for mark in ("Correct", "Not Supported", "Error")]
    places = view.project(np.stack([marks[name] for name in names]), probes.SIZE, probes.SIZE)
    away = np.linalg.norm(places - tip, axis=1)
    assert away[0] < away[1:].min() / 2


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
    lit = picture[..., :3].mean(axis=-1, keepdims=True)
    x, y = (float(value) for value in extent.centre[:2])
    for column in (-0.8, 0.0, 0.8):
        for row in (0.925, 0.54, 0.14, -0.26, -0.67):
            left, right = (
                part(lit, extent, (x + column + side, y + row), (0.24, 0.24)).ravel()
                for side in (-0.155, 0.155)
            )
            assert np.corrcoef(left, right)[0, 1] > 0.6, (column, row)


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


def test_what_stands_behind_glass_is_seen(renderer: Renderer) -> None:
    avatar = khronos("TransmissionTest")
    view = probes.front(
        probes.extent_at_rest(only(avatar, "YellowTrans")), near=0.01, background=(0.5, 0.5, 0.5)
    )
    scene = only(avatar, "YellowTrans", "Cloth Backdrop 01")
    bare = tuple(replace(material, transmission=None) for material in avatar.materials)

    def shown(materials: tuple[Material, ...]) -> float:
        """How much of the ball changes when the cloth behind it is taken away."""
        before, after = (
            probes.seen(renderer, replace(each, materials=materials), rest_pose(avatar), view)
            for each in (scene, only(avatar, "YellowTrans"))
        )
        return far_apart(before[28:68, 28:68], after[28:68, 28:68])

    assert shown(avatar.materials) > 0.03
    assert shown(bare) < 0.005


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

    def between(light: np.ndarray) -> float:
        low, high = np.quantile(light[light > 0.02], [0.02, 0.98])
        middle = (light > low + 0.2 * (high - low)) & (light < high - 0.2 * (high - low))
        return float(middle.mean())

    assert between(soft) > 3 * between(plain)
