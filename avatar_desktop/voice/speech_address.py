"""The address of a speech server, as a voice: https://host/v1#voice=NAME&model=NAME&language=de."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import parse_qs, urlsplit

from avatar_desktop.errors import VoiceError

SCHEMES: Final = ("http://", "https://")
DEFAULT_MODEL, DEFAULT_SPEAKER = "tts-1", "alloy"


@dataclass(frozen=True, slots=True)
class SpeechAddress:
    """Where to ask, and for which voice."""

    url: str
    host: str
    model: str
    speaker: str
    language: str
    """What espeak calls the language, for the times; empty: the default."""
    may_have_key: bool
    """A key goes over a line that nobody else reads, or to this machine."""


def read_address(voice: str) -> SpeechAddress:
    """The parts of a voice that is an address. Raises VoiceError."""
    try:
        parts = urlsplit(voice)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if not host or not voice.isprintable():
        raise VoiceError("The address of the voice's server is none.", advice=_EXAMPLE)
    if parts.username is not None or parts.password is not None:
        raise VoiceError("The address of the voice's server holds a name or password.")
    asked = {name: values[-1] for name, values in parse_qs(parts.fragment).items()}
    path = parts.path.rstrip("/").removesuffix("/audio/speech")
    return SpeechAddress(
        url=f"{parts.scheme}://{parts.netloc}{path or '/v1'}/audio/speech",
        host=host,
        model=asked.get("model", DEFAULT_MODEL),
        speaker=asked.get("voice", DEFAULT_SPEAKER),
        language=asked.get("language", ""),
        may_have_key=parts.scheme == "https" or _is_here(host),
    )


_EXAMPLE: Final = "Write it like http://localhost:8880/v1#voice=alloy."


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
