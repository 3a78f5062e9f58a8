"""An OpenGL context without a window: films, tests and benchmarks draw in it.

Spoken to through ctypes, so that opening one never decides how PyOpenGL is bound.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

from avatar_desktop.errors import GraphicsError

_ADVICE = {
    "linux": "Install the EGL driver (Debian and Ubuntu: `apt install libegl1 libgl1-mesa-dri`).",
    "win32": "Pictures without a window need an EGL library here; the app's window does not.",
    "darwin": "Pictures without a window need an EGL library here; the app's window does not.",
}
_LIBRARIES = {
    "linux": ("libEGL.so.1", "libEGL.so"),
    "win32": ("libEGL.dll",),
    "darwin": ("libEGL.dylib",),
}

_SURFACELESS_MESA = 0x31DD
_DEVICE = 0x313F
_OPENGL_API = 0x30A2
_SURFACE_TYPE, _PBUFFER_BIT = 0x3033, 0x0001
_RENDERABLE_TYPE, _OPENGL_BIT = 0x3040, 0x0008
_WIDTH, _HEIGHT, _NONE = 0x3057, 0x3056, 0x3038
_MAJOR, _MINOR, _PROFILE_MASK, _CORE_BIT = 0x3098, 0x30FB, 0x30FD, 1
_MAX_DEVICES = 8


class OffscreenContext:
    """A GL 3.3 core context of its own; `with` makes it current and closes it at the end."""

    def __init__(self) -> None:
        self._egl = _load_egl()
        self._display: int | None = None
        self._context: int | None = None
        self._surface: int | None = None
        for display in _displays(self._egl):
            if self._open(display):
                break
        else:
            raise _failure("No EGL display gives an OpenGL 3.3 core context.")
        self.make_current()

    def make_current(self) -> None:
        """Bind the context to the calling thread."""
        if self._context is None:
            raise GraphicsError("The offscreen context has been closed.")
        surface = self._surface
        if not self._egl.eglMakeCurrent(self._display, surface, surface, self._context):
            raise _failure("The offscreen context cannot be made current.")

    def release(self) -> None:
        """Leave the calling thread without a context."""
        self._egl.eglMakeCurrent(self._display, None, None, None)

    def close(self) -> None:
        """Give the context back; a second call does nothing."""
        if self._context is None:
            return
        if self._egl.eglGetCurrentContext() == self._context:
            self.release()
        self._egl.eglDestroyContext(self._display, self._context)
        if self._surface is not None:
            self._egl.eglDestroySurface(self._display, self._surface)
        # The display stays open: EGL shares it with every other context of the process.
        self._context = self._surface = None

    def __enter__(self) -> Self:
        self.make_current()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _open(self, display: int) -> bool:
        egl = self._egl
        if not egl.eglInitialize(display, None, None) or not egl.eglBindAPI(_OPENGL_API):
            return False
        config, found = ctypes.c_void_p(), ctypes.c_int()
        wanted = _attributes(_SURFACE_TYPE, _PBUFFER_BIT, _RENDERABLE_TYPE, _OPENGL_BIT)
        egl.eglChooseConfig(display, wanted, ctypes.byref(config), 1, ctypes.byref(found))
        if not found.value:
            return False
        core_33 = _attributes(_MAJOR, 3, _MINOR, 3, _PROFILE_MASK, _CORE_BIT)
        context = egl.eglCreateContext(display, config, None, core_33)
        if not context:
            return False
        surface: int | None = None
        if not egl.eglMakeCurrent(display, None, None, context):
            surface = egl.eglCreatePbufferSurface(
                display, config, _attributes(_WIDTH, 16, _HEIGHT, 16)
            )
            if not surface or not egl.eglMakeCurrent(display, surface, surface, context):
                egl.eglDestroyContext(display, context)
                return False
        self._display, self._context, self._surface = display, context, surface
        return True


def _failure(message: str) -> GraphicsError:
    return GraphicsError(message, advice=_ADVICE.get(sys.platform, _ADVICE["linux"]))


def _attributes(*values: int) -> ctypes.Array[ctypes.c_int]:
    return (ctypes.c_int * (len(values) + 1))(*values, _NONE)


def _load_egl() -> Any:
    for name in _LIBRARIES.get(sys.platform, _LIBRARIES["linux"]):
        try:
            egl: Any = ctypes.CDLL(name)
        except OSError:
            continue
        return _declare(egl)
    raise _failure("EGL is not installed, so nothing can be drawn without a window.")


def _declare(egl: Any) -> Any:
    pointer, number = ctypes.c_void_p, ctypes.c_int
    signatures: dict[str, tuple[Any, list[Any]]] = {
        "eglGetProcAddress": (pointer, [ctypes.c_char_p]),
        "eglGetDisplay": (pointer, [pointer]),
        "eglInitialize": (number, [pointer, pointer, pointer]),
        "eglBindAPI": (number, [number]),
        "eglChooseConfig": (number, [pointer, pointer, pointer, number, pointer]),
        "eglCreateContext": (pointer, [pointer, pointer, pointer, pointer]),
        "eglCreatePbufferSurface": (pointer, [pointer, pointer, pointer]),
        "eglMakeCurrent": (number, [pointer, pointer, pointer, pointer]),
        "eglGetCurrentContext": (pointer, []),
        "eglDestroyContext": (number, [pointer, pointer]),
        "eglDestroySurface": (number, [pointer, pointer]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(egl, name)
        function.restype, function.argtypes = result, arguments
    return egl


def _displays(egl: Any) -> Iterator[int]:
    """Displays worth trying: no screen needed first, the session's own last."""
    pointer = ctypes.c_void_p
    address = egl.eglGetProcAddress(b"eglGetPlatformDisplayEXT")
    if address:
        platform_display = ctypes.CFUNCTYPE(pointer, ctypes.c_uint, pointer, pointer)(address)
        candidates = [(_SURFACELESS_MESA, None), *((_DEVICE, d) for d in _devices(egl))]
        for platform, native in candidates:
            display = platform_display(platform, native, None)
            if display:
                yield int(display)
    display = egl.eglGetDisplay(None)
    if display:
        yield int(display)


def _devices(egl: Any) -> list[int]:
    address = egl.eglGetProcAddress(b"eglQueryDevicesEXT")
    if not address:
        return []
    query = ctypes.CFUNCTYPE(
        ctypes.c_int, ctypes.c_int, ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(ctypes.c_int)
    )(address)
    devices, count = (ctypes.c_void_p * _MAX_DEVICES)(), ctypes.c_int()
    if not query(_MAX_DEVICES, devices, ctypes.byref(count)):
        return []
    return [int(device) for device in devices[: count.value] if device]
