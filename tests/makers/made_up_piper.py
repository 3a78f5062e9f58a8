"""A made-up Piper voice: a few kilobytes of ONNX, written byte by byte, that hums each symbol.

Vowels hum at 120 Hz, other sounds more softly, spaces and punctuation are silent. That one hurries;
one that is said to articulate takes its time as people do, and holds its breath for a stop.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

RATE = 22_050
HOP = 256
PITCH = 120.0
SYMBOLS = (
    "_^$ .,?!:;ˈˌːabcdefhijklmnoprstuvwxyzæçðŋɐɑɒɔəɚɛɜɡɪɲɹɾʃʁʊʌʒʔθᵻøœʏχ\u0303\u0329"
    'βɕɣɨɭɵʋʎʑʝʲ-"\u0327'
)
VOWELS = "aeiouyæɐɑɒɔəɚɛɜɪʊʌᵻøœʏɨɵ"
SILENT = '_^$ .,?!:;ˈˌːʲ-"\u0303\u0327\u0329'
PAUSES = ".,"
_FLOAT, _INT64 = 1, 7


@dataclass(frozen=True)
class Faults:
    """What this voice does wrong."""

    not_a_number: bool = False
    silent: bool = False
    tells_no_times: bool = False


def write_voice(
    folder: Path,
    name: str = "hum",
    faults: Faults = Faults(),
    *,
    language: str = "en-us",
    articulates: bool = False,
) -> Path:
    """The .onnx file of a new voice, with its description beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / f"{name}.onnx"
    model.write_bytes(_model(faults, _articulated if articulates else _hummed))
    region = language.partition("-")[2].upper()
    told = {
        "audio": {"sample_rate": RATE, "quality": "made up"},
        "espeak": {"voice": language},
        "language": {"code": language[:2] + ("_" + region if region else "")},
        "inference": {"noise_scale": 0.0, "length_scale": 1.0, "noise_w": 0.0},
        "phoneme_type": "espeak",
        "num_speakers": 1,
        "phoneme_id_map": {sign: [number] for number, sign in enumerate(SYMBOLS)},
    }
    model.with_name(f"{name}.onnx.json").write_text(json.dumps(told), "utf-8")
    return model


def _hummed(sign: str) -> tuple[float, float]:
    """How many frames a symbol lasts, and how loud it is."""
    if sign in PAUSES:
        return 12.0, 0.0
    if sign in SILENT:
        return 0.3, 0.0
    return (2.3, 0.6) if sign in VOWELS else (1.2, 0.15)


def _articulated(sign: str) -> tuple[float, float]:
    """The same at the pace of people, whose breath runs on from sound to sound but for stops."""
    if sign in PAUSES + "^$":
        return _hummed(sign)
    if sign in "ptkbdɡ":
        return 4.0, 0.0 if sign in "ptk" else 0.04
    if sign in SILENT:
        return 0.3, 0.3
    return (5.0, 0.6) if sign in VOWELS else (4.0, 0.15)


