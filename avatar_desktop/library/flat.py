"""A value made of dataclasses and arrays as one flat file: arrays by offset, all else in a head.

It knows no class by name: what a dataclass holds today is written, and comes back as long as the
class still has the same fields. Nothing is built but dataclasses of this app, and nothing at all
from a file with a single wrong bit.
"""

from __future__ import annotations

import importlib
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final, TypeAlias, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

_MAGIC: Final = b"AVDFLAT1"
_PREAMBLE: Final = struct.Struct("<8sQQII")
"""magic, bytes of the head, bytes of the whole file, checksum of the head, of the arrays."""
_ALIGNMENT: Final = 64
_PACKAGE: Final = __name__.partition(".")[0]
_TUPLE, _DICT, _FROZENSET, _SLICE, _ARRAY, _SPREAD, _AGAIN = range(7)
_FIRST_CLASS: Final = 16
_PLAIN: Final = frozenset({type(None), bool, int, float, str, bytes})

Array = NDArray[Any]
Node: TypeAlias = Any
"""A plain value, or a list of its mark and its parts."""
Kind: TypeAlias = type[Any]


class FlatError(ValueError):
    """A value that cannot be written, or a file that cannot be trusted."""


def flatten(value: object, stamp: str) -> list[bytes | memoryview]:
    """The parts of the file, in order; `stamp` must be given again to read it."""
    writer = _Writer()
    tree = writer.node(value)
    places, length = _laid_out(writer.arrays)
    kinds = [[kind.__module__, kind.__qualname__, _field_names(kind)] for kind in writer.kinds]
    try:
        head = msgspec.msgpack.encode([stamp, kinds, places, tree])
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise FlatError(f"the value cannot be written: {error}") from error
    start = _aligned(_PREAMBLE.size + len(head))
    parts = list(_bytes_of(writer.arrays))
    checksum = 0
    for part in parts:
        checksum = zlib.crc32(part, checksum)
    preamble = _PREAMBLE.pack(_MAGIC, len(head), start + length, zlib.crc32(head), checksum)
    return [preamble, head, bytes(start - len(preamble) - len(head)), *parts]


def unflatten(content: bytes, stamp: str) -> object:
    """The value of a file; its arrays are read-only views of `content`."""
    if len(content) < _PREAMBLE.size:
        raise FlatError("the file is too short")
    magic, head_length, length, head_sum, array_sum = _PREAMBLE.unpack_from(content)
    if magic != _MAGIC or length != len(content) or _PREAMBLE.size + head_length > length:
        raise FlatError("the file is of another kind or cut short")
    view = memoryview(content)
    head = view[_PREAMBLE.size : _PREAMBLE.size + head_length]
    start = _aligned(_PREAMBLE.size + head_length)
    if zlib.crc32(head) != head_sum:
        raise FlatError("the head is damaged")
    try:
        made_for, kinds, places, tree = msgspec.msgpack.decode(head)
        if made_for != stamp:
            raise FlatError("the file was made for something else")
        if zlib.crc32(view[start:]) != array_sum:
            raise FlatError("the arrays are damaged")
        arrays = [
            np.ndarray(shape, dtype, content, start + offset) for offset, dtype, shape in places
        ]
        return _Reader([_class(*kind) for kind in kinds], arrays).value(tree)
    except FlatError:
        raise
    except (msgspec.MsgspecError, TypeError, ValueError, IndexError, KeyError) as error:
        raise FlatError(f"the head makes no sense: {error}") from error


