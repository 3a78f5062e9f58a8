"""Calls that are the same frame after frame: written down once, then made without asking why.

What a pass tells the driver follows from a few things, and of an avatar that only lives none of
them changes; going through the passes would cost more than all that the driver does with it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from threading import get_ident
from typing import Any, cast

from avatar_desktop.render.opengl import Gl

Call = tuple[str, tuple[Any, ...]]

FRAMES_WATCHED = 6
"""So many frames in a row must have been alike before one is written down."""
_TELLS = (
    *("glActiveTexture", "glBegin", "glBind", "glBlend", "glBlit", "glClear", "glColorMask"),
    *("glCullFace", "glDepth", "glDisable", "glDraw", "glEnable", "glEnd", "glFrontFace"),
    *("glPolygonOffset", "glUniform", "glUseProgram", "glViewport"),
)
"""How functions begin that only tell the driver something, in plain numbers."""


@dataclass(slots=True)
class _Passage:
    """A part of a frame, as it was made last."""

    cause: object
    times: int = 0
    calls: tuple[Call, ...] | None = None


class Repeats:
    """The passages of one owner's frames; each is made again while its cause stays the same."""

    def __init__(self, gl: Gl) -> None:
        self._gl = gl
        self._passages: dict[str, _Passage] = {}

    def make(self, name: str, cause: object, work: Callable[[], None]) -> None:
        """Do the work, or make its calls again. It must follow from `cause` alone."""
        passage = self._passages.get(name)
        if passage is None or passage.cause != cause:
            passage = self._passages[name] = _Passage(cause)
        if passage.calls is not None:
            functions = self._functions()
            for function, given in passage.calls:
                functions[function](*given)
            return
        passage.times += 1
        if passage.times == FRAMES_WATCHED:
            passage.calls = self._written_down(work)
        else:
            work()

    def forget(self) -> None:
        """What was written down holds no longer."""
        self._passages.clear()

    def _functions(self) -> dict[str, Callable[..., Any]]:
        """By name, because somebody may have put others in their places."""
        return cast("dict[str, Callable[..., Any]]", vars(self._gl))

    def _written_down(self, work: Callable[[], None]) -> tuple[Call, ...] | None:
        """Do the work and note its calls; None when it did more than tell."""
        functions = self._functions()
        plain = {name: each for name, each in functions.items() if name[:2] == "gl"}
        writer, calls, others = get_ident(), list[Call](), list[str]()

        def noted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
            tells = _tells(name)

            def note(*given: Any) -> Any:
                if get_ident() == writer:
                    if tells and all(map(_is_plain, given)):
                        calls.append((name, given))
                    else:
                        others.append(name)
                return function(*given)

            return note

        functions.update({name: noted(name, each) for name, each in plain.items()})
        try:
            work()
        finally:
            functions.update(plain)
        return None if others else tuple(_without_what_is_so(calls))


def _without_what_is_so(calls: Iterable[Call]) -> Iterator[Call]:
    """The calls less those that put what an earlier one has put already."""
    state: dict[object, object] = {}
    for name, given in calls:
        match name, given:
            case (("glEnable" | "glDisable"), _):
                place, value = given, name
            case "glUseProgram" | "glActiveTexture" | "glBindVertexArray" | "glDepthMask", _:
                place, value = name, given
            case "glBindTexture", (target, texture):
                place, value = (name, state.get("glActiveTexture"), target), texture
            case (("glBindSampler" | "glBindBufferRange"), (first, second, *rest)):
                value = (second, *rest)
                place = (name, first) if name == "glBindSampler" else (name, first, second)
            case _ if name.startswith("glUniform"):
                place, value = (name, state.get("glUseProgram"), given[0]), given[1:]
            case _:
                yield name, given
                continue
        if place not in state or state[place] != value:
            state[place] = value
            yield name, given


@cache
def _tells(name: str) -> bool:
    return name.startswith(_TELLS)


def _is_plain(given: object) -> bool:
    return given is None or isinstance(given, (int, float, ctypes.c_void_p))
