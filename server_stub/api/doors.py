"""What stands before everything else: tokens, health, figures and the description of the API."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from avatar_desktop.wire.instants import iso
from server_stub.api.answers import Health, SessionToken, Storage
from server_stub.api.forms import SessionWish
from server_stub.api.route import Route, body_of
from server_stub.door.gate import SESSION_SECONDS, BadToken, Gate
from server_stub.door.guest import GUEST, token_of
from server_stub.door.limits import CONSOLE_USER, LOCAL_USER
from server_stub.door.refusals import Refused, json_response
from server_stub.house import House
from server_stub.mind.address import is_loopback_host


class Doors:
    """The handlers that know no user, or judge the token themselves."""

    def __init__(self, house: House, gate: Gate, described: Callable[[], dict[str, Any]]) -> None:
        self._house = house
        self._gate = gate
        self._described = described

    def routes(self) -> list[Route]:
        """Every path of tokens, health and figures."""
        return [
            Route("POST", "/auth/websocket", "Turn a token into one for a session.",
                  self.session_token, SessionWish, SessionToken, refusals=(403,), is_open=True),
            Route("POST", "/auth/console", "Turn the operator's token into one for the console, "
                  "a visitor of its own.", self.console_token, None, SessionToken, refusals=(403,)),
            Route("GET", "/health", "Whether the server is ready for work.", self.health, None,
                  Health, refusals=(503,), is_open=True),
            Route("GET", "/health/live", "Whether the server lives.", self.live, None, Health,
                  is_open=True),
            Route("GET", "/metrics", "The server's figures, for Prometheus: on this machine, or "
                  "with the operator's token.", self.metrics, refusals=(403,), is_open=True),
            Route("GET", "/openapi.json", "This description.", self.description, is_open=True),
        ]  # fmt: skip

    async def session_token(self, request: web.Request) -> web.Response:
        wish = await body_of(request, SessionWish)
        now = time.time()
        try:
            user, runs_out = self._gate.pass_of(wish.token, now)
        except BadToken as error:
            raise Refused(401, "UNAUTHORISED", str(error)) from error
        if wish.user_id is not None and wish.user_id != user:
            raise Refused(403, "UNAUTHORISED", "The token belongs to another user.")
        return self._issued(user, now, runs_out)

    async def console_token(self, request: web.Request) -> web.Response:
        guest = request[GUEST]
        if guest.user != LOCAL_USER:
            raise Refused(403, "NOT_YOURS", "Only the operator of this server has its console.")
        return self._issued(CONSOLE_USER, time.time(), guest.runs_out)

    def _issued(self, user: str, now: float, runs_out: float) -> web.Response:
        seconds = min(SESSION_SECONDS, max(1.0, runs_out - now))
        issued = self._gate.issue(user, now, seconds)
        return json_response(SessionToken(issued, iso(int((now + seconds) * 1000))))

    async def health(self, request: web.Request) -> web.Response:
        health = self._health()
        return json_response(health, 200 if health.ready else 503)

    async def live(self, request: web.Request) -> web.Response:
        return json_response(self._health())

    async def metrics(self, request: web.Request) -> web.Response:
        if not self._may_see_figures(request):
            raise Refused(403, "NOT_YOURS", "The figures are for the operator of this server.")
        text, kind = self._house.figures.text()
        return web.Response(body=text, headers={"Content-Type": kind, "Cache-Control": "no-store"})

    def _may_see_figures(self, request: web.Request) -> bool:
        through_proxy = any(name in request.headers for name in ("Forwarded", "X-Forwarded-For"))
        if is_loopback_host(request.remote or "") and not through_proxy:
            return True
        try:
            return self._gate.user_of(token_of(request), time.time()) == LOCAL_USER
        except BadToken:
            return False

    async def description(self, request: web.Request) -> web.Response:
        return json_response(self._described())

    def _health(self) -> Health:
        ready = not self._house.is_closing
        trouble = self._house.fleet.trouble if self._house.fleet is not None else ""
        storage = Storage(self._house.history.is_kept, self._house.warning or trouble)
        return Health("ok" if ready else "stopping", True, ready, storage)
