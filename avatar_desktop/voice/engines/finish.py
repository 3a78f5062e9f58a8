"""The last steps of an engine that gives bare sound: checked, levelled, with its times."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.errors import Cancelled, VoiceError
from avatar_desktop.reply.vocabulary import Tone
from avatar_desktop.voice.alignment import Times, fitted
from avatar_desktop.voice.clip import Bend, SpeechClip
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.engines.bend import bent
from avatar_desktop.voice.engines.espeak import (
    FASTEST,
    SLOWEST,
    WORDS_A_MINUTE,
    EspeakEngine,
    Reading,
)
from avatar_desktop.voice.engines.watched import watched
from avatar_desktop.voice.engines.wave_bytes import sound_of
from avatar_desktop.voice.features import speech_bounds
from avatar_desktop.voice.level import levelled
from avatar_desktop.voice.loudness import loudness
from avatar_desktop.voice.words import spoken_words

Sound = NDArray[np.float32]
_INAUDIBLE = 1e-4
MOST_SECONDS = 30.0


def check_sound(sound: Sound) -> None:
    """VoiceError for what no ear can hear."""
    if not np.isfinite(sound).all():
        raise VoiceError("The voice gave numbers that are no sound.")
    if float(np.abs(sound).max(initial=0.0)) < _INAUDIBLE:
        raise VoiceError("The voice gave silence.")


def times_by_ear(
    espeak: EspeakEngine,
    text: str,
    voice: str,
    sound: Sound,
    rate: int,
    *,
    is_cancelled: Callable[[], bool],
) -> Times | None:
    """Times for a sound without any, against a reading that is as long; None when cancelled."""
    reading = espeak.read(text, voice, is_cancelled)
    if reading is not None:
        heard, said = (_seconds(sound, rate), _seconds(_samples(reading), reading.rate))
        speed = round(WORDS_A_MINUTE * said / heard) if heard > 0 else WORDS_A_MINUTE
        speed = min(FASTEST, max(SLOWEST, speed))
        reading = espeak.read(text, voice, is_cancelled, speed=speed)
    if reading is None:
        return None
    times, beside = Times(reading.phones, reading.marks), _samples(reading)
    return watched(
        lambda: fitted(sound, rate, beside, reading.rate, times, is_cancelled=is_cancelled),
        is_cancelled,
        give_up=lambda: None,  # it asks by itself
        most_seconds=MOST_SECONDS,
    )


def toned_clip(
    espeak: EspeakEngine,
    request: SpeechRequest,
    sound: Sound,
    rate: int,
    *,
    voice: str,
    tone: Tone,
    times: Times | None = None,
    is_cancelled: Callable[[], bool],
) -> SpeechClip | None:
    """The clip of a bare sound in the wished tone, its times by ear where there are none; the ear
    gets the sound as it was said.

    `voice` is what espeak calls the language. Raises VoiceError for what is no sound.
    """
    check_sound(sound)
    times = times or times_by_ear(
        espeak, request.text, voice, sound, rate, is_cancelled=is_cancelled
    )
    if times is None or is_cancelled():
        return None
    long = len(sound)
    try:
        sound, unbent = bent(sound, rate, tone, is_cancelled)
    except Cancelled:
        return None
    times = times.stretched(len(sound) / long, len(sound))
    return finished_clip(request, sound, rate, times, unbent)


def clip_of_file(
    espeak: EspeakEngine,
    request: SpeechRequest,
    written: Callable[[], bytes | None],
    *,
    voice: str,
    is_cancelled: Callable[[], bool],
) -> SpeechClip | None:
    """The clip of a sound file that somebody else writes, who is asked for words only."""
    if not any(char.isalnum() for char in request.text):
        return silent_clip(request)
    data = written()
    if data is None:
        return None
    sound, rate = sound_of(data)
    return toned_clip(
        espeak, request, sound, rate, voice=voice, tone=request.bend, is_cancelled=is_cancelled
    )


def silent_clip(request: SpeechRequest, rate: int = 22_050) -> SpeechClip:
    """The clip of a phrase without anything to say."""
    return finished_clip(request, np.zeros(0, np.float32), rate, Times((), ()))


def finished_clip(
    request: SpeechRequest, sound: Sound, rate: int, times: Times, unbent: tuple[Bend, ...] = ()
) -> SpeechClip:
    """The clip of a sound that was checked."""
    pcm = np.round(levelled(sound) * 32767).astype("<i2").tobytes()
    return SpeechClip(
        id=request.clip_id,
        reply_id=request.reply_id,
        seq=request.seq,
        last=request.last,
        rate=rate,
        pcm=pcm,
        phones=times.phones,
        words=spoken_words(request.text, request.origin, times.marks, times.phones),
        timing=times.timing,
        loudness=loudness(pcm, times.phones),
        pause_after=request.pause_after,
        unbent=unbent,
    )


def _samples(reading: Reading) -> Sound:
    return np.frombuffer(reading.pcm, "<i2").astype(np.float32) / np.float32(32768)


def _seconds(sound: Sound, rate: int) -> float:
    first, last = speech_bounds(sound, rate)
    return (last - first) / rate
