"""Every GL object has an owner that frees it: a ledger of what was made, emptied in one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from avatar_desktop.render.opengl import Gl

Kind = Literal[
    "texture", "buffer", "vertex_array", "framebuffer", "renderbuffer", "sampler", "program"
]


class GlObjects:
    """Names of GL objects made by one owner; only `free` needs the context to be current."""

    def __init__(self, gl: Gl) -> None:
        self._gl = gl
        self._made: list[tuple[Kind, int]] = []

    def __len__(self) -> int:
        return len(self._made)

    def texture(self) -> int:
        """A new texture."""
        return self._keep("texture", int(self._gl.glGenTextures(1)))

    def buffer(self) -> int:
        """A new buffer."""
        return self._keep("buffer", int(self._gl.glGenBuffers(1)))

    def vertex_array(self) -> int:
        """A new vertex array."""
        return self._keep("vertex_array", int(self._gl.glGenVertexArrays(1)))

    def framebuffer(self) -> int:
        """A new framebuffer."""
        return self._keep("framebuffer", int(self._gl.glGenFramebuffers(1)))

    def renderbuffer(self) -> int:
        """A new renderbuffer."""
        return self._keep("renderbuffer", int(self._gl.glGenRenderbuffers(1)))

    def sampler(self) -> int:
        """A new sampler."""
        return self._keep("sampler", int(self._gl.glGenSamplers(1)))

    def program(self) -> int:
        """A new program."""
        return self._keep("program", int(self._gl.glCreateProgram()))

    def free(self) -> None:
        """Give everything back to the driver."""
        gl = self._gl
        delete: dict[Kind, Callable[[int], object]] = {
            "texture": lambda name: gl.glDeleteTextures(1, [name]),
            "buffer": lambda name: gl.glDeleteBuffers(1, [name]),
            "vertex_array": lambda name: gl.glDeleteVertexArrays(1, [name]),
            "framebuffer": lambda name: gl.glDeleteFramebuffers(1, [name]),
            "renderbuffer": lambda name: gl.glDeleteRenderbuffers(1, [name]),
            "sampler": lambda name: gl.glDeleteSamplers(1, [name]),
            "program": gl.glDeleteProgram,
        }
        while self._made:
            kind, name = self._made.pop()
            delete[kind](name)

    def forget(self) -> None:
        """Drop the names without a word to the driver: the context is gone and they with it."""
        self._made.clear()

    def _keep(self, kind: Kind, name: int) -> int:
        self._made.append((kind, name))
        return name
