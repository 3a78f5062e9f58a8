"""Pictures of one size after another: each is read when the next has been begun.

A driver that draws on the processor rasterises in threads of its own; reading a picture at once
would wait for them, and nothing else would be done meanwhile.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import load_gl
from avatar_desktop.render.passes import readable_framebuffer
from avatar_desktop.render.renderer import Renderer
from avatar_desktop.render.view import View

Pixels = NDArray[np.uint8]


class Strip:
    """Drawn by one renderer, whose context is current; also when it is freed."""

    def __init__(self, renderer: Renderer, width: int, height: int) -> None:
        renderer.most_times(width, height)
        self._renderer = renderer
        self._gl = gl = load_gl()
        self._size = width, height
        self._objects = GlObjects(gl)
        self._targets = tuple(
            readable_framebuffer(gl, self._objects, width, height) for _ in range(2)
        )
        self._drawn = 0

    def draw(self, avatar: Avatar, pose: Pose, view: View) -> Pixels | None:
        """Begin a picture; the one before it, premultiplied, rows from the top."""
        self._renderer.draw(avatar, pose, view, self._targets[self._drawn % 2], *self._size)
        self._gl.glFlush()
        before = self.last()
        self._drawn += 1
        return before

    def last(self) -> Pixels | None:
        """The picture that was begun last."""
        if not self._drawn:
            return None
        target = self._targets[(self._drawn - 1) % 2]
        self._gl.glBindFramebuffer(self._gl.GL_FRAMEBUFFER, target)
        return self._renderer.read_rgba(*self._size)

    def free(self) -> None:
        self._objects.free()
