"""Where a see-through window takes clicks: where its last frame is solid."""

from __future__ import annotations

import numpy as np
import pytest

from avatar_desktop.ui.pointer_gate import SOLID_ALPHA, is_solid

FIGURE = np.zeros((10, 20), np.uint8)
FIGURE[4:6, 8:12] = 255
FIGURE[0, 0] = SOLID_ALPHA - 1


@pytest.mark.parametrize(
    ("across", "down", "expected"),
    [
        (0.5, 0.5, True),
        (0.1, 0.5, False),
        (0.0, 0.0, False),
        (0.999, 0.999, False),
        (1.0, 0.5, False),
        (-0.1, 0.5, False),
    ],
)
def test_only_the_figure_is_solid(across: float, down: float, expected: bool) -> None:
    assert is_solid(FIGURE, across, down) is expected
