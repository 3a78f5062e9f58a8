"""Neural voices of the Piper kind: espeak says which sounds, the model says them.

Where the model tells how long each sound lasts (most do, inside), the clip's times are exact.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.errors import VoiceError
from avatar_desktop.reply.vocabulary import Tone
from avatar_desktop.voice.alignment import Times
from avatar_desktop.voice.clip import Phone, SpeechClip
from avatar_desktop.voice.engine import EngineInfo, SpeechRequest
from avatar_desktop.voice.engines.bend import bent
from avatar_desktop.voice.engines.espeak import EspeakEngine, Reading
from avatar_desktop.voice.engines.finish import (
    check_sound,
    finished_clip,
    silent_clip,
    times_by_ear,
)
from avatar_desktop.voice.engines.onnx_graph import value_of_only, with_output
from avatar_desktop.voice.engines.watched import watched
from avatar_desktop.voice.piper_folder import SCHEME, PiperVoice, read_piper
from avatar_desktop.voice.words import Mark

MOST_SECONDS: Final = 60.0
_BEGIN, _END, _BETWEEN = "^", "$", "_"
_PUNCTUATION = ".,?!:;"
_STRESS = ("", "ˌ", "ˈ")
_REST: Final = Phone(0, 0, "", 0)
_REST_SECONDS: Final = 0.06
"""A gap between two words that is shorter belongs to the sound before it."""

Sound = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Script:
    """What the model reads: numbers, and for each number the phone that it belongs to."""

    ids: list[int]
    owners: list[int]
    phones: list[Phone]
    marks: list[Mark]
    """A character of the text and the phone with which its word begins."""


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
        model = _model(voice.model, voice.model.stat().st_mtime_ns)
        script = _script(reading, request.text, voice)
        # The person's own pace is the model's; a tone is laid over it, true to its numbers.
        scales = (voice.noise, voice.length / request.rate, voice.noise_of_length)
        given = model.say(script.ids, scales, is_cancelled)
        if given is None:
            return None
        sound, frames = given
        check_sound(sound)
        times = _exact(script, frames, len(sound), voice.rate)
        long = len(sound)
        wish = request.bend
        sound, unbent = bent(sound, voice.rate, Tone(wish.rate / request.rate, wish.pitch))
        times = times.stretched(len(sound) / long, len(sound)) if times else None
        times = times or times_by_ear(
            self._espeak,
            request.text,
            voice.espeak_voice,
            sound,
            voice.rate,
            is_cancelled=is_cancelled,
        )
        return finished_clip(request, sound, voice.rate, times, unbent) if times else None


class _Model:
    """One model in memory."""

    def __init__(self, path: Path) -> None:
        try:
            import onnxruntime  # pyright: ignore[reportMissingTypeStubs]
        except ImportError as error:
            raise VoiceError(
                "Piper voices need the Python package onnxruntime.",
                advice="Install avatar-desktop[voices].",
            ) from error
        runtime: Any = onnxruntime
        self._runtime = runtime
        options = runtime.SessionOptions()
        options.intra_op_num_threads = 1  # a frame of the avatar is worth more than a faster phrase
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        runtime.set_seed(1)
        try:
            data = path.read_bytes()
            self._lengths = value_of_only("Ceil", data)
            if self._lengths:
                data = with_output(data, self._lengths)
            self._session: Any = runtime.InferenceSession(
                data, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the runtime has a dozen kinds for a file that is no model
            raise VoiceError(
                f"The file {path.name} is cut short or is no voice.", advice="Fetch it again."
            ) from error
        self._inputs = {each.name for each in self._session.get_inputs()}

    def say(
        self,
        ids: Sequence[int],
        scales: tuple[float, float, float],
        is_cancelled: Callable[[], bool],
    ) -> tuple[Sound, NDArray[np.float64] | None] | None:
        """The sound, and how many frames each number lasts where the model tells."""
        options = self._runtime.RunOptions()
        options.log_severity_level = 4
        feed: dict[str, Any] = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array(scales, np.float32),
            "sid": np.zeros(1, np.int64),
        }
        feed = {name: value for name, value in feed.items() if name in self._inputs}

        def stop() -> None:
            options.terminate = True

        try:
            found = watched(
                lambda: self._session.run(None, feed, options),
                is_cancelled,
                give_up=stop,
                most_seconds=MOST_SECONDS,
            )
        except VoiceError:
            raise
        except Exception as error:  # as above
            raise VoiceError("The voice cannot say this phrase.") from error
        if found is None:
            return None
        sound = np.asarray(found[0], np.float32).reshape(-1)
        frames = np.asarray(found[-1], np.float64).reshape(-1) if self._lengths else None
        return sound, frames if frames is not None and len(frames) == len(ids) else None


@lru_cache(maxsize=2)
def _model(path: Path, _changed: int) -> _Model:
    return _Model(path)


def _script(reading: Reading, text: str, voice: PiperVoice) -> _Script:
    """Symbols as the model learned them: espeak's sounds, a space between words, punctuation."""
    script = _Script([], [], [], [])
    between = voice.ids[_BETWEEN]

    def write(signs: str, phone: Phone) -> None:
        script.phones.append(phone)
        for sign in signs:
            for number in voice.ids.get(sign, ()):
                script.ids.extend((number, *between))
        script.owners.extend([len(script.phones) - 1] * (len(script.ids) - len(script.owners)))

    waiting = list(reading.marks)
    char = 0
    write(_BEGIN, _REST)
    for phone in reading.phones:
        is_new_word = False
        while waiting and waiting[0][1] <= phone.start and phone.ipa:
            char = waiting.pop(0)[0]
            script.marks.append((char, len(script.phones)))
            is_new_word = True
        if phone.ipa:
            if is_new_word and len(script.phones) > 1:
                write(" ", _REST)
                script.marks[-1] = (char, len(script.phones))
            write(unicodedata.normalize("NFD", _STRESS[phone.stress] + phone.ipa), phone)
        elif len(script.phones) > 1:
            write(_stop(text[char : waiting[0][0] if waiting else None]), _REST)
    script.ids.extend(voice.ids[_END])
    script.owners.extend([len(script.phones) - 1] * len(voice.ids[_END]))
    return script


def _stop(part: str) -> str:
    """The punctuation after the last word of a part of the text."""
    return next((sign for sign in reversed(part) if sign in _PUNCTUATION), "")


def _exact(
    script: _Script, frames: NDArray[np.float64] | None, length: int, rate: int
) -> Times | None:
    """Times from the frames of each number; None where they do not make up the sound."""
    if frames is None or not np.isfinite(frames).all() or frames.sum() <= 0:
        return None
    hop, rest = divmod(length, int(frames.sum()))
    if rest:
        return None
    lasting = np.bincount(script.owners, frames, len(script.phones)).astype(int) * hop
    starts = [0, *np.cumsum(lasting).tolist()]
    phones: list[Phone] = []
    for phone, start, end in zip(script.phones, starts, starts[1:], strict=False):
        last = phones[-1] if phones else None
        is_gap = not phone.ipa and (end - start < _REST_SECONDS * rate or not (last and last.ipa))
        if end > start and is_gap and last:
            phones[-1] = Phone(last.start, end, last.ipa, last.stress)
        elif end > start:
            phones.append(Phone(start, end, phone.ipa, phone.stress))
    return Times(tuple(phones), tuple((char, starts[at]) for char, at in script.marks))
