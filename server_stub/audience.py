"""The connections of a room as it sees them, and what a broken one leaves for its return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from avatar_desktop.wire.errors import CloseCode
from avatar_desktop.wire.limits import RESUMABLE_SECONDS
from avatar_desktop.wire.messages import Message, Resume
from avatar_desktop.wire.parts import BodyState, Capabilities
from avatar_desktop.wire.replay import RoomLog
from server_stub.broadcast import Broadcast
from server_stub.rooms import Speech
from server_stub.speech import SPEAKING_STATES, Wish, most_bytes_of, wish_of


class Audience:
    """Owns the connections of a room: those who listen, and those who may yet join."""

    def __init__(self) -> None:
        self.bodies = Bodies()
        """What broken sessions left behind."""
        self.listeners: set[Listener] = set()
        self._connected: set[Listener] = set()

    def enter(self, listener: Listener) -> None:
        """A connection came to this room; it hears nothing before it joins."""
        self._connected.add(listener)

    def leave(self, listener: Listener) -> None:
        """The connection is gone."""
        self.listeners.discard(listener)
        self._connected.discard(listener)

    def is_anybody_there(self, now: float) -> bool:
        """Whether somebody is connected or may still return."""
        return bool(self._connected) or bool(self.bodies.waiting(now))

    def ears(self, now: float) -> list[Listener | Body]:
        """All for whom speech may be made."""
        return [*self.listeners, *self.bodies.waiting(now)]

    @property
    def watches(self) -> bool:
        """Whether somebody wants to be told of animations."""
        return any(listener.watches for listener in self.listeners)

    def tell(
        self,
        messages: Iterable[Message],
        now_ms: int,
        forms: Mapping[Wish, Message] | None = None,
        *,
        but: Listener | None = None,
    ) -> None:
        """All who listen hear the messages, each in its own form; `but` one, if it said them."""
        for message in messages:
            said = Broadcast(message, now_ms, forms)
            for listener in self.listeners - {but}:
                listener.hear(said)

    def send_away(self, code: CloseCode) -> None:
        """Every connection is closed."""
        for listener in list(self._connected):
            listener.close(code)


class Bodies:
    """Owns the avatars of broken sessions, for as long as these can be taken up."""

    def __init__(self) -> None:
        self._kept: dict[str, Body] = {}

    def keep(self, session_id: str, body: Body) -> None:
        """Remembers one; those that did not return in time are forgotten."""
        now = body.until - RESUMABLE_SECONDS
        kept = {name: known for name, known in self._kept.items() if known.until > now}
        self._kept = kept | {session_id: body}

    def waiting(self, now: float) -> list[Body]:
        """Those that may still return."""
        return [body for body in self._kept.values() if body.until > now]

    def take(self, session_id: str) -> Body | None:
        """The avatar of a session that returns."""
        return self._kept.pop(session_id, None)


class Listener(Protocol):
    """A connection as the room sees it."""

    @property
    def visitor_id(self) -> str:
        """Who types here."""
        ...

    @property
    def speech(self) -> Speech:
        """What this connection gets of a finished reply, besides its stream."""
        ...

    @property
    def watches(self) -> bool:
        """Whether this connection wants to be told of animations."""
        ...

    @property
    def wish(self) -> Wish | None:
        """The form in which it wants speech now; None when it wants none."""
        ...

    @property
    def most_bytes(self) -> int:
        """The longest sound that it takes."""
        ...

    def hear(self, said: Broadcast) -> None:
        """Queues the message if this connection is to get it."""
        ...

    def join(self) -> None:
        """Opens the connection for the room's messages."""
        ...

    def take_up(self, asked: Resume, log: RoomLog, body: Body | None) -> list[Message]:
        """The answer to RESUME, as the wire's rules want it; joined if it succeeded."""
        ...

    async def caught_up(self) -> None:
        """Returns when this reader is no longer far behind, or is gone."""
        ...

    def close(self, code: CloseCode) -> None:
        """Ends the connection when what waits is sent."""
        ...


@dataclass(frozen=True)
class Body:
    """What a session told of its avatar; kept a while for the session's return."""

    state: BodyState
    capabilities: Capabilities
    until: float

    @property
    def wish(self) -> Wish | None:
        """The form in which its session would hear speech: it waits for the session's return."""
        if self.capabilities.speech != "server" or self.state not in SPEAKING_STATES:
            return None
        return wish_of(self.capabilities)

    @property
    def most_bytes(self) -> int:
        """The longest sound that it takes."""
        return most_bytes_of(self.capabilities)
