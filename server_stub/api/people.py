"""What is kept of a person, and who is there."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from avatar_desktop.wire.instants import iso
from server_stub.api.answers import Export, Memory, PresenceAnswer, PresenceList
from server_stub.api.forms import MemoryChange
from server_stub.api.route import Route, body_of
from server_stub.door.guest import GUEST
from server_stub.door.limits import LOCAL_USER
from server_stub.door.refusals import Refused, json_response
from server_stub.house import House
from server_stub.presence import Presence, Seen

ME: Final = "/api/me"
MEMORY: Final = "/api/memory"
PRESENCE: Final = "/api/presence"


class People:
    """The handlers; the user was already let in by the gate."""

    def __init__(self, house: House, presence: Presence) -> None:
        self._house = house
        self._history = house.history
        self._presence = presence

    def routes(self) -> list[Route]:
        """Every path of one's own things and of presence."""
        return [
            Route("GET", ME + "/export", "Everything that is kept of the user.", self.export,
                  None, Export),
            Route("DELETE", ME, "Delete everything that is kept of the user.", self.forget,
                  statuses=(204,)),
            Route("GET", MEMORY, "What the companion remembers of the user.", self.memory,
                  None, Memory),
            Route("PATCH", MEMORY, "Correct what is remembered; null forgets a fact.",
                  self.change_memory, MemoryChange, Memory),
            Route("DELETE", MEMORY, "Forget all of it.", self.clear_memory, statuses=(204,)),
            Route("GET", PRESENCE, "Who is there; for the operator.", self.visitors,
                  None, PresenceList, refusals=(403,)),
            Route("GET", PRESENCE + "/{visitor}", "Whether somebody is there.", self.visitor,
                  None, PresenceAnswer, refusals=(404,)),
        ]  # fmt: skip

    async def export(self, request: web.Request) -> web.Response:
        user = request[GUEST].user
        told = Export.of(user, await self._history.belongings(user))
        name = {"Content-Disposition": 'attachment; filename="conversations.json"'}
        return json_response(told, headers=name)

    async def forget(self, request: web.Request) -> web.Response:
        await self._house.forget_person(request[GUEST].user)
        self._presence.forget(request[GUEST].user)
        return web.Response(status=204)

    async def memory(self, request: web.Request) -> web.Response:
        return json_response(Memory(await self._history.memory_of(request[GUEST].user)))

    async def change_memory(self, request: web.Request) -> web.Response:
        wish = await body_of(request, MemoryChange)
        user, now = request[GUEST].user, self._house.now_ms()
        return json_response(Memory(await self._history.remember(user, wish.facts, now)))

    async def clear_memory(self, request: web.Request) -> web.Response:
        user = request[GUEST].user
        known = await self._history.memory_of(user)
        await self._history.remember(user, dict.fromkeys(known), self._house.now_ms())
        return web.Response(status=204)

    async def visitors(self, request: web.Request) -> web.Response:
        if request[GUEST].user != LOCAL_USER:
            raise Refused(
                403, "NOT_YOURS", "Only the operator of this server may see who is there."
            )
        now = self._house.now_ms()
        seen = self._presence.everybody(now)
        if self._house.fleet is not None:
            seen = await self._house.fleet.everybody(seen, now)
        return json_response(PresenceList([_answer(one) for one in seen]))

    async def visitor(self, request: web.Request) -> web.Response:
        asked, user = request.match_info["visitor"], request[GUEST].user
        if user not in (asked, LOCAL_USER):
            raise Refused(404, "UNKNOWN_VISITOR", "There is no such visitor for this user.")
        now = self._house.now_ms()
        seen = self._presence.of(asked, now)
        if self._house.fleet is not None:
            seen = await self._house.fleet.seen(seen, now)
        return json_response(_answer(seen))


def _answer(seen: Seen) -> PresenceAnswer:
    last = None if seen.last_seen is None else iso(seen.last_seen)
    return PresenceAnswer(seen.visitor_id, seen.status, last)
