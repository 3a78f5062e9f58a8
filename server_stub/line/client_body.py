"""What a client told of its avatar and of itself, and what it is to hear because of that.

Clients of other families do not tell all of it: they have habits instead.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from avatar_desktop.wire.dialects import Interpreter
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
from server_stub.line.habits import CALL_WISH, HABITS, Habits
from server_stub.talk.audience import Body
from server_stub.talk.broadcast import Broadcast
from server_stub.talk.packets import Packet, packet_of
from server_stub.talk.room import Speech
from server_stub.voice.pieces import NO_COMMON_CODEC, SPEAKING_STATES, Wish, most_bytes_of, wish_of

Stage = Literal["thinking", "speaking", "idle"]


_PICKED: Final = frozenset((PhonemeData, TextResponse, AvatarAnimate))
"""What not every connection gets, or not in the same form."""


class ClientBody:
    """Owns the avatar of one connection as far as the server knows it."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._state: BodyState | None = None
        self.capabilities = Capabilities()
        self._interpreter = interpreter

    @property
    def habits(self) -> Habits:
        """Those of the family that the client showed to be of."""
        return HABITS[self._interpreter.dialect]

    def told(self, message: AvatarState) -> None:
        """The client tells how it is now."""
        if message.capabilities is not None:
            self.capabilities = message.capabilities
        if message.state is not None:
            self._state = message.state

    @property
    def wish(self) -> Wish | None:
        """The form in which speech is wanted now: none unless there is an avatar that can speak."""
        if not self._takes_speech():
            return None
        if self._is_bare:
            return CALL_WISH
        return wish_of(self._named()) if self.can_speak else None

    @property
    def can_speak(self) -> bool:
        """Whether the avatar is in a state in which it speaks."""
        return self._state in SPEAKING_STATES

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

    def packet(self, said: Broadcast) -> Packet | None:
        """The message in this client's form and dialect, if that holds anything."""
        message = said.message
        if type(message) in _PICKED:
            if isinstance(message, PhonemeData):
                said = said.form(self.wish)
                if self._is_bare and isinstance(said.message, PhonemeData):
                    sound = said.message.audio_data
                    return packet_of(sound) if sound else None
            elif isinstance(message, TextResponse) and self.can_speak:
                told = msgspec.structs.replace(message, error=message.error or NO_COMMON_CODEC)
                said = Broadcast(told, said.now_ms)
        return said.packet(self._interpreter)

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

    def left_behind(self, until: float, name: str | None, log: RoomLog | None) -> Body | None:
        """What a broken connection leaves for its return."""
        if log is None or (self._state is None and name is None):
            return None
        return Body(
            state=self._state,
            capabilities=self.capabilities,
            wish=self.wish,
            most_bytes=self.most_bytes,
            until=until,
            name=name,
            epoch=log.epoch,
            last_seq=log.last_seq,
        )

    def take_up(self, body: Body) -> None:
        """The session has come back; what it told anew holds."""
        if self._state is None:
            self._state, self.capabilities = body.state, body.capabilities

    @property
    def _is_bare(self) -> bool:
        return self.habits.is_call and self._state is None

    def _takes_speech(self) -> bool:
        if self.capabilities.speech != "server":
            return False
        return self._state is not None or self.habits.is_served

    def _named(self) -> Capabilities:
        if self.capabilities.visemes:
            return self.capabilities
        return msgspec.structs.replace(self.capabilities, visemes=self.habits.rig)
