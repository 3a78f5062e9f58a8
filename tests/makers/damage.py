"""Damaged avatars: one file a number, the same file every time.

What is damaged: bytes anywhere, the container's header, the JSON as text, the JSON as a structure,
accessors and buffer views, and the binary data (which is what decoders get to see).
"""

from __future__ import annotations

import base64
import io
import json
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from tests.makers import tiny_avatar
from tests.makers.public_models import entries, folder

_LARGEST_SEED = 48 * 1024
_NUMBERS: list[Any] = [
    *(-1, 0, 1, 2, 3, 7, 255, 65535, 2**31 - 1, 2**31, 2**32, 2**53, 2**63, 2**64, 10**9, 10**30),
    *(-0.0, 0.5, 1e-45, 1e38, 3.5e38, 1e308, -1e308, 1.5, -7.25),
]
_ODD: list[Any] = [
    *(
        None,
        True,
        False,
        [],
        {},
        [[]],
        [{}],
        "",
        "\0",
        "x" * 300,
        "☃",
        "../../etc/passwd",
        "%2e%2e/a",
    ),
    *("data:,", "data:;base64,", "data:;base64,!!!", "file:///etc/passwd", "\\\\host\\a", "VEC3"),
    *([0] * 16, [1e38] * 16, [0, 0, 0], [0, 0, 0, 0], [1e30] * 4, [-1], [0, 0]),
]
_FLOATS = [
    struct.pack("<f", value)
    for value in (float("nan"), float("inf"), float("-inf"), 3.4e38, -3.4e38, 1e-45, 0.0, -1.0)
]


class Seed(NamedTuple):
    """A whole file."""

    name: str
    data: bytes


def seeds() -> list[Seed]:
    """Made-up files, and the small ones of the public set where that is at hand."""
    made = [
        Seed("arm", tiny_avatar.skinned_arm().bytes()),
        Seed("face", tiny_avatar.morph_face().bytes()),
        Seed("vrm0", tiny_avatar.humanoid(version=0).bytes()),
        Seed("vrm1", tiny_avatar.humanoid().bytes()),
        Seed("zip", _zipped("arm.glb", tiny_avatar.skinned_arm().bytes())),
    ]
    place = folder()
    if place is None:
        return made
    files = [place / entry["file"] for entry in entries() if entry["expect"] != "reject"]
    packed = [Seed(str(path.relative_to(place)), _packed(path)) for path in files]
    made += [_with_picture(path) for path in sorted(place.rglob("*.ktx2"))[:3]]
    return made + [seed for seed in packed if 0 < len(seed.data) <= _LARGEST_SEED]


def _zipped(name: str, data: bytes) -> bytes:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return box.getvalue()


def _with_picture(path: Path) -> Seed:
    """A square that shows a KTX2 picture."""
    glb = tiny_avatar.Glb()
    view = glb.view(path.read_bytes())
    image = glb.add("images", {"bufferView": view, "mimeType": "image/ktx2"})
    texture = glb.add("textures", {"extensions": {"KHR_texture_basisu": {"source": image}}})
    glb.document["extensionsUsed"] = ["KHR_texture_basisu"]
    look = {"pbrMetallicRoughness": {"baseColorTexture": {"index": texture}}}
    corners = glb.accessor([[0, 0], [1, 0], [1, 1], [0, 1]])
    primitive = tiny_avatar.square(glb, material=glb.add("materials", look))
    primitive["attributes"]["TEXCOORD_0"] = corners
    glb.add("meshes", {"primitives": [primitive]})
    glb.add("nodes", {"mesh": 0})
    return Seed(path.name, glb.bytes())


def _packed(path: Path) -> bytes:
    """One file out of a .gltf and what lies beside it; anything else as it is."""
    data = path.read_bytes()
    try:
        document = json.loads(data)
        buffers, images = document.get("buffers", []), document.get("images", [])
        named = [item for item in [*buffers, *images] if "uri" in item]
        beside = [item for item in named if not item["uri"].startswith("data:")]
        held = {item["uri"]: (path.parent / unquote(item["uri"])).read_bytes() for item in beside}
    except (ValueError, OSError, AttributeError, TypeError):
        return data
    for item in beside:
        if len(buffers) == 1 and item is buffers[0]:
            continue
        item["uri"] = "data:;base64," + base64.b64encode(held[item["uri"]]).decode()
    is_one = len(buffers) == 1 and beside[:1] == buffers
    binary = held[buffers[0].pop("uri")] if is_one else None
    return _closed(json.dumps(document).encode(), binary)


def damaged(seed: bytes, number: int) -> bytes:
    """The file of this number made out of `seed`."""
    rng = random.Random(number)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        seed = rng.choice(_WAYS)(rng, seed)
    return seed


def _bytes(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 3, 20))):
        if not changed:
            break
        at = rng.randrange(len(changed))
        length = min(rng.choice((1, 4, 64)), len(changed) - at)
        way = rng.randrange(5)
        if way == 0:
            changed[at] = rng.randrange(256)
        elif way == 1:
            del changed[at : at + length]
        elif way == 2:
            changed[at:at] = bytes(rng.randrange(256) for _ in range(length))
        elif way == 3:
            del changed[at:]
        else:
            changed[at : at + length] = changed[:length]
    return bytes(changed)


