"""espeak-ng through its C interface: sound with exact times of phones and words.

Promise: a clip depends on its request alone, bit for bit. It is process-global and never used
outside a worker process.
"""

from __future__ import annotations

import _ctypes
import ctypes
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from avatar_desktop.errors import VoiceError
from avatar_desktop.reply.vocabulary import Tone
from avatar_desktop.voice.catalogue import espeak_data, find_voice
from avatar_desktop.voice.clip import Bend, Phone, SpeechClip
from avatar_desktop.voice.engine import DEFAULT_VOICE, EngineInfo, SpeechRequest
from avatar_desktop.voice.loudness import loudness
from avatar_desktop.voice.words import Mark, spoken_words

WORDS_A_MINUTE: Final = 175
SLOWEST, FASTEST = 80, 449  # outside, sound and events do not fit each other to the sample
_SYNCHRONOUS, _CHUNK_MS = 2, 60
_PHONE_EVENTS, _AS_IPA, _NEVER_EXIT = 1, 2, 0x8000
_UTF8 = 1
_RATE, _PITCH = 1, 3
_WORD_EVENT, _PHONE_EVENT = 1, 7
# Pitch 0, 50 and 99 of the engine sound as 77, 111 and 178 Hz.
_LOW_FACTOR, _HIGH_FACTOR = 77 / 111, 178 / 111
_STRESS = {"ˌ": 1, "ˈ": 2}


