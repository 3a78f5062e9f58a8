"""A Piper voice as it lies on the disk: NAME.onnx with NAME.onnx.json beside it.

Promise: what cannot be a voice is refused in one plain sentence, without any engine.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from avatar_desktop.errors import VoiceError

SCHEME: Final = "piper:"
"""A request names such a voice as `piper:` and the path of its .onnx file."""
_SMALLEST_MODEL: Final = 256
_RATES = range(8_000, 96_001)
_ADVICE: Final = "A Piper voice is a file NAME.onnx with NAME.onnx.json beside it."


@dataclass(frozen=True, slots=True)
class PiperVoice:
    """What a voice's description says."""

    model: Path
    name: str
    language: str
    espeak_voice: str
    rate: int
    ids: dict[str, tuple[int, ...]]
    """Numbers of each symbol, by its one character."""
    speakers: int
    noise: float
    length: float
    noise_of_length: float

    @property
    def locator(self) -> str:
        return f"{SCHEME}{self.model}"


def find_models(folder: Path) -> tuple[Path, ...]:
    """Every .onnx file with a description beside it, in the folder and one floor below."""
    found = (*folder.glob("*.onnx"), *folder.glob("[!.]*/*.onnx"))  # a dot: still on its way
    return tuple(sorted(file for file in found if _description(file).is_file()))


def read_piper(place: Path) -> PiperVoice:
    """The voice at a .onnx file or in a folder that holds one. Raises VoiceError."""
    model = _model_at(place)
    try:
        told: object = json.loads(_description(model).read_text("utf-8"))
        size = model.stat().st_size
    except FileNotFoundError as error:
        raise VoiceError(
            f"The voice {model.name} has no description beside it.", advice=_ADVICE
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise VoiceError(
            f"The description of the voice {model.name} cannot be read.", advice=_ADVICE
        ) from error
    if size < _SMALLEST_MODEL:
        raise VoiceError(f"The file {model.name} is cut short.", advice="Fetch the voice again.")
    try:
        return _voice(model, cast("dict[str, Any]", told))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise VoiceError(
            f"The description beside {model.name} is not that of a Piper voice.", advice=_ADVICE
        ) from error


def _voice(model: Path, told: dict[str, Any]) -> PiperVoice:
    kind = str(told.get("phoneme_type", "espeak"))
    if kind != "espeak":
        raise VoiceError(f"The voice {model.stem} reads {kind!r}, which is not understood here.")
    scales: dict[str, Any] = told.get("inference") or {}
    language: dict[str, Any] = told.get("language") or {}
    ids = {str(sign): tuple(map(int, numbers)) for sign, numbers in told["phoneme_id_map"].items()}
    rate = int(told["audio"]["sample_rate"])
    espeak_voice = str(told["espeak"]["voice"])
    if rate not in _RATES or not {"^", "$", "_"} <= ids.keys():
        raise ValueError
    return PiperVoice(
        model=model,
        name=model.stem,
        language=str(language.get("code") or espeak_voice).replace("_", "-"),
        espeak_voice=espeak_voice,
        rate=rate,
        ids=ids,
        speakers=int(told.get("num_speakers", 1)),
        noise=float(scales.get("noise_scale", 0.667)),
        length=float(scales.get("length_scale", 1.0)),
        noise_of_length=float(scales.get("noise_w", 0.8)),
    )


def _model_at(place: Path) -> Path:
    if place.is_file():
        return place
    if not place.exists():
        raise VoiceError(f"There is no voice at {place}.", advice=_ADVICE)
    found = find_models(place)
    if not found:
        raise VoiceError(f"The folder {place} holds no voice.", advice=_ADVICE)
    return found[0]


def _description(model: Path) -> Path:
    return model.with_name(model.name + ".json")
