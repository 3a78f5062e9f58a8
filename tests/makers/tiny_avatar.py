"""Tiny avatars as .glb bytes, written number by number: an arm, a face, a humanoid."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

_CODES = {"f4": 5126, "u1": 5121, "u2": 5123, "u4": 5125, "i1": 5120, "i2": 5122}
_KINDS = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}


@dataclass
class Glb:
    """A glTF document under construction."""

    document: dict[str, Any] = field(
        default_factory=lambda: {"asset": {"version": "2.0"}, "scene": 0}
    )
    binary: bytearray = field(default_factory=bytearray)

    def add(self, group: str, item: dict[str, Any]) -> int:
        """Append to one of the document's lists; gives the index."""
        items = self.document.setdefault(group, [])
        items.append(item)
        return len(items) - 1

    def view(self, data: bytes, **more: Any) -> int:
        """Append bytes as a buffer view."""
        self.binary.extend(b"\0" * (-len(self.binary) % 4))
        start = len(self.binary)
        self.binary.extend(data)
        view = {"buffer": 0, "byteOffset": start, "byteLength": len(data), **more}
        return self.add("bufferViews", view)

    def accessor(self, values: ArrayLike, dtype: str = "f4", **more: Any) -> int:
        """Append numbers as an accessor; the last axis is the element."""
        array = np.asarray(values, f"<{dtype}")
        width = 1 if array.ndim == 1 else array.shape[-1]
        flat = array.reshape(-1, width)
        return self.add(
            "accessors",
            {
                "bufferView": self.view(flat.tobytes()),
                "componentType": _CODES[dtype],
                "count": len(flat),
                "type": _KINDS[width],
                **more,
            },
        )

    def clip(self, name: str, channels: list[dict[str, Any]], **more: Any) -> int:
        """A clip of channels {node, path, times, values, interpolation?}."""
        spec: dict[str, Any] = {"name": name, "channels": [], "samplers": [], **more}
        for channel in channels:
            values = np.asarray(channel["values"], "<f4")
            spec["samplers"].append(
                {
                    "input": self.accessor(channel["times"]),
                    "output": self.accessor(values),
                    "interpolation": channel.get("interpolation", "LINEAR"),
                }
            )
            target = {"node": channel["node"], "path": channel["path"]}
            spec["channels"].append({"sampler": len(spec["samplers"]) - 1, "target": target})
        return self.add("animations", spec)

    def pointing_clip(self, name: str, channels: list[dict[str, Any]]) -> int:
        """A clip of channels {pointer, times, values, interpolation?}."""
        spec: dict[str, Any] = {"name": name, "channels": [], "samplers": []}
        for number, channel in enumerate(channels):
            spec["samplers"].append(
                {
                    "input": self.accessor(channel["times"]),
                    "output": self.accessor(channel["values"]),
                    "interpolation": channel.get("interpolation", "LINEAR"),
                }
            )
            pointed = {"KHR_animation_pointer": {"pointer": channel["pointer"]}}
            target = {"path": "pointer", "extensions": pointed}
            spec["channels"].append({"sampler": number, "target": target})
        return self.add("animations", spec)

    def bytes(self) -> bytes:
        """The file."""
        document = dict(self.document)
        placeholders = document.pop("placeholders", [])
        document["buffers"] = [{"byteLength": len(self.binary)}, *placeholders]
        text = json.dumps(document).encode()
        text += b" " * (-len(text) % 4)
        binary = bytes(self.binary) + b"\0" * (-len(self.binary) % 4)
        chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
        chunks += struct.pack("<II", len(binary), 0x004E4942) + binary
        return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def square(glb: Glb, **more: Any) -> dict[str, Any]:
    """A primitive: a unit square of two triangles facing +Z."""
    corners = [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]
    return {
        "attributes": {"POSITION": glb.accessor(corners)},
        "indices": glb.accessor([0, 1, 2, 0, 2, 3], "u2"),
        **more,
    }


