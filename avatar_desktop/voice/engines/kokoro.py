"""Neural voices of the Kokoro kind: espeak says which sounds, a style says whose voice it is."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.errors import VoiceError
from avatar_desktop.reply.vocabulary import Tone
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import EngineInfo, SpeechRequest
from avatar_desktop.voice.engines.espeak import EspeakEngine
from avatar_desktop.voice.engines.finish import silent_clip, toned_clip
from avatar_desktop.voice.engines.onnx_model import OnnxModel, onnx_model
from avatar_desktop.voice.engines.sign_script import exact_times, written
from avatar_desktop.voice.kokoro_folder import RATE, KokoroVoice, read_kokoro

MOST_SIGNS: Final = 510
_STYLE: Final = 256
_HEARD_AS: Final = {"r": "ɹ", "x": "k", "ɬ": "l", "ʲ": "j"}
"""Sounds of espeak that the model did not learn, and what comes near."""


class KokoroEngine:
    """Says what `kokoro:` voices are asked for."""

    info = EngineInfo(id="kokoro", timing="exact", licence="as the voice says")

    def __init__(self, espeak: EspeakEngine) -> None:
        self._espeak = espeak

    def speak(self, request: SpeechRequest, is_cancelled: Callable[[], bool]) -> SpeechClip | None:
        voice = read_kokoro(request.voice)
        reading = self._espeak.read(request.text, voice.language, is_cancelled)
        if reading is None:
            return None
        if not any(phone.ipa for phone in reading.phones):
            return silent_clip(request, RATE)
        model = onnx_model(voice.model)
        ids = voice.ids | {sign: voice.ids.get(near, ()) for sign, near in _HEARD_AS.items()}
        script = written(reading, request.text, ids, begin="$", end="$", form="NFC")
        if len(script.ids) > MOST_SIGNS + 2:
            raise VoiceError("The phrase is too long for this voice.")
        given = model.run(
            _feed(model, script.ids, _style(voice, len(script.ids)), request.rate), is_cancelled
        )
        if given is None:
            return None
        sound = given[model.outputs[0]].astype(np.float32).reshape(-1)
        lasting = next((name for name in model.outputs[1:] if "dur" in name), model.hidden)
        frames = given[lasting].reshape(-1) if lasting else None
        wish = request.bend
        return toned_clip(
            self._espeak,
            request,
            sound,
            RATE,
            voice=voice.language,
            tone=Tone(wish.rate / request.rate, wish.pitch),
            times=exact_times(script, frames, len(sound), RATE),
            is_cancelled=is_cancelled,
        )


def _feed(model: OnnxModel, ids: list[int], style: NDArray[np.float32], rate: float) -> Any:
    """Exports differ in what they call the signs, and in the kind of number for the pace."""
    whole = "int" in model.inputs.get("speed", "")
    speed = np.array([max(1, round(rate))], np.int32) if whole else np.array([rate], np.float32)
    signs = np.array([ids], np.int64)
    return {"input_ids": signs, "tokens": signs, "style": style, "speed": speed}


def _style(voice: KokoroVoice, signs: int) -> NDArray[np.float32]:
    """The row for a phrase of this length."""
    try:
        if voice.styles.is_dir():
            table = np.fromfile(voice.styles / f"{voice.style}.bin", np.float32)
        else:
            with np.load(voice.styles, allow_pickle=False) as packed:
                table = np.asarray(packed[voice.style], np.float32)
        rows = table.reshape(-1, _STYLE)
        return rows[min(max(0, signs - 2), len(rows) - 1)][None, :]
    except (OSError, ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile) as error:
        raise VoiceError(f"The style {voice.style} cannot be read.") from error
