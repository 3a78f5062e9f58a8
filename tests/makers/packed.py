"""Packed data for tiny avatars: meshopt views, Draco primitives, KTX2 pictures, archives."""

from __future__ import annotations

import io
import struct
import zipfile
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.makers.tiny_avatar import Glb

MESHOPT = "EXT_meshopt_compression"
DRACO = "KHR_draco_mesh_compression"
BASISU = "KHR_texture_basisu"


def can_pack() -> bool:
    """Whether the libraries that pack and unpack are here."""
    return all(find_spec(name) for name in ("meshopt", "DracoPy", "opengl_basisu"))


def grid(side: int = 12) -> tuple[NDArray[np.float64], NDArray[np.uint32]]:
    """A bumpy sheet: (side², 3) positions and its triangles."""
    x, y = np.meshgrid(np.linspace(0, 1, side), np.linspace(0, 1, side))
    points = np.stack([x, y, np.sin(5 * x) * np.cos(4 * y) / 4], axis=-1).reshape(-1, 3)
    at = np.arange(side * side, dtype=np.uint32).reshape(side, side)
    a, b, c, d = (part.reshape(-1) for part in (at[:-1, :-1], at[:-1, 1:], at[1:, 1:], at[1:, :-1]))
    return points, np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])


def meshopt_view(
    glb: Glb, rows: NDArray[Any], mode: str = "ATTRIBUTES", *, name: str = MESHOPT, **more: Any
) -> int:
    """A buffer view whose plain bytes lie in no buffer, packed into the file's own."""
    import meshopt

    packed = glb.view(meshopt.encode_gltf_buffer(rows, mode))
    there = glb.document["bufferViews"].pop(packed)
    stride = rows.nbytes // len(rows)
    packing = {**there, "byteStride": stride, "count": len(rows), "mode": mode, **more}
    glb.document["placeholders"] = [{"byteLength": rows.nbytes, "extensions": {name: {}}}]
    view = {"buffer": 1, "byteLength": rows.nbytes, "extensions": {name: packing}}
    declare(glb, name)
    return glb.add("bufferViews", view)


def declare(glb: Glb, name: str) -> None:
    """Make the file need an extension."""
    for group in ("extensionsUsed", "extensionsRequired"):
        glb.document[group] = sorted({*glb.document.get(group, []), name})


def meshopt_sheet() -> Glb:
    """A sheet whose positions and triangles are packed with meshopt."""
    points, triangles = grid()
    glb = Glb()
    glb.add("nodes", {"mesh": 0})
    positions = meshopt_view(glb, points.astype("<f4"))
    corners = meshopt_view(glb, triangles.reshape(-1), "TRIANGLES")
    vertices = {"bufferView": positions, "componentType": 5126, "count": 144, "type": "VEC3"}
    order = {"bufferView": corners, "componentType": 5125, "count": 726, "type": "SCALAR"}
    attributes = {"POSITION": glb.add("accessors", vertices)}
    primitive = {"attributes": attributes, "indices": glb.add("accessors", order)}
    glb.add("meshes", {"primitives": [primitive]})
    glb.add("scenes", {"nodes": [0]})
    return glb


def draco_sheet(*, level: int = 1, plain: bool = False, mode: int = 4) -> Glb:
    """A skinned sheet with all attributes packed with Draco, beside a plain copy if asked."""
    import DracoPy

    points, triangles = grid()
    joints, weights = influences(points)
    uvs = points[:, :2].copy()
    colours = np.full((144, 4), (255, 128, 0, 255), np.uint8)
    data = DracoPy.encode(
        points,
        triangles,
        quantization_bits=16,
        compression_level=level,
        preserve_order=level == 0,
        colors=colours,
        tex_coord=uvs,
        generic_attributes={7: joints, 9: weights},
    )
    kinds = {each["attribute_type"]: each["unique_id"] for each in DracoPy.decode(data).attributes}
    numbers = {
        "POSITION": kinds[0],
        "COLOR_0": kinds[2],
        "TEXCOORD_0": kinds[3],
        "JOINTS_0": 7,
        "WEIGHTS_0": 9,
    }
    glb = Glb()
    glb.add("nodes", {"mesh": 0, "skin": 0})
    glb.add("nodes", {})
    glb.add("skins", {"joints": [0, 1]})
    specs: dict[str, tuple[NDArray[Any], str, str]] = {
        "POSITION": (points, "f4", "VEC3"),
        "COLOR_0": (colours, "u1", "VEC4"),
        "TEXCOORD_0": (uvs, "f4", "VEC2"),
        "JOINTS_0": (joints, "u2", "VEC4"),
        "WEIGHTS_0": (weights, "f4", "VEC4"),
    }
    attributes: dict[str, int] = {}
    for name, (values, kind, _) in specs.items():
        attributes[name] = glb.accessor(values, kind, normalized=name == "COLOR_0")
    indices = glb.accessor(triangles.reshape(-1), "u2")
    if not plain:
        for accessor in glb.document["accessors"]:
            del accessor["bufferView"]
        glb.document["bufferViews"], glb.binary = [], bytearray()
        declare(glb, DRACO)
    packing = {"bufferView": glb.view(data), "attributes": numbers}
    primitive = {
        "attributes": attributes,
        "indices": indices,
        "mode": mode,
        "extensions": {DRACO: packing},
    }
    glb.add("meshes", {"primitives": [primitive]})
    glb.add("scenes", {"nodes": [0]})
    return glb