class _Writer:
    """Takes a value apart; what is met twice is written once."""

    def __init__(self) -> None:
        self.arrays: list[Array] = []
        self.kinds: list[Kind] = []
        self._array_places: dict[int, int] = {}
        self._kind_places: dict[Kind, int] = {}
        self._known: dict[int, int] = {}
        self._held: list[object] = []  # an id says who it is only while its owner lives

    def node(self, value: Any) -> Node:
        if type(value) in _PLAIN:
            return value
        if isinstance(value, np.ndarray):
            return self._array(cast("Array", value))
        if isinstance(value, np.generic):
            return cast("Any", value).item()
        if is_dataclass(value) and not isinstance(value, type):
            return self._dataclass(value)
        return self._gathering(value)

    def _gathering(self, value: Any) -> Node:
        if isinstance(value, tuple):
            return [_TUPLE, *map(self.node, cast("tuple[Any, ...]", value))]
        if isinstance(value, Mapping):
            items = cast("Mapping[Any, Any]", value).items()
            return [_DICT, *(self.node(part) for item in items for part in item)]
        if isinstance(value, frozenset):
            return [_FROZENSET, *map(self.node, cast("frozenset[Any]", value))]
        if isinstance(value, slice):
            parts = cast("slice[Any, Any, Any]", value)
            return [_SLICE, parts.start, parts.stop, parts.step]
        raise FlatError(f"a {type(value).__name__} cannot be written")

    def _dataclass(self, value: Any) -> list[Node]:
        if id(value) in self._known:
            return [_AGAIN, self._known[id(value)]]
        kind = cast("Kind", type(value))
        if kind not in self._kind_places:
            self._kind_places[kind] = len(self.kinds)
            self.kinds.append(kind)
        node = [_FIRST_CLASS + self._kind_places[kind]]
        node += [self.node(getattr(value, field.name)) for field in fields(value)]
        self._known[id(value)] = len(self._held)
        self._held.append(value)
        return node

    def _array(self, array: Array) -> Node:
        if array.dtype.hasobject:
            raise FlatError("an array of objects cannot be written")
        if array.size > 1 and not any(array.strides):  # one number seen everywhere
            one = array.reshape(-1)[:1].copy()
            return [_SPREAD, self._array(one), [_TUPLE, *array.shape]]
        if id(array) not in self._array_places:
            self._array_places[id(array)] = len(self.arrays)
            self.arrays.append(array)
        return [_ARRAY, self._array_places[id(array)]]


class _Reader:
    """Puts a value together again."""

    def __init__(self, kinds: list[Kind], arrays: list[Array]) -> None:
        self._kinds = kinds
        self._arrays: list[Any] = [*arrays]
        self._made: list[Any] = []

    def value(self, node: Node) -> Any:
        if type(node) is not list:
            return node
        parts = cast("list[Any]", node)
        mark: int = parts[0]
        given = parts[1:]
        if mark >= _FIRST_CLASS:
            kind: Kind = self._kinds[mark - _FIRST_CLASS]
            value = self.value
            parts = [value(part) if type(part) is list else part for part in given]
            self._made.append(kind(*parts))
            return self._made[-1]
        if mark == _ARRAY:
            return self._arrays[given[0]]
        if mark == _AGAIN:
            return self._made[given[0]]
        return _gathered(mark, [self.value(part) if type(part) is list else part for part in given])


def _gathered(mark: int, parts: list[Any]) -> object:
    if mark == _TUPLE:
        return tuple(parts)
    if mark == _DICT:
        return dict(zip(parts[::2], parts[1::2], strict=True))
    if mark == _FROZENSET:
        return frozenset(parts)
    if mark == _SLICE:
        return slice(*parts)
    if mark == _SPREAD:
        return np.broadcast_to(parts[0], parts[1])
    raise FlatError(f"the head names an unknown mark {mark}")


def _laid_out(arrays: list[Array]) -> tuple[list[tuple[int, str, tuple[int, ...]]], int]:
    """Where each array begins after the head, its type and its shape; and where the last ends."""
    places: list[tuple[int, str, tuple[int, ...]]] = []
    end = 0
    for array in arrays:
        places.append((end, array.dtype.str, array.shape))
        end = _aligned(end + array.nbytes)
    return places, end


def _bytes_of(arrays: list[Array]) -> Iterator[memoryview | bytes]:
    for array in arrays:
        yield np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
        yield bytes(_aligned(array.nbytes) - array.nbytes)


def _aligned(offset: int) -> int:
    return -(-offset // _ALIGNMENT) * _ALIGNMENT


def _field_names(kind: Kind) -> list[str]:
    return [field.name for field in fields(kind)]


def _class(module: str, name: str, field_names: list[str]) -> Kind:
    """The dataclass of this app that a file names, if it still has the fields it had."""
    if module.partition(".")[0] != _PACKAGE:
        raise FlatError(f"{module} is not of this app")
    try:
        loaded = importlib.import_module(module)  # waits where another thread is at it
    except ImportError as error:
        raise FlatError(f"there is no {module} any more") from error
    kind = getattr(loaded, name, None)
    if not (isinstance(kind, type) and is_dataclass(kind)) or _field_names(kind) != field_names:
        raise FlatError(f"{name} is not what it was")
    return kind
