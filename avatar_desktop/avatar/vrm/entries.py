"""Reading entry by entry: a broken one costs itself and leaves a warning that names it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar, cast

import msgspec

from avatar_desktop.avatar.gltf.document import decode
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.errors import AvatarError

_Read = TypeVar("_Read", bound=msgspec.Struct)
_Word = TypeVar("_Word")

NOTHING = msgspec.Raw(b"null")
BEYOND_MEASURE = 1e9
"""No length, colour or angle of an avatar is larger."""


def entry(
    source: Source, raw: msgspec.Raw, kind: type[_Read], place: str, what: str
) -> _Read | None:
    """One entry, or None: with a warning when it is broken, without when it is not there."""
    if is_absent(raw):
        return None
    try:
        return strict_entry(raw, kind, place)
    except AvatarError as error:
        source.skipped(what, error)
        return None


def strict_entry(raw: msgspec.Raw, kind: type[_Read], place: str) -> _Read:
    """One entry, or an error that names its place."""
    try:
        found = decode(raw, kind, place)
    except AvatarError:
        found = _decoded_loosely(raw, kind, place)
    if not _is_measured(found):
        raise AvatarError("A number is beyond all measure.", kind="numbers", place=place)
    return found


def entries(
    source: Source, raws: Sequence[msgspec.Raw], kind: type[_Read], place: str, what: str
) -> Iterator[tuple[int, str, _Read]]:
    """Number, place and value of each entry that can be read."""
    for number, raw in enumerate(raws):
        here = f"{place}[{number}]"
        found = entry(source, raw, kind, here, what)
        if found is not None:
            yield number, here, found


def members(
    source: Source, raw: msgspec.Raw, place: str, what: str
) -> Iterator[tuple[str, str, msgspec.Raw]]:
    """Name, place and text of each member of an object; none when it is no object."""
    if is_absent(raw):
        return
    try:
        found = decode(raw, dict[str, msgspec.Raw], place)
    except AvatarError as error:
        source.skipped(what, error)
        return
    for name, text in found.items():
        yield name, f"{place}.{name[:40]}", text


def word(
    source: Source, given: str, known: Mapping[str, _Word], otherwise: _Word, place: str
) -> _Word:
    """What one of a few words means; a warning when it is none of them."""
    if given not in known:
        source.warn(f"{given[:40]!r} means nothing here ({place}).")
    return known.get(given, otherwise)


def node_in(source: Source, index: int, place: str, what: str) -> bool:
    """Whether the file has this node; a warning when it has not."""
    if 0 <= index < len(source.document.nodes):
        return True
    source.warn(f"{what} points to node {index}, which is not there ({place}).")
    return False


def is_absent(raw: msgspec.Raw) -> bool:
    """Whether the file does not say it, or says null."""
    return raw is NOTHING or bytes(raw).strip() in (b"", b"null")


def _decoded_loosely(raw: msgspec.Raw, kind: type[_Read], place: str) -> _Read:
    """As `decode`, but 4.0 is a whole number and "4" a number; the first error is the one told."""
    try:
        return msgspec.json.decode(raw, type=kind, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return decode(raw, kind, place)


def _is_measured(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value) and abs(value) <= BEYOND_MEASURE
    if isinstance(value, msgspec.Struct):
        return all(_is_measured(getattr(value, name)) for name in value.__struct_fields__)
    if isinstance(value, (tuple, list)):
        return all(map(_is_measured, cast("Sequence[object]", value)))
    return True
