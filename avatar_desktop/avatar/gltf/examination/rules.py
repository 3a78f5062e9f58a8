"""The words in which the shape of a JSON object is written down, and the walk that checks it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from avatar_desktop.avatar.gltf.examination.findings import Findings, Json, as_list, as_object


@dataclass(frozen=True, slots=True)
class Shape:
    """What an object must hold and what its fields may be."""

    fields: Mapping[str, Check] = field(default_factory=dict[str, "Check"])
    needs: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    """Exactly one of these is there."""
    at_most_one_of: tuple[str, ...] = ()
    together: tuple[tuple[str, str], ...] = ()
    """The first makes no sense without the second."""
    rising: tuple[tuple[str, str], ...] = ()
    """The first number is below the second."""
    by_type: bool = False
    """What `type` names is a field that must be there."""


class Walk:
    """One pass over the JSON of a file."""

    def __init__(
        self,
        document: Json,
        findings: Findings,
        shapes: Mapping[str, Shape],
        extensions: Mapping[str, Mapping[str, str]],
    ) -> None:
        self.document = document
        self.findings = findings
        self._shapes = shapes
        self._extensions = extensions
        self._declared = frozenset(map(str, as_list(document.get("extensionsUsed")) or []))

    def visit(self, kind: str, value: object, place: str) -> None:
        """Check an object of this kind and everything below it."""
        item = as_object(value)
        if item is None:
            self.findings.add(place, "an object is needed here.")
            return
        shape = self._shapes[kind]
        for name in shape.needs:
            if name not in item:
                self.findings.add(place, f"`{name}` is missing.")
        given = [name for name in shape.one_of if name in item]
        if shape.one_of and len(given) != 1:
            self.findings.add(place, f"needs one of {_either(shape.one_of)}, has {len(given)}.")
        if sum(name in item for name in shape.at_most_one_of) > 1:
            self.findings.add(place, f"has more than one of {_either(shape.at_most_one_of)}.")
        for name, other in shape.together:
            if name in item and other not in item:
                self.findings.add(place, f"`{name}` means nothing without `{other}`.")
        for low, high in shape.rising:
            if _is_number(item.get(low)) and _is_number(item.get(high)) and item[low] >= item[high]:
                self.findings.add(place, f"`{low}` is not below `{high}`.")
        if shape.by_type and str(item.get("type")) in shape.fields.keys() - item.keys():
            self.findings.add(place, f"`{item['type']}` is missing.")
        for name, check in shape.fields.items():
            if name in item:
                check(self, item[name], f"{place}.{name}")
        if "extensions" in item:
            self._visit_extensions(kind, item["extensions"], f"{place}.extensions")

    def count(self, group: str) -> int:
        """How many items a list of the document has; dots lead into extensions."""
        found: object = self.document
        for name in group.split("."):
            found = (as_object(found) or {}).get(name)
        return len(as_list(found) or [])

    def _visit_extensions(self, kind: str, value: object, place: str) -> None:
        extensions = as_object(value)
        if extensions is None:
            self.findings.add(place, "an object is needed here.")
            return
        for name, body in extensions.items():
            here = f"{place}.{name[:60]}"
            if name not in self._declared:
                self.findings.add(here, "the extension is not declared in extensionsUsed.")
            owners = self._extensions.get(name)
            if as_object(body) is None:
                self.findings.add(here, "an extension must be an object.")
            elif owners is not None and kind not in owners:
                self.findings.add(here, "this extension does not belong here.")
            elif owners is not None:
                self.visit(owners[kind], body, here)


Check = Callable[[Walk, Any, str], None]


_ENDLESS = (float("inf"), float("-inf"))


def number(
    at_least: float | None = None,
    at_most: float | None = None,
    *,
    above: float | None = None,
    step: int | None = None,
) -> Check:
    """A finite number within limits."""

    def check(walk: Walk, value: Any, place: str) -> None:
        if not _is_number(value):
            walk.findings.add(place, "a number is needed here.")
        elif value in _ENDLESS or value != value:  # noqa: PLR0124 -- only what is no number differs
            walk.findings.add(place, "a finite number is needed here.")
        elif at_least is not None and value < at_least:
            walk.findings.add(place, f"{_short(value)} is less than {at_least:g}.")
        elif above is not None and value <= above:
            walk.findings.add(place, f"{_short(value)} is not above {above:g}.")
        elif at_most is not None and value > at_most:
            walk.findings.add(place, f"{_short(value)} is more than {at_most:g}.")
        elif step is not None and value % step:
            walk.findings.add(place, f"{_short(value)} is not a multiple of {step}.")

    return check


def numbers(*lengths: int, at_least: float | None = None, at_most: float | None = None) -> Check:
    """A list of so many numbers, each within the same limits."""
    each = number(at_least, at_most)

    def check(walk: Walk, value: Any, place: str) -> None:
        items = as_list(value)
        if items is None:
            walk.findings.add(place, "a list is needed here.")
        elif not items:
            walk.findings.add(place, "the list is empty.")
        elif lengths and len(items) not in lengths:
            walk.findings.add(place, f"the list has {len(items)} numbers.")
        else:
            for index, item in enumerate(items):
                each(walk, item, f"{place}[{index}]")

    return check


def among(*allowed: object) -> Check:
    """One of these values."""

    def check(walk: Walk, value: Any, place: str) -> None:
        if value not in allowed:
            walk.findings.add(place, f"{str(value)[:60]} is none of the values that are allowed.")

    return check


def text(pattern: str = "") -> Check:
    """A string, which may have to match a pattern."""

    def check(walk: Walk, value: Any, place: str) -> None:
        if not isinstance(value, str):
            walk.findings.add(place, "a text is needed here.")
        elif pattern and not re.fullmatch(pattern, value):
            walk.findings.add(place, f"{value[:60]!r} does not have the right form.")

    return check


def flag(walk: Walk, value: Any, place: str) -> None:
    """True or false."""
    if not isinstance(value, bool):
        walk.findings.add(place, "true or false is needed here.")


def link(group: str) -> Check:
    """The index of an item of one of the document's lists."""

    def check(walk: Walk, value: Any, place: str) -> None:
        if not _is_number(value) or value % 1:
            walk.findings.add(place, "a whole number is needed here.")
        elif not 0 <= value < walk.count(group):
            what = group.rpartition(".")[2]
            walk.findings.add(place, f"points to {_short(value)} of {walk.count(group)} {what}.")

    return check


