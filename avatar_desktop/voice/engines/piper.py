"""Neural voices of the Piper kind: espeak says which sounds, the model says them.

Where the model tells how long each sound lasts (most do, inside), the clip's times are exact.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from avatar_desktop.reply.vocabulary import Tone
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import EngineInfo, SpeechRequest
from avatar_desktop.voice.engines.espeak import EspeakEngine
from avatar_desktop.voice.engines.finish import silent_clip, toned_clip
from avatar_desktop.voice.engines.onnx_model import onnx_model
from avatar_desktop.voice.engines.sign_script import exact_times, written
from avatar_desktop.voice.piper_folder import SCHEME, read_piper

_BEGIN, _END, _BETWEEN = "^", "$", "_"


class PiperEngine:
    """Says what `piper:` voices are asked for; each model stays loaded."""

    info = EngineInfo(id="piper", timing="exact", licence="as the voice says")

    def __init__(self, espeak: EspeakEngine) -> None:
        self._espeak = espeak

    def speak(self, request: SpeechRequest, is_cancelled: Callable[[], bool]) -> SpeechClip | None:
        voice = read_piper(Path(request.voice.removeprefix(SCHEME)))
        reading = self._espeak.read(request.text, voice.espeak_voice, is_cancelled)
        if reading is None:
            return None
        if not any(phone.ipa for phone in reading.phones):
            return silent_clip(request, voice.rate)
        model = onnx_model(voice.model)
        script = written(
            reading,
            request.text,
            voice.ids,
            begin=_BEGIN,
            end=_END,
            between=voice.ids[_BETWEEN],
        )
        # The person's own pace is the model's; a tone is laid over it, true to its numbers.
        scales = (voice.noise, voice.length / request.rate, voice.noise_of_length)
        given = model.run(
            {
                "input": np.array([script.ids], np.int64),
                "input_lengths": np.array([len(script.ids)], np.int64),
                "scales": np.array(scales, np.float32),
                "sid": np.zeros(1, np.int64),
            },
            is_cancelled,
        )
        if given is None:
            return None
        sound = given[model.outputs[0]].astype(np.float32).reshape(-1)
        frames = given[model.hidden].reshape(-1) if model.hidden else None
        times = exact_times(script, frames, len(sound), voice.rate)
        wish = request.bend
        return toned_clip(
            self._espeak,
            request,
            sound,
            voice.rate,
            voice=voice.espeak_voice,
            tone=Tone(wish.rate / request.rate, wish.pitch),
            times=times,
            is_cancelled=is_cancelled,
        )