def skinned_arm() -> Glb:
    """Two bones along +X, one metre each, with a square that follows the second one.

    The clip `bend` turns the second bone by a quarter about Z within a second.
    """
    glb = Glb()
    glb.add("nodes", {"name": "upper", "children": [1]})
    glb.add("nodes", {"name": "lower", "translation": [1, 0, 0]})
    glb.add("nodes", {"name": "skin", "mesh": 0, "skin": 0})
    glb.add("scenes", {"nodes": [0, 2]})
    primitive = square(glb)
    primitive["attributes"]["JOINTS_0"] = glb.accessor([[1, 0, 0, 0]] * 4, "u1")
    primitive["attributes"]["WEIGHTS_0"] = glb.accessor([[1.0, 0, 0, 0]] * 4)
    glb.add("meshes", {"name": "arm", "primitives": [primitive]})
    binds = np.tile(np.eye(4), (2, 1, 1))
    binds[1, 3, 0] = -1.0  # columns: the inverse of one metre along x
    glb.add("skins", {"joints": [0, 1], "inverseBindMatrices": glb.accessor(binds.reshape(2, 16))})
    half = np.sqrt(0.5)
    turn = {"node": 1, "path": "rotation", "times": [0, 1]}
    glb.clip("bend", [{**turn, "values": [[0, 0, 0, 1], [0, 0, half, half]]}])
    return glb


def morph_face() -> Glb:
    """A square with the targets jawOpen (down) and smile (sideways), smile at 0.25 by default.

    The clip `chatter` opens and closes the jaw within a second.
    """
    glb = Glb()
    glb.add("nodes", {"name": "face", "mesh": 0})
    glb.add("scenes", {"nodes": [0]})
    down = [[0, -0.2, 0], [0, -0.2, 0], [0, 0, 0], [0, 0, 0]]
    aside = [[-0.1, 0, 0], [0.1, 0, 0], [0, 0, 0], [0, 0, 0]]
    targets = [{"POSITION": glb.accessor(down)}, {"POSITION": glb.accessor(aside)}]
    glb.add(
        "meshes",
        {
            "name": "face",
            "primitives": [square(glb, targets=targets)],
            "weights": [0.0, 0.25],
            "extras": {"targetNames": ["jawOpen", "smile"]},
        },
    )
    values = [[0.0], [0.25], [1.0], [0.25], [0.0], [0.25]]
    chatter = {"node": 0, "path": "weights", "times": [0, 0.5, 1], "values": values}
    glb.clip("chatter", [chatter])
    return glb


_BODY: dict[str, tuple[str | None, tuple[float, float, float]]] = {
    "hips": (None, (0.0, 0.9, 0.0)),
    "spine": ("hips", (0.0, 0.15, 0.0)),
    "chest": ("spine", (0.0, 0.15, 0.0)),
    "neck": ("chest", (0.0, 0.22, 0.0)),
    "head": ("neck", (0.0, 0.1, 0.0)),
    "leftEye": ("head", (0.03, 0.07, 0.08)),
    "rightEye": ("head", (-0.03, 0.07, 0.08)),
    "leftShoulder": ("chest", (0.04, 0.18, 0.0)),
    "leftUpperArm": ("leftShoulder", (0.12, 0.0, 0.0)),
    "leftLowerArm": ("leftUpperArm", (0.28, 0.0, 0.0)),
    "leftHand": ("leftLowerArm", (0.25, 0.0, 0.0)),
    "rightShoulder": ("chest", (-0.04, 0.18, 0.0)),
    "rightUpperArm": ("rightShoulder", (-0.12, 0.0, 0.0)),
    "rightLowerArm": ("rightUpperArm", (-0.28, 0.0, 0.0)),
    "rightHand": ("rightLowerArm", (-0.25, 0.0, 0.0)),
    "leftUpperLeg": ("hips", (0.09, -0.05, 0.0)),
    "leftLowerLeg": ("leftUpperLeg", (0.0, -0.42, 0.0)),
    "leftFoot": ("leftLowerLeg", (0.0, -0.4, 0.0)),
    "rightUpperLeg": ("hips", (-0.09, -0.05, 0.0)),
    "rightLowerLeg": ("rightUpperLeg", (0.0, -0.42, 0.0)),
    "rightFoot": ("rightLowerLeg", (0.0, -0.4, 0.0)),
}


