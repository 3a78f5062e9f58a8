"""Puts Wren together: her parts, who holds them, what they are made of, and what VRM says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from workshop.figure import Figure, Group, Part, save
from workshop.mesh import Mesh, join, triangles
from workshop.motion import Clip
from workshop.surfaces import Surface

from . import expressions
from . import proportions as w
from .body import clothes, hands
from .cage import head_mesh
from .face import (
    both,
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
from .motions import clips
from .person import PERSON
from .skeleton import (
    RIG,
    hold_clothes,
    hold_eyes,
    hold_hair,
    hold_hands,
    hold_head,
    hold_rigid,
)

SURFACES = (
    Surface("skin", 0.52, (1.0, 0.70, 0.62)),
    Surface("eyes", 0.22, (0.86, 0.86, 0.95), outline=0.0, glows=True),
    Surface("hair", 0.50, (0.66, 0.46, 0.46), two_sided=True),
    Surface("cloth", 0.88, (0.80, 0.70, 0.72)),
)
SHADOWS = {
    "skin": (0.62, 0.46, 0.42),
    "hair": (0.42, 0.36, 0.34),
    "cloth": (0.60, 0.51, 0.45),
}
ALIASES = {"gesture_wave": "wave", "gesture_nod": "nod"}


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


def _named(clip: Clip) -> list[tuple[str, Clip]]:
    return [(name, clip) for name in (clip.name, ALIASES.get(clip.name)) if name]


def build(target: Path, fingerprint: str) -> dict[str, int]:
    """Write Wren's file; returns its figures."""
    hair, cloth, hand = hair_mesh(), clothes(), hands()
    figure = Figure(
        name="Wren",
        rig=RIG,
        scale=w.SCALE,
        surfaces=SURFACES,
        shadows=SHADOWS,
        groups=(
            _face(),
            Group("Hair", (Part(hair, hold_hair(hair), "hair"),), {}, "thirdPersonOnly"),
            Group("Clothes", (Part(cloth, hold_clothes(cloth), "cloth"),)),
            Group("Hands", (Part(hand, hold_hands(hand), "skin"),)),
        ),
        person=PERSON,
        clips=tuple(named for clip in clips() for named in _named(clip)),
    )
    return save(figure, target, fingerprint)
