"""Numbers of a file become arrays: every component type, layout and damage."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar.gltf.accessors import floats, integers, matrices
from avatar_desktop.avatar.gltf.container import unpack
from avatar_desktop.avatar.gltf.document import read_document
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.errors import AvatarError
from tests.makers.tiny_avatar import Glb


def source(glb: Glb) -> Source:
    text, binary = unpack(glb.bytes())
    return Source(read_document(text), binary, None)


@pytest.mark.parametrize(
    ("dtype", "given", "expected"),
    [
        ("u1", [0, 255], [0.0, 1.0]),
        ("i1", [-128, 127], [-1.0, 1.0]),
        ("u2", [0, 65535], [0.0, 1.0]),
        ("i2", [-32768, 32767], [-1.0, 1.0]),
    ],
)
def test_normalised_integers_become_shares(
    dtype: str, given: list[int], expected: list[float]
) -> None:
    glb = Glb()
    glb.accessor(given, dtype, normalized=True)
    np.testing.assert_allclose(floats(source(glb), 0, ("SCALAR",), "")[:, 0], expected)


def test_plain_integers_keep_their_value() -> None:
    glb = Glb()
    glb.accessor([3, 200], "u1")
    assert floats(source(glb), 0, ("SCALAR",), "")[:, 0].tolist() == [3.0, 200.0]


def test_interleaved_values_are_found_by_their_stride() -> None:
    glb = Glb()
    rows = np.arange(24, dtype="<f4").reshape(4, 6)
    view = glb.view(rows.tobytes(), byteStride=24)
    more = {"bufferView": view, "componentType": 5126, "count": 4, "type": "VEC3"}
    glb.add("accessors", {**more, "byteOffset": 12})
    np.testing.assert_array_equal(floats(source(glb), 0, ("VEC3",), ""), rows[:, 3:])


def test_sparse_values_replace_what_lies_below() -> None:
    glb = Glb()
    indices, values = glb.view(struct.pack("<2H", 1, 3)), glb.view(struct.pack("<2f", 7, 8))
    sparse = {
        "count": 2,
        "indices": {"bufferView": indices, "componentType": 5123},
        "values": {"bufferView": values},
    }
    glb.accessor([1.0, 2.0, 3.0, 4.0], sparse=sparse)
    empty = {"componentType": 5126, "count": 4, "type": "SCALAR", "sparse": sparse}
    glb.add("accessors", empty)
    assert floats(source(glb), 0, ("SCALAR",), "")[:, 0].tolist() == [1, 7, 3, 8]
    assert floats(source(glb), 1, ("SCALAR",), "")[:, 0].tolist() == [0, 7, 0, 8]


def test_matrices_turn_from_columns_to_rows() -> None:
    glb = Glb()
    columns = np.eye(4)
    columns[3, :3] = (1, 2, 3)
    glb.accessor(columns.reshape(1, 16))
    assert matrices(source(glb), 0, "")[0, :3, 3].tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    "damage",
    [
        {"count": 5},
        {"byteOffset": 4},
        {"bufferView": 9},
        {"componentType": 1},
        {"count": 2**40},
        {"type": "VEC2"},
    ],
)
def test_an_accessor_beyond_its_bytes_names_its_place(damage: dict[str, Any]) -> None:
    glb = Glb()
    glb.accessor([1.0, 2.0, 3.0, 4.0])
    glb.document["accessors"][0].update(damage)
    with pytest.raises(AvatarError) as caught:
        floats(source(glb), 0, ("SCALAR",), "")
    assert "$.accessors[0]" in caught.value.place or "bufferView" in str(caught.value.place)


def test_a_stride_shorter_than_an_element_is_refused() -> None:
    glb = Glb()
    glb.accessor(np.zeros((4, 3)))
    glb.document["bufferViews"][0]["byteStride"] = 4
    with pytest.raises(AvatarError, match="12 bytes lie only 4 bytes apart"):
        floats(source(glb), 0, ("VEC3",), "")


def test_numbers_that_are_not_finite_are_refused() -> None:
    glb = Glb()
    glb.accessor([1.0, np.inf])
    with pytest.raises(AvatarError, match="not finite"):
        floats(source(glb), 0, ("SCALAR",), "")


def test_signed_numbers_are_no_indices() -> None:
    glb = Glb()
    glb.accessor([1, 2], "i2")
    with pytest.raises(AvatarError, match="without sign"):
        integers(source(glb), 0, ("SCALAR",), "")


def test_a_buffer_shorter_than_it_says_is_refused() -> None:
    document = {
        "asset": {"version": "2.0"},
        "buffers": [{"byteLength": 100, "uri": "data:;base64,AAAA"}],
        "bufferViews": [{"buffer": 0, "byteLength": 4}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 1, "type": "SCALAR"}],
    }
    short = Source(read_document(json.dumps(document).encode()), None, None)
    with pytest.raises(AvatarError, match="should have 100 bytes and has 3"):
        floats(short, 0, ("SCALAR",), "")
