"""One path of the API with all that its documentation tells: what goes in and what comes out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import msgspec
from aiohttp import web

from server_stub.door.refusals import Refused

T = TypeVar("T")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Method = Literal["GET", "POST", "PATCH", "DELETE"]

ROOMS = "/api/ar-conversations/rooms"
AGENTS = "/api/ar-conversations/agents"


@dataclass(frozen=True)
class Query:
    """One parameter behind the question mark."""

    name: str
    meaning: str
    type: Literal["string", "integer"] = "string"
    least: int | None = None


@dataclass(frozen=True)
class Route:
    """A method and a path; what they do in one line, in a user's words."""

    method: Method
    path: str
    does: str
    handler: Handler
    body: type | None = None
    """The form of the JSON body, if it takes one."""
    answer: Any = None
    """The form of the JSON answer; None for an answer of another kind."""
    statuses: tuple[int, ...] = (200,)
    """What it answers when all goes well."""
    refusals: tuple[int, ...] = ()
    """How it can refuse, besides what every path can."""
    query: tuple[Query, ...] = ()
    is_open: bool = False
    """Whether it is for everybody, without a token."""

    def registered(self) -> web.RouteDef:
        """The route as the server's library wants it."""
        if self.method == "GET":
            return web.get(self.path, self.handler, allow_head=False)
        return web.route(self.method, self.path, self.handler)


async def body_of(request: web.Request, form: type[T]) -> T:
    """The JSON body, checked; anything else is refused with what is wrong."""
    try:
        body = await request.read()
    except (ConnectionError, web.RequestPayloadError) as error:
        raise Refused(400, "BAD_REQUEST", "The body broke off or cannot be unpacked.") from error
    try:
        return msgspec.json.decode(body, type=form)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(400, "BAD_REQUEST", f"The body cannot be read: {error}.") from error
