"""A second, plain reading of a glTF file, straight from its JSON: what the product is held against.

Slow and simple on purpose, and it shares no code with the product. It judges which parts, skins and
channels hold valid data, and counts them.
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np

Matrix = np.ndarray[Any, Any]
_TYPES = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_COMPRESSED = ("EXT_meshopt_compression", "KHR_meshopt_compression", "KHR_draco_mesh_compression")
_MOVED = ("POSITION", "NORMAL", "TANGENT")
_PATHS = {"translation": ("VEC3", 3), "rotation": ("VEC4", 4), "scale": ("VEC3", 3)}


class Broken(Exception):
    """This piece of the file is not valid."""


def _without_pointer(target: dict[str, Any]) -> dict[str, Any]:
    """A pointer to a property of a node is the same as a plain target."""
    pointer = target.get("extensions", {}).get("KHR_animation_pointer", {}).get("pointer")
    if pointer is None:
        return target
    _, group, index, path = [*pointer.split("/"), "", "", ""][:4]
    return {"node": int(index), "path": path} if group == "nodes" else {}


def _whole(text: str) -> float:
    value = float(text)
    return int(value) if value.is_integer() else value


def _local(node: dict[str, Any]) -> Matrix:
    if "matrix" in node:
        return np.array(node["matrix"], float).reshape(4, 4).T
    turn = np.array(node.get("rotation", (0, 0, 0, 1)), float)
    x, y, z, w = turn / np.linalg.norm(turn)
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    local = np.eye(4)
    local[:3, :3] = turn * np.array(node.get("scale", (1, 1, 1)), float)
    local[:3, 3] = node.get("translation", (0, 0, 0))
    return local


@dataclass(frozen=True)
class Part:
    """One valid primitive."""

    mesh: int
    number: int
    vertices: int
    triangles: int
    targets: int


class PlainFile:
    """One file."""

    def __init__(self, path: Path) -> None:
        data = path.read_bytes()
        self._folder = path.parent
        self._binary: bytes | None = None
        if data[:4] == b"glTF":
            (size,) = struct.unpack_from("<I", data, 12)
            text, rest = data[20 : 20 + size], 20 + size
            if rest + 8 <= len(data):
                length, kind = struct.unpack_from("<I4s", data, rest)
                self._binary = data[rest + 8 : rest + 8 + length] if kind == b"BIN\0" else None
        else:
            text = data
        self.json: dict[str, Any] = json.loads(text.decode("utf-8-sig"), parse_float=_whole)
        used = self.json.get("extensionsUsed", [])
        self.is_compressed = any(name in used for name in _COMPRESSED)

    def items(self, name: str) -> list[Any]:
        return self.json.get(name, [])

    def shown(self) -> list[int]:
        """The nodes of the scene, which are all of them when there is no scene."""
        nodes = self.items("nodes")
        if not self.items("scenes"):
            return list(range(len(nodes)))
        found: list[int] = []
        rest = list(self.items("scenes")[self.json.get("scene", 0)].get("nodes", []))
        while rest:
            node = rest.pop()
            if node not in found:
                found.append(node)
                rest += nodes[node].get("children", [])
        return sorted(found)

    def parts(self, meshes: Iterable[int] | None = None) -> list[Part]:
        """The valid primitives of these meshes, else of all."""
        found: list[Part] = []
        for mesh in range(len(self.items("meshes"))) if meshes is None else meshes:
            if not 0 <= mesh < len(self.items("meshes")):
                continue
            for number, spec in enumerate(self.items("meshes")[mesh]["primitives"]):
                try:
                    found.append(self._part(mesh, number, spec))
                except (Broken, KeyError, IndexError, TypeError):
                    continue
        return found

    def _part(self, mesh: int, number: int, spec: dict[str, Any]) -> Part:
        attributes = spec["attributes"]
        positions = self.numbers(attributes["POSITION"], "VEC3")
        count = len(positions)
        if not count:
            raise Broken("no vertices")
        drawn = count
        if "indices" in spec:
            indices = self.numbers(spec["indices"], "SCALAR")
            if len(indices) and (indices.max() >= count or indices.min() < 0):
                raise Broken("an index past the end")
            drawn = len(indices)
        for name in ("JOINTS_0", "WEIGHTS_0"):
            if name in attributes and len(self.numbers(attributes[name], "VEC4")) != count:
                raise Broken(name)
        for target in spec.get("targets", []):
            for name in ("POSITION", "NORMAL"):
                if name in target and len(self.numbers(target[name], "VEC3")) != count:
                    raise Broken("a target of another length")
        mode = spec.get("mode", 4)
        triangles = {4: drawn // 3, 5: max(0, drawn - 2), 6: max(0, drawn - 2)}.get(mode, 0)
        if spec.get("material", 0) >= max(1, len(self.items("materials"))):
            raise Broken("no such material")
        targets = spec.get("targets", [])
        moves = any(name in target for target in targets for name in _MOVED)
        return Part(mesh, number, count, triangles, len(targets) if moves else 0)

    def skins(self) -> dict[int, int]:
        """Valid skin → how many joints it has."""
        found: dict[int, int] = {}
        for index, skin in enumerate(self.items("skins")):
            try:
                joints = skin["joints"]
                if not joints or max(joints) >= len(self.items("nodes")):
                    continue
                if "inverseBindMatrices" in skin:
                    binds = self.numbers(skin["inverseBindMatrices"], "MAT4")
                    if len(binds) < len(joints):
                        continue
            except (Broken, KeyError, IndexError, TypeError):
                continue
            found[index] = len(joints)
        return found

    def worlds(self) -> list[Matrix]:
        """The world matrix of every node at rest."""
        nodes = self.items("nodes")
        parents = {child: n for n, node in enumerate(nodes) for child in node.get("children", [])}
        found: dict[int, Matrix] = {}

        def world(node: int) -> Matrix:
            if node not in found:
                above = world(parents[node]) if node in parents else np.eye(4)
                found[node] = above @ _local(nodes[node])
            return found[node]

        return [world(node) for node in range(len(nodes))]

    def bounds(self) -> Matrix | None:
        """(2, 3) corners of everything that the scene shows at rest."""
        worlds, clouds = self.worlds(), list[Matrix]()
        for index in self.shown():
            node = self.items("nodes")[index]
            if "mesh" not in node:
                continue
            mesh = self.items("meshes")[node["mesh"]]
            for part in self.parts([node["mesh"]]):
                spec = mesh["primitives"][part.number]
                points = self.numbers(spec["attributes"]["POSITION"], "VEC3")
                weights = node.get("weights") or mesh.get("weights") or []
                for weight, target in zip(weights, spec.get("targets", []), strict=False):
                    if "POSITION" in target:
                        points = points + weight * self.numbers(target["POSITION"], "VEC3")
                flat = np.concatenate([points, np.ones((len(points), 1))], axis=1)
                clouds.append(self._placed(flat, node, spec["attributes"], worlds, index))
        if not clouds:
            return None
        every = np.concatenate(clouds)[:, :3]
        return np.stack([every.min(axis=0), every.max(axis=0)])

    def _placed(
        self, points: Matrix, node: Any, attributes: Any, worlds: list[Matrix], index: int
    ) -> Matrix:
        if "skin" not in node or "JOINTS_0" not in attributes:
            return points @ worlds[index].T
        skin = self.items("skins")[node["skin"]]
        binds = [np.eye(4)] * len(skin["joints"])
        if "inverseBindMatrices" in skin:
            columns = self.numbers(skin["inverseBindMatrices"], "MAT4")
            binds = [column.reshape(4, 4).T for column in columns]
        joints = [worlds[j] @ bind for j, bind in zip(skin["joints"], binds, strict=False)]
        total, placed = np.zeros((len(points), 1)), np.zeros_like(points)
        for number in (0, 1):
            if f"JOINTS_{number}" not in attributes:
                continue
            chosen = self.numbers(attributes[f"JOINTS_{number}"], "VEC4").astype(int)
            shares = self.numbers(attributes[f"WEIGHTS_{number}"], "VEC4")
            for column in range(4):
                share = shares[:, column : column + 1]
                inside = np.minimum(chosen[:, column], len(joints) - 1)
                placed += share * np.einsum("vij,vj->vi", np.array(joints)[inside], points)
                total += share
        return placed / np.where(total > 0, total, 1.0)

    def channels(self) -> list[int]:
        """How many valid channels each clip has that move a node."""
        return [
            sum(self._is_channel(clip, channel) for channel in clip["channels"])
            for clip in self.items("animations")
        ]

    def _is_channel(self, clip: dict[str, Any], channel: dict[str, Any]) -> bool:
        try:
            target = _without_pointer(channel["target"])
            node = self.items("nodes")[target["node"]]
            sampler = clip["samplers"][channel["sampler"]]
            way = sampler.get("interpolation", "LINEAR")
            if way not in ("STEP", "LINEAR", "CUBICSPLINE"):
                return False
            times = self.numbers(sampler["input"], "SCALAR")[:, 0]
            if not len(times) or times[0] < 0 or (np.diff(times) < 0).any():
                return False
            if target["path"] == "weights":
                parts = self.items("meshes")[node["mesh"]]["primitives"]
                kind, width = "SCALAR", max(len(part.get("targets", [])) for part in parts)
            else:
                kind, width = _PATHS[target["path"]]
            values = self.numbers(sampler["output"], kind)
            return width > 0 and values.size == len(times) * width * (
                3 if way == "CUBICSPLINE" else 1
            )
        except (Broken, KeyError, IndexError, TypeError, ValueError):
            return False

    def numbers(self, index: int, kind: str) -> np.ndarray[Any, Any]:
        """(count, width) of one accessor, normalised, sparse values in place."""
        accessor = self.items("accessors")[index]
        if index < 0 or accessor["type"] != kind:
            raise Broken("type")
        dtype, width = np.dtype(_TYPES[accessor["componentType"]]), _WIDTHS[kind]
        count = accessor["count"]
        if count > 10**7:
            raise Broken("size")
        if "bufferView" in accessor:
            found = self._gather(accessor, dtype, width, count)
        else:
            found = np.zeros((count, width), dtype)
        if "sparse" in accessor:
            sparse = accessor["sparse"]
            if sparse["count"] > count:
                raise Broken("sparse count")
            places = self._gather(
                sparse["indices"], np.dtype(_TYPES[sparse["indices"]["componentType"]]), 1,
                sparse["count"],
            )[:, 0]  # fmt: skip
            if len(places) and places.max() >= count:
                raise Broken("sparse index")
            found[places] = self._gather(sparse["values"], dtype, width, sparse["count"])
        result = found.astype(np.float64)
        if accessor.get("normalized"):
            result = np.maximum(result / np.iinfo(dtype).max, -1.0)
        if not np.isfinite(result).all():
            raise Broken("not finite")
        return result

    def _gather(
        self, where: dict[str, Any], dtype: np.dtype[Any], width: int, count: int
    ) -> np.ndarray[Any, Any]:
        view = self.items("bufferViews")[where["bufferView"]]
        if any(name in view.get("extensions", {}) for name in _COMPRESSED):
            raise Broken("compressed")
        start = view.get("byteOffset", 0)
        data = self._buffer(view["buffer"])
        if start + view["byteLength"] > len(data):
            raise Broken("buffer view past the end")
        data = data[start : start + view["byteLength"]]
        size = width * dtype.itemsize
        stride = view.get("byteStride") or size
        if stride < size:
            raise Broken("stride")
        first = where.get("byteOffset", 0)
        if count and first + stride * (count - 1) + size > len(data):
            raise Broken("past the end")
        places = first + np.arange(count)[:, None] * stride + np.arange(size)
        return np.frombuffer(data, np.uint8)[places].copy().view(dtype).reshape(count, width)

    def _buffer(self, index: int) -> bytes:
        buffer = self.items("buffers")[index]
        uri = buffer.get("uri")
        try:
            if uri is None:
                data = self._binary if index == 0 else None
            elif uri.startswith("data:"):
                data = base64.b64decode(unquote(uri.partition(",")[2]))
            else:
                data = (self._folder / unquote(uri)).read_bytes()
        except (OSError, ValueError) as error:
            raise Broken("buffer") from error
        if data is None or len(data) < buffer["byteLength"]:
            raise Broken("buffer")
        return data[: buffer["byteLength"]]
