"""The rooms that are at work in this process, one Conversation each; and the agent that is always
there.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from avatar_desktop.wire.errors import CloseCode, ErrorCode
from server_stub.door.limits import CONSOLE_USER, LOCAL_USER, Limits
from server_stub.ears.ears import Ears
from server_stub.ears.transcriber import OpenEars
from server_stub.figures import Figures
from server_stub.fleet.errors import FleetError
from server_stub.history.errors import StorageFailed
from server_stub.history.records import Agent, Room
from server_stub.history.store import History
from server_stub.mind.choice import Minds
from server_stub.presence import AWAY_MS
from server_stub.talk.answering import Answers
from server_stub.talk.budget import RemoteBudget
from server_stub.talk.conversation import Conversation
from server_stub.talk.room import Outcome
from server_stub.voice.speaking import Voice

if TYPE_CHECKING:  # one server alone does without
    from server_stub.fleet.fleet import Fleet
    from server_stub.fleet.leases import Member
    from server_stub.fleet.work import Due

COMPANION_ID: Final = "companion"

COMPANION: Final = Agent(
    id=COMPANION_ID,
    name="Wren",
    system_prompt=(
        "You are Wren, a warm, attentive companion who lives on the user's computer. You are "
        "curious, kind and a little playful; you listen more than you talk, you are honest about "
        "what you do not know, and you keep your answers short enough to be spoken."
    ),
    welcome_message=(
        "[emotion:happy,gesture:wave]Hi, I'm Wren! It's lovely to meet you. "
        "[emotion:calm]What shall we talk about?"
    ),
    avatar="wren",
    animations={
        "idle": "idle",
        "wave": "wave",
        "nod": "nod",
        "thinking": "thinking",
        "talk_calm": "talk_calm",
    },
    initial_animation="wave",
)


class House:
    """Finds, makes and puts away the rooms at work."""

    def __init__(
        self,
        history: History,
        minds: Minds,
        now_ms: Callable[[], int],
        warning: str = "",
        limits: Limits | None = None,
        *,
        fleet: Fleet | None = None,
        ears: OpenEars | None = None,
    ) -> None:
        self.figures = Figures()
        """What this server counts of itself."""
        self.warning = warning
        """Why conversations are not kept, if they are not."""
        self.is_closing = False
        self.history = history
        self.minds = minds
        self.now_ms = now_ms
        self._voice = Voice()
        limits = limits or Limits()
        self.ears = Ears(ears, limits.ears, self.figures)
        """Who hears the users' voices."""
        self.budget = RemoteBudget(limits)
        self._answers = Answers(minds, self.figures, now_ms, self.budget)
        self._at_work: dict[str, Conversation] = {}
        self.fleet = fleet
        self._losing: set[asyncio.Task[None]] = set()
        self._rested: list[str] = []
        self._held_since: dict[tuple[str, int], int] = {}

    async def open_room(self, user: str, agent_id: str) -> tuple[Room, bool] | None:
        """The user's open room with this agent, made if there is none; None for a foreign agent."""
        owner = LOCAL_USER if user == CONSOLE_USER else user  # the operator tries agents there
        agent = await self.history.agent_for(agent_id, owner)
        if agent is None:
            return None
        wanted = Room(
            id=f"room-{secrets.token_hex(8)}",
            user_id=user,
            agent_id=agent_id,
            status="active",
            epoch=secrets.token_hex(8),
            last_seq=0,
            created_at=self.now_ms(),
            last_activity_at=self.now_ms(),
        )
        room, is_new = await self.history.open_room(wanted)
        self.figures.count("rooms_made", is_new)
        if not is_new:
            await self._unpause(room.id)
        return room, is_new

    @property
    def rooms_at_work(self) -> int:
        """How many rooms are in hand."""
        return len(self._at_work)

    def at_work(self, room: Room, agent: Agent) -> Conversation:
        """The room's conversation, taken up if it rested."""
        found = self._at_work.get(room.id)
        if found is None:
            self._put_idle_ones_away()
            found = Conversation(
                room.id,
                agent,
                history=self.history,
                answers=self._answers,
                figures=self.figures,
                voice=self._voice,
                now_ms=self.now_ms,
                guard=None if self.fleet is None else self,
            )
            self._at_work[room.id] = found
        return found

    async def end_room(self, room_id: str, user: str) -> Room | None:
        """Ends a room for good and closes its connections; None if it is not this user's."""
        ended = await self.history.end_room(room_id, user, self.now_ms())
        if ended is None:
            return None
        await self._close_room(room_id)
        return ended

    async def reopen_room(self, room_id: str, user: str) -> Room | str | None:
        """Opens an ended room again; the id of the open one in its way, None if it is foreign."""
        opened = await self.history.reopen_room(room_id, user, self.now_ms())
        if isinstance(opened, Room):
            await self._unpause(room_id)
        return opened

    async def delete_room(self, room_id: str, user: str) -> bool:
        """Takes a room away for good; false if it is not this user's."""
        if await self.history.room_of(room_id, user) is None:
            return False
        await self._close_room(room_id)
        done = await self.history.delete_room(room_id, user, self.now_ms())
        await self._close_room(room_id)  # somebody may have come in meanwhile
        return done

    async def delete_message(self, room: Room, agent: Agent, message_id: str) -> bool | None:
        """Takes one message away; false if there is none, None while a reply is being made."""
        if self.fleet is not None and (owner := await self.elsewhere(room.id)) is not None:
            about = {"room": room.id, "user": room.user_id, "message": message_id}
            done: bool | None = await self.fleet.ask(owner, "delete-message", **about)
            return done
        return await self.at_work(room, agent).delete_message(message_id, room.user_id)

    async def agent_changed(self, agent: Agent) -> None:
        """Rooms at work speak as the agent is now, from their next reply on."""
        self.use_agent(agent)
        if self.fleet is not None:
            about = {"agent": agent.id, "user": agent.owner_id}
            others = await self.fleet.others()
            asked = (self.fleet.ask(other, "use-agent", **about) for other in others)
            await asyncio.gather(*asked, return_exceptions=True)

    def use_agent(self, agent: Agent) -> None:
        """The rooms at work here speak as the agent is now."""
        for conversation in self._at_work.values():
            if conversation.agent.id == agent.id:
                conversation.use_agent(agent)

    async def forget_person(self, user: str) -> None:
        """Takes away everything of a person."""
        rooms = await self.history.rooms_of(user)
        for room in rooms:
            await self._close_room(room.id)
        await self.history.forget_person(user, self.now_ms())
        for room in rooms:
            await self._close_room(room.id)  # somebody may have come in meanwhile

    async def close(self) -> None:
        """Ends what is being said and tells every connection to come back later."""
        self.is_closing = True
        rooms, self._at_work = list(self._at_work.values()), {}
        await asyncio.gather(
            *(room.end(CloseCode.RESTARTING, ErrorCode.SHUTTING_DOWN) for room in rooms)
        )
        self._voice.close()
        await self.ears.close()

    async def _close_room(self, room_id: str) -> None:
        if not await self.close_room(room_id):
            await self._have_owner(room_id, "close-room")

    async def close_room(self, room_id: str) -> bool:
        """The room has ended: its connections are closed; whether it was at work here."""
        conversation = self._at_work.pop(room_id, None)
        if conversation is not None:
            await conversation.end(CloseCode.ROOM_ENDED, ErrorCode.ROOM_ENDED)
        return conversation is not None

    async def _unpause(self, room_id: str) -> None:
        if not await self.unpause(room_id):
            await self._have_owner(room_id, "unpause")

    async def unpause(self, room_id: str) -> bool:
        """Somebody opened the room again; whether it is at work here."""
        at_work = self._at_work.get(room_id)
        if at_work is not None:
            await at_work.unpause()
        return at_work is not None

    def _put_idle_ones_away(self) -> None:
        idle = [room_id for room_id, room in self._at_work.items() if room.is_idle]
        for room_id in idle:
            del self._at_work[room_id]
        if self.fleet is not None:
            self._rested += idle

    async def let_go(self) -> None:
        """Ends where they are the replies that paused rooms held for so long that whoever paused
        them is away.
        """
        now, before = self.now_ms(), self._held_since
        rooms = self._at_work.items()
        held = {(name, r.audience.visits): r for name, r in rooms if r.is_held_for_nobody}
        self._held_since = {visit: before.get(visit, now) for visit in held}
        for visit, since in self._held_since.items():
            if now - since >= AWAY_MS:
                with contextlib.suppress(StorageFailed):  # the room said so
                    await held[visit].cut_in()

    # --- among several servers

    async def elsewhere(self, room_id: str) -> Member | None:
        """The server that has the room; None if it is this one. Raises FleetError."""
        if self.fleet is None or room_id in self._at_work:
            return None
        return await self.fleet.owner(room_id)

    async def _have_owner(self, room_id: str, deed: str) -> None:
        if self.fleet is not None and (owner := await self.elsewhere(room_id)) is not None:
            await self.fleet.ask(owner, deed, room=room_id)

    def in_hand(self) -> list[str]:
        """The rooms at work here."""
        return list(self._at_work)

    def rest(self) -> list[str]:
        """Puts idle rooms away; which ones are free for others since the last time."""
        self._put_idle_ones_away()
        rested, self._rested = self._rested, []
        return [room_id for room_id in rested if room_id not in self._at_work]

    async def lose(self, room_id: str) -> None:
        """Another server has the room now."""
        if (conversation := self._at_work.pop(room_id, None)) is not None:
            await conversation.end(CloseCode.RESTARTING, ErrorCode.SHUTTING_DOWN, is_ours=False)

    async def must_be_ours(self, room_id: str) -> None:
        """Raises FleetError when another server has the room."""
        if self.fleet is None or await self.fleet.owner(room_id) is None:
            return
        task = asyncio.create_task(self.lose(room_id))
        self._losing.add(task)
        task.add_done_callback(self._losing.discard)
        raise FleetError("Another server has this room now.", advice="Connect again.")

    def settled(self, room_id: str, user_id: str, outcome: Outcome) -> None:
        """A room did something that was kept."""
        if self.fleet is not None:
            self.fleet.ledger.settled(room_id, user_id, outcome)

    async def take_over(self, due: Due) -> bool:
        """Sees to it that a question gets its reply; whether one is on its way here."""
        found = await self.history.room_of(due.room_id, due.user_id)
        if found is None or found[0].status == "ended":
            return False
        if self.fleet is not None and (owner := await self.elsewhere(due.room_id)) is not None:
            await self.fleet.ask(owner, "answer", room=due.room_id, user=due.user_id)
            return False
        return due.question in await self.at_work(*found).answer_waiting()
