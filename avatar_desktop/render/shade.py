"""What lies in shade: out of the key light's sight, or close to something that hides the sky.

Both are measured before the surfaces are drawn, and where the processor draws they cost as much as
the surfaces do. Of a calm body every second picture therefore shows the shade of the one before.
"""

from __future__ import annotations

import logging

from avatar_desktop.avatar.pose import Pose
from avatar_desktop.errors import GraphicsError
from avatar_desktop.render.depth_pass import draw_shadow
from avatar_desktop.render.extent import Extent
from avatar_desktop.render.gpu_avatar import GpuAvatar
from avatar_desktop.render.looks import OPEN_SKY, sees_the_sky
from avatar_desktop.render.open_sky import OpenSky, measured_size
from avatar_desktop.render.opengl import Gl
from avatar_desktop.render.programs import Programs
from avatar_desktop.render.quality import Quality
from avatar_desktop.render.targets import ShadowMap
from avatar_desktop.render.view import View

log = logging.getLogger(__name__)

Features = frozenset[str]


class Shade:
    """One for a renderer; the features that come back tell the surfaces what to look up."""

    def __init__(self, gl: Gl, programs: Programs, empty_array: int) -> None:
        self._gl = gl
        self._programs = programs
        self._open_sky = OpenSky(gl, programs, empty_array)
        self._shadow_maps: dict[int, ShadowMap | None] = {}
        self._shadow: ShadowMap | None = None
        """What was cast last, if anything was."""
        self._features: Features = frozenset()
        self._scene: object = None
        self._stayed = False

    def stays(self, scene: object, *, is_calm: bool) -> bool:
        """Whether the next picture may show the last one's shade; `scene` is all but the pose."""
        self._stayed = is_calm and not self._stayed and scene == self._scene
        self._scene = scene
        return self._stayed

    def cast(  # noqa: PLR0917
        self,
        gpu: GpuAvatar,
        pose: Pose,
        view: View,
        size: tuple[int, int],
        quality: Quality,
        extent: Extent,
    ) -> Features:
        """Measure it, and have it at its texture units."""
        self._shadow, self._features = None, frozenset()
        if view.environment is None and quality.shadow_size and _throws_shadows(view):
            shadow = self._shadow_map(quality.shadow_size)
            if shadow is not None and draw_shadow(
                self._gl, self._programs, gpu, pose, view, shadow
            ):
                self._shadow = shadow
                self._features |= {"SHADOWS", f"SHADOW_TAPS {quality.shadow_taps}"}
        measured = measured_size(size, max(quality.sky_step, 1))
        if _sees_sky(gpu, pose, view, quality) and self._open_sky.measure(
            gpu, pose, view, measured, extent
        ):
            self._features |= OPEN_SKY
        return self._features

    def bind(self) -> Features:
        """Have what was cast last at its texture units again."""
        if self._shadow is not None:
            self._shadow.bind_texture()
        if self._features & OPEN_SKY:
            self._open_sky.bind()
        return self._features

    def forget_last(self) -> None:
        """What was cast last belongs to a scene that is gone."""
        self._scene = None

    def free_sky(self) -> None:
        """Give back what is as large as the picture."""
        self._open_sky.free()
        self.forget_last()

    def free(self) -> None:
        """Give everything back; the context must be current."""
        for shadow_map in filter(None, self._shadow_maps.values()):
            shadow_map.free()
        self._shadow_maps.clear()
        self.free_sky()

    def forget(self) -> None:
        """The context is gone: drop the names."""
        for shadow_map in filter(None, self._shadow_maps.values()):
            shadow_map.forget()
        self._shadow_maps.clear()
        self._open_sky.forget()
        self.forget_last()

    def _shadow_map(self, size: int) -> ShadowMap | None:
        if size not in self._shadow_maps:
            try:
                self._shadow_maps[size] = ShadowMap(self._gl, size)
            except GraphicsError as error:
                log.error("drawn without shadows", extra={"why": error.message})
                self._shadow_maps[size] = None
        return self._shadow_maps[size]


def _throws_shadows(view: View) -> bool:
    return view.light.shadow > 0 and view.light.key.strength > 0


def _sees_sky(gpu: GpuAvatar, pose: Pose, view: View, quality: Quality) -> bool:
    if not (view.occlusion and quality.sky_step):
        return False
    return any(sees_the_sky(draw.features) for draw in gpu.shown(pose, view.outfit))
