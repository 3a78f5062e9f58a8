"""How Wren mixes her shapes: as the workshop does, and how her tongue helps in speech."""

from __future__ import annotations

from workshop.mixtures import PRESETS, VISEMES, pair

__all__ = ["PRESETS", "TONGUE", "VISEMES", "pair"]

# how far the tip of the tongue goes up to the teeth, beside what the shapes do
TONGUE = {"DD": 1.2, "nn": 1.25, "SS": 0.35, "RR": 0.45, "TH": 0.40}
