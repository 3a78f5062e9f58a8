"""Words can be read in both themes: WCAG's contrast of 4.5 to 1 wherever there is text."""

from __future__ import annotations

import pytest

from avatar_desktop.ui.theme import DARK, LIGHT, Theme

ENOUGH = 4.5
TEXTS = (
    ("text", ("window", "panel", "agent", "user", "code", "stage_top", "stage_bottom")),
    ("soft", ("panel", "agent", "user", "window")),
    ("accent_text", ("accent",)),
    ("accent", ("agent",)),
)
"""Ink, and the grounds on which the window writes with it."""


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize(
    ("ink", "ground"), [(ink, ground) for ink, grounds in TEXTS for ground in grounds]
)
def test_text_stands_out_from_its_ground(theme: Theme, ink: str, ground: str) -> None:
    measured = contrast(getattr(theme, ink), getattr(theme, ground))
    assert measured >= ENOUGH, f"{ink} on {ground}: {measured:.2f}"


def test_the_measure_is_that_of_the_guideline() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
