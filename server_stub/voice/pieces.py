"""What a client wants to hear, and the pieces of speech that it gets: values without any voice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from avatar_desktop.wire.messages import PhonemeData
from avatar_desktop.wire.parts import BodyState, Capabilities, Phoneme, PhonemeMetadata, Word

CODECS: Final = ("opus", "mp3", "s16")
"""What the server can make, the lightest on the line first."""
SPEAKING_STATES: Final = (BodyState.READY, BodyState.PLAYING)
RIGS: Final = ("arkit", "oculus", "vrm", "cc4")
NO_COMMON_CODEC: Final = (
    "NO_COMMON_CODEC: this client plays none of opus, mp3 and s16, so the reply comes as text."
)


@dataclass(frozen=True, slots=True)
class Wish:
    """The form in which one connection wants speech."""

    codec: str
    rig: str
    phonemes: bool


def wish_of(capabilities: Capabilities) -> Wish | None:
    """What fits a client; None when it plays nothing that can be made here."""
    played = {codec.lower() for codec in capabilities.supported_codecs}
    codec = next((codec for codec in CODECS if codec in played), None)
    if codec is None:
        return None
    rig = capabilities.visemes if capabilities.visemes in RIGS else "arkit"
    return Wish(codec, rig, capabilities.phoneme_support)


def most_bytes_of(capabilities: Capabilities) -> int:
    """The longest sound that a client takes, within reason."""
    return max(4096, capabilities.max_audio_chunk_size)


@dataclass(frozen=True, slots=True)
class Form:
    """A piece of speech as one wish has it."""

    data: bytes
    codec: str
    rate: int
    phonemes: tuple[Phoneme, ...]


@dataclass(frozen=True, slots=True)
class SpokenPiece:
    """A phrase, or a part of a long one, in every form that somebody wants now."""

    message_id: str
    index: int
    is_final: bool
    duration: int
    words: tuple[Word, ...]
    emotion: str
    forms: Mapping[Wish, Form] = field(default_factory=dict[Wish, Form])

    def told(self, wish: Wish, now: int, audio_prefix: str) -> PhonemeData:
        """The message in the form of a wish; in another one when that form was not made."""
        form = self.forms.get(wish) or next(iter(self.forms.values()))
        return PhonemeData(
            audio_id=f"{audio_prefix}{self.message_id}",
            audio_data=form.data,
            codec=form.codec,
            rate=form.rate,
            duration=self.duration,
            phonemes=form.phonemes,
            words=self.words,
            metadata=PhonemeMetadata(
                message_id=self.message_id,
                index=self.index,
                is_final=self.is_final,
                emotion_tag=self.emotion,
                timestamp=now,
            ),
        )
