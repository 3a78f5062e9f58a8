"""What a client told of its avatar and of itself, and which messages it gets because of that."""

from __future__ import annotations

from avatar_desktop.wire.dialects import Dialect, Interpreter
from avatar_desktop.wire.messages import (
    AvatarAnimate,
    AvatarState,
    Message,
    PhonemeData,
    TextResponse,
)
from avatar_desktop.wire.parts import BodyState, Capabilities
from server_stub.audience import Body
from server_stub.rooms import Speech
from server_stub.speech import SPEAKING_STATES, Wish, most_bytes_of, wish_of


class ClientBody:
    """Owns the avatar of one connection as far as the server knows it."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._state: BodyState | None = None
        self.capabilities = Capabilities()

    @property
    def speech(self) -> Speech:
        """What this connection gets of a finished reply, besides its stream."""
        return "text only" if self._wants_speech() and self.wish is None else "elsewhere"

    @property
    def wish(self) -> Wish | None:
        """The form in which it wants speech now: none unless its avatar can speak."""
        if not self._wants_speech() or not self.can_speak:
            return None
        return wish_of(self.capabilities)

    @property
    def most_bytes(self) -> int:
        """The longest sound that it takes."""
        return most_bytes_of(self.capabilities)

    @property
    def can_speak(self) -> bool:
        """Whether the avatar is in a state in which it speaks."""
        return self._state in SPEAKING_STATES

    def told(self, message: AvatarState) -> None:
        """The client tells how it is now."""
        if message.capabilities is not None:
            self.capabilities = message.capabilities
        if message.state is not None:
            self._state = message.state

    def take_up(self, body: Body) -> None:
        """The body that a broken session left behind."""
        self._state, self.capabilities = body.state, body.capabilities

    def left_behind(self, until: float) -> Body | None:
        """What is kept of it for the session's return."""
        return None if self._state is None else Body(self._state, self.capabilities, until)

    def wants(self, message: Message) -> bool:
        """Whether a message of the room is for this client."""
        if isinstance(message, AvatarAnimate):
            return self.capabilities.animations
        if isinstance(message, PhonemeData):
            return self.wish is not None
        if isinstance(message, TextResponse):
            return self._wants_speech() and (self.wish is None or message.error is not None)
        return True

    def _wants_speech(self) -> bool:
        if self.capabilities.speech != "server":
            return False
        dialect = self._interpreter.dialect
        return self._state is not None or dialect in (Dialect.PAYLOAD, Dialect.PACKED_PAYLOAD)
