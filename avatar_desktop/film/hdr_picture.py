"""Radiance pictures (.hdr): light as it was, far beyond what a screen shows."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.errors import UsageError

Floats = NDArray[np.float32]

MOST_PIXELS = 1 << 25
"""8192 × 4096, far more than light needs."""
FINEST = 2048
"""Columns; of a finer picture, squares of pixels come back as their mean."""
_BAND = 64  # rows that become light at once, so that a large picture needs little memory
_LONGEST_HEADER = 1 << 16
_MOST_BYTES = MOST_PIXELS * 5 + _LONGEST_HEADER
_SIZE = re.compile(rb"([-+])Y (\d{1,9}) ([-+])X (\d{1,9})")
_PACKED_WIDTHS = range(8, 1 << 15)
_RUN = 128  # a count above this says how often one byte comes


class _Damaged(ValueError):
    """What is wrong with the file, as the end of a sentence."""


def read_hdr_bytes(file: Path) -> bytes:
    """The bytes of a picture that is not absurdly large."""
    try:
        with file.open("rb") as opened:
            content = opened.read(_MOST_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"The light {file} cannot be read: {reason}.") from error
    if len(content) > _MOST_BYTES:
        raise _refusal(str(file), "is larger than 8192 × 4096 pixels can be")
    return content


def decode_hdr(content: bytes, name: str) -> Floats:
    """(H, W, 3) linear light, rows from the top; `name` is for the refusal of a damaged one."""
    try:
        return _decoded(content)
    except _Damaged as error:
        raise _refusal(name, str(error)) from None


def _refusal(name: str, why: str) -> UsageError:
    return UsageError(f"The light {name} {why}.", advice="Give a Radiance picture (.hdr).")


def _decoded(content: bytes) -> Floats:
    start, height, width, upwards, leftwards = _read_head(content)
    rest = memoryview(content)[start:]
    if width in _PACKED_WIDTHS and _is_packed(rest, width):
        pixels = _unpacked(rest, height, width)
    elif len(rest) >= height * width * 4:
        pixels = np.frombuffer(rest[: height * width * 4], np.uint8).reshape(height, width, 4)
    else:
        raise _Damaged("is cut short")
    light = _light_of(pixels)
    return np.ascontiguousarray(light[:: -1 if upwards else 1, :: -1 if leftwards else 1])


def _read_head(content: bytes) -> tuple[int, int, int, bool, bool]:
    head, blank, _ = content[:_LONGEST_HEADER].partition(b"\n\n")
    if not head.startswith((b"#?RADIANCE", b"#?RGBE")) or not blank:
        raise _Damaged("is no Radiance picture")
    for line in head.split(b"\n"):
        name, _, value = line.partition(b"=")
        if name.strip() == b"FORMAT" and value.strip() != b"32-bit_rle_rgbe":
            raise _Damaged("holds colours in another form than RGBE")
    at = len(head) + len(blank)
    end = content.find(b"\n", at, at + 64)
    size = _SIZE.fullmatch(content[at:end].strip()) if end > 0 else None
    if size is None:
        raise _Damaged("does not say its size")
    height, width = int(size[2]), int(size[4])
    if not 0 < height * width <= MOST_PIXELS:
        raise _Damaged(f"has {width} × {height} pixels, which is none or too many")
    return end + 1, height, width, size[1] == b"+", size[3] == b"-"


def _is_packed(rest: memoryview, width: int) -> bool:
    return bytes(rest[:4]) == bytes((2, 2, width >> 8, width & 255))


def _unpacked(rest: memoryview, height: int, width: int) -> NDArray[np.uint8]:
    """Rows of four planes each, in which a byte may stand for many."""
    pixels = np.empty((height, width, 4), np.uint8)
    at = 0
    for row in pixels:
        if not _is_packed(rest[at : at + 4], width):
            raise _Damaged("is cut short or has a row of another width")
        planes, at = _unpacked_row(rest, at + 4, width * 4)
        row[:] = np.frombuffer(planes, np.uint8).reshape(4, width).T
    return pixels


def _unpacked_row(rest: memoryview, at: int, length: int) -> tuple[bytearray, int]:
    planes = bytearray()
    try:
        while len(planes) < length:
            count = rest[at]
            if count > _RUN:
                planes += bytes((rest[at + 1],)) * (count - _RUN)
                at += 2
            elif count:
                planes += rest[at + 1 : at + 1 + count]
                at += 1 + count
            else:
                raise _Damaged("is damaged: a run of nothing")
    except IndexError:
        raise _Damaged("is cut short") from None
    if len(planes) != length or at > len(rest):
        raise _Damaged("is damaged: a row does not end where it should")
    return planes, at


def _light_of(pixels: NDArray[np.uint8]) -> Floats:
    """Three mantissas with one exponent; an exponent of 0 is black."""
    height, width = pixels.shape[:2]
    step = 1
    while width // step > FINEST and height % (2 * step) == 0 and width % (2 * step) == 0:
        step *= 2
    exponents = np.arange(256)
    scale = np.where(exponents > 0, np.ldexp(1.0, exponents - 136), 0.0).astype(np.float32)
    light = np.empty((height // step, width // step, 3), np.float32)
    for top in range(0, len(light), _BAND):
        band = pixels[top * step : (top + _BAND) * step]
        fine = band[..., :3] * scale[band[..., 3], None]
        squares = fine.reshape(-1, step, width // step, step, 3)
        light[top : top + _BAND] = fine if step == 1 else squares.mean(axis=(1, 3))
    return light
