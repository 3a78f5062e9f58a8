"""Colours that VRM 0.x writes as the screen shows them, in the linear light of glTF."""

from __future__ import annotations

from collections.abc import Sequence

Colour = tuple[float, float, float]


def linear(colour: Sequence[float]) -> Colour:
    """Red, green and blue by the curve of sRGB; above one it goes on."""
    red, green, blue = (_linear(max(0.0, channel)) for channel in colour[:3])
    return red, green, blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
