"""The container and the head of the document: chunks, declared versions and extensions."""

from __future__ import annotations

import struct

from avatar_desktop.avatar.gltf.examination.case import Case
from avatar_desktop.avatar.gltf.examination.findings import Findings, as_list, as_object

_JSON, _BIN = 0x4E4F534A, 0x004E4942
_MARK = b"\xef\xbb\xbf"


def examine_container(data: bytes, findings: Findings) -> None:
    """The chunks of a .glb, or the first bytes of a .gltf."""
    if data[:4] != b"glTF":
        if data.startswith(_MARK):
            findings.add("byte 0", "the JSON begins with a byte order mark.")
        return
    (length,) = struct.unpack_from("<I", data, 8)
    if length != len(data):
        findings.add("byte 8", f"declares {length} bytes, and the file has {len(data)}.")
    start, seen = 12, list[int]()
    while start + 8 <= len(data):
        size, kind = struct.unpack_from("<II", data, start)
        place = f"byte {start}"
        if size % 4:
            findings.add(place, f"a chunk of {size} bytes is not aligned to four bytes.")
        if kind not in (_JSON, _BIN):
            findings.add(place, f"a chunk is of the unknown type {kind:#x}.")
        elif kind in seen:
            findings.add(place, "a chunk is a duplicate; only the first one is read.")
        elif kind == _BIN and size == 0:
            findings.add(place, "the binary chunk is empty.")
        if kind == _JSON and data[start + 8 : start + 11] == _MARK:
            findings.add(f"byte {start + 8}", "the JSON begins with a byte order mark.")
        seen.append(kind)
        start += 8 + size
    if start != len(data):
        findings.add(f"byte {min(start, len(data))}", "the last chunk does not end with the file.")


def examine_head(case: Case, binary: memoryview | None) -> None:
    """Extensions that are required and not declared, versions, and the embedded buffer."""
    used = set(case.document.extensions_used)
    for index, name in enumerate(case.document.extensions_required):
        if name not in used:
            case.findings.add(
                f"$.extensionsRequired[{index}]", f"{name[:60]} is not among extensionsUsed."
            )
    asset = as_object(case.raw.get("asset")) or {}
    version, least = str(asset.get("version", "")), str(asset.get("minVersion", ""))
    if least and _parts(least) > _parts(version):
        case.findings.add("$.asset.minVersion", f"{least[:20]} is above the version of the file.")
    buffers = as_list(case.raw.get("buffers")) or []
    if binary is None or not buffers:
        return
    first = case.document.buffers[0]
    if first.uri is not None:
        case.findings.add("$.buffers[0].uri", "the file has a binary chunk, which is not used.")
    elif len(binary) - first.byte_length > 3:
        case.findings.add(
            "$.buffers[0]", f"uses {first.byte_length} of the {len(binary)} embedded bytes."
        )


def _parts(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdecimal()]
