"""Voices that sherpa-onnx can run: it gives sound without times, which are found by ear.

Models that know words get the text, all others the sounds that espeak reads in it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from avatar_desktop.errors import VoiceError
from avatar_desktop.reply.vocabulary import Tone
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import EngineInfo, SpeechRequest
from avatar_desktop.voice.engines.espeak import EspeakEngine, Reading
from avatar_desktop.voice.engines.finish import silent_clip, toned_clip
from avatar_desktop.voice.engines.onnx_model import MOST_SECONDS
from avatar_desktop.voice.engines.sign_script import signs_of
from avatar_desktop.voice.engines.watched import watched
from avatar_desktop.voice.sherpa_folder import SherpaVoice, read_sherpa


class SherpaEngine:
    """Says what `sherpa:` voices are asked for; the last model stays loaded."""

    info = EngineInfo(id="sherpa", timing="aligned", licence="as the voice says")

    def __init__(self, espeak: EspeakEngine) -> None:
        self._espeak = espeak

    def speak(self, request: SpeechRequest, is_cancelled: Callable[[], bool]) -> SpeechClip | None:
        voice = read_sherpa(request.voice)
        reading = self._espeak.read(request.text, voice.language, is_cancelled)
        if reading is None:
            return None
        if not any(phone.ipa for phone in reading.phones):
            return silent_clip(request)
        speech = _loaded(voice)
        given = watched(
            lambda: _say(speech, voice, request, reading, is_cancelled),
            is_cancelled,
            give_up=lambda: None,  # it asks by itself whether it is wanted
            most_seconds=MOST_SECONDS,
        )
        if given is None:
            return None
        sound, rate = np.asarray(given.samples, np.float32), int(given.sample_rate)
        wish = request.bend
        return toned_clip(
            self._espeak,
            request,
            sound,
            rate,
            voice=voice.language,
            tone=Tone(wish.rate / request.rate, wish.pitch),
            is_cancelled=is_cancelled,
        )


def _say(
    speech: Any,
    voice: SherpaVoice,
    request: SpeechRequest,
    reading: Reading,
    is_cancelled: Callable[[], bool],
) -> Any:
    wish = _library().GenerationConfig()
    wish.sid, wish.speed = voice.speaker, request.rate
    if not voice.lexicon:
        signs = signs_of(reading, request.text)
        wish.phoneme_codepoints = [[ord(sign) for sign in signs]]

    def goes_on(_samples: object, _share: float) -> int:
        return int(not is_cancelled())

    try:
        return speech.generate(request.text, wish, goes_on)
    except (RuntimeError, ValueError) as error:
        raise VoiceError("The voice cannot say this phrase.") from error


def _library() -> Any:
    try:
        import sherpa_onnx  # pyright: ignore[reportMissingTypeStubs]
    except ImportError as error:
        raise VoiceError(
            "This voice needs the Python package sherpa-onnx.",
            advice="Install avatar-desktop[more-voices].",
        ) from error
    return sherpa_onnx


@lru_cache(maxsize=1)
def _loaded(voice: SherpaVoice) -> Any:
    library = _library()
    model, tokens = str(voice.model), str(voice.tokens)
    if voice.styles:
        kind = {
            "kokoro": library.OfflineTtsKokoroModelConfig(
                model=model, voices=voice.styles, tokens=tokens, lexicon=voice.lexicon
            )
        }
    else:
        kind = {
            "vits": library.OfflineTtsVitsModelConfig(
                model=model, lexicon=voice.lexicon, tokens=tokens
            )
        }
    config = library.OfflineTtsConfig(model=library.OfflineTtsModelConfig(**kind, num_threads=1))
    try:
        if config.validate():
            return library.OfflineTts(config)
    except (RuntimeError, ValueError) as error:
        raise VoiceError(_broken(voice), advice="Fetch it again.") from error
    raise VoiceError(_broken(voice), advice="Fetch it again.")


def _broken(voice: SherpaVoice) -> str:
    return f"The voice {voice.name} is cut short, or none that sherpa-onnx knows."
