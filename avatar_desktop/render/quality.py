"""How much work a frame may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quality:
    """Knobs of the renderer; the picture is the same, only finer or coarser."""

    msaa: int = 4
    """Samples per pixel; the driver's own limit wins."""
    shadow_size: int = 1024
    """Width of the shadow map in texels; 0 draws no shadows."""
    shadow_taps: int = 9
    """1, 5 or 9 comparisons per pixel."""
    resolution_scale: float = 1.0
    """Share of the target's width that is really drawn; the rest is stretched."""
    smooth_edges: bool = True
    """Where there is one sample per pixel, blend the stairs afterwards."""
    anisotropy: float = 4.0
    smooth_mipmaps: bool = True
    """Blend between two mipmaps; without it, take the nearer one."""
    sky_step: int = 2
    """How much of the sky each place sees (ambient occlusion) is measured once for so many pixels
    each way; 0 does without."""


FULL = Quality()
SOFTWARE = Quality(
    msaa=1, shadow_size=512, shadow_taps=5, anisotropy=1.0, smooth_mipmaps=False, sky_step=0
)
"""For drivers that draw on the processor: there, dense meshes cost three times as much with four
samples, and the blending afterwards a tenth of that; the open sky costs a quarter of a frame."""
STILL = Quality(
    msaa=1, shadow_size=2048, shadow_taps=9, smooth_edges=False, anisotropy=8.0, sky_step=4
)
"""For supersampled stills, which smooth their edges by themselves."""
