"""Rooms and what was said in them; only the owner sees them."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server_stub.api.answers import (
    MessageAnswer,
    MessagePage,
    RoomAnswer,
    RoomEnded,
    RoomLine,
    RoomList,
    RoomWithAgent,
)
from server_stub.api.forms import NewRoom
from server_stub.api.route import ROOMS, Query, Route, body_of
from server_stub.door.guest import GUEST
from server_stub.door.refusals import Refused, json_response
from server_stub.history.records import Agent, Room
from server_stub.house import House

PAGE: Final = 50
MAX_PAGE: Final = 100
ONE: Final = ROOMS + "/{room}"
BEFORE: Final = Query("before", "The id of a message: only older ones are told.")
LIMIT: Final = Query("limit", "How many; never more than 100.", "integer", least=1)
WORDS: Final = Query("q", "Only messages that hold all of these words.")


class Rooms:
    """The handlers; the user was already let in by the gate."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._history = house.history

    def routes(self) -> list[Route]:
        """Every path of rooms and messages."""
        return [
            Route("POST", ROOMS, "Open the room with an agent, or make it.", self.open_room,
                  NewRoom, RoomAnswer, (200, 201), (404,)),
            Route("GET", ROOMS, "List the open rooms.", self.rooms, None, RoomList),
            Route("GET", ONE, "Tell of one room.", self.room, None, RoomWithAgent, refusals=(404,)),
            Route("DELETE", ONE, "Delete a room and all that was said in it.", self.delete_room,
                  statuses=(204,), refusals=(404,)),
            Route("POST", ONE + "/end", "End a room; its connections are closed.", self.end_room,
                  None, RoomEnded, refusals=(404,)),
            Route("POST", ONE + "/resume", "Open an ended room again.", self.reopen_room,
                  None, RoomAnswer, refusals=(404, 409)),
            Route("GET", ONE + "/messages", "Read or search what was said, newest first.",
                  self.messages, None, MessagePage, refusals=(404,), query=(BEFORE, LIMIT, WORDS)),
            Route("DELETE", ONE + "/messages/{message}", "Delete one message.",
                  self.delete_message, statuses=(204,), refusals=(404, 409)),
        ]  # fmt: skip

    async def open_room(self, request: web.Request) -> web.Response:
        wish = await body_of(request, NewRoom)
        opened = await self._house.open_room(request[GUEST].user, wish.agent_id)
        if opened is None:
            raise Refused(404, "UNKNOWN_AGENT")
        room, is_new = opened
        return json_response(RoomAnswer.of(room), 201 if is_new else 200)

    async def rooms(self, request: web.Request) -> web.Response:
        mine = await self._history.open_rooms_of(request[GUEST].user)
        return json_response(RoomList([RoomLine.of(room, agent) for room, agent in mine]))

    async def room(self, request: web.Request) -> web.Response:
        return json_response(RoomWithAgent.with_agent(*await self._own(request)))

    async def end_room(self, request: web.Request) -> web.Response:
        ended = await self._house.end_room(request.match_info["room"], request[GUEST].user)
        if ended is None:
            raise Refused(404, "UNKNOWN_ROOM")
        return json_response(RoomEnded.of(ended))

    async def reopen_room(self, request: web.Request) -> web.Response:
        opened = await self._house.reopen_room(request.match_info["room"], request[GUEST].user)
        if opened is None:
            raise Refused(404, "UNKNOWN_ROOM")
        if isinstance(opened, str):
            raise Refused(
                409,
                "ROOM_OPEN",
                f"Another room with this agent is open: {opened}. End it first, or use it.",
                more={"roomId": opened},
            )
        return json_response(RoomAnswer.of(opened))

    async def delete_room(self, request: web.Request) -> web.Response:
        if not await self._house.delete_room(request.match_info["room"], request[GUEST].user):
            raise Refused(404, "UNKNOWN_ROOM")
        return web.Response(status=204)

    async def messages(self, request: web.Request) -> web.Response:
        room, _ = await self._own(request)
        before, limit = request.query.get("before") or None, _page_length(request)
        words = request.query.get("q", "").strip()
        if words:
            page = await self._history.found(room.id, words, before, limit)
        else:
            page = await self._history.page(room.id, before, limit)
        if page is None:
            raise Refused(404, "UNKNOWN_MESSAGE", "There is no such message in this room.")
        return json_response(MessagePage([MessageAnswer.of(message) for message in page]))

    async def delete_message(self, request: web.Request) -> web.Response:
        room, agent = await self._own(request)
        done = await self._house.delete_message(room, agent, request.match_info["message"])
        if done is None:
            raise Refused(409, "BUSY", "A reply is being made in this room; wait for its end.")
        if not done:
            raise Refused(404, "UNKNOWN_MESSAGE", "There is no such message in this room.")
        return web.Response(status=204)

    async def _own(self, request: web.Request) -> tuple[Room, Agent]:
        found = await self._history.room_of(request.match_info["room"], request[GUEST].user)
        if found is None:
            raise Refused(404, "UNKNOWN_ROOM")
        return found


def _page_length(request: web.Request) -> int:
    text = request.query.get("limit", "")
    if not text:
        return PAGE
    if not (text.isascii() and text.isdigit()) or int(text[:9]) < 1:
        raise Refused(400, "BAD_REQUEST", "limit must be a whole number from 1 to 100.")
    return min(MAX_PAGE, int(text[:9]))
