"""The rooms that are at work in this process, one Conversation each; and the agent that is always
there.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Final

from avatar_desktop.wire.errors import CloseCode, ErrorCode
from server_stub.answering import Answers
from server_stub.budget import RemoteBudget
from server_stub.conversation import Conversation
from server_stub.figures import Figures
from server_stub.history.records import Agent, Room
from server_stub.history.store import History
from server_stub.limits import Limits
from server_stub.mind.choice import Minds
from server_stub.speaking import Voice

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
        self.budget = RemoteBudget(limits or Limits())
        self._answers = Answers(history, minds, self.figures, now_ms, self.budget)
        self._at_work: dict[str, Conversation] = {}

    async def open_room(self, user: str, agent_id: str) -> tuple[Room, bool] | None:
        """The user's open room with this agent, made if there is none; None for a foreign agent."""
        agent = await self.history.agent_for(agent_id, user)
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
        at_work = self._at_work.get(room.id)
        if at_work is not None and not is_new:
            await at_work.unpause()
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
        at_work = self._at_work.get(room_id)
        if isinstance(opened, Room) and at_work is not None:
            await at_work.unpause()
        return opened

    async def delete_room(self, room_id: str, user: str) -> bool:
        """Takes a room away for good; false if it is not this user's."""
        if await self.history.room_of(room_id, user) is None:
            return False
        await self._close_room(room_id)
        return await self.history.delete_room(room_id, user, self.now_ms())

    async def delete_message(self, room: Room, agent: Agent, message_id: str) -> bool | None:
        """Takes one message away; false if there is none, None while a reply is being made."""
        return await self.at_work(room, agent).delete_message(message_id, room.user_id)

    def agent_changed(self, agent: Agent) -> None:
        """Rooms at work speak as the agent is now, from their next reply on."""
        for conversation in self._at_work.values():
            if conversation.agent.id == agent.id:
                conversation.use_agent(agent)

    async def forget_person(self, user: str) -> None:
        """Takes away everything of a person."""
        for room in await self.history.rooms_of(user):
            await self._close_room(room.id)
        await self.history.forget_person(user, self.now_ms())

    async def close(self) -> None:
        """Ends what is being said and tells every connection to come back later."""
        self.is_closing = True
        rooms, self._at_work = list(self._at_work.values()), {}
        await asyncio.gather(
            *(room.end(CloseCode.RESTARTING, ErrorCode.SHUTTING_DOWN) for room in rooms)
        )
        self._voice.close()

    async def _close_room(self, room_id: str) -> None:
        conversation = self._at_work.pop(room_id, None)
        if conversation is not None:
            await conversation.end(CloseCode.ROOM_ENDED, ErrorCode.ROOM_ENDED)

    def _put_idle_ones_away(self) -> None:
        idle = [room_id for room_id, room in self._at_work.items() if room.is_idle]
        for room_id in idle:
            del self._at_work[room_id]
