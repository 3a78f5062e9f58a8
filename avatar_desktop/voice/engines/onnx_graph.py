"""An ONNX model's own protobuf, read just far enough to show one more of its values as an output.

It decodes nothing else, and never changes a byte that is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5
_GRAPH: Final = 7
_NODE, _GRAPH_OUTPUT = 1, 12
_NODE_OUTPUT, _NODE_KIND = 2, 4
_FLOAT: Final = 1


def value_of_only(kind: str, model: bytes) -> str | None:
    """The name of what the only node of this kind gives; None when there is none, or several.

    Raises ValueError for bytes that are no model.
    """
    names: list[str] = []
    for field, graph in _fields(memoryview(model)):
        if field != _GRAPH:
            continue
        for part, node in _fields(graph):
            if part == _NODE:
                inside = list(_fields(node))
                if any(f == _NODE_KIND and bytes(v) == kind.encode() for f, v in inside):
                    names += [bytes(v).decode() for f, v in inside if f == _NODE_OUTPUT]
    return names[0] if len(names) == 1 else None


def with_output(model: bytes, name: str) -> bytes:
    """The model with one more output of floats: parts of a message that come later are added."""
    shape_unknown = _piece(1, _number(1, _FLOAT))
    return model + _piece(
        _GRAPH, _piece(_GRAPH_OUTPUT, _piece(1, name.encode()) + _piece(2, shape_unknown))
    )


def _fields(data: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Number and content of each field that holds bytes."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        wire = key & 7
        if wire == _VARINT:
            _, at = _varint(data, at)
        elif wire in (_EIGHT, _FOUR):
            at += 8 if wire == _EIGHT else 4
        elif wire == _BYTES:
            length, at = _varint(data, at)
            yield key >> 3, data[at : at + length]
            at += length
        else:
            raise ValueError("no protobuf")
    if at != len(data):
        raise ValueError("cut short")


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 64:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
    raise ValueError("cut short")


def _piece(field: int, content: bytes) -> bytes:
    return _encoded(field << 3 | _BYTES) + _encoded(len(content)) + content


def _number(field: int, value: int) -> bytes:
    return _encoded(field << 3 | _VARINT) + _encoded(value)


def _encoded(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])
