"""Pictures that were drawn before their time and wait for it."""

from __future__ import annotations

import logging

from avatar_desktop.errors import GraphicsError
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import Gl
from avatar_desktop.render.passes import readable_framebuffer
from avatar_desktop.render.targets import check_complete

log = logging.getLogger(__name__)


class Shelf:
    """A few places for pictures of one size, made when the first one is asked for."""

    def __init__(self, gl: Gl) -> None:
        self._gl = gl
        self._objects = GlObjects(gl)
        self._size = (0, 0)
        self._framebuffers: list[int] = []
        self._is_refused = False

    def __len__(self) -> int:
        return len(self._framebuffers)

    def place(self, number: int, width: int, height: int) -> int:
        """The framebuffer of a place, counted from 0; none, that is 0, where the driver has no
        room. What lies elsewhere on the shelf in another size is lost."""
        if (width, height) != self._size:
            self.free()
            self._size = (width, height)
        try:
            while len(self._framebuffers) <= number and not self._is_refused:
                self._framebuffers.append(self._made(width, height))
        except GraphicsError as error:
            log.warning("no pictures are drawn ahead", extra={"why": error.message})
            self._is_refused = True
        return 0 if self._is_refused else self._framebuffers[number]

    def show(self, number: int, framebuffer: int) -> None:
        """Bring the picture at a place into a framebuffer of its size."""
        gl, area = self._gl, (0, 0, *self._size)
        gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, self._framebuffers[number])
        gl.glBindFramebuffer(gl.GL_DRAW_FRAMEBUFFER, framebuffer)
        gl.glBlitFramebuffer(*area, *area, gl.GL_COLOR_BUFFER_BIT, gl.GL_NEAREST)
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, framebuffer)

    def free(self) -> None:
        """Give everything back; the context must be current."""
        self._objects.free()
        self._empty()

    def forget(self) -> None:
        """The context is gone: drop the names."""
        self._objects.forget()
        self._empty()

    def _empty(self) -> None:
        self._framebuffers.clear()
        self._size = (0, 0)
        self._is_refused = False

    def _made(self, width: int, height: int) -> int:
        made = readable_framebuffer(self._gl, self._objects, width, height)
        check_complete(self._gl, f"a picture of {width} × {height} ahead of its time")
        return made
