"""The pictures that are kept and compared: small, built from numbers, the same on every machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.material import Image, Material
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.avatar.texture import TextureUse
from avatar_desktop.avatar.toon import Toon
from avatar_desktop.render.framing import frame, landmarks
from avatar_desktop.render.view import View
from tests.makers import figures

SIZE = 192


@dataclass(frozen=True)
class Scene:
    """What one picture shows."""

    avatar: Avatar
    pose: Pose
    view: View


def egg_head() -> Scene:
    """A head of balls in the studio: warm terminator, shadow of a hat, catch-lights in the eyes."""
    skin = figures.SKIN_TONE
    hair = Material(base_colour=(0.30, 0.09, 0.03, 1), metallic=0.0, roughness=0.55)
    eye = Material(base_colour=(0.02, 0.03, 0.04, 1), metallic=0.0, roughness=0.12)
    cloth = Material(base_colour=(0.85, 0.78, 0.66, 1), metallic=0.0, roughness=0.9)
    balls = (
        figures.ball(0.10, centre=(0, 1.50, 0), material=0),
        figures.ball(0.108, centre=(0, 1.535, -0.028), material=1),
        figures.ball(0.017, centre=(-0.036, 1.51, 0.088), material=2),
        figures.ball(0.017, centre=(0.036, 1.51, 0.088), material=2),
        figures.ball(0.012, centre=(0, 1.485, 0.098), material=0),
        figures.ball(0.15, centre=(0, 1.26, -0.02), material=3),
        figures.ball(0.035, centre=(0, 1.41, -0.01), material=0),
    )
    bones = figures.skeleton((0, 0, 0))
    figure = figures.avatar(
        *(figures.instance(ball) for ball in balls),
        materials=(skin, hair, eye, cloth),
        bones=bones,
    )
    pose = figures.rest(figure)
    view = View(eye=(0.1, 1.5, 1.15), target=(0, 1.455, 0), fov_degrees=22)
    return Scene(figure, pose, view)


def surfaces() -> Scene:
    """Rough to smooth from left to right, plastic above metal."""
    materials = tuple(
        Material(base_colour=(0.75, 0.36, 0.18, 1), metallic=metallic, roughness=roughness)
        for metallic in (1.0, 0.0)
        for roughness in (0.9, 0.5, 0.2)
    )
    balls = [
        figures.instance(
            figures.ball(0.42, centre=(index % 3 - 1.0, index // 3 - 0.5, 0), material=index)
        )
        for index in range(6)
    ]
    figure = figures.avatar(*balls, materials=materials)
    return Scene(figure, figures.rest(figure), View(eye=(0, 0, 7), target=(0, 0, 0)))


def toon() -> Scene:
    """Two tones and an outline, on nothing."""
    shade = Toon(
        shade_colour=(0.55, 0.16, 0.18),
        shading_shift=-0.05,
        outline_mode="world",
        outline_width=0.012,
        outline_colour=(0.08, 0.02, 0.02),
    )
    material = Material(base_colour=(0.95, 0.62, 0.50, 1), toon=shade)
    figure = figures.avatar(figures.instance(figures.ball(0.5)), materials=(material,))
    view = View(eye=(0, 0, 3), target=(0, 0, 0), background=None)
    return Scene(figure, figures.rest(figure), view)


def layers() -> Scene:
    """Glass before a cut-out before a textured wall."""
    checks = np.full((8, 8, 4), 255, np.uint8)
    checks[::2, ::2, :3] = checks[1::2, 1::2, :3] = (40, 90, 96)
    holes = np.full((8, 8, 4), 255, np.uint8)
    holes[1::2, 1::2, 3] = 0
    wall = Material(metallic=0.0, roughness=0.8, base_texture=TextureUse(0, nearest=True))
    grid = Material(
        base_colour=(0.8, 0.25, 0.1, 1),
        metallic=0.0,
        alpha_mode="MASK",
        double_sided=True,
        base_texture=TextureUse(1, nearest=True),
    )
    glass = Material(
        base_colour=(0.2, 0.5, 0.9, 0.45), metallic=0.0, roughness=0.1, alpha_mode="BLEND"
    )
    parts = (
        figures.instance(figures.quad(width=2, height=2, z=-0.4, material=0)),
        figures.instance(figures.quad(material=1)),
        figures.instance(figures.ball(0.35, centre=(0.35, 0.3, 0.5), material=2)),
    )
    images = (Image("checks", checks), Image("holes", holes))
    figure = figures.avatar(*parts, materials=(wall, grid, glass), images=images)
    return Scene(figure, figures.rest(figure), View(eye=(0.6, 0.4, 4.2), target=(0, 0, 0)))


def standing() -> Scene:
    """A bent bar on the floor, framed by itself."""
    bar = figures.bending_bar(4)
    world = np.array(figures.rest(bar).world)
    angle = 0.22
    turn = np.eye(4, dtype=np.float32)
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    step = np.eye(4, dtype=np.float32)
    step[1, 3] = 1.0
    for node in range(1, len(world)):
        world[node] = world[node - 1] @ step @ turn
    pose = figures.posed(bar, world)
    view = frame(landmarks(bar, pose), "full", 1.0)
    return Scene(bar, pose, replace(view, ground_shadow=True))


SCENES: dict[str, Callable[[], Scene]] = {
    "egg-head": egg_head,
    "surfaces": surfaces,
    "toon": toon,
    "layers": layers,
    "standing": standing,
}
