"""The one door to PyOpenGL: opened after a context is current, so that it binds to the right one.

PyOpenGL decides between GLX and EGL when it is first imported and guesses from the session type,
not from the context in use. Nothing else in the house imports OpenGL.
"""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Any

from avatar_desktop.errors import GraphicsError
from avatar_desktop.render.gl33 import load_core

Gl = Any
"""The functions of gl33, which have no types."""

ADVICE = "Run `avatar-desktop doctor` to see what your graphics driver offers."


def load_gl(*, check_every_call: bool = False) -> Gl:
    """OpenGL 3.3 for the context that is current on this thread; imported once per process.

    `check_every_call` asks the driver for errors after each call; it only counts the first time.
    """
    if sys.platform.startswith("linux"):
        _choose_platform()
    try:
        import OpenGL  # pyright: ignore[reportMissingTypeStubs]
    except ImportError as error:
        raise GraphicsError("PyOpenGL is not installed.", advice=ADVICE) from error
    if "OpenGL.platform" not in sys.modules:
        settings: Any = OpenGL
        settings.ERROR_CHECKING = check_every_call
        settings.ERROR_LOGGING = False
        settings.ERROR_ON_COPY = False
    try:
        return load_core()
    except (ImportError, AttributeError, TypeError, OSError) as error:
        raise GraphicsError(f"OpenGL cannot be loaded ({error}).", advice=ADVICE) from error


def _choose_platform() -> None:
    if "OpenGL.platform" in sys.modules:
        return
    os.environ["PYOPENGL_PLATFORM"] = "egl" if egl_is_current() else "glx"


def egl_is_current() -> bool:
    """Whether the context of this thread was made by EGL."""
    try:
        library = ctypes.CDLL("libEGL.so.1")
    except OSError:
        return False
    current = library.eglGetCurrentContext
    current.restype = ctypes.c_void_p
    current.argtypes = []
    return bool(current())


def check_errors(gl: Gl, doing: str) -> None:
    """Raise when the driver has refused something since the last look."""
    error = int(gl.glGetError())
    if error:
        while gl.glGetError():  # the driver may keep one flag per unit; a later look starts clean
            pass
        raise GraphicsError(f"OpenGL refused while {doing} (error 0x{error:04x}).", advice=ADVICE)
