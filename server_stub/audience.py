"""A connection as its room sees it, and what a broken one leaves for its return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from avatar_desktop.wire.errors import CloseCode
from avatar_desktop.wire.limits import RESUMABLE_SECONDS
from avatar_desktop.wire.messages import Message, PhonemeData, Resume
from avatar_desktop.wire.parts import BodyState, Capabilities
from avatar_desktop.wire.replay import RoomLog
from server_stub.broadcast import Broadcast
from server_stub.rooms import Speech
from server_stub.speech import Wish


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
