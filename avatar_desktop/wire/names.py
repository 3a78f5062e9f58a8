"""The names and fields that other clients use for our messages, as tables.

Each dialect is rows of name, our kind, its field names, and what its clients leave out. The rows
are read both ways; a message without a row takes our binary name in the dialect's spelling.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from avatar_desktop.wire.instants import iso
from avatar_desktop.wire.kinds import KINDS, Kind

_BY_NAME: Final = {kind.name: kind for kind in KINDS}
_NO_MOMENT: Final = iso(0)

Spelling = Literal["upper", "lower", "colons"]


@dataclass(frozen=True)
class Row:
    """One name of a dialect. `fields` is theirs → ours; `missing` fills what they leave out."""

    name: str
    kind: Kind
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    missing: Mapping[str, Any] = field(default_factory=dict[str, Any])
    fixed: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Fields of ours that the name itself tells."""
    read_only: bool = False
    """Understood, but another row is used to answer."""


def _row(name: str, ours: str, **options: Any) -> Row:
    return Row(name, _BY_NAME[ours], **options)


@dataclass(frozen=True)
class Vocabulary:
    """The rows of one dialect, found by their name or by our kind."""

    spelling: Spelling
    rows: tuple[Row, ...]

    def by_name(self, name: str) -> Row | None:
        for row in self.rows:
            if row.name == name:
                return row
        kind = _BY_NAME.get(name.upper().replace(":", "_"))
        return Row(name, kind) if kind is not None and name == self._spelled(kind.name) else None

    def by_kind(self, kind: Kind, fields: Mapping[str, Any]) -> Row:
        for row in self.rows:
            told = all(fields.get(name) == value for name, value in row.fixed.items())
            if row.kind is kind and told and not row.read_only:
                return row
        return Row(self._spelled(kind.name), kind)

    def _spelled(self, name: str) -> str:
        if self.spelling == "upper":
            return name
        return name.lower().replace("_", ":" if self.spelling == "colons" else "_")


_SOUND_LEFT_OUT: Final = {
    "streamId": "",
    "index": 0,
    "isFinal": False,
    "rate": 16_000,
    "codec": "s16",
}
_ERROR_LEFT_OUT: Final = {"code": "INTERNAL", "message": "", "retryable": False}
_TRANSCRIPT_LEFT_OUT: Final = {"streamId": "", "isFinal": True, "confidence": 1.0}

PAYLOAD_NAMES: Final = Vocabulary(
    "upper",
    (
        _row(
            "VOICE_DATA",
            "AUDIO_CHUNK",
            fields={"audioData": "data"},
            missing=_SOUND_LEFT_OUT | {"isFinal": True},
        ),
        _row("TEXT_MESSAGE", "TEXT_MESSAGE", fields={"text": "content"}),
        _row(
            "PHONEME_DATA",
            "PHONEME_DATA",
            missing={"codec": "mp3", "rate": 24_000, "words": []},
        ),
        _row("TRANSCRIPT", "TRANSCRIPT", missing=_TRANSCRIPT_LEFT_OUT),
        _row("ERROR", "ERROR", missing=_ERROR_LEFT_OUT),
    ),
)
"""Names in capitals, `{type, payload}`."""

CALL_NAMES: Final = Vocabulary(
    "lower",
    (
        _row("audio_response", "AUDIO_CHUNK", fields={"audio": "data"}, missing=_SOUND_LEFT_OUT),
        _row(
            "audio_chunk",
            "AUDIO_CHUNK",
            fields={"audio": "data", "audioData": "data"},
            missing=_SOUND_LEFT_OUT,
            read_only=True,
        ),
        _row(
            "connection_status",
            "CONNECTED",
            missing={"sessionId": "", "room": "", "resumed": False, "lastSeq": 0, "epoch": ""},
        ),
        _row("ai_response", "TEXT_RESPONSE", missing={"messageId": "", "timestamp": 0}),
        _row("transcript", "TRANSCRIPT", missing=_TRANSCRIPT_LEFT_OUT),
        _row("processing_status", "PROCESSING_STATUS", fields={"status": "stage"}),
        _row("error", "ERROR", missing=_ERROR_LEFT_OUT),
    ),
)
"""Names with underscores, `{type, callId, timestamp, data}`."""

EVENT_NAMES: Final = Vocabulary(
    "colons",
    (
        _row("message:send", "TEXT_MESSAGE"),
        _row("avatar:state", "AVATAR_STATE"),
        _row("avatar:interact", "AVATAR_INTERACT", fields={"type": "kind"}),
        _row("typing:start", "TYPING", fixed={"active": True}),
        _row("typing:stop", "TYPING", fixed={"active": False}),
        _row(
            "connected",
            "CONNECTED",
            fields={"conversationId": "room", "chatbot": "agent"},
            missing={"sessionId": "", "room": "", "resumed": False, "lastSeq": 0, "epoch": ""},
        ),
        _row(
            "stream:start",
            "STREAM_START",
            fields={"timestamp": "startedAt"},
            missing={"messageId": "", "agentId": "", "startedAt": _NO_MOMENT},
        ),
        _row("stream:chunk", "STREAM_CHUNK", missing={"timestamp": _NO_MOMENT}),
        _row(
            "stream:complete",
            "STREAM_END",
            missing={"endedAt": _NO_MOMENT, "reason": "complete"},
        ),
        _row("stream:error", "STREAM_ERROR", missing={"timestamp": _NO_MOMENT}),
        _row("presence:updates", "PRESENCE", missing={"lastSeen": 0}),
        _row("avatar:animate", "AVATAR_ANIMATE"),
        _row("message:received", "MESSAGE", missing={"timestamp": _NO_MOMENT}),
        _row("error", "ERROR", missing=_ERROR_LEFT_OUT),
    ),
)
"""Event names with colons: `[event, fields]`, or the fields with the event as `type`."""
