"""Who watches over a room that several servers could have."""

from __future__ import annotations

from typing import Protocol

from server_stub.talk.room import Outcome


class Guard(Protocol):
    """What a room at work asks where it might not be alone."""

    async def must_be_ours(self, room_id: str) -> None:
        """Raises HistoryError when another server has the room."""
        ...

    def settled(self, room_id: str, user_id: str, outcome: Outcome) -> None:
        """The room did something that was kept."""
        ...
