"""Writes a binary glTF file from arrays: accessors, sparse morph targets, one buffer."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .fields import Array

KINDS = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}
CODES = {"f4": 5126, "u4": 5125, "u2": 5123, "u1": 5121}
VERTEX, INDEX = 34962, 34963


@dataclass
class Glb:
    """A glTF document that is being filled; `save` writes it byte for byte alike each time."""

    document: dict[str, Any] = field(default_factory=dict)
    chunks: list[bytes] = field(default_factory=list)
    length: int = 0

    def items(self, name: str) -> list[dict[str, Any]]:
        return self.document.setdefault(name, [])

    def add(self, name: str, value: dict[str, Any]) -> int:
        self.items(name).append(value)
        return len(self.items(name)) - 1

    def use(self, extension: str) -> None:
        """Say once that the file uses an extension."""
        used = self.document.setdefault("extensionsUsed", [])
        if extension not in used:
            used.append(extension)

    def picture(self, name: str, data: bytes, sampler: dict[str, int]) -> int:
        """A PNG as an image and a texture of its own; returns the texture."""
        view = self.view(np.frombuffer(data, np.uint8))
        image = self.add("images", {"name": name, "mimeType": "image/png", "bufferView": view})
        samplers = self.items("samplers")
        if sampler not in samplers:
            samplers.append(sampler)
        return self.add("textures", {"source": image, "sampler": samplers.index(sampler)})

    def view(self, data: NDArray[Any], target: int | None = None) -> int:
        raw = np.ascontiguousarray(data).tobytes()
        raw += b"\0" * (-len(raw) % 4)
        value: dict[str, Any] = {"buffer": 0, "byteOffset": self.length, "byteLength": data.nbytes}
        if target is not None:
            value["target"] = target
        self.chunks.append(raw)
        self.length += len(raw)
        return self.add("bufferViews", value)

    def accessor(
        self,
        values: NDArray[Any],
        kind: str = "f4",
        target: int | None = None,
        bounds: bool = False,
        normalized: bool = False,
    ) -> int:
        data = np.asarray(values).astype("<" + kind)
        columns = 1 if data.ndim == 1 else data.shape[1]
        value: dict[str, Any] = {
            "bufferView": self.view(data, target),
            "componentType": CODES[kind],
            "count": len(data),
            "type": KINDS[columns],
        }
        if normalized:
            value["normalized"] = True
        if bounds:
            flat = data.reshape(len(data), columns)
            value["min"], value["max"] = flat.min(0).tolist(), flat.max(0).tolist()
        return self.add("accessors", value)

    def sparse(self, values: Array, least: float, bounds: bool) -> int:
        """A morph target's accessor: only the rows longer than `least` are stored."""
        rows = np.flatnonzero(np.linalg.norm(values, axis=1) > least)
        if len(rows) == 0:
            rows = np.array([0])
            values = np.zeros_like(values)
        data = values[rows].astype("<f4")
        kind = "u2" if len(values) < 65535 else "u4"
        value: dict[str, Any] = {
            "componentType": CODES["f4"],
            "count": len(values),
            "type": "VEC3",
            "sparse": {
                "count": len(rows),
                "indices": {
                    "bufferView": self.view(rows.astype("<" + kind)),
                    "componentType": CODES[kind],
                },
                "values": {"bufferView": self.view(data)},
            },
        }
        if bounds:
            whole = np.zeros(values.shape, dtype="<f4")
            whole[rows] = data
            value["min"], value["max"] = whole.min(0).tolist(), whole.max(0).tolist()
        return self.add("accessors", value)

    def save(self, path: Path) -> None:
        binary = b"".join(self.chunks)
        self.document["buffers"] = [{"byteLength": len(binary)}]
        text = json.dumps(self.document, separators=(",", ":"), ensure_ascii=False).encode()
        text += b" " * (-len(text) % 4)
        size = 12 + 8 + len(text) + 8 + len(binary)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(
            struct.pack("<III", 0x46546C67, 2, size)
            + struct.pack("<II", len(text), 0x4E4F534A)
            + text
            + struct.pack("<II", len(binary), 0x004E4942)
            + binary
        )
