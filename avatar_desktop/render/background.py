"""What stands behind the avatar besides a colour or a gradient. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from avatar_desktop.render.environment import Environment


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture that covers the frame, cropped around its middle."""

    pixels: NDArray[np.uint8]
    """(H, W, 4), straight alpha, rows from the top."""

    @property
    def aspect(self) -> float:
        """Width by height."""
        return self.pixels.shape[1] / self.pixels.shape[0]

    def shown(self, aspect: float) -> tuple[float, float]:
        """The share of its width and of its height that a frame of this aspect shows."""
        return min(1.0, aspect / self.aspect), min(1.0, self.aspect / aspect)


@dataclass(frozen=True, slots=True, eq=False)
class Sky:
    """The place that an environment was taken in, far out of focus."""

    environment: Environment