def humanoid(*, version: int = 1) -> Glb:
    """A T-posed VRM of bones alone with a face plate that can say `aa` and blink.

    Version 0 faces −Z, as VRM 0.x does, and says the same in the words of VRM 0.x.
    """
    glb = Glb()
    front = 1.0 if version == 1 else -1.0
    bones = {name: index for index, name in enumerate(_BODY)}
    for name, (_, (x, y, z)) in _BODY.items():
        children = [bones[child] for child, (parent, _) in _BODY.items() if parent == name]
        node: dict[str, Any] = {"name": f"J_{name}", "translation": [x * front, y, z * front]}
        glb.add("nodes", {**node, "children": children} if children else node)
    plate = glb.add("nodes", {"name": "plate", "mesh": 0, "translation": [0, 0.02, 0.09 * front]})
    glb.document["nodes"][bones["head"]]["children"].append(plate)
    glb.add("scenes", {"nodes": [bones["hips"]]})
    targets = [
        {"POSITION": glb.accessor([[0, -0.1, 0], [0, -0.1, 0], [0, 0, 0], [0, 0, 0]])},
        {"POSITION": glb.accessor([[0, 0, 0], [0, 0, 0], [0, -0.1, 0], [0, -0.1, 0]])},
    ]
    primitive = square(glb, targets=targets, extras={"targetNames": ["A", "Blink"]})
    glb.add("meshes", {"name": "plate", "primitives": [primitive]})
    character = _vrm1(bones, plate) if version == 1 else _vrm0(bones)
    name = "VRMC_vrm" if version == 1 else "VRM"
    glb.document["extensionsUsed"] = [name]
    glb.document["extensions"] = {name: character}
    return glb


def _vrm1(bones: dict[str, int], plate: int) -> dict[str, Any]:
    return {
        "specVersion": "1.0",
        "meta": {
            "name": "Tiny",
            "authors": ["Test"],
            "licenseUrl": "https://vrm.dev/licenses/1.0/",
        },
        "humanoid": {"humanBones": {bone: {"node": node} for bone, node in bones.items()}},
        "expressions": {
            "preset": {
                "aa": {"morphTargetBinds": [{"node": plate, "index": 0, "weight": 1.0}]},
                "blink": {"morphTargetBinds": [{"node": plate, "index": 1, "weight": 0.5}]},
                "happy": {
                    "morphTargetBinds": [{"node": plate, "index": 1, "weight": 0.25}],
                    "isBinary": True,
                    "overrideMouth": "block",
                },
            }
        },
        "lookAt": {
            "type": "bone",
            "offsetFromHeadBone": [0, 0.07, 0.08],
            "rangeMapHorizontalInner": {"inputMaxValue": 90, "outputScale": 9},
        },
    }


def _vrm0(bones: dict[str, int]) -> dict[str, Any]:
    groups = [
        {"name": "A", "presetName": "a", "binds": [{"mesh": 0, "index": 0, "weight": 100}]},
        {"name": "Blink", "presetName": "blink", "binds": [{"mesh": 0, "index": 1, "weight": 50}]},
        {"name": "Smirk", "presetName": "unknown", "binds": []},
    ]
    return {
        "meta": {"title": "Tiny", "author": "Test", "licenseName": "CC0"},
        "humanoid": {"humanBones": [{"bone": b, "node": n} for b, n in bones.items()]},
        "blendShapeMaster": {"blendShapeGroups": groups},
        "firstPerson": {
            "lookAtTypeName": "Bone",
            "firstPersonBoneOffset": {"x": 0, "y": 0.07, "z": 0.08},
        },
        "materialProperties": [],
    }
