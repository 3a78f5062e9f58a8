"""Agents: everybody's and one's own."""

from __future__ import annotations

import secrets
from typing import Final

import msgspec
from aiohttp import web

from server_stub.api.answers import AgentAnswer, AgentList
from server_stub.api.forms import AgentChange, NewAgent
from server_stub.api.route import AGENTS, Route, body_of
from server_stub.door.guest import GUEST
from server_stub.door.refusals import Refused, json_response
from server_stub.history.records import Agent
from server_stub.house import House

ONE: Final = AGENTS + "/{agent}"
NOT_YOURS: Final = "This agent belongs to everybody; make one of your own to change it."


class Agents:
    """The handlers; the user was already let in by the gate."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._history = house.history

    def routes(self) -> list[Route]:
        """Every path of agents."""
        return [
            Route("GET", AGENTS, "List the agents.", self.agents, None, AgentList),
            Route("POST", AGENTS, "Make an agent.", self.add, NewAgent, AgentAnswer, (201,)),
            Route("GET", ONE, "Tell of one agent.", self.agent, None, AgentAnswer,
                  refusals=(404,)),
            Route("PATCH", ONE, "Change an agent of one's own.", self.change, AgentChange,
                  AgentAnswer, refusals=(403, 404)),
            Route("DELETE", ONE, "Delete an agent of one's own; what was said stays.",
                  self.delete, statuses=(204,), refusals=(403, 404, 409)),
        ]  # fmt: skip

    async def agents(self, request: web.Request) -> web.Response:
        known = await self._history.agents_for(request[GUEST].user)
        return json_response(AgentList([AgentAnswer.of(agent) for agent in known]))

    async def agent(self, request: web.Request) -> web.Response:
        return json_response(AgentAnswer.of(await self._known(request)))

    async def add(self, request: web.Request) -> web.Response:
        wish = await body_of(request, NewAgent)
        agent = Agent(
            **msgspec.structs.asdict(wish),
            id=f"agent-{secrets.token_hex(8)}",
            owner_id=request[GUEST].user,
            created_at=self._house.now_ms(),
        )
        return json_response(AgentAnswer.of(await self._history.add_agent(agent)), 201)

    async def change(self, request: web.Request) -> web.Response:
        wish = await body_of(request, AgentChange)
        agent = await self._own(request)
        given = msgspec.structs.asdict(wish)
        told = {name: value for name, value in given.items() if value is not msgspec.UNSET}
        changed = msgspec.structs.replace(agent, **told)
        if not await self._history.change_agent(changed):
            raise Refused(404, "UNKNOWN_AGENT")
        await self._house.agent_changed(changed)
        return json_response(AgentAnswer.of(changed))

    async def delete(self, request: web.Request) -> web.Response:
        agent = await self._own(request)
        user = request[GUEST].user
        done = await self._history.delete_agent(agent.id, user, self._house.now_ms())
        if done is None:
            raise Refused(409, "BUSY", "A room with this agent is open; end it first.")
        if not done:
            raise Refused(404, "UNKNOWN_AGENT")
        return web.Response(status=204)

    async def _known(self, request: web.Request) -> Agent:
        agent = await self._history.agent_for(request.match_info["agent"], request[GUEST].user)
        if agent is None:
            raise Refused(404, "UNKNOWN_AGENT")
        return agent

    async def _own(self, request: web.Request) -> Agent:
        agent = await self._known(request)
        if agent.owner_id is None:
            raise Refused(403, "NOT_YOURS", NOT_YOURS)
        return agent