def _model(faults: Faults, said: Callable[[str], tuple[float, float]] = _hummed) -> bytes:
    frames, loud = map(list, zip(*map(said, SYMBOLS), strict=True))
    if faults.silent:
        loud = [0.0] * len(SYMBOLS)
    if faults.not_a_number:
        loud = [float("nan")] * len(SYMBOLS)
    up = "Floor" if faults.tells_no_times else "Ceil"
    constants = [
        _floats("frames_of", frames),
        _floats("loud_of", loud),
        _floats("step", [2 * 3.141592653589793 * PITCH / RATE], scalar=True),
        _floats("nought", [0.0], scalar=True),
        _floats("one", [1.0], scalar=True),
        _ints("axis_1", [1]),
        _ints("first", [0]),
        _ints("second", [1], scalar=True),
        _ints("hop", [HOP]),
        _ints("flat", [-1]),
        _ints("form", [1, 1, 1, -1]),
        _ints("one_column", [1]),
        _ints("cum_axis", [1], scalar=True),
        _ints("cum_first", [0], scalar=True),
    ]
    nodes = [
        _node("Gather", ["frames_of", "input"], ["lasting"]),
        _node("Gather", ["scales", "second"], ["slowness"]),
        _node("Mul", ["lasting", "slowness"], ["wished"]),
        _node("Add", ["wished", "one"], ["more"]) if up == "Floor" else b"",
        _node(up, ["more" if up == "Floor" else "wished"], ["frames"]),
        _node("CumSum", ["frames", "cum_axis"], ["ends"]),
        _node("ReduceMax", ["ends"], ["whole"], keepdims=0),
        _node("Range", ["nought", "whole", "one"], ["at"]),
        _node("Unsqueeze", ["at", "axis_1"], ["at_column"]),
        _node("GreaterOrEqual", ["at_column", "ends"], ["is_past"]),
        _node("Cast", ["is_past"], ["past"], to=_INT64),
        _node("ReduceSum", ["past", "axis_1"], ["index"], keepdims=0),
        _node("Squeeze", ["input", "first"], ["ids"]),
        _node("Gather", ["ids", "index"], ["id_at"]),
        _node("Gather", ["loud_of", "id_at"], ["loud_at"]),
        _node("Unsqueeze", ["loud_at", "axis_1"], ["loud_column"]),
        _node("Concat", ["one_column", "hop"], ["tile"], axis=0),
        _node("Tile", ["loud_column", "tile"], ["loud_rows"]),
        _node("Reshape", ["loud_rows", "flat"], ["loud"]),
        _node("Shape", ["loud"], ["long"]),
        _node("Expand", ["step", "long"], ["steps"]),
        _node("CumSum", ["steps", "cum_first"], ["phase"]),
        _node("Sin", ["phase"], ["hum"]),
        _node("Mul", ["hum", "loud"], ["sound"]),
        _node("Reshape", ["sound", "form"], ["output"]),
    ]
    graph = b"".join(_piece(1, node) for node in nodes if node) + _piece(2, b"voice")
    graph += b"".join(_piece(5, constant) for constant in constants)
    graph += _piece(11, _value("input", _INT64, ("batch", "signs")))
    graph += _piece(11, _value("input_lengths", _INT64, ("batch",)))
    graph += _piece(11, _value("scales", _FLOAT, ("three",)))
    graph += _piece(12, _value("output", _FLOAT, ("a", "b", "c", "samples")))
    opset = _piece(1, b"") + _number(2, 13)
    return _number(1, 8) + _piece(7, graph) + _piece(8, opset)


def _node(kind: str, inputs: Sequence[str], outputs: Sequence[str], **numbers: int) -> bytes:
    out = b"".join(_piece(1, name.encode()) for name in inputs)
    out += b"".join(_piece(2, name.encode()) for name in outputs)
    out += _piece(4, kind.encode())
    for name, value in numbers.items():
        out += _piece(5, _piece(1, name.encode()) + _number(3, value) + _number(20, 2))
    return out


def _floats(name: str, values: Sequence[float], *, scalar: bool = False) -> bytes:
    shape = b"" if scalar else _number(1, len(values))
    raw = struct.pack(f"<{len(values)}f", *values)
    return shape + _number(2, _FLOAT) + _piece(8, name.encode()) + _piece(9, raw)


def _ints(name: str, values: Sequence[int], *, scalar: bool = False) -> bytes:
    shape = b"" if scalar else _number(1, len(values))
    raw = struct.pack(f"<{len(values)}q", *values)
    return shape + _number(2, _INT64) + _piece(8, name.encode()) + _piece(9, raw)


def _value(name: str, kind: int, shape: Sequence[str]) -> bytes:
    sizes = b"".join(_piece(1, _piece(2, size.encode())) for size in shape)
    tensor = _number(1, kind) + _piece(2, sizes)
    return _piece(1, name.encode()) + _piece(2, _piece(1, tensor))


def _piece(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _varint(value: int) -> bytes:
    out = bytearray()
    value &= (1 << 64) - 1
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])
