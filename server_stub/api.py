"""The HTTP side: rooms, their messages, agents, minds, health, session tokens. Only the owner sees
a room.
"""

from __future__ import annotations

import secrets
import time
from typing import Annotated, Any, Final, TypeVar

import msgspec
from aiohttp import web

from avatar_desktop.wire.instants import iso
from server_stub.gate import SESSION_SECONDS, BadToken, Gate
from server_stub.guest import GUEST
from server_stub.history.records import (
    Agent,
    agent_answer,
    message_answer,
    room_answer,
    room_line,
    room_with_agent,
)
from server_stub.house import House
from server_stub.refusals import Refused, json_response

T = TypeVar("T")
ROOMS: Final = "/api/ar-conversations/rooms"
AGENTS: Final = "/api/ar-conversations/agents"
PAGE: Final = 50
MAX_PAGE: Final = 100

Short = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Long = Annotated[str, msgspec.Meta(max_length=32_768)]


class NewRoom(msgspec.Struct, rename="camel"):
    agent_id: Short


class NewAgent(msgspec.Struct, rename="camel", omit_defaults=True):
    name: Short
    system_prompt: Long = ""
    welcome_message: Long | None = None
    avatar: Annotated[str, msgspec.Meta(max_length=2000)] | None = None
    animations: dict[Short, Short] = {}
    initial_animation: Short | None = None
    voice: Short | None = None
    mind: Short | None = None
    model_name: Short | None = None
    temperature: Annotated[float, msgspec.Meta(ge=0, le=2)] = 0.7
    max_tokens: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None


class SessionWish(msgspec.Struct, rename="camel"):
    token: str
    user_id: str | None = None
    call_id: str | None = None


async def body_of(request: web.Request, form: type[T]) -> T:
    """The JSON body, checked; anything else is refused with what is wrong."""
    try:
        return msgspec.json.decode(await request.read(), type=form)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(400, "BAD_REQUEST", f"The body cannot be read: {error}.") from error


class Api:
    """The handlers; the user was already let in by the gate."""

    def __init__(self, house: House, gate: Gate) -> None:
        self._house = house
        self._history = house.history
        self._gate = gate

    def routes(self) -> list[web.RouteDef]:
        """Every path of the API."""
        return [
            web.post(ROOMS, self.open_room),
            web.get(ROOMS, self.rooms, allow_head=False),
            web.get(ROOMS + "/{room}", self.room, allow_head=False),
            web.get(ROOMS + "/{room}/messages", self.messages, allow_head=False),
            web.post(ROOMS + "/{room}/end", self.end_room),
            web.get(AGENTS, self.agents, allow_head=False),
            web.post(AGENTS, self.add_agent),
            web.get(AGENTS + "/{agent}", self.agent, allow_head=False),
            web.get("/api/minds", self.minds, allow_head=False),
            web.post("/auth/websocket", self.session_token),
            web.get("/health", self.health, allow_head=False),
        ]

    # --- rooms

    async def open_room(self, request: web.Request) -> web.Response:
        wish = await body_of(request, NewRoom)
        opened = await self._house.open_room(request[GUEST].user, wish.agent_id)
        if opened is None:
            raise Refused(404, "UNKNOWN_AGENT")
        room, is_new = opened
        return json_response(room_answer(room), 201 if is_new else 200)

    async def rooms(self, request: web.Request) -> web.Response:
        mine = await self._history.open_rooms_of(request[GUEST].user)
        return json_response({"rooms": [room_line(room, agent) for room, agent in mine]})

    async def room(self, request: web.Request) -> web.Response:
        found = await self._history.room_of(request.match_info["room"], request[GUEST].user)
        if found is None:
            raise Refused(404, "UNKNOWN_ROOM")
        return json_response(room_with_agent(*found))

    async def messages(self, request: web.Request) -> web.Response:
        found = await self._history.room_of(request.match_info["room"], request[GUEST].user)
        if found is None:
            raise Refused(404, "UNKNOWN_ROOM")
        page = await self._history.page(
            found[0].id, request.query.get("before") or None, _page_length(request)
        )
        if page is None:
            raise Refused(404, "UNKNOWN_MESSAGE", "There is no such message in this room.")
        return json_response({"messages": [message_answer(message) for message in page]})

    async def end_room(self, request: web.Request) -> web.Response:
        ended = await self._house.end_room(request.match_info["room"], request[GUEST].user)
        if ended is None:
            raise Refused(404, "UNKNOWN_ROOM")
        told = room_answer(ended)
        return json_response({name: told[name] for name in ("id", "status", "endedAt")})

    # --- agents and minds

    async def agents(self, request: web.Request) -> web.Response:
        known = await self._history.agents_for(request[GUEST].user)
        return json_response({"agents": [agent_answer(agent) for agent in known]})

    async def agent(self, request: web.Request) -> web.Response:
        agent = await self._history.agent_for(request.match_info["agent"], request[GUEST].user)
        if agent is None:
            raise Refused(404, "UNKNOWN_AGENT")
        return json_response(agent_answer(agent))

    async def add_agent(self, request: web.Request) -> web.Response:
        wish = await body_of(request, NewAgent)
        agent = Agent(
            **msgspec.structs.asdict(wish),
            id=f"agent-{secrets.token_hex(8)}",
            owner_id=request[GUEST].user,
            created_at=self._house.now_ms(),
        )
        return json_response(agent_answer(await self._history.add_agent(agent)), 201)

    async def minds(self, request: web.Request) -> web.Response:
        infos = await self._house.minds.look_again()
        return json_response({"minds": [msgspec.to_builtins(info) for info in infos]})

    # --- tokens and health

    async def session_token(self, request: web.Request) -> web.Response:
        wish = await body_of(request, SessionWish)
        now = time.time()
        try:
            user, runs_out = self._gate.pass_of(wish.token, now)
        except BadToken as error:
            raise Refused(401, "UNAUTHORISED", str(error)) from error
        if wish.user_id is not None and wish.user_id != user:
            raise Refused(403, "UNAUTHORISED", "The token belongs to another user.")
        seconds = min(SESSION_SECONDS, max(1.0, runs_out - now))
        return json_response(
            {
                "sessionToken": self._gate.issue(user, now, seconds),
                "expiresAt": iso(int((now + seconds) * 1000)),
            }
        )

    async def health(self, request: web.Request) -> web.Response:
        ready = not self._house.is_closing
        answer: dict[str, Any] = {
            "status": "ok" if ready else "stopping",
            "live": True,
            "ready": ready,
            "storage": {"kept": self._history.is_kept, "detail": self._house.warning},
        }
        return json_response(answer, 200 if ready else 503)


def _page_length(request: web.Request) -> int:
    text = request.query.get("limit", "")
    if not text:
        return PAGE
    if not (text.isascii() and text.isdigit()) or int(text[:9]) < 1:
        raise Refused(400, "BAD_REQUEST", "limit must be a whole number from 1 to 100.")
    return min(MAX_PAGE, int(text[:9]))
