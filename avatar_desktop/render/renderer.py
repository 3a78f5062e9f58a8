"""Draws an avatar in a pose into any framebuffer of the context that was current at its birth.

It knows neither windows nor files nor time, and leaves the framebuffer premultiplied.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.errors import GraphicsError
from avatar_desktop.render import passes
from avatar_desktop.render.background_pass import BackgroundPass
from avatar_desktop.render.behind import Behind
from avatar_desktop.render.extent import Extent, posed_extent
from avatar_desktop.render.frame_numbers import FrameNumbers
from avatar_desktop.render.gpu_avatar import GpuAvatar
from avatar_desktop.render.graphics import GraphicsReport, read_limits
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import check_errors, load_gl
from avatar_desktop.render.order import Order, in_sight
from avatar_desktop.render.programs import SAMPLERS, Programs
from avatar_desktop.render.quality import STILL, Quality
from avatar_desktop.render.repeats import Repeats
from avatar_desktop.render.shade import Shade
from avatar_desktop.render.shelf import Shelf
from avatar_desktop.render.stills import averaged, straightened
from avatar_desktop.render.targets import Canvas
from avatar_desktop.render.view import View

if TYPE_CHECKING:
    from avatar_desktop.render.environment import Environment
    from avatar_desktop.render.environment_maps import EnvironmentMaps

log = logging.getLogger(__name__)

Pixels = NDArray[np.uint8]

_OWN_UNITS = frozenset(
    SAMPLERS[name] for name in ("shadow_map", "figures", "targets", "depth_map", "open_sky_map")
)


class Renderer:
    """One per context; `close` needs it current, `abandon` is for a context that is lost."""

    def __init__(self, quality: Quality | None = None) -> None:
        gl = load_gl()
        self._gl = gl
        self.graphics: GraphicsReport = read_limits(gl)
        if not self.graphics.ok:
            raise GraphicsError(
                f"The graphics driver offers only {self.graphics.detail}.",
                advice=self.graphics.advice,
            )
        self.quality = quality or self.graphics.quality
        self._objects = GlObjects(gl)
        self._programs = Programs(gl, self._objects)
        self._empty_array = self._objects.vertex_array()
        most_pixels = self.graphics.max_texture_size
        self._background = BackgroundPass(gl, self._programs, self._empty_array, most_pixels)
        self._numbers = FrameNumbers(gl, self._objects)
        self._repeats = Repeats(gl)
        self._canvas = Canvas(gl, self.graphics.max_samples)
        self._behind = Behind(gl)
        self.shelf = Shelf(gl)
        """Where pictures wait that are drawn before their time."""
        self._shade = Shade(gl, self._programs, self._empty_array)
        self._avatars: dict[int, tuple[GpuAvatar, Extent]] = {}
        self._arrangement: tuple[object, Order, tuple[bool, ...]] | None = None
        self._environment_maps: EnvironmentMaps | None = None

    # -- drawing ---------------------------------------------------------------------------------

    def draw(  # noqa: PLR0917 - the whole of a frame in one call
        self,
        avatar: Avatar,
        pose: Pose,
        view: View,
        framebuffer: int,
        width: int,
        height: int,
        *,
        body: Extent | None = None,
        is_calm: bool = False,
    ) -> None:
        """Fill the lower left `width` × `height` pixels of a framebuffer.

        `body` is where the avatar is, for who has measured it already. Of one that is calm the
        shade moves in every second picture only.
        """
        if width < 1 or height < 1:
            return
        largest = self.graphics.max_texture_size / max(width, height)
        scale = min(self.quality.resolution_scale, largest)
        drawn = (max(1, round(width * scale)), max(1, round(height * scale)))
        self._draw_canvas(avatar, pose, view, drawn, self.quality, body, is_calm=is_calm)
        self._show(self.quality, framebuffer, width, height)

    def snapshot(  # noqa: PLR0917
        self,
        avatar: Avatar,
        pose: Pose,
        view: View,
        width: int,
        height: int,
        supersample: int = 4,
    ) -> Pixels:
        """(H, W, 4) straight alpha, rows from the top; each pixel is the mean of many."""
        limit = self.most_times(width, height)
        times = max(1, min(supersample, limit))
        size = (width * times, height * times)
        quality = STILL if times > 1 else self.quality
        with passes.lines_as_wide(self._gl, times):
            self._draw_canvas(avatar, pose, view, size, quality)
        objects = GlObjects(self._gl)
        try:
            flat = passes.readable_framebuffer(self._gl, objects, *size)
            self._show(quality, flat, *size)
            premultiplied = self.read_rgba(*size)
        finally:
            objects.free()
            self._canvas.free()  # the large surfaces are not worth keeping
            self._behind.free()
            self._shade.free_sky()
            self._repeats.forget()
        return straightened(averaged(premultiplied, times))

    def most_times(self, width: int, height: int) -> int:
        """How many times larger than this a picture can be drawn."""
        times = self.graphics.max_texture_size // max(width, height, 1)
        if times < 1:
            raise GraphicsError(
                f"A picture of {width} × {height} is larger than this driver can draw "
                f"({self.graphics.max_texture_size} pixels).",
                advice="Ask for a smaller size.",
            )
        return times

    def read_rgba(self, width: int, height: int) -> Pixels:
        """(H, W, 4) of the framebuffer that is bound, premultiplied, rows from the top."""
        gl = self._gl
        pixels = np.zeros((height, width, 4), np.uint8)
        gl.glPixelStorei(gl.GL_PACK_ALIGNMENT, 1)
        gl.glReadPixels(0, 0, width, height, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, pixels)
        return pixels[::-1]

    def _show(self, quality: Quality, framebuffer: int, width: int, height: int) -> None:
        canvas = (self._canvas.framebuffer, self._canvas.texture, self._canvas.size)
        self._repeats.make(
            f"showing in {framebuffer}",
            (quality.smooth_edges, framebuffer, width, height, canvas),
            lambda: self._show_canvas(quality, framebuffer, width, height),
        )

    def _show_canvas(self, quality: Quality, framebuffer: int, width: int, height: int) -> None:
        gl = self._gl
        if quality.smooth_edges and self._canvas.texture:
            gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, framebuffer)
            gl.glViewport(0, 0, width, height)
            picture = self._canvas.texture, self._canvas.size
            if passes.draw_smoothed(gl, self._programs, self._empty_array, *picture):
                return
        self._canvas.show(framebuffer, width, height)

    def _draw_canvas(  # noqa: PLR0917
        self,
        avatar: Avatar,
        pose: Pose,
        view: View,
        size: tuple[int, int],
        quality: Quality,
        body: Extent | None = None,
        *,
        is_calm: bool = False,
    ) -> None:
        gpu, extent = self._uploaded(avatar, pose, quality, body)
        if quality.shadow_size > self.graphics.max_texture_size:
            quality = replace(quality, shadow_size=self.graphics.max_texture_size)
        begun = (self._canvas.framebuffer, self._canvas.size, size, quality.msaa)
        self._repeats.make("beginning", begun, lambda: self._begin(size, quality))
        gpu.deform(pose)
        gpu.surfaces.wear(pose.surfaces)
        self._numbers.put(avatar, pose, view, extent, size, quality)
        order, mirrored = self._arranged(gpu, pose, view, is_calm=is_calm)
        stays = self._shade.stays((gpu, view.still, size, quality), is_calm=is_calm)

        def draw() -> None:
            self._draw_scene(gpu, pose, view, size, quality, extent, in_last_shade=stays)

        if view.environment is not None or order.clear:
            draw()  # what is drawn then depends on more
            return
        cause = (
            *(gpu, order.solid, order.through, mirrored, gpu.surfaces.moved),
            *(view.bearing, size, quality, self._canvas.framebuffer),
        )
        self._repeats.make("scene in the last shade" if stays else "scene", cause, draw)

    def _arranged(
        self, gpu: GpuAvatar, pose: Pose, view: View, *, is_calm: bool
    ) -> tuple[Order, tuple[bool, ...]]:
        """What is seen in its order, and which draws are inside out; of a calm avatar it stays."""
        cause = (gpu, view.still, pose.hidden)
        if self._arrangement is None or not is_calm or self._arrangement[0] != cause:
            self._arrangement = (cause, in_sight(gpu, pose, view), gpu.mirrored(pose))
        return self._arrangement[1:]

    def _begin(self, size: tuple[int, int], quality: Quality) -> None:
        passes.neutral_state(self._gl)
        # Without a complete framebuffer no draw is allowed, not even one that keeps only vertices.
        self._canvas.bind(*size, quality.msaa)

    def _draw_scene(  # noqa: PLR0917
        self,
        gpu: GpuAvatar,
        pose: Pose,
        view: View,
        size: tuple[int, int],
        quality: Quality,
        extent: Extent,
        *,
        in_last_shade: bool,
    ) -> None:
        gl = self._gl
        light_features = self._light(gpu, pose, view)
        if in_last_shade:
            light_features |= self._shade.bind()
        else:
            light_features |= self._shade.cast(gpu, pose, view, size, quality, extent)
        self._canvas.bind(*size, quality.msaa)
        scene = passes.Scene(
            *(gl, self._programs, gpu, pose, view, light_features),
            *(self._background, self._canvas, self._behind),
        )
        scene.draw(self._empty_array, size[0] / size[1], extent)
        passes.leave_tidy(gl, gpu.surfaces.units | _OWN_UNITS)
        if view.environment is not None and self._environment_maps is not None:
            self._environment_maps.unbind()

    def _light(self, gpu: GpuAvatar, pose: Pose, view: View) -> frozenset[str]:
        """What the surfaces need to know of light from a picture, with its maps at their units."""
        if view.environment is None:
            return frozenset()
        lamps = self._bind_environment(view.environment).bind_lamps(gpu.avatar, pose, view)
        shines = view.light.key.strength > 0
        features = frozenset({"ENVIRONMENT", "SUN"} if shines else {"ENVIRONMENT"})
        return features | frozenset({f"LAMPS {lamps}"} if lamps else ())

    def _bind_environment(self, environment: Environment) -> EnvironmentMaps:
        maps = self._environment_maps
        if maps is None or maps.environment is not environment:
            from avatar_desktop.render.environment_maps import EnvironmentMaps

            if maps is not None:
                maps.free()
            maps = self._environment_maps = EnvironmentMaps(self._gl, environment)
        maps.bind()
        return maps

    # -- what is kept ----------------------------------------------------------------------------

    def _uploaded(
        self, avatar: Avatar, pose: Pose, quality: Quality, body: Extent | None
    ) -> tuple[GpuAvatar, Extent]:
        known = self._avatars.get(id(avatar))
        if known is None:
            while self._gl.glGetError():  # what the host left behind is not ours
                pass
            gpu = GpuAvatar(self._gl, avatar, self._programs, self.graphics, quality)
            check_errors(self._gl, "taking in the avatar")
            known = self._avatars[id(avatar)] = (gpu, body or posed_extent(avatar, pose))
        return known

    def gpu_avatar(self, avatar: Avatar) -> GpuAvatar:
        """What the GPU holds of an avatar that has been drawn."""
        return self._avatars[id(avatar)][0]

    def forget(self, avatar: Avatar) -> None:
        """Free what the GPU holds of an avatar that is not drawn any more."""
        self._repeats.forget()
        self._shade.forget_last()
        self._arrangement = None
        known = self._avatars.pop(id(avatar), None)
        if known is not None:
            known[0].free()

    def close(self) -> None:
        """Free everything; the context must be current. A second call does nothing."""
        self._repeats.forget()
        for gpu, _ in self._avatars.values():
            gpu.free()
        self._avatars.clear()
        if self._environment_maps is not None:
            self._environment_maps.free()
        self._environment_maps = None
        self._background.free()
        self._canvas.free()
        self._behind.free()
        self.shelf.free()
        self._shade.free()
        self._objects.free()

    def abandon(self) -> None:
        """The context is lost: drop every name without touching GL."""
        self._repeats.forget()
        for gpu, _ in self._avatars.values():
            gpu.forget()
        self._avatars.clear()
        if self._environment_maps is not None:
            self._environment_maps.forget()
        self._environment_maps = None
        self._background.forget()
        self._canvas.forget()
        self._behind.forget()
        self.shelf.forget()
        self._shade.forget()
        self._objects.forget()
