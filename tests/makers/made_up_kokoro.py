"""A made-up Kokoro voice: a folder with a small model that hums each sign, two styles and signs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tests.makers import made_up_piper as onnx
from tests.makers.made_up_piper import SILENT, SYMBOLS, VOWELS

RATE, HOP = 24_000, 600
STYLES = ("af_amber", "bm_basil")


def write_folder(folder: Path, *, tells_times: bool = True, packed: bool = True) -> Path:
    """The folder of a new voice."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(_model(tells_times=tells_times))
    styles = {name: np.full((510, 1, 256), at, np.float32) for at, name in enumerate(STYLES)}
    if packed:
        with (folder / "voices-v1.0.bin").open("wb") as file:
            np.savez(file, **styles)  # pyright: ignore[reportArgumentType]
    else:
        (folder / "voices").mkdir(exist_ok=True)
        for name, style in styles.items():
            style.tofile(folder / "voices" / f"{name}.bin")
    vocab = {sign: at for at, sign in enumerate(SYMBOLS) if at}
    (folder / "config.json").write_text(json.dumps({"vocab": vocab}), "utf-8")
    return folder


def _model(*, tells_times: bool) -> bytes:
    frames = [6.3 if s in VOWELS else 3.2 if s not in SILENT else 0.3 for s in SYMBOLS]
    frames[SYMBOLS.index(".")] = frames[SYMBOLS.index(",")] = 8.0
    loud = [0.6 if s in VOWELS else 0.15 if s not in SILENT else 0.0 for s in SYMBOLS]
    constants = [
        onnx._floats("frames_of", frames),
        onnx._floats("loud_of", loud),
        onnx._floats("step", [2 * 3.141592653589793 * onnx.PITCH / RATE], scalar=True),
        onnx._floats("nought", [0.0], scalar=True),
        onnx._floats("one", [1.0], scalar=True),
        onnx._ints("axis_1", [1]),
        onnx._ints("first", [0]),
        onnx._ints("hop", [HOP]),
        onnx._ints("flat", [-1]),
        onnx._ints("one_column", [1]),
        onnx._ints("cum_axis", [1], scalar=True),
        onnx._ints("cum_first", [0], scalar=True),
    ]
    nodes = [
        onnx._node("Gather", ["frames_of", "input_ids"], ["lasting"]),
        onnx._node("Div", ["lasting", "speed"], ["wished"]),
        onnx._node("Add", ["wished", "one"], ["more"]),
        onnx._node("Floor", ["more"], ["durations"]),
        onnx._node("CumSum", ["durations", "cum_axis"], ["ends"]),
        onnx._node("ReduceMax", ["ends"], ["whole"], keepdims=0),
        onnx._node("Range", ["nought", "whole", "one"], ["at"]),
        onnx._node("Unsqueeze", ["at", "axis_1"], ["at_column"]),
        onnx._node("GreaterOrEqual", ["at_column", "ends"], ["is_past"]),
        onnx._node("Cast", ["is_past"], ["past"], to=onnx._INT64),
        onnx._node("ReduceSum", ["past", "axis_1"], ["index"], keepdims=0),
        onnx._node("Squeeze", ["input_ids", "first"], ["ids"]),
        onnx._node("Gather", ["ids", "index"], ["id_at"]),
        onnx._node("Gather", ["loud_of", "id_at"], ["loud_at"]),
        onnx._node("Unsqueeze", ["loud_at", "axis_1"], ["loud_column"]),
        onnx._node("Concat", ["one_column", "hop"], ["tile"], axis=0),
        onnx._node("Tile", ["loud_column", "tile"], ["loud_rows"]),
        onnx._node("Reshape", ["loud_rows", "flat"], ["loud"]),
        onnx._node("Shape", ["loud"], ["long"]),
        onnx._node("Expand", ["step", "long"], ["steps"]),
        onnx._node("CumSum", ["steps", "cum_first"], ["phase"]),
        onnx._node("ReduceMean", ["style"], ["character"], keepdims=0),
        onnx._node("Add", ["character", "one"], ["height"]),
        onnx._node("Mul", ["phase", "height"], ["higher"]),
        onnx._node("Sin", ["higher"], ["hum"]),
        onnx._node("Mul", ["hum", "loud"], ["waveform"]),
    ]
    graph = b"".join(onnx._piece(1, node) for node in nodes) + onnx._piece(2, b"voice")
    graph += b"".join(onnx._piece(5, constant) for constant in constants)
    graph += onnx._piece(11, onnx._value("input_ids", onnx._INT64, ("batch", "signs")))
    graph += onnx._piece(11, onnx._value("style", onnx._FLOAT, ("batch", "width")))
    graph += onnx._piece(11, onnx._value("speed", onnx._FLOAT, ("batch",)))
    graph += onnx._piece(12, onnx._value("waveform", onnx._FLOAT, ("samples",)))
    if tells_times:
        graph += onnx._piece(12, onnx._value("durations", onnx._FLOAT, ("batch", "signs")))
    opset = onnx._piece(1, b"") + onnx._number(2, 13)
    return onnx._number(1, 8) + onnx._piece(7, graph) + onnx._piece(8, opset)
