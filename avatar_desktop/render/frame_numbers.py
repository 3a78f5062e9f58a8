"""The numbers of a frame that all shaders read, kept in one buffer.

While the camera rests only the time and the places of the feet are new.
"""

from __future__ import annotations

import math

import numpy as np

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.render.blocks import FEET, FRAME_BYTES, TIME, Floats, frame_block
from avatar_desktop.render.extent import Extent
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.open_sky import depths_of, measured_size
from avatar_desktop.render.opengl import Gl
from avatar_desktop.render.programs import FRAME_BINDING
from avatar_desktop.render.quality import Quality
from avatar_desktop.render.sunlight import shadow_frame
from avatar_desktop.render.view import View

_FOOT_LENGTH = 0.16  # of a leg-long figure's height: the soft patch under one foot
_FEET_BONES = ("leftFoot", "rightFoot")


class FrameNumbers:
    """One for a renderer; the owner of `objects` frees the buffer."""

    def __init__(self, gl: Gl, objects: GlObjects) -> None:
        self._gl = gl
        self._buffer = objects.buffer()
        gl.glBindBuffer(gl.GL_UNIFORM_BUFFER, self._buffer)
        gl.glBufferData(gl.GL_UNIFORM_BUFFER, FRAME_BYTES, None, gl.GL_STREAM_DRAW)
        self._block = np.zeros(FRAME_BYTES // 4, np.float32)
        self._address: int = self._block.ctypes.data
        self._follows_from: object = None
        self._extent: Extent | None = None

    def put(  # noqa: PLR0917
        self,
        avatar: Avatar,
        pose: Pose,
        view: View,
        extent: Extent,
        size: tuple[int, int],
        quality: Quality,
    ) -> None:
        """Have those of this frame where the shaders look for them."""
        follows_from = (view.still, size, quality.shadow_size, quality.sky_step)
        if extent is not self._extent or follows_from != self._follows_from:
            self._block[:] = _still_block(view, extent, size, quality)
            self._follows_from, self._extent = follows_from, extent
        self._block[TIME] = view.time
        self._block[FEET] = feet(avatar, pose, extent)
        gl = self._gl
        gl.glBindBuffer(gl.GL_UNIFORM_BUFFER, self._buffer)
        gl.glBufferSubData(gl.GL_UNIFORM_BUFFER, 0, FRAME_BYTES, self._address)
        gl.glBindBufferBase(gl.GL_UNIFORM_BUFFER, FRAME_BINDING, self._buffer)


def _still_block(view: View, extent: Extent, size: tuple[int, int], quality: Quality) -> Floats:
    aspect = size[0] / size[1]
    texels = max(quality.shadow_size, 1)
    shadow = shadow_frame(view, aspect, extent, texels)
    measured = measured_size(size, max(quality.sky_step, 1))
    return frame_block(
        view,
        aspect,
        shadow_from_world=shadow.shadow_from_world,
        shadow=(shadow.spread, 1.0 / texels, shadow.texel),
        floor=float(extent.low[1]),
        nearby=(measured[0] / size[0], measured[1] / size[1], *depths_of(view, extent)),
    )


def feet(avatar: Avatar, pose: Pose, extent: Extent) -> list[float]:
    """Where each of two feet stands, and how far its soft patch on the floor reaches."""
    found: list[float] = []
    for bone in _FEET_BONES:
        node = avatar.humanoid.get(bone)
        if node is None:
            width, _, depth = extent.size.tolist()
            found += (*extent.centre.tolist(), max(width, depth) * 0.4)
        else:
            height = float(extent.high[1] - extent.low[1])
            found += (*pose.world[node, :3, 3].tolist(), height * _FOOT_LENGTH / 2)
    return found if math.isfinite(sum(found)) else [0.0] * 8
