"""What one connection is to hear of its room, and in which form.

Our clients say it in their capabilities. Those of other families have habits instead: what they
wait for without having said so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from avatar_desktop.wire.dialects import Dialect, Interpreter
from avatar_desktop.wire.messages import (
    AvatarAnimate,
    AvatarState,
    Message,
    PhonemeData,
    StreamChunk,
    StreamEnd,
    StreamError,
    StreamStart,
    TextResponse,
)
from avatar_desktop.wire.parts import BodyState, Capabilities
from avatar_desktop.wire.replay import RoomLog
from server_stub.audience import Body
from server_stub.broadcast import Broadcast, Frame
from server_stub.rooms import Speech
from server_stub.speech import NO_COMMON_CODEC, SPEAKING_STATES, Wish, most_bytes_of, wish_of

Stage = Literal["thinking", "speaking", "idle"]


@dataclass(frozen=True, slots=True)
class Habits:
    """What the clients of one family expect without saying so."""

    joins: bool = True
    """They speak at once: whatever they say first joins the room."""
    is_served: bool = False
    """They take text or speech before they told of an avatar."""
    rig: str = "arkit"
    """The names of their mouth shapes."""
    watches: bool = False
    """They play AVATAR_ANIMATE unasked."""
    is_call: bool = False
    """A call has no avatar: its reply is text, bare sound and the stages between."""


_AVATAR: Final = Habits(is_served=True, rig="cc4")
_EVENTS: Final = Habits(watches=True)
HABITS: Final[Mapping[Dialect, Habits]] = {
    Dialect.BINARY: Habits(joins=False),
    Dialect.JSON: Habits(joins=False),
    Dialect.PAYLOAD: _AVATAR,
    Dialect.PACKED_PAYLOAD: _AVATAR,
    Dialect.CALL: Habits(is_served=True, is_call=True),
    Dialect.EVENT: _EVENTS,
    Dialect.EVENT_LIST: _EVENTS,
}
CALL_WISH: Final = Wish("mp3", "arkit", phonemes=False)
"""Bare sound has nothing beside it that names its form: every player knows this one by its look."""

_PICKED: Final = frozenset((PhonemeData, TextResponse, AvatarAnimate))
"""What not every connection gets, or not in the same form."""


class Hearing:
    """Knows one client's avatar, its capabilities and the habits of its family."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.body: BodyState | None = None
        self.capabilities = Capabilities()
        self._interpreter = interpreter

    @property
    def habits(self) -> Habits:
        """Those of the family that the client showed to be of."""
        return HABITS[self._interpreter.dialect]

    def take(self, told: AvatarState) -> None:
        """What the client told of its avatar."""
        if told.capabilities is not None:
            self.capabilities = told.capabilities
        if told.state is not None:
            self.body = told.state

    @property
    def wish(self) -> Wish | None:
        """The form in which speech is wanted now: none unless there is an avatar that can speak."""
        if not self._takes_speech():
            return None
        if self._is_bare:
            return CALL_WISH
        return wish_of(self._named()) if self.body in SPEAKING_STATES else None

    @property
    def most_bytes(self) -> int:
        """The longest sound that is taken."""
        return most_bytes_of(self.capabilities)

    @property
    def speech(self) -> Speech:
        """What of a finished reply is to come, besides its stream."""
        as_text = self._takes_speech() and (self._is_bare or self.wish is None)
        return "text only" if as_text else "elsewhere"

    @property
    def watches(self) -> bool:
        """Whether animations are wanted."""
        return self.capabilities.animations or self.habits.watches

    def wants(self, message: Message) -> bool:
        """Whether such a message is for this client at all."""
        if type(message) not in _PICKED:
            return True
        if isinstance(message, AvatarAnimate):
            return self.watches
        if isinstance(message, PhonemeData):
            return self.wish is not None
        if not self._takes_speech() or not isinstance(message, TextResponse):
            return False
        if self._is_bare:  # it had the text already when a voice fails
            return message.error is None
        return self.wish is None or message.error is not None

    def frame(self, said: Broadcast) -> Frame:
        """The message in this client's form and dialect."""
        message = said.message
        if type(message) in _PICKED:
            if isinstance(message, PhonemeData):
                said = said.form(self.wish)
                if self._is_bare and isinstance(said.message, PhonemeData):
                    return said.message.audio_data
            elif isinstance(message, TextResponse) and self.body in SPEAKING_STATES:
                told = msgspec.structs.replace(message, error=message.error or NO_COMMON_CODEC)
                said = Broadcast(told, said.now_ms)
        return said.frame(self._interpreter)

    def stage(self, message: Message) -> Stage | None:
        """The stage that a call reaches with this message."""
        if not self.habits.is_call:
            return None
        match message:
            case StreamStart():
                return "thinking"
            case StreamChunk(chunk_index=0):
                return "speaking"
            case StreamEnd() | StreamError():
                return "idle"
            case _:
                return None

    def left(self, until: float, name: str | None, log: RoomLog | None) -> Body | None:
        """What a broken connection leaves for its return."""
        if log is None or (self.body is None and name is None):
            return None
        return Body(
            state=self.body,
            capabilities=self.capabilities,
            wish=self.wish,
            most_bytes=self.most_bytes,
            until=until,
            name=name,
            epoch=log.epoch,
            last_seq=log.last_seq,
        )

    def return_to(self, body: Body) -> None:
        """The session has come back; what it told anew holds."""
        if self.body is None:
            self.body, self.capabilities = body.state, body.capabilities

    @property
    def _is_bare(self) -> bool:
        return self.habits.is_call and self.body is None

    def _takes_speech(self) -> bool:
        if self.capabilities.speech != "server":
            return False
        return self.body is not None or self.habits.is_served

    def _named(self) -> Capabilities:
        if self.capabilities.visemes:
            return self.capabilities
        return msgspec.structs.replace(self.capabilities, visemes=self.habits.rig)
