"""What can go wrong on the wire: the ERROR codes, the close codes, the exception of decoding.

The wire owns its errors, so that the app and the server can share it; the two tables here are the
whole list.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final


class ErrorCode(StrEnum):
    """The `code` of an ERROR message."""

    BAD_FRAME = "BAD_FRAME"
    TOO_LONG = "TOO_LONG"
    EMPTY_MESSAGE = "EMPTY_MESSAGE"
    UNKNOWN_ROOM = "UNKNOWN_ROOM"
    ROOM_ENDED = "ROOM_ENDED"
    UNKNOWN_AGENT = "UNKNOWN_AGENT"
    UNKNOWN_STREAM = "UNKNOWN_STREAM"
    NOT_JOINED = "NOT_JOINED"
    NOT_READY = "NOT_READY"
    BUSY = "BUSY"
    UNAUTHORISED = "UNAUTHORISED"
    FOREIGN_ORIGIN = "FOREIGN_ORIGIN"
    FOREIGN_HOST = "FOREIGN_HOST"
    RATE_LIMITED = "RATE_LIMITED"
    TOO_MANY_CONNECTIONS = "TOO_MANY_CONNECTIONS"
    MIND_FAILED = "MIND_FAILED"
    CONTENT_REFUSED = "CONTENT_REFUSED"
    SPEECH_FAILED = "SPEECH_FAILED"
    CANNOT_HEAR = "CANNOT_HEAR"
    HEARING_FAILED = "HEARING_FAILED"
    NO_COMMON_CODEC = "NO_COMMON_CODEC"
    STORAGE_FAILED = "STORAGE_FAILED"
    SHUTTING_DOWN = "SHUTTING_DOWN"
    INTERNAL = "INTERNAL"


@dataclass(frozen=True)
class ErrorRule:
    """What a code means and whether the same message may be sent again."""

    meaning: str
    retryable: bool


ERROR_RULES: Final[dict[ErrorCode, ErrorRule]] = {
    ErrorCode.BAD_FRAME: ErrorRule("The frame is no message: header, encoding or fields.", False),
    ErrorCode.TOO_LONG: ErrorRule("The text is longer than 64 KiB.", False),
    ErrorCode.EMPTY_MESSAGE: ErrorRule("The message has no text.", False),
    ErrorCode.UNKNOWN_ROOM: ErrorRule("There is no such room for this user.", False),
    ErrorCode.ROOM_ENDED: ErrorRule("The room was ended; open a new one.", False),
    ErrorCode.UNKNOWN_AGENT: ErrorRule("There is no such agent.", False),
    ErrorCode.UNKNOWN_STREAM: ErrorRule("There is no such reply in this room.", False),
    ErrorCode.NOT_JOINED: ErrorRule("Join the room before speaking in it.", True),
    ErrorCode.NOT_READY: ErrorRule("The avatar cannot speak in its present state.", True),
    ErrorCode.BUSY: ErrorRule("A reply is still being made.", True),
    ErrorCode.UNAUTHORISED: ErrorRule("The token is missing, wrong or out of date.", False),
    ErrorCode.FOREIGN_ORIGIN: ErrorRule("This web page may not talk to the server.", False),
    ErrorCode.FOREIGN_HOST: ErrorRule("The server does not go by this name.", False),
    ErrorCode.RATE_LIMITED: ErrorRule("Too much in too short a time; wait a moment.", True),
    ErrorCode.TOO_MANY_CONNECTIONS: ErrorRule("This user has too many connections.", True),
    ErrorCode.MIND_FAILED: ErrorRule("The mind gave no answer.", True),
    ErrorCode.CONTENT_REFUSED: ErrorRule(
        "The agent's content filter does not let the message pass; say it in other words.", False
    ),
    ErrorCode.SPEECH_FAILED: ErrorRule("The voice could not speak the text.", True),
    ErrorCode.CANNOT_HEAR: ErrorRule("This server cannot hear; type the message instead.", False),
    ErrorCode.HEARING_FAILED: ErrorRule("What was said could not be understood.", True),
    ErrorCode.NO_COMMON_CODEC: ErrorRule("Server and client share no sound format.", False),
    ErrorCode.STORAGE_FAILED: ErrorRule("The conversation could not be saved.", True),
    ErrorCode.SHUTTING_DOWN: ErrorRule("The server is stopping; connect again.", True),
    ErrorCode.INTERNAL: ErrorRule("The server made a mistake of its own.", True),
}


class CloseCode(IntEnum):
    """How a WebSocket ends. Below 4500 a client may connect again, from 4500 on it may not."""

    NORMAL = 1000
    GOING_AWAY = 1001
    BAD_TEXT = 1007
    TOO_BIG = 1009
    RESTARTING = 1012
    BAD_FRAMES = 4400
    SILENT = 4408
    RATE_LIMITED = 4429
    UNAUTHORISED = 4501
    ROOM_ENDED = 4504


CLOSE_MEANINGS: Final[dict[CloseCode, str]] = {
    CloseCode.NORMAL: "One side said goodbye.",
    CloseCode.GOING_AWAY: "The other side is going away.",
    CloseCode.BAD_TEXT: "A text frame was no UTF-8.",
    CloseCode.TOO_BIG: "A frame was over 1 MiB.",
    CloseCode.RESTARTING: "The server is restarting; connect again.",
    CloseCode.BAD_FRAMES: "Ten bad frames within a minute.",
    CloseCode.SILENT: "Nothing was heard for a minute, or three heartbeats went unanswered.",
    CloseCode.RATE_LIMITED: "Too many messages; connect again after a pause.",
    CloseCode.UNAUTHORISED: "The token ran out or was withdrawn.",
    CloseCode.ROOM_ENDED: "The room was ended.",
}


def may_reconnect(close_code: int) -> bool:
    """Whether a client may connect again with what it has after this close code."""
    return not 4500 <= close_code <= 4999


class BadFrame(Exception):
    """A frame that is no message. `message` is one sentence that may be sent back."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
