"""The outputs of the desktop's sound server, asked through its own library.

PortAudio shows a sound server as one device; whoever wants its headphones has to ask the server.

Promise: no question lasts longer than `MOST_SECONDS`, and none starts a server.
"""

from __future__ import annotations

import ctypes
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

MOST_SECONDS: Final = 2.0
_TURN_MICROSECONDS: Final = 50_000
_NO_AUTOSPAWN: Final = 1
_READY, _FAILED = 4, 5
_RUNNING: Final = 0


@dataclass(frozen=True, slots=True)
class Sink:
    """One output of the server."""

    address: str
    """What the server calls it."""
    name: str
    """What its makers call it."""


@dataclass(frozen=True, slots=True)
class Sinks:
    """What a server has, and which of them it uses by itself."""

    all: tuple[Sink, ...]
    default: str


class _SinkInfo(ctypes.Structure):
    """The beginning of the library's own record; nothing behind it is read."""

    _fields_ = [
        ("name", ctypes.c_char_p),
        ("index", ctypes.c_uint32),
        ("description", ctypes.c_char_p),
    ]


class _ServerInfo(ctypes.Structure):
    _fields_ = [
        ("user", ctypes.c_char_p),
        ("host", ctypes.c_char_p),
        ("version", ctypes.c_char_p),
        ("kind", ctypes.c_char_p),
        ("format", ctypes.c_int),
        ("rate", ctypes.c_uint32),
        ("channels", ctypes.c_uint8),
        ("default_sink", ctypes.c_char_p),
    ]


_OnSink = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.POINTER(_SinkInfo), ctypes.c_int, ctypes.c_void_p
)
_OnServer = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(_ServerInfo), ctypes.c_void_p)


def sinks() -> Sinks | None:
    """What the sound server has; None where there is no such server."""
    library = _library()
    if library is None:
        return None
    with ExitStack() as closing:
        loop = library.pa_mainloop_new()
        closing.callback(library.pa_mainloop_free, loop)
        context = library.pa_context_new(library.pa_mainloop_get_api(loop), b"avatar-desktop")
        closing.callback(library.pa_context_unref, context)
        if library.pa_context_connect(context, None, _NO_AUTOSPAWN, None) < 0:
            return None
        closing.callback(library.pa_context_disconnect, context)
        return _Question(library, loop, context, time.monotonic() + MOST_SECONDS).answer()


class _Question:
    """One conversation with the server, until its time is over."""

    def __init__(self, library: Any, loop: int, context: int, until: float) -> None:
        self._library = library
        self._loop = loop
        self._context = context
        self._until = until
        self._found: list[Sink] = []
        self._default = b""

    def answer(self) -> Sinks | None:
        library, context = self._library, self._context
        while (state := library.pa_context_get_state(context)) != _READY:
            if state >= _FAILED or not self._turn():
                return None
        on_sink, on_server = _OnSink(self._take_sink), _OnServer(self._take_server)
        for asked in (
            library.pa_context_get_sink_info_list(context, on_sink, None),
            library.pa_context_get_server_info(context, on_server, None),
        ):
            if not asked:
                return None
            answered = self._until_done(asked)
            library.pa_operation_unref(asked)
            if not answered:
                return None
        default = self._default.decode("utf-8", "replace")
        named = {sink.address: sink.name for sink in self._found}
        return Sinks(tuple(self._found), named.get(default, ""))

    def _until_done(self, asked: int) -> bool:
        while self._library.pa_operation_get_state(asked) == _RUNNING:
            if not self._turn():
                return False
        return True

    def _turn(self) -> bool:
        """Wait for the server for a moment; False when it has had its time."""
        library, loop = self._library, self._loop
        return (
            time.monotonic() < self._until
            and library.pa_mainloop_prepare(loop, _TURN_MICROSECONDS) >= 0
            and library.pa_mainloop_poll(loop) >= 0
            and library.pa_mainloop_dispatch(loop) >= 0
        )

    def _take_sink(self, _context: int, info: Any, is_end: int, _data: object) -> None:
        if not is_end:
            address = bytes(info.contents.name).decode("utf-8", "replace")
            name = bytes(info.contents.description or b"").decode("utf-8", "replace")
            self._found.append(Sink(address, " ".join(name.split()) or address))

    def _take_server(self, _context: int, info: Any, _data: object) -> None:
        if info:
            self._default = bytes(info.contents.default_sink or b"")


@lru_cache(maxsize=1)
def _library() -> Any:
    """libpulse, which PipeWire serves too; None where it is not installed."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        library: Any = ctypes.CDLL("libpulse.so.0")
    except OSError:
        return None
    pointer = ctypes.c_void_p
    for name, result, given in (
        ("pa_mainloop_new", pointer, ()),
        ("pa_mainloop_get_api", pointer, (pointer,)),
        ("pa_mainloop_free", None, (pointer,)),
        ("pa_mainloop_prepare", ctypes.c_int, (pointer, ctypes.c_int)),
        ("pa_mainloop_poll", ctypes.c_int, (pointer,)),
        ("pa_mainloop_dispatch", ctypes.c_int, (pointer,)),
        ("pa_context_new", pointer, (pointer, ctypes.c_char_p)),
        ("pa_context_connect", ctypes.c_int, (pointer, ctypes.c_char_p, ctypes.c_int, pointer)),
        ("pa_context_get_state", ctypes.c_int, (pointer,)),
        ("pa_context_disconnect", None, (pointer,)),
        ("pa_context_unref", None, (pointer,)),
        ("pa_context_get_sink_info_list", pointer, (pointer, _OnSink, pointer)),
        ("pa_context_get_server_info", pointer, (pointer, _OnServer, pointer)),
        ("pa_operation_get_state", ctypes.c_int, (pointer,)),
        ("pa_operation_unref", None, (pointer,)),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, given
    return library
