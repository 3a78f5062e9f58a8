"""The connections of a room as it sees them, and what a broken one leaves for its return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from avatar_desktop.wire.errors import CloseCode
from avatar_desktop.wire.limits import RESUMABLE_SECONDS
from avatar_desktop.wire.messages import Message, PhonemeData, Resume
from avatar_desktop.wire.parts import BodyState, Capabilities
from avatar_desktop.wire.replay import RoomLog
from server_stub.talk.broadcast import Broadcast, broadcasts
from server_stub.talk.room import Speech
from server_stub.voice.pieces import Wish


class Audience:
    """Owns the connections of a room: those who listen, and those who may yet join."""

    def __init__(self) -> None:
        self.bodies = Bodies()
        """What broken sessions left behind."""
        self.listeners: set[Listener] = set()
        self._connected: set[Listener] = set()
        self.visits = 0
        """How often somebody came."""

    def enter(self, listener: Listener) -> None:
        """A connection came to this room; it hears nothing before it joins."""
        self._connected.add(listener)
        self.visits += 1

    def leave(self, listener: Listener) -> None:
        """The connection is gone."""
        self.listeners.discard(listener)
        self._connected.discard(listener)

    def is_anybody_there(self, now: float) -> bool:
        """Whether somebody is connected or may still return."""
        return bool(self._connected) or bool(self.bodies.waiting(now))

    def ears(self, now: float) -> list[Body | Taste]:
        """All for whom speech may be made."""
        return [*(each.body for each in self.listeners), *self.bodies.waiting(now)]

    @property
    def watches(self) -> bool:
        """Whether somebody wants to be told of animations."""
        return any(listener.body.watches for listener in self.listeners)

    def tell(
        self,
        messages: Iterable[Message],
        now_ms: int,
        forms: Mapping[Wish, Message] | None = None,
        *,
        but: Listener | None = None,
    ) -> None:
        """All who listen hear the messages, each in its own form; `but` one, if it said them."""
        ears = self.listeners - {but}
        for said in broadcasts(messages, now_ms, forms) if ears else ():
            for listener in ears:
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

    def named(self, name: str | None) -> Resume | None:
        """Where the session broke off that its client calls so."""
        for session_id, body in reversed(self._kept.items()):
            if name and body.name == name:
                return Resume(session_id=session_id, epoch=body.epoch, last_seq=body.last_seq)
        return None


def kept_speech(log: RoomLog, left: Resume | None) -> int:
    """How many pieces of speech wait for a session that returns."""
    missed = None if left is None else log.missed(left.epoch, left.last_seq)
    return sum(isinstance(message, PhonemeData) for message in missed or ())


class Taste(Protocol):
    """What a connection is to hear of the room."""

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


class Listener(Protocol):
    """A connection as the room sees it."""

    @property
    def visitor_id(self) -> str:
        """Who types here."""
        ...

    @property
    def body(self) -> Taste:
        """Its avatar, and what it wants to hear because of that."""
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


@dataclass(frozen=True, kw_only=True)
class Body:
    """What a session told of its avatar; kept a while for the session's return."""

    state: BodyState | None
    capabilities: Capabilities
    wish: Wish | None
    """The form in which its session would hear speech."""
    most_bytes: int
    until: float
    name: str | None
    """What its client calls the session, where clients do so."""
    epoch: str
    last_seq: int
