"""Whether the desktop blends windows with what is behind them."""

from __future__ import annotations

import ctypes
from typing import Any


def is_wayland() -> bool:
    """Windows there cannot place themselves, nor stay on top, nor know where the pointer is."""
    from PySide6.QtGui import QGuiApplication

    return QGuiApplication.platformName().startswith("wayland")


def blends() -> bool:
    """True where a translucent window shows what is behind it; on X11 a compositor does that."""
    from PySide6.QtGui import QGuiApplication

    return x11_blends() if QGuiApplication.platformName() == "xcb" else True


def x11_blends() -> bool:
    """Who composes a screen owns a selection of this name."""
    try:
        x11 = _x11()
    except OSError:
        return False
    display = x11.XOpenDisplay(None)
    if not display:
        return False
    try:
        name = f"_NET_WM_CM_S{x11.XDefaultScreen(display)}".encode()
        return bool(x11.XGetSelectionOwner(display, x11.XInternAtom(display, name, 0)))
    finally:
        x11.XCloseDisplay(display)


def _x11() -> Any:
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
    x11.XInternAtom.restype = ctypes.c_ulong
    x11.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    x11.XGetSelectionOwner.restype = ctypes.c_ulong
    x11.XGetSelectionOwner.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
    for name in ("XDefaultScreen", "XCloseDisplay"):
        getattr(x11, name).argtypes = [ctypes.c_void_p]
    return x11
