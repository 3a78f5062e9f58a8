"""Puts Moss together: his parts, who holds them, what they are made of, and what VRM says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from workshop.fields import Array
from workshop.figure import Figure, Group, Part, save
from workshop.mesh import Mesh, join
from workshop.shapes import both
from workshop.surfaces import Surface

from . import expressions
from . import proportions as w
from .body import hands, legs
from .clothes import boots, coat, cords, hood, trimmings
from .face import brows, catch_lights, eyeball, skin_colour, teeth, throat, tongue
from .head import head_mesh
from .person import PERSON
from .skeleton import (
    RIG,
    hold_coat,
    hold_cords,
    hold_eyes,
    hold_hands,
    hold_head,
    hold_hood,
    hold_legs,
    hold_rigid,
)

OUTLINE = (0.040, 0.032, 0.015)
SURFACES = (
    Surface("skin", 0.42, (0.62, 0.74, 0.58), 0.0013, OUTLINE),
    Surface("eyes", 0.16, (0.86, 0.84, 0.80), outline=0.0, glows=True),
    Surface("coat", 0.50, (0.82, 0.58, 0.42), 0.0014, OUTLINE),
    Surface("boots", 0.30, (0.60, 0.62, 0.80), 0.0014, OUTLINE),
)
SHADOWS = {
    "skin": (0.62, 0.60, 0.44),
    "coat": (0.62, 0.46, 0.30),
    "boots": (0.50, 0.50, 0.54),
}


def _part(surface: str, *held: tuple[Mesh, Array]) -> Part:
    meshes, weights = zip(*held, strict=True)
    return Part(join(list(meshes)), np.concatenate(weights), surface)


def _face() -> Group:
    bare = head_mesh()
    skin = Mesh(bare.points, bare.faces, skin_colour(bare), bare.masks)
    skin = skin.marked(lit=0.80 * throat(bare))
    inside = join([teeth(), tongue()]).marked(lit=0.85)
    fixed = join([brows(), inside]).marked(marked=1.0)
    # the lids' shadow on the eyes is painted; what shines belongs to the head
    lights = catch_lights().painted((1.0, 1.0, 1.0)).marked(marked=1.0)
    balls = both(eyeball())
    outside = join([skin, fixed])
    jaw = expressions.Face(outside).jaw_weight
    parts = (
        Part(outside, np.concatenate([hold_head(skin), hold_rigid(fixed, "head")]), "skin"),
        _part("eyes", (balls, hold_eyes(balls)), (lights, hold_rigid(lights, "head"))),
    )
    head, hinge = RIG.column["head"], RIG.column["jaw"]
    parts[0].held[:, hinge] = parts[0].held[:, head] * jaw
    parts[0].held[:, head] *= 1 - jaw
    targets = expressions.targets(join([part.mesh for part in parts]))
    return Group("Face", parts, targets, first_person="thirdPersonOnly")


def _body() -> Group:
    hand, leg, boot = hands(), legs(), boots()
    sleeves, sewn, collar, strings = coat(), trimmings(), hood(), cords()
    return Group(
        "Body",
        (
            _part("skin", (hand, hold_hands(hand)), (leg, hold_legs(leg))),
            _part(
                "coat",
                (sleeves, hold_coat(sleeves)),
                (sewn, hold_coat(sewn)),
                (collar, hold_hood(collar)),
                (strings, hold_cords(strings)),
            ),
            _part("boots", (boot, hold_legs(boot))),
        ),
    )


def build(target: Path, fingerprint: str) -> dict[str, int]:
    """Write Moss's file; returns its figures."""
    figure = Figure(
        name="Moss",
        rig=RIG,
        scale=w.SCALE,
        surfaces=SURFACES,
        shadows=SHADOWS,
        groups=(_face(), _body()),
        person=PERSON,
    )
    return save(figure, target, fingerprint)