def inside(kind: str) -> Check:
    """An object of its own kind."""

    def check(walk: Walk, value: Any, place: str) -> None:
        walk.visit(kind, value, place)

    return check


def several(each: Check, *, unique: bool = False) -> Check:
    """A list that is not empty."""

    def check(walk: Walk, value: Any, place: str) -> None:
        items = as_list(value)
        if items is None:
            walk.findings.add(place, "a list is needed here.")
            return
        if not items:
            walk.findings.add(place, "the list is empty.")
        if unique:
            _check_unique(walk, items, place)
        for index, item in enumerate(items):
            each(walk, item, f"{place}[{index}]")

    return check


def named(each: Check) -> Check:
    """An object of any names that is not empty."""

    def check(walk: Walk, value: Any, place: str) -> None:
        items = as_object(value)
        if items is None:
            walk.findings.add(place, "an object is needed here.")
            return
        if not items:
            walk.findings.add(place, "the object is empty.")
        for name, item in items.items():
            each(walk, item, f"{place}.{name[:60]}")

    return check


def _check_unique(walk: Walk, items: list[Any], place: str) -> None:
    seen: set[str] = set()
    for index, item in enumerate(items):
        if repr(item) in seen:
            walk.findings.add(f"{place}[{index}]", f"a duplicate of {str(item)[:60]}.")
        seen.add(repr(item))


def _either(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _short(value: float) -> str:
    """A number as it is written; a whole one may have more digits than a float can hold."""
    return str(value)[:24]