def _header(rng: random.Random, data: bytes) -> bytes:
    if len(data) < 20 or data[:4] != b"glTF":
        return _text(rng, data)
    changed = bytearray(data)
    (size,) = struct.unpack_from("<I", data, 12)
    fields = [at for at in (0, 4, 8, 12, 16, 20 + size, 24 + size) if at + 4 <= len(data)]
    at = rng.choice(fields)
    (was,) = struct.unpack_from("<I", data, at)
    values = (0, 1, 3, was - 1, was + 1, was * 2, was + 4, len(data), 2**31, 2**32 - 1, 0x4E4F534A)
    struct.pack_into("<I", changed, at, rng.choice(values) & 0xFFFFFFFF)
    return bytes(changed)


def _text(rng: random.Random, data: bytes) -> bytes:
    text, binary = _opened(data)
    at = rng.randrange(len(text) + 1)
    pieces = (
        *(b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\\ud800", b"\xff", b"\0", b"NaN"),
        *(b"1e999", b"-", b"[" * 5000, b'{"a":' * 3000, b"9" * 400, b'"' + b"y" * 70000 + b'"'),
    )
    piece = rng.choice(pieces)
    return _closed(text[:at] + piece + text[at + rng.choice((0, 0, len(piece))) :], binary)


def _structure(rng: random.Random, data: bytes) -> bytes:
    text, binary = _opened(data)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return _bytes(rng, data)
    places = list(_places(document))
    for _ in range(rng.choice((1, 1, 2, 5))):
        if not places:
            break
        owner, key = rng.choice(places)
        try:
            _spoil(rng, owner, key, places)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier damage took this place away
    try:
        return _closed(json.dumps(document).encode(), binary)
    except (ValueError, RecursionError):
        return _bytes(rng, data)


def _spoil(rng: random.Random, owner: Any, key: Any, places: list[tuple[Any, Any]]) -> None:
    value = owner[key]
    way = rng.randrange(7)
    if way == 0:
        del owner[key]
    elif way == 1:
        owner[key] = rng.choice(_ODD)
    elif way == 2 and isinstance(value, list):
        owner[key] = value * rng.choice((0, 2, 50))
    elif way == 3:
        other, name = rng.choice(places)
        owner[key] = json.loads(json.dumps(other[name]))
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and way < 6:
        owner[key] = value + rng.choice((-1, 1, 2, 0.5, -100))
    else:
        owner[key] = rng.choice(_NUMBERS)


def _places(value: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    rest = [value] if isinstance(value, (dict, list)) else []
    while rest:
        owner = rest.pop()
        keys = owner.keys() if isinstance(owner, dict) else range(len(owner))
        for key in keys:
            found.append((owner, key))
            if isinstance(owner[key], (dict, list)):
                rest.append(owner[key])
    return found


def _accessors(rng: random.Random, data: bytes) -> bytes:
    text, binary = _opened(data)
    try:
        document = json.loads(text)
        groups = [document.get("accessors") or [], document.get("bufferViews") or []]
        owner = rng.choice([item for group in groups for item in group if isinstance(item, dict)])
    except (ValueError, RecursionError, AttributeError, IndexError, TypeError):
        return _bytes(rng, data)
    sparse = {
        "count": rng.choice((0, 1, 2, 10**9)),
        "indices": {"bufferView": rng.choice((0, 1, 99)), "componentType": 5123},
        "values": {"bufferView": rng.choice((0, 1, 99)), "byteOffset": rng.choice((0, 1, 4))},
    }
    changes: list[tuple[str, Any]] = [
        ("count", rng.choice((0, 1, 2, 10**6, 10**9, 2**31, 2**62))),
        ("byteOffset", rng.choice((0, 1, 2, 4, 64, 2**31, 2**62))),
        ("byteLength", rng.choice((0, 1, 4, 2**31, 2**62))),
        ("byteStride", rng.choice((0, 1, 2, 4, 12, 252, 10**6, 2**62))),
        ("componentType", rng.choice((5120, 5121, 5122, 5123, 5124, 5125, 5126, 0))),
        ("type", rng.choice(("SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4", "VEC5"))),
        ("normalized", rng.random() < 0.5),
        ("bufferView", rng.choice((0, 1, 2, 3, 99))),
        ("buffer", rng.choice((0, 1, 99))),
        ("sparse", sparse),
    ]
    for name, value in rng.sample(changes, rng.choice((1, 1, 2, 3))):
        owner[name] = value
    return _closed(json.dumps(document).encode(), binary)


def _binary(rng: random.Random, data: bytes) -> bytes:
    text, binary = _opened(data)
    if not binary:
        return _structure(rng, data)
    changed = bytearray(binary)
    for _ in range(rng.choice((1, 4, 40))):
        at = rng.randrange(max(1, len(changed) // 4)) * 4
        piece = rng.choice((*_FLOATS, b"\xff" * 4, b"\0" * 16, rng.randbytes(4), rng.randbytes(1)))
        changed[at : at + len(piece)] = piece
    return _closed(text, bytes(changed))


_WAYS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    *(_bytes, _header, _text, _structure, _structure, _accessors),
    *(_binary, _binary, _binary),
)


def _opened(data: bytes) -> tuple[bytes, bytes | None]:
    """JSON text and binary chunk, as far as they can still be told apart."""
    if data[:4] != b"glTF" or len(data) < 20:
        return data, None
    (size,) = struct.unpack_from("<I", data, 12)
    return data[20 : 20 + size], data[28 + size :]


def _closed(text: bytes, binary: bytes | None) -> bytes:
    if binary is None:
        return text
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
    chunks += struct.pack("<II", len(binary), 0x004E4942) + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks
