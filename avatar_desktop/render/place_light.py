"""A place that lights who stands in it, exposed as a camera would. No GL."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from avatar_desktop.render.view import Light, View

if TYPE_CHECKING:
    from avatar_desktop.render.environment import Environment

_BRIGHT = 0.8
"""What a white matt surface shows on average: as bright as in the studio."""
_LEAST, _MOST = 0.05, 20.0
_LUMA = (0.2126, 0.7152, 0.0722)


def lit_by(view: View, place: Environment) -> View:
    """The same view in the light of a place, and in no other."""
    return replace(
        view,
        environment=place,
        light=Light.sun(None),
        exposure=view.exposure * exposure_in(place),
    )


def exposure_in(place: Environment) -> float:
    """What makes the place neither dark nor glaring, however its picture was taken."""
    mean = float(np.asarray(place.irradiance[..., :3], np.float64).mean(axis=(0, 1, 2)) @ _LUMA)
    return min(max(_BRIGHT / max(mean, 1e-6), _LEAST), _MOST)
