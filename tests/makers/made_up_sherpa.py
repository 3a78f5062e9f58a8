"""A made-up folder for sherpa-onnx: the humming Piper model with what sherpa wants to be told."""

from __future__ import annotations

from pathlib import Path

from tests.makers import made_up_piper as onnx

TOLD = {
    "model_type": "vits",
    "comment": "piper",
    "language": "English",
    "voice": "en-us",
    "has_espeak": "1",
    "n_speakers": "1",
    "sample_rate": str(onnx.RATE),
}


def write_folder(folder: Path) -> Path:
    """The folder of a new voice."""
    folder.mkdir(parents=True, exist_ok=True)
    told = b"".join(
        onnx._piece(14, onnx._piece(1, name.encode()) + onnx._piece(2, value.encode()))
        for name, value in TOLD.items()
    )
    (folder / "en_US-hum.onnx").write_bytes(onnx._model(onnx.Faults()) + told)
    signs = "".join(f"{sign} {number}\n" for number, sign in enumerate(onnx.SYMBOLS))
    (folder / "tokens.txt").write_text(signs, "utf-8")
    return folder