def influences(points: NDArray[np.float64]) -> tuple[NDArray[np.uint16], NDArray[np.float32]]:
    """Joints and weights that slide from the first joint to the second along X."""
    joints = np.tile(np.array([0, 1, 0, 0], np.uint16), (len(points), 1))
    share = points[:, 0]
    weights = np.stack([1 - share, share, 0 * share, 0 * share], axis=1).astype(np.float32)
    return joints, weights


def ktx2(
    width: int = 7,
    height: int = 6,
    *,
    zstandard: bool = False,
    colour: tuple[int, int, int, int] = (10, 20, 30, 200),
    unfolded: int | None = None,
    **header: int,
) -> bytes:
    """A KTX2 picture of UASTC blocks of one colour; `header` overrides fields by name."""
    fields = dict.fromkeys(("format", "size", "width", "height", "depth", "layers"), 0)
    fields.update(size=1, width=width, height=height, faces=1, levels=1, scheme=2 * zstandard)
    fields.update(header)
    red, green, blue, alpha = colour
    block = 0x17 | red << 5 | green << 13 | blue << 21 | alpha << 29  # a mode for even blocks
    blocks = -(-width // 4) * -(-height // 4)
    raw = block.to_bytes(16, "little") * min(blocks, 8192)  # a header may claim more
    data = raw
    if zstandard:  # one stored block: a single-segment frame whose size is one byte
        assert len(raw) < 256
        data = struct.pack("<IBB", 0xFD2FB528, 0x20, len(raw))
        data += (1 | len(raw) << 3).to_bytes(3, "little") + raw
    described = struct.pack("<2I2H4B4B8B", 44, 0, 2, 40, 166, 1, 1, 0, 3, 3, *[0] * 10)
    described += struct.pack("<HBB4BII", 0, 127, 3, 0, 0, 0, 0, 0, 0xFFFFFFFF)
    start = 80 + 24
    at = -(-(start + len(described)) // 16) * 16
    head = struct.pack("<12s9I", b"\xabKTX 20\xbb\r\n\x1a\n", *fields.values())
    head += struct.pack("<4I2Q", start, len(described), 0, 0, 0, 0)
    head += struct.pack("<3Q", at, len(data), len(raw) if unfolded is None else unfolded)
    return (head + described).ljust(at, b"\0") + data


def pictured(picture: bytes, *, webp: bytes = b"", basisu: bytes = b"") -> Glb:
    """A square that shows a picture; the others are its better forms."""
    glb = Glb()
    images = [{"bufferView": glb.view(data)} for data in (picture, webp, basisu) if data]
    texture: dict[str, Any] = {"source": 0} if picture else {}
    names = [n for n, data in (("EXT_texture_webp", webp), (BASISU, basisu)) if data]
    first = 1 if picture else 0
    texture["extensions"] = {name: {"source": first + i} for i, name in enumerate(names)}
    glb.document["extensionsUsed"] = names
    glb.document["images"] = images
    glb.add("textures", texture)
    look = {"baseColorTexture": {"index": 0}}
    glb.add("materials", {"pbrMetallicRoughness": look})
    corners = [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]
    attributes = {"POSITION": glb.accessor(corners), "TEXCOORD_0": glb.accessor([[0, 0]] * 4)}
    indices = glb.accessor([0, 1, 2, 0, 2, 3], "u2")
    primitive = {"attributes": attributes, "indices": indices, "material": 0}
    glb.add("meshes", {"primitives": [primitive]})
    glb.add("nodes", {"mesh": 0})
    glb.add("scenes", {"nodes": [0]})
    return glb


def archive(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A .zip of these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return target.getvalue()
