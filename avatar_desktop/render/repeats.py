"""Calls that are the same frame after frame: written down once, then made without asking why.

What a pass tells the driver follows from a few things, and of an avatar that only lives none of
them changes; going through the passes would cost more than all that the driver does with it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from threading import get_ident
from typing import Any, cast

from avatar_desktop.render.gl33 import is_number, itself
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
        self._notes: _Notes | None = None

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
        if self._notes is None:
            self._notes = _Notes()
        return self._notes.of(functions, work)


class _Notes:
    """Takes the places of all functions for a moment and writes down what is asked of them."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._does_more = False
        self._writer = 0
        self._real: Mapping[str, Callable[..., Any]] = {}
        self._noting: dict[str, Callable[..., Any]] = {}

    def of(
        self, functions: dict[str, Callable[..., Any]], work: Callable[[], None]
    ) -> tuple[Call, ...] | None:
        """The calls of this work, as far as they only tell."""
        self._real = {name: each for name, each in functions.items() if name[:2] == "gl"}
        for name in self._real.keys() - self._noting.keys():
            self._noting[name] = self._noted(name)
        self._calls, self._does_more, self._writer = [], False, get_ident()
        functions.update(self._noting)
        try:
            work()
        finally:
            functions.update(self._real)
        if self._does_more:
            return None
        functions.update({name: itself(self._real[name]) for name, _ in self._calls})
        calls = _without_what_is_so(self._calls)
        return tuple((name, _ready(self._real[name], given)) for name, given in calls)

    def _noted(self, name: str) -> Callable[..., Any]:
        tells = _tells(name)

        def note(*given: Any) -> Any:
            if get_ident() == self._writer:
                if tells and all(map(_is_plain, given)):
                    self._calls.append((name, given))
                else:
                    self._does_more = True
            return self._real[name](*given)

        return note


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


def _ready(function: Any, given: tuple[Any, ...]) -> tuple[Any, ...]:
    """The same as the function takes it: what is made of a number at each call is made once."""
    kinds = getattr(function, "argtypes", None)
    if kinds is None or len(kinds) != len(given):
        return given
    return tuple(
        kind(each) if isinstance(each, (int, float)) and is_number(kind) else each
        for kind, each in zip(kinds, given, strict=True)
    )


def _tells(name: str) -> bool:
    return name.startswith(_TELLS)


def _is_plain(given: object) -> bool:
    return given is None or isinstance(given, (int, float, ctypes.c_void_p))
