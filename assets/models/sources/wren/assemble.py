"""Puts Wren together: her parts, who holds them, what they are made of, and what VRM says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from workshop.fields import Array
from workshop.figure import Figure, Group, Part, save
from workshop.mesh import Mesh, join, triangles
from workshop.shapes import both
from workshop.surfaces import Surface
from workshop.weave import stockinette

from . import expressions
from . import proportions as w
from .cage import head_mesh
from .face import (
    brows,
    catch_lights,
    ear,
    eyeball,
    freckles,
    lashes,
    skin_colour,
    teeth,
    tongue,
)
from .hair import hair_mesh
from .hand import hands
from .holds import hold_eyes, hold_hair, hold_head, hold_rigid
from .legs import lower_body
from .person import PERSON
from .skeleton import RIG
from .sweater import knitwear
from .trinkets import trinkets

SURFACES = (
    Surface("skin", 0.52, (1.0, 0.70, 0.62)),
    Surface("eyes", 0.22, (0.86, 0.86, 0.95), outline=0.0, glows=True),
    Surface("hair", 0.54, (0.66, 0.46, 0.46), two_sided=True),
    Surface("knit", 0.92, (0.82, 0.70, 0.68), weave=stockinette()),
    Surface("cloth", 0.80, (0.72, 0.66, 0.78)),
)
SHADOWS = {
    "skin": (0.62, 0.46, 0.42),
    "hair": (0.50, 0.34, 0.24),
    "knit": (0.60, 0.51, 0.45),
    "cloth": (0.50, 0.46, 0.46),
}


def _face() -> Group:
    bare = head_mesh()
    skin = Mesh(bare.points, triangles(bare.faces), skin_colour(bare), bare.masks)
    inside = join([teeth(), tongue()]).marked(lit=0.85)
    drawn = join([lashes(), brows(), freckles(), inside]).marked(marked=1.0)
    fixed = join([drawn, ear()])
    whole = join([skin, fixed])
    held = np.concatenate([hold_head(skin), hold_rigid(fixed, "head")])
    # the lids' shadow on the eyes is painted; what shines belongs to the head
    lights = catch_lights().painted((1.0, 1.0, 1.0)).marked(marked=1.0)
    balls = both(eyeball())
    eyes = join([balls, lights])
    seen = np.concatenate([hold_eyes(balls), hold_rigid(lights, "head")])
    parts = (Part(whole, held, "skin"), Part(eyes, seen, "eyes"))
    targets = expressions.targets(join([part.mesh for part in parts]))
    return Group("Face", parts, targets, first_person="thirdPersonOnly")


def _smooth() -> tuple[Mesh, Array]:
    """All clothes that are not knitted, and who holds them."""
    parts = [trinkets(), lower_body()]
    return join([mesh for mesh, _ in parts]), np.concatenate([held for _, held in parts])


def build(target: Path, fingerprint: str) -> dict[str, int]:
    """Write Wren's file; returns its figures."""
    hair = hair_mesh()
    worn = (Part(*knitwear(), "knit"), Part(*_smooth(), "cloth"))
    figure = Figure(
        name="Wren",
        rig=RIG,
        scale=w.SCALE,
        surfaces=SURFACES,
        shadows=SHADOWS,
        groups=(
            _face(),
            Group("Hair", (Part(hair, hold_hair(hair), "hair"),), {}, "thirdPersonOnly"),
            Group("Clothes", worn),
            Group("Hands", (Part(*hands(), "skin"),)),
        ),
        person=PERSON,
    )
    return save(figure, target, fingerprint)
