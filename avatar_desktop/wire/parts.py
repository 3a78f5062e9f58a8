"""The values that messages carry inside: capabilities, phonemes, words, the agent."""

from enum import IntEnum
from typing import Literal

import msgspec

from avatar_desktop.wire.instants import Milliseconds


class Part(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A value inside a message."""


class BodyState(IntEnum):
    """The life of an avatar as its wire number."""

    UNINITIALIZED = 0
    INITIALIZING = 1
    READY = 2
    PLAYING = 3
    ERROR = 4
    PAUSED = 5
    DESTROYED = 6


class Vector(Part, frozen=True, kw_only=True, omit_defaults=False):
    x: float = 0.0
    y: float = 0.0
    z: float = 0.0


class Capabilities(Part, frozen=True, kw_only=True):
    """What the client can do. The defaults are what a client that names nothing gets."""

    speech: Literal["client", "server", "none"] = "server"
    phoneme_support: bool = True
    max_audio_chunk_size: int = 524_288
    supported_codecs: tuple[str, ...] = ("opus", "mp3", "s16")
    emotions: tuple[str, ...] = ()
    gestures: tuple[str, ...] = ()
    visemes: str = ""
    animations: bool = False
    interrupt_on_speech: bool = False


class AgentAvatar(Part, frozen=True, kw_only=True):
    model_url: str | None = None
    animations: dict[str, str] = {}
    initial_animation: str | None = None


class Agent(Part, frozen=True, kw_only=True):
    id: str
    name: str
    avatar: AgentAvatar = AgentAvatar()
    welcome_message: str | None = None


class Phoneme(Part, frozen=True, kw_only=True, omit_defaults=False):
    """One mouth shape: `time` is milliseconds from the start of the sound."""

    time: int
    blendshape: str
    weight: float
    ipa: str = ""


class Word(Part, frozen=True, kw_only=True):
    """One spoken word: `start` and `end` in milliseconds, the characters counted in the reply."""

    text: str
    start: int
    end: int
    char_start: int
    char_end: int


class PhonemeMetadata(Part, frozen=True, kw_only=True, omit_defaults=False):
    message_id: str
    index: int
    is_final: bool
    emotion_tag: str = "neutral"
    timestamp: Milliseconds = 0


class Animation(Part, frozen=True, kw_only=True):
    animation: str
    duration: int | None = None
    sentiment: float | None = None


class MessageMetadata(Part, frozen=True, kw_only=True):
    intent: str | None = None
    sentiment: float | None = None
    confidence: float | None = None
    processing_time: float | None = None
    suggested_actions: tuple[str, ...] = ()
