"""The history's door: everything the server asks of it, one awaited call each.

What returned is on disk. A person never sees what is not theirs: owner checks are part of the
queries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from avatar_desktop.wire.limits import REPLAY_BYTES
from server_stub.history import agents, messages, people, rooms
from server_stub.history.changes import Change
from server_stub.history.database import Database, SqliteDatabase
from server_stub.history.messages import Standing, Told
from server_stub.history.records import Agent, Belongings, Event, Room, StoredMessage
from server_stub.history.recovery import close_broken_replies
from server_stub.history.sql import Sql


class History:
    """The conversations of one server."""

    def __init__(self, place: Path | str | None, *, shared: bool = False) -> None:
        """Opens or makes a file, or a database at an address; None keeps everything in memory only.
        `shared` lets several servers use it at once.
        Raises HistoryError.
        """
        self._database: Database
        if isinstance(place, str):
            from server_stub.history.postgres import PostgresDatabase

            self._database = PostgresDatabase(place, shared=shared)
        else:
            self._database = SqliteDatabase(place)

    @property
    def is_kept(self) -> bool:
        """Whether the conversations outlive the server."""
        return self._database.is_kept

    def close(self) -> None:
        """Finishes what waits and closes the file."""
        self._database.close()

    # --- people and agents

    async def know_person(self, user_id: str, now: int) -> None:
        """Makes the person if new."""
        await self._database.write(lambda db: agents.know_person(db, user_id, now))

    async def add_agent(self, agent: Agent) -> Agent:
        """Keeps a new agent; one whose id is taken stays as it is."""
        return await self._database.write(lambda db: agents.add_agent(db, agent))

    async def agent_for(self, agent_id: str, user_id: str) -> Agent | None:
        """The agent if this person may talk to it."""
        return await self._database.read(lambda db: agents.agent_for(db, agent_id, user_id))

    async def agents_for(self, user_id: str) -> list[Agent]:
        """Everybody's agents and this person's own, oldest first."""
        return await self._database.read(lambda db: agents.agents_for(db, user_id))

    async def change_agent(self, agent: Agent) -> bool:
        """Keeps a person's own agent as it is now; false if it is not theirs."""
        return await self._database.write(lambda db: agents.change_agent(db, agent))

    async def delete_agent(self, agent_id: str, user_id: str, now: int) -> bool | None:
        """Takes a person's own agent away; false if it is not theirs, None while a room with it is
        open.
        """

        def job(db: Sql) -> bool | None:
            known = agents.agent_for(db, agent_id, user_id)
            if known is None or known.owner_id != user_id:
                return False
            if agents.is_spoken_with(db, agent_id):
                return None
            people.note(db, user_id, "agent", agent_id, now)
            return agents.delete_agent(db, agent_id, user_id, now)

        return await self._database.write(job)

    async def memory_of(self, user_id: str) -> dict[str, str]:
        """What is remembered of the person, by name."""
        return await self._database.read(lambda db: people.memory_of(db, user_id))

    async def remember(
        self, user_id: str, facts: Mapping[str, str | None], now: int
    ) -> dict[str, str]:
        """Keeps these facts; None forgets one. Returns all of them."""
        return await self._database.write(lambda db: people.remember(db, user_id, facts, now))

    async def belongings(self, user_id: str) -> Belongings:
        """Everything that is kept of the person."""
        return await self._database.read(lambda db: people.belongings(db, user_id))

    async def forget_person(self, user_id: str, now: int) -> None:
        """Takes away everything of the person."""
        await self._database.write(lambda db: people.forget_person(db, user_id, now))

    # --- rooms

    async def open_room(self, wanted: Room) -> tuple[Room, bool]:
        """The person's open room with the agent, and whether it was made just now."""
        return await self._database.write(lambda db: rooms.open_room(db, wanted))

    async def room_of(self, room_id: str, user_id: str) -> tuple[Room, Agent] | None:
        """The room and its agent, for its owner alone."""
        return await self._database.read(lambda db: rooms.room_of(db, room_id, user_id))

    async def open_rooms_of(self, user_id: str) -> list[tuple[Room, Agent]]:
        """The person's rooms that have not ended, the latest first."""
        return await self._database.read(lambda db: rooms.open_rooms_of(db, user_id))

    async def end_room(self, room_id: str, user_id: str, now: int) -> Room | None:
        """Ends the room for good; again changes nothing."""
        return await self._database.write(lambda db: rooms.end_room(db, room_id, user_id, now))

    async def reopen_room(self, room_id: str, user_id: str, now: int) -> Room | str | None:
        """The room, open again; the id of the open one in its way; None if it is not theirs."""
        return await self._database.write(lambda db: rooms.reopen_room(db, room_id, user_id, now))

    async def rooms_of(self, user_id: str) -> list[Room]:
        """Every room the person ever had, the oldest first."""
        return await self._database.read(lambda db: rooms.rooms_of(db, user_id))

    async def delete_room(self, room_id: str, user_id: str, now: int) -> bool:
        """Takes the room away with all that was said in it; false if it is not theirs."""

        def job(db: Sql) -> bool:
            rooms.one_by_one(db, user_id)
            if rooms.room_of(db, room_id, user_id) is None:
                return False
            rooms.delete_room(db, room_id)
            people.note(db, user_id, "room", room_id, now)
            return True

        return await self._database.write(job)

    async def delete_message(
        self, room_id: str, message_id: str, user_id: str, epoch: str, now: int
    ) -> bool:
        """Takes one message of the person's room away; false if there is none."""

        def job(db: Sql) -> bool:
            if not messages.delete_message(db, room_id, message_id, epoch):
                return False
            people.note(db, user_id, "message", message_id, now)
            return True

        return await self._database.write(job)

    # --- messages and events

    async def keep(
        self, room_id: str, changes: Sequence[Change], events: Sequence[Event], now: int
    ) -> None:
        """Keeps changes and events of a room in one transaction."""
        await self._database.write(lambda db: messages.keep(db, room_id, changes, events, now))

    async def keep_and_tell(
        self,
        room_id: str,
        changes: Sequence[Change],
        events: Sequence[Event],
        now: int,
        user_id: str,
    ) -> Told:
        """The same, and what a mind is told that is to answer this person now: asked for by
        itself it would wait for one more thread, and the person with it.
        """

        def job(db: Sql) -> Told:
            messages.keep(db, room_id, changes, events, now)
            return Told(messages.beginnings(db, room_id), people.memory_of(db, user_id))

        return await self._database.write(job)

    async def said_before(self, room_id: str, client_message_id: str) -> StoredMessage | None:
        """The stored message of this client id, if it came before."""
        return await self._database.read(
            lambda db: messages.said_before(db, room_id, client_message_id)
        )

    async def page(
        self, room_id: str, before: str | None, limit: int
    ) -> list[StoredMessage] | None:
        """Messages newest first; None if the room has no message `before`."""

        def job(db: Sql) -> list[StoredMessage] | None:
            if before is None:
                return messages.newest(db, room_id, limit)
            return messages.older_than(db, room_id, before, limit)

        return await self._database.read(job)

    async def found(
        self, room_id: str, words: str, before: str | None, limit: int
    ) -> list[StoredMessage] | None:
        """The messages that hold these words, newest first; None if there is none `before`."""
        return await self._database.read(
            lambda db: messages.found(db, room_id, words, before, limit)
        )

    async def message(self, room_id: str, message_id: str) -> StoredMessage | None:
        """One message of the room."""
        return await self._database.read(lambda db: messages.message(db, room_id, message_id))

    async def standing(
        self, room_id: str, events: int, most_bytes: int = REPLAY_BYTES
    ) -> Standing | None:
        """Where a room stands, with its last events; None if there is no such room."""
        return await self._database.read(
            lambda db: messages.standing(db, room_id, events, most_bytes)
        )

    # --- at the start

    async def close_broken_replies(self, now: int, room_id: str | None = None) -> int:
        """Ends the replies that a server left open, in one room or in all; returns how many."""
        return await self._database.write(lambda db: close_broken_replies(db, now, room_id))

    async def rooms_with_broken_replies(self) -> list[str]:
        """The rooms in which a reply is open, by their ids."""

        def job(db: Sql) -> list[str]:
            return sorted({reply.room_id for reply in messages.unfinished(db, None)})

        return await self._database.read(job)

    async def forget_events(self, before: int) -> int:
        """Drops the replayable events older than this moment; the messages stay."""
        return await self._database.write(lambda db: messages.forget_events(db, before))
