"""Expressions as morph weights and changed surfaces: on-or-off ones, and who silences whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.expression import ColourKind, Expression, Override
from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.pose import UNCHANGED, Colour, SurfaceChange
from avatar_desktop.avatar.texture import TextureUse

Doubles = NDArray[np.float64]
_Override = Callable[[Expression], Override]

BLINKS = frozenset({"blink", "blinkLeft", "blinkRight"})
GAZES = frozenset({"lookUp", "lookDown", "lookLeft", "lookRight"})
MOUTHS = frozenset({"aa", "ih", "ou", "ee", "oh"})


def expression_weights(avatar: Avatar, strengths: Mapping[str, float]) -> Doubles:
    """Every morph weight, (M,), for expressions by name; unknown names do nothing."""
    weights = avatar.rest_weights.astype(np.float64)
    driven = {bind.place for item in avatar.expressions.values() for bind in item.binds}
    weights[list(driven)] = 0.0
    for expression, share in expression_shares(avatar, strengths).items():
        for bind in expression.binds:
            weights[bind.place] += bind.weight * share
    return weights


def surface_changes(avatar: Avatar, strengths: Mapping[str, float]) -> Mapping[int, SurfaceChange]:
    """How materials look, for expressions by name; those that stay as in the file are left out.

    Each bind moves a colour or the textures towards its target by its expression's share; several
    add up. A texture's way is measured from where the material's base texture lies.
    """
    shown = [
        (expression, share)
        for expression, share in expression_shares(avatar, strengths).items()
        if share > 0.0 and (expression.colours or expression.textures)
    ]
    if not shown:
        return UNCHANGED
    colours: dict[int, dict[ColourKind, Doubles]] = {}
    moves: dict[int, Doubles] = {}
    for expression, share in shown:
        for bind in expression.colours:
            given = np.array(colour_of(avatar.materials[bind.material], bind.kind))
            changed = colours.setdefault(bind.material, {})
            now = changed.setdefault(bind.kind, given)
            changed[bind.kind] = now + share * (np.array(bind.colour) - given)
        for bind in expression.textures:
            lies = _first_texture(avatar.materials[bind.material])
            way = np.array([bind.offset, bind.scale]) - np.array([lies.offset, lies.scale])
            moves[bind.material] = moves.get(bind.material, np.zeros((2, 2))) + share * way
    return {
        material: _change(colours.get(material, {}), moves.get(material, np.zeros((2, 2))))
        for material in sorted({*colours, *moves})
    }


def expression_shares(avatar: Avatar, strengths: Mapping[str, float]) -> dict[Expression, float]:
    """What is left of each expression, in the avatar's order, after the others had their say."""
    shown = {
        expression: _output(expression, strengths[name])
        for name, expression in avatar.expressions.items()
        if name in strengths
    }
    left = {
        "blink": _left(shown, lambda item: item.override_blink),
        "gaze": _left(shown, lambda item: item.override_look_at),
        "mouth": _left(shown, lambda item: item.override_mouth),
    }
    shares: dict[Expression, float] = {}
    for expression, strength in shown.items():
        kind = _kind(expression.name)
        share = strength * (left[kind] if kind else 1.0)
        shares[expression] = 0.0 if expression.is_binary and share < 1.0 else share
    return shares


def colour_of(material: Material, kind: ColourKind) -> Colour:
    """One colour of a surface as its file says it; alpha is one where it has none."""
    toon = material.toon
    if kind == "base":
        return material.base_colour
    if kind == "emissive":
        return (*material.emissive, 1.0)
    if toon is None:
        return (0.0, 0.0, 0.0, 1.0)
    drawn = {
        "shade": toon.shade_colour,
        "matcap": toon.matcap_colour,
        "rim": toon.rim_colour,
        "outline": toon.outline_colour,
    }
    return (*drawn[kind], 1.0)


def _change(colours: Mapping[ColourKind, Doubles], move: Doubles) -> SurfaceChange:
    offset, scale = move.tolist()
    return SurfaceChange(
        colours={kind: _colour(found) for kind, found in colours.items()},
        texture_offset=(offset[0], offset[1]),
        texture_scale=(scale[0], scale[1]),
    )


def _colour(found: Doubles) -> Colour:
    red, green, blue, alpha = found.tolist()
    return red, green, blue, alpha


def _first_texture(material: Material) -> TextureUse:
    drawn = material.toon.textures() if material.toon else ()
    uses = (*material.textures(), *drawn)
    return uses[0] if uses else TextureUse(image=-1)


def _output(expression: Expression, strength: float) -> float:
    limited = min(1.0, max(0.0, strength))
    return float(limited > 0.5) if expression.is_binary else limited


def _left(shown: Mapping[Expression, float], override: _Override) -> float:
    taken = 0.0
    for expression, strength in shown.items():
        kind = override(expression)
        if kind == "block":
            taken += 1.0 if strength > 0.0 else 0.0
        elif kind == "blend":
            taken += strength
    return max(0.0, 1.0 - taken)


def _kind(name: str) -> str:
    if name in BLINKS:
        return "blink"
    if name in GAZES:
        return "gaze"
    return "mouth" if name in MOUTHS else ""