class _Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_void_p), ("raw", ctypes.c_uint8 * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("uid", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(slots=True)
class _Take:
    """What the engine reports while it speaks one phrase."""

    pcm: bytearray = field(default_factory=bytearray)
    marks: list[Mark] = field(default_factory=list[Mark])
    sounds: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """How espeak says a text: also what other voices get their phones and times from."""

    pcm: bytes
    rate: int
    phones: tuple[Phone, ...]
    marks: tuple[Mark, ...]


class EspeakEngine:
    """One phrase at a time, on one thread."""

    info = EngineInfo(id="espeak", timing="exact", licence="GPL-3.0-or-later")

    def __init__(self) -> None:
        self._take = _Take()
        self._asks_cancelled: Callable[[], bool] = lambda: False
        self._callback = _Callback(self._hear)
        self._library: Any = None
        self._is_fresh = False
        self._sample_rate = 0
        self._begin_afresh()

    def speak(self, request: SpeechRequest, is_cancelled: Callable[[], bool]) -> SpeechClip | None:
        bend = request.bend
        speed, pitch = _speed_setting(bend.rate), _pitch_setting(bend.pitch)
        reading = self.read(request.text, request.voice, is_cancelled, speed=speed, pitch=pitch)
        if reading is None or is_cancelled():
            return None
        return SpeechClip(
            id=request.clip_id,
            reply_id=request.reply_id,
            seq=request.seq,
            last=request.last,
            rate=reading.rate,
            pcm=reading.pcm,
            phones=reading.phones,
            words=spoken_words(request.text, request.origin, reading.marks, reading.phones),
            timing="exact",
            loudness=loudness(reading.pcm, reading.phones),
            pause_after=request.pause_after,
            unbent=_beyond(bend),
        )

    def read(
        self,
        text: str,
        voice: str,
        is_cancelled: Callable[[], bool],
        *,
        speed: int = WORDS_A_MINUTE,
        pitch: int = 50,
    ) -> Reading | None:
        """The sound of a text with its phones and marks; None when cancelled on the way."""
        known = find_voice(voice or DEFAULT_VOICE)
        if is_cancelled():
            return None
        if not self._is_fresh:
            self._begin_afresh()
        take = self._take = _Take()
        self._asks_cancelled = is_cancelled
        if text.strip():
            self._is_fresh = False
            self._synthesise(text, known, speed, pitch)
        if take.is_cancelled:
            return None
        phones = _phones(take.sounds, len(take.pcm) // 2)
        return Reading(bytes(take.pcm), self._sample_rate, phones, tuple(take.marks))

    def _synthesise(self, text: str, voice: str, speed: int, pitch: int) -> None:
        library = self._library
        if library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise VoiceError(f"The voice {voice!r} cannot be loaded.")
        library.espeak_SetParameter(_RATE, speed, 0)
        library.espeak_SetParameter(_PITCH, pitch, 0)
        encoded = text.replace("\0", " ").encode("utf-8", "replace")
        result = library.espeak_Synth(encoded, len(encoded) + 1, 0, 1, 0, _UTF8, None, None)
        if result != 0:
            raise VoiceError(f"The voice {voice!r} refused a phrase (code {result}).")

    def _begin_afresh(self) -> None:
        """Load the library anew (2 ms): the state of its noise would colour the next phrase."""
        data = str(espeak_data()).encode()
        if self._library is not None:
            self._library.espeak_Terminate()
            _unload(self._library)
        self._library = _load()
        rate = self._library.espeak_Initialize(
            _SYNCHRONOUS, _CHUNK_MS, data, _PHONE_EVENTS | _AS_IPA | _NEVER_EXIT
        )
        if rate <= 0:
            raise VoiceError(
                "The voice engine espeak-ng cannot read its data.",
                advice="Install espeakng-loader again, in a folder with a shorter path.",
            )
        self._sample_rate = rate
        self._library.espeak_SetSynthCallback(self._callback)
        # The engine seeds its noise by the clock, and breathy voices are made of noise.
        self._library.espeak_ng_SetRandSeed(ctypes.c_long(1))
        self._is_fresh = True

    def _hear(self, wave: int | None, samples: int, events: Any) -> int:
        """Called by the engine every 60 ms of sound; 1 tells it to stop."""
        take = self._take
        if self._asks_cancelled():
            take.is_cancelled = True
            return 1
        if wave and samples > 0:
            take.pcm += ctypes.string_at(wave, samples * 2)
        index = 0
        while (event := events[index]).type != 0:
            if event.type == _WORD_EVENT:
                take.marks.append((event.text_position - 1, event.sample))
            elif event.type == _PHONE_EVENT:
                name = bytes(event.id.raw).split(b"\0")[0].decode("utf-8", "replace")
                take.sounds.append((event.sample, name))
            index += 1
        return 0


def _load() -> Any:
    import espeakng_loader  # pyright: ignore[reportMissingTypeStubs]

    path = espeakng_loader.get_library_path()
    try:
        return ctypes.CDLL(path)
    except OSError as error:
        raise VoiceError(
            f"The voice engine espeak-ng cannot be loaded: {error}",
            advice="Install the Python package espeakng-loader again.",
        ) from error


def _unload(library: Any) -> None:
    if sys.platform == "win32":
        _ctypes.FreeLibrary(library._handle)
    else:
        _ctypes.dlclose(library._handle)


def _speed_setting(factor: float) -> int:
    return min(FASTEST, max(SLOWEST, round(WORDS_A_MINUTE * factor)))


def _beyond(bend: Tone) -> tuple[Bend, ...]:
    """The halves of a wish that the engine cannot fulfil."""
    rate_fits = SLOWEST <= round(WORDS_A_MINUTE * bend.rate) <= FASTEST
    pitch_fits = _LOW_FACTOR <= bend.pitch <= _HIGH_FACTOR
    return (*(() if rate_fits else ("rate",)), *(() if pitch_fits else ("pitch",)))


def _pitch_setting(factor: float) -> int:
    """The engine's pitch, 0 to 99, for a factor on the voice's own."""
    if factor >= 1.0:
        setting = 50 + 49 * (factor - 1.0) / (_HIGH_FACTOR - 1.0)
    else:
        setting = 50 - 50 * (1.0 - factor) / (1.0 - _LOW_FACTOR)
    return min(99, max(0, round(setting)))


def _phones(sounds: list[tuple[int, str]], length: int) -> tuple[Phone, ...]:
    """Phones end to end over the whole sound; pauses are phones without a name."""
    spoken = [(at, name) for at, name in sounds if not name.startswith("(")]  # language switch
    if not spoken or spoken[0][0] > 0:
        spoken.insert(0, (0, ""))
    phones: list[Phone] = []
    for index, (start, name) in enumerate(spoken):
        end = min(length, spoken[index + 1][0] if index + 1 < len(spoken) else length)
        if end <= start:
            continue
        stress = max((_STRESS.get(sign, 0) for sign in name), default=0)
        ipa = "".join(sign for sign in name if sign not in _STRESS)
        if not ipa and phones and not phones[-1].ipa:
            phones[-1] = Phone(phones[-1].start, end, "", 0)
        else:
            phones.append(Phone(start, end, ipa, stress))
    return tuple(phones)
