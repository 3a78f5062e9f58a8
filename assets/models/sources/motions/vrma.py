"""Writes a motion as a .vrma file: small numbers, few keys where little moves, always the same."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .body import BONES, PARENTS, WAYS
from .keyed import Motion
from .turns import Array

CLOSE = np.radians(0.06)
"""A bone has fewer keys where the straight way between them is as near as this to the motion."""
_STEPS = (8, 4, 2, 1)
_FLOAT, _SHORT = 5126, 5122


class _File:
    def __init__(self) -> None:
        self.accessors: list[dict[str, Any]] = []
        self.views: list[dict[str, Any]] = []
        self._chunks: dict[int, list[bytes]] = {}

    def add(self, rows: NDArray[Any], kind: str, **more: Any) -> int:
        code = _SHORT if rows.dtype == np.int16 else _FLOAT
        view = self.views_of(code)
        chunks = self._chunks[view]
        offset = sum(map(len, chunks))
        chunks.append(rows.tobytes())
        value = {"bufferView": view, "byteOffset": offset, "componentType": code}
        self.accessors.append({**value, "count": len(rows), "type": kind, **more})
        return len(self.accessors) - 1

    def views_of(self, code: int) -> int:
        view = 0 if code == _FLOAT else 1
        self._chunks.setdefault(view, [])
        return view

    def body(self) -> tuple[list[dict[str, Any]], bytes]:
        views: list[dict[str, Any]] = []
        whole = b""
        for view in sorted(self._chunks):
            data = b"".join(self._chunks[view])
            views.append({"buffer": 0, "byteOffset": len(whole), "byteLength": len(data)})
            whole += data + b"\0" * (-len(data) % 4)
        return views, whole


def write(motion: Motion, path: Path, fingerprint: str) -> int:
    """Write the file; returns its size in bytes."""
    file = _File()
    clocks: dict[int, int] = {}

    def clock(step: int) -> int:
        if step not in clocks:
            times = motion.times[_keys(len(motion.times), step)].astype("<f4")
            ends = {"min": [float(times[0])], "max": [float(times[-1])]}
            clocks[step] = file.add(times, "SCALAR", **ends)
        return clocks[step]

    clock(_whole(motion))  # the length of the motion, whatever the others are
    samplers: list[dict[str, Any]] = []
    channels: list[dict[str, Any]] = []
    for number, bone in enumerate(BONES):
        turn = motion.turns[bone]
        step = _coarsest(turn)
        rows = np.round(turn[_keys(len(turn), step)] * 32767.0).astype("<i2")
        output = file.add(rows, "VEC4", normalized=True)
        samplers.append({"input": clock(step), "output": output})
        channels.append(
            {"sampler": len(samplers) - 1, "target": {"node": number, "path": "rotation"}}
        )
    step = min(_STEPS[1], _whole(motion))
    hips = motion.hips[_keys(len(motion.hips), step)] + WAYS["hips"]
    samplers.append({"input": clock(step), "output": file.add(hips.astype("<f4"), "VEC3")})
    channels.append({"sampler": len(samplers) - 1, "target": {"node": 0, "path": "translation"}})
    animation: dict[str, Any] = {"name": motion.name, "samplers": samplers, "channels": channels}
    extras: dict[str, Any] = {}
    if motion.stroke is not None:
        extras = {"stroke": motion.stroke, "phases": motion.phases}
        animation["extras"] = extras
    views, binary = file.body()
    document = {
        "asset": {
            "version": "2.0",
            "generator": "Avatar Desktop workshop",
            "copyright": "Avatar Desktop, CC BY 4.0",
            "extras": {"sources": fingerprint},
        },
        "extensionsUsed": ["VRMC_vrm_animation"],
        "extensions": {
            "VRMC_vrm_animation": {
                "specVersion": "1.0",
                "humanoid": {"humanBones": {b: {"node": n} for n, b in enumerate(BONES)}},
            }
        },
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [_node(bone) for bone in BONES],
        "animations": [animation],
        "accessors": file.accessors,
        "bufferViews": views,
        "buffers": [{"byteLength": len(binary)}],
    }
    text = json.dumps(document, separators=(",", ":")).encode()
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
    return size


def _node(bone: str) -> dict[str, Any]:
    value: dict[str, Any] = {
        "name": bone,
        "translation": [round(float(v), 4) + 0.0 for v in WAYS[bone]],
    }
    below = [number for number, each in enumerate(BONES) if PARENTS[each] == bone]
    if below:
        value["children"] = below
    return value


def _keys(count: int, step: int) -> NDArray[np.int64]:
    """Every so many keys, and the last one."""
    return np.unique(np.append(np.arange(0, count, step), count - 1))


def _whole(motion: Motion) -> int:
    return max(1, len(motion.times) - 1)


def _coarsest(turn: Array) -> int:
    """The fewest keys that still tell the motion."""
    still = max(1, len(turn) - 1)
    for step in (still, *_STEPS):
        keys = _keys(len(turn), step)
        x = np.arange(len(turn))
        drawn = np.stack([np.interp(x, keys, turn[keys, n]) for n in range(4)], axis=1)
        drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
        cosine = np.clip(np.abs((drawn * turn).sum(1)), 0.0, 1.0)
        if 2.0 * np.arccos(cosine.min()) < CLOSE:
            return step
    return 1
