"""A phrase that the server voiced, as a clip like any other."""

from __future__ import annotations

from importlib.util import find_spec
from itertools import pairwise
from typing import Any, Final

import numpy as np

from avatar_desktop.errors import VoiceError
from avatar_desktop.voice.clip import Phone, SpeechClip, SpokenWord
from avatar_desktop.voice.loudness import loudness
from avatar_desktop.wire.messages import PhonemeData

RATES: Final = range(8_000, 96_001)
MOST_SECONDS: Final = 180.0
_STRESS: Final = {"ˈ": 2, "ˌ": 1}
_BARE: Final = ("s16", "pcm", "s16le")
_PACKED: Final = ("opus", "mp3", "wav")


def codecs() -> tuple[str, ...]:
    """Forms of sound that can be played here, the lightest on the line first."""
    return ("opus", "mp3", "s16") if find_spec("av") else ("s16",)


def served_clip(message: PhonemeData, reply_id: str) -> SpeechClip:
    """The clip of a message. Raises VoiceError for a sound that cannot be played."""
    pcm, rate = _sound(message)
    length = len(pcm) // 2
    if not 0 < length <= MOST_SECONDS * rate:
        raise VoiceError("The server sent a phrase without sound, or one without an end.")
    phones = _phones(message, length, rate)
    number = message.metadata.index
    return SpeechClip(
        id=f"{reply_id}:{number}",
        reply_id=reply_id,
        seq=number,
        last=message.metadata.is_final,
        rate=rate,
        pcm=pcm,
        phones=phones,
        words=_words(message, length, rate),
        timing="aligned",
        loudness=loudness(pcm, phones),
    )


def _sound(message: PhonemeData) -> tuple[bytes, int]:
    if message.codec in _BARE:
        if message.rate not in RATES:
            raise VoiceError(f"The server sent sound at {message.rate} Hz.")
        return bytes(message.audio_data[: len(message.audio_data) // 2 * 2]), message.rate
    if message.codec in _PACKED:
        return _unpacked(message.audio_data)
    raise VoiceError(f"The server sent sound of a kind that is not known here: {message.codec!r}.")


def _unpacked(data: bytes) -> tuple[bytes, int]:
    """Mono samples of a packed sound, as its file says how to read it."""
    try:
        import av
    except ImportError as error:
        raise VoiceError("The server sent packed sound, which needs the film extra.") from error
    import io

    library: Any = av
    try:
        with library.open(io.BytesIO(data), "r") as container:
            stream = container.streams.audio[0]
            rate = int(stream.rate)
            mono = library.AudioResampler(format="s16", layout="mono", rate=rate)
            frames = [each for frame in container.decode(stream) for each in mono.resample(frame)]
            frames += mono.resample(None)
    except (library.FFmpegError, IndexError, ValueError) as error:
        raise VoiceError("The server sent sound that cannot be read.") from error
    pieces = [np.asarray(frame.to_ndarray(), np.int16).reshape(-1) for frame in frames]
    sound = np.concatenate(pieces) if pieces else np.zeros(0, np.int16)
    return sound.astype("<i2").tobytes(), rate


def _phones(message: PhonemeData, length: int, rate: int) -> tuple[Phone, ...]:
    """End to end over the sound; shapes of one moment are one phone."""
    named = {0: ""}
    for each in sorted(message.phonemes, key=lambda phoneme: phoneme.time):
        at = min(length, max(0, each.time * rate // 1000))
        named[at] = each.ipa or named.get(at, "")
    edges = (*sorted(named), length)
    return tuple(
        Phone(start, end, named[start].lstrip("ˈˌ"), _STRESS.get(named[start][:1], 0))
        for start, end in pairwise(edges)
        if end > start
    )


def _words(message: PhonemeData, length: int, rate: int) -> tuple[SpokenWord, ...]:
    found: list[SpokenWord] = []
    for word in message.words:
        start, end = (min(length, max(0, at * rate // 1000)) for at in (word.start, word.end))
        if end >= start and 0 <= word.char_start <= word.char_end:
            found.append(SpokenWord(start, end, word.char_start, word.char_end, word.text))
    return tuple(sorted(found, key=lambda word: word.start))
