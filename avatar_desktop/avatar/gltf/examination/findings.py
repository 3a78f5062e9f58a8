"""The list of problems, each with its place in the file; a flood of one kind is cut short."""

from __future__ import annotations

import re
from typing import Any, cast

_ALIKE = 4
"""So many problems of one kind are spelled out; the rest are counted."""
_DIGITS = re.compile(r"\d+")

Json = dict[str, Any]


class Findings:
    """Problems in the order in which they were found."""

    def __init__(self) -> None:
        self._kinds: dict[str, list[str]] = {}
        self._counts: dict[str, int] = {}

    def add(self, place: str, problem: str) -> None:
        """Note that the file is wrong at `place`, once."""
        sentence = f"{place}: {problem}"
        kind = _DIGITS.sub("#", sentence)
        spelled = self._kinds.setdefault(kind, [])
        if sentence in spelled:
            return
        self._counts[kind] = self._counts.get(kind, 0) + 1
        if len(spelled) < _ALIKE:
            spelled.append(sentence)

    def sentences(self) -> tuple[str, ...]:
        """One sentence a problem."""
        lines: list[str] = []
        for kind, spelled in self._kinds.items():
            lines += spelled
            more = self._counts[kind] - len(spelled)
            if more:
                lines.append(f"{spelled[0]} ({more} more like this)")
        return tuple(lines)


def as_object(value: object) -> Json | None:
    """The JSON object, or None for anything else."""
    return cast("Json", value) if isinstance(value, dict) else None


def as_list(value: object) -> list[Any] | None:
    """The JSON list, or None for anything else."""
    return cast("list[Any]", value) if isinstance(value, list) else None


def objects(owner: Json, name: str) -> list[Json]:
    """The objects of a list; anything else in it becomes an empty object to keep the numbering."""
    return [as_object(item) or {} for item in as_list(owner.get(name)) or []]


def extension(owner: Json, name: str) -> Json:
    """One extension of an object, empty when it is absent or no object."""
    return as_object((as_object(owner.get("extensions")) or {}).get(name)) or {}
