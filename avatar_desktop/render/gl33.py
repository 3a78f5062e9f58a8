"""OpenGL 3.3 core as the renderer speaks it: PyOpenGL's bare functions, a few of them made handy.

PyOpenGL's own handy module, OpenGL.GL, takes forty milliseconds more to import, which is a tenth of
the app's whole start, and puts three layers of Python between the renderer and each call.
"""

# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LONGEST_LOG = 8192
_LONGEST_NAME = 256


class _Pointer(ctypes.c_void_p):
    """Memory, or a place in a buffer: taken as it is, where PyOpenGL would look into it."""


Raw = Callable[..., Any]


@cache
def load_core() -> SimpleNamespace:
    """Every function and constant up to OpenGL 3.3; a context must be current."""
    gl = SimpleNamespace(**_bare())
    for handy, names in _HANDY.items():
        for name in names:
            setattr(gl, name, handy(_pointed(getattr(gl, name))))
    gl.glGetString.restype = gl.glGetStringi.restype = ctypes.c_char_p
    return gl


def _bare() -> dict[str, Any]:
    from OpenGL.raw.GL.VERSION import (
        GL_1_0,
        GL_1_1,
        GL_1_2,
        GL_1_3,
        GL_1_4,
        GL_1_5,
        GL_2_0,
        GL_2_1,
        GL_3_0,
        GL_3_1,
        GL_3_2,
        GL_3_3,
    )

    found: dict[str, Any] = {}
    found |= vars(GL_1_0) | vars(GL_1_1) | vars(GL_1_2) | vars(GL_1_3) | vars(GL_1_4)
    found |= vars(GL_1_5) | vars(GL_2_0) | vars(GL_2_1) | vars(GL_3_0) | vars(GL_3_1)
    found |= vars(GL_3_2) | vars(GL_3_3)
    return {name: value for name, value in found.items() if name[:2] in ("gl", "GL")}


def _pointed(raw: Any) -> Raw:
    """The same with plain pointers wherever memory is handed over."""
    raw.argtypes = [kind if is_number(kind) else _Pointer for kind in raw.argtypes]
    return raw


def is_number(kind: object) -> bool:
    """Whether an argument of this type is handed over as a number."""
    return getattr(kind, "_type_", None) in tuple("bBhHiIlLqQfd")


def itself(function: Raw) -> Raw:
    """The driver's function, where this is PyOpenGL's stand-in for it that has been called."""
    return getattr(type(function).__call__, "__self__", function)


def _generating(raw: Raw) -> Raw:
    def generate(count: int) -> int:
        """One new name; more at once are never needed."""
        assert count == 1
        made = ctypes.c_uint(0)
        raw(1, ctypes.byref(made))
        return made.value

    return generate


def _deleting(raw: Raw) -> Raw:
    def delete(count: int, names: Sequence[int]) -> None:
        raw(count, (ctypes.c_uint * count)(*names))

    return delete


def _whole(raw: Raw) -> Raw:
    return _getting(raw, ctypes.c_int)


def _real(raw: Raw) -> Raw:
    return _getting(raw, ctypes.c_float)


def _getting(raw: Raw, kind: type[ctypes.c_int | ctypes.c_float]) -> Raw:
    def get(*question: int) -> float:
        answer = kind(0)
        raw(*question, ctypes.byref(answer))
        return answer.value

    return get


def _logging(raw: Raw) -> Raw:
    def log(name: int) -> bytes:
        text = ctypes.create_string_buffer(_LONGEST_LOG)
        raw(name, _LONGEST_LOG, None, text)
        return text.value

    return log


def _naming(raw: Raw) -> Raw:
    def name(program: int, index: int) -> tuple[bytes, int, int]:
        """Name, size and type."""
        size, kind = ctypes.c_int(0), ctypes.c_uint(0)
        text = ctypes.create_string_buffer(_LONGEST_NAME)
        raw(program, index, _LONGEST_NAME, None, ctypes.byref(size), ctypes.byref(kind), text)
        return text.value, size.value, kind.value

    return name


def _named(raw: Raw) -> Raw:
    def find(program: int, name: str) -> int:
        return raw(program, name.encode())

    return find


def _sourcing(raw: Raw) -> Raw:
    def source(shader: int, text: str) -> None:
        raw(shader, 1, (ctypes.c_char_p * 1)(text.encode()), None)

    return source


def _floats(raw: Raw) -> Raw:
    def put(target: int, name: int, values: Sequence[float]) -> None:
        raw(target, name, (ctypes.c_float * len(values))(*values))

    return put


def _pointing(raw: Raw) -> Raw:
    """For a function that takes memory: a whole array, or None, where it wants a pointer."""

    def call(*given: Any) -> None:
        raw(*[_address(each) if type(each) is np.ndarray else each for each in given])

    return call


def _address(array: NDArray[Any]) -> int:
    if not array.flags.c_contiguous:
        raise ValueError("OpenGL takes only arrays that lie in one piece")
    return array.ctypes.data


_MADE = ("Buffers", "Framebuffers", "Renderbuffers", "Samplers", "Textures", "VertexArrays")
_HANDY: dict[Callable[[Raw], Raw], tuple[str, ...]] = {
    _generating: tuple(f"glGen{kind}" for kind in _MADE),
    _deleting: tuple(f"glDelete{kind}" for kind in _MADE),
    _whole: ("glGetIntegerv", "glGetProgramiv", "glGetShaderiv"),
    _real: ("glGetFloatv",),
    _logging: ("glGetProgramInfoLog", "glGetShaderInfoLog"),
    _naming: ("glGetActiveUniform",),
    _named: ("glGetUniformLocation", "glGetUniformBlockIndex"),
    _sourcing: ("glShaderSource",),
    _floats: ("glTexParameterfv",),
    _pointing: (
        "glBufferData",
        "glBufferSubData",
        "glGetBufferSubData",
        "glReadPixels",
        "glTexImage2D",
        "glTexSubImage2D",
    ),
}
