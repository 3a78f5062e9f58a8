"""One port for HTTP and WebSockets: every request passes the gate before anything else looks at
it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import WSMsgType, web

from avatar_desktop.wire.dialects import Interpreter
from avatar_desktop.wire.errors import CloseCode, ErrorCode
from avatar_desktop.wire.limits import MAX_FRAME_BYTES
from avatar_desktop.wire.messages import Message, RoomJoin, SessionStart
from avatar_desktop.wire.session import ServerSession, refusal
from server_stub.api.api import Api
from server_stub.door.front import Front
from server_stub.door.gate import BadToken, Gate
from server_stub.door.guest import GUEST, Guest, token_of
from server_stub.door.http_journal import http_journal
from server_stub.door.limits import Limits, OpenConnections, RequestRates
from server_stub.door.refusals import Refused
from server_stub.fleet.errors import FleetError
from server_stub.history.errors import HistoryError
from server_stub.history.records import Agent, Room
from server_stub.house import COMPANION_ID, House
from server_stub.line.connection import Connection
from server_stub.line.sessions import SWEEP_SECONDS, Sessions
from server_stub.mind.address import is_loopback_host
from server_stub.page import shelf
from server_stub.presence import Presence

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

AR_STREAM: Final = "/ar-stream"
REALTIME: Final = "/realtime/ws"
PEERS: Final = "/peer/"
PEER: Final = "X-Conversation-Peer"
"""What a server of the fleet shows to the others."""
MAX_BODY: Final = 1 << 20
FIRST_MESSAGE_SECONDS: Final = 5.0

_log = logging.getLogger("server.listener")


class ListenError(Exception):
    """The server cannot listen; the message is one sentence."""


class Listener:
    """Owns the port and counts who comes in."""

    def __init__(
        self, house: House, gate: Gate, limits: Limits, front: Front | None = None
    ) -> None:
        self._house = house
        self._front = front or Front()
        self._gate = gate
        self._rates = RequestRates(limits)
        self._open = OpenConnections(limits)
        self._presence = Presence()
        self._limits = limits
        self._fleet = house.fleet
        if self._fleet is not None:
            self._fleet.presence = self._presence
        self._piped: set[web.WebSocketResponse] = set()
        self._sessions = Sessions(house.now_ms)
        self._sweeper: asyncio.Task[None] | None = None
        self._figures = house.figures
        self._figures.watch("connections", "WebSockets that are open.", lambda: len(self._open))
        self._figures.watch("rooms_at_work", "Rooms in hand.", lambda: house.rooms_at_work)
        app = web.Application(client_max_size=MAX_BODY, middlewares=[self._guard])
        api = Api(house, gate, self._presence, self._front.prefix)
        page = shelf.routes()
        self._open_paths = api.open_paths | {file.path for file in page}
        sockets = (
            web.get(AR_STREAM, self._ar_stream, allow_head=False),
            web.get(REALTIME, self._realtime, allow_head=False),
        )
        ours = (*(route.registered() for route in api.routes), *page, *sockets)
        app.add_routes([*self._front.doors(ours), web.post(PEERS + "{deed}", self._peer)])
        self._runner = web.AppRunner(
            app, access_log=None, logger=http_journal(), shutdown_timeout=2.0
        )
        self.port = 0

    async def open(self, host: str, port: int) -> None:
        """Listens. Raises ListenError."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise ListenError(
                f"The server cannot listen on {host}:{port}: {_reason(error)} "
                "Choose another with --port, or 0 for a free one."
            ) from error
        self.port = int(self._runner.addresses[0][1])
        self._gate.opened(host, self.port)
        self._sweeper = asyncio.create_task(self._sweep_now_and_then())

    async def close(self) -> None:
        """Takes nobody more in, sends everybody away, stops listening."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        for site in list(self._runner.sites):
            await site.stop()
        await self._house.close()
        for socket in list(self._piped):
            await socket.close(code=CloseCode.RESTARTING, message=b"restarting")
        await self._runner.cleanup()

    async def sweep(self) -> None:
        """Ends the sessions that lie idle, and the replies that are held for nobody."""
        self._sessions.sweep()
        await self._house.let_go()

    async def _sweep_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            await self.sweep()

    # --- the gate

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self._figures.count("requests")
        request = self._front.seen(request)
        try:
            await self._let_in(request)
            return await handler(request)
        except Refused as refused:
            self._figures.count("refused")
            _log.info(
                "refused",
                extra={"path": request.path, "status": refused.status, "code": refused.code},
            )
            return refused.response()
        except HistoryError as error:
            return Refused(503, "STORAGE_FAILED", str(error)).response()
        except web.HTTPException as error:
            return Refused(error.status, "HTTP", f"{error.reason}.").response()

    async def _let_in(self, request: web.Request) -> None:
        headers = request.headers
        if not self._gate.knows_host(headers.getall("Host", [])):
            raise Refused(421, "FOREIGN_HOST")
        own = f"{request.scheme}://{request.host}"
        if not self._gate.knows_origin(headers.getall("Origin", []), own):
            raise Refused(403, "FOREIGN_ORIGIN")
        is_peer = self._is_peer(request)
        if is_peer and request.path.startswith(PEERS):
            return
        if not is_peer:
            await self._count(f"address {request.remote}")
        if request.path in self._open_paths:
            return
        token = token_of(request)
        if not token and request.path == REALTIME:
            return  # its first message brings the token
        try:
            user, runs_out = self._gate.pass_of(token, time.time())
        except BadToken as error:
            raise Refused(401, "UNAUTHORISED", str(error)) from error
        if not is_peer:
            await self._count(f"user {user}")
        request[GUEST] = Guest(user, runs_out)

    async def _count(self, key: str) -> None:
        wait = self._rates.take(key, time.monotonic())
        if wait <= 0 and self._fleet is not None:
            wait = await self._fleet.count(key, self._limits)
        if wait > 0:
            raise Refused(429, "RATE_LIMITED", retry_after=wait)

    # --- among several servers

    def _is_peer(self, request: web.Request) -> bool:
        return self._fleet is not None and self._fleet.knows_peer(request.headers.getall(PEER, []))

    async def _peer(self, request: web.Request) -> web.StreamResponse:
        deed = request.match_info["deed"]
        if not self._is_peer(request):
            raise Refused(404, "HTTP", "Not Found.")
        from server_stub.fleet.peers import done

        return web.json_response({"done": await done(self._house, deed, await request.read())})

    async def _forwarded(
        self,
        request: web.Request,
        user: str,
        room_id: str,
        socket: web.WebSocketResponse | None,
        first: str | bytes | None = None,
    ) -> web.WebSocketResponse | None:
        """The socket, served by the room's owner; None if that is this server."""
        owner = await self._house.elsewhere(room_id)
        if owner is None or self._fleet is None:
            return None
        if self._is_peer(request):  # the room moved on the way
            raise FleetError("Another server has this room now.", advice="Connect again.")
        from server_stub.fleet.forwarding import pipe

        there = await self._fleet.forwarding.reached(owner, request)
        socket = socket or await self._upgraded(request)
        self._open.add(user)
        self._piped.add(socket)
        try:
            await pipe(socket, there, first)
        finally:
            self._piped.discard(socket)
            self._open.remove(user)
        return socket

    # --- sockets

    async def _ar_stream(self, request: web.Request) -> web.StreamResponse:
        user = request[GUEST].user
        found = await self._open_room_of(user, request.query.get("roomId", ""))
        if isinstance(found, ErrorCode):
            raise Refused(404, found)
        self._has_place(request, user)
        forwarded = await self._forwarded(request, user, found[0].id, None)
        if forwarded is not None:
            return forwarded
        socket = await self._upgraded(request)
        await self._serve(request, socket, request[GUEST], found, Interpreter(), joined=False)
        return socket

    async def _realtime(self, request: web.Request) -> web.StreamResponse:
        guest = request.get(GUEST)
        if guest is not None:
            self._has_place(request, guest.user)
        elif self._open.is_server_full():
            raise Refused(503, "TOO_MANY_CONNECTIONS", retry_after=5)
        socket = await self._upgraded(request)
        interpreter = Interpreter(bare_audio=True)
        came = await self._first_message(socket, interpreter)
        if came is None:
            return socket
        first, frame = came
        opened = await self._opened_by(request, first)
        if isinstance(opened, ErrorCode):
            await _send(socket, interpreter, refusal(opened), self._house.now_ms())
            await socket.close(code=CloseCode.UNAUTHORISED, message=b"refused")
            return socket
        guest, found = opened
        try:
            if await self._forwarded(request, guest.user, found[0].id, socket, frame) is not None:
                return socket
        except FleetError as error:
            told = refusal(ErrorCode.STORAGE_FAILED, str(error))
            await _send(socket, interpreter, told, self._house.now_ms())
            await socket.close(code=CloseCode.RESTARTING, message=b"another server")
            return socket
        name: str | None = getattr(first, "call_id", None)
        await self._serve(request, socket, guest, found, interpreter, joined=True, name=name)
        return socket

    async def _opened_by(
        self, request: web.Request, first: RoomJoin | SessionStart
    ) -> tuple[Guest, tuple[Room, Agent]] | ErrorCode:
        """Who speaks, and the room that the first message asks for."""
        guest = request.get(GUEST)
        if isinstance(first, SessionStart) and first.auth_token:
            try:
                guest = Guest(*self._gate.pass_of(first.auth_token, time.time()))
            except BadToken:
                return ErrorCode.UNAUTHORISED
        if guest is None:
            return ErrorCode.UNAUTHORISED
        if isinstance(first, SessionStart):
            if first.user_id is not None and first.user_id != guest.user:
                return ErrorCode.UNAUTHORISED
            await self._house.open_room(guest.user, COMPANION_ID)
            mine = await self._house.history.open_rooms_of(guest.user)
            its_own = (one for one in mine if one[1].id == COMPANION_ID)
            found = next(its_own, ErrorCode.ROOM_ENDED)
        else:
            found = await self._open_room_of(guest.user, first.room_id or "")
        return found if isinstance(found, ErrorCode) else (guest, found)

    async def _first_message(
        self, socket: web.WebSocketResponse, interpreter: Interpreter
    ) -> tuple[RoomJoin | SessionStart, str | bytes] | None:
        """What opens a conversation, with its frame; a socket that says no such thing is closed."""
        session = ServerSession("", now=time.monotonic(), interpreter=interpreter)
        try:
            async with asyncio.timeout(FIRST_MESSAGE_SECONDS):
                async for frame in socket:
                    if frame.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                        return None
                    now_ms = self._house.now_ms()
                    got = session.receive(frame.data, now=time.monotonic(), now_ms=now_ms)
                    if isinstance(got.message, RoomJoin | SessionStart):
                        return got.message, frame.data
                    answers = got.answers or (refusal(ErrorCode.NOT_JOINED),)
                    for answer in answers:
                        await _send(socket, interpreter, answer, now_ms)
                    if got.close is not None:
                        await socket.close(code=got.close)
                        return None
        except TimeoutError:
            await _send(socket, interpreter, refusal(ErrorCode.UNAUTHORISED), self._house.now_ms())
            await socket.close(code=CloseCode.UNAUTHORISED, message=b"no session")
        return None

    async def _open_room_of(self, user: str, room_id: str) -> tuple[Room, Agent] | ErrorCode:
        found = await self._house.history.room_of(room_id, user)
        if found is None:
            return ErrorCode.UNKNOWN_ROOM
        return ErrorCode.ROOM_ENDED if found[0].status == "ended" else found

    def _has_place(self, request: web.Request, user: str) -> None:
        if self._house.is_closing:
            raise Refused(503, "SHUTTING_DOWN", retry_after=1)
        on_loopback = is_loopback_host(request.remote or "")
        if self._open.is_server_full():
            raise Refused(
                503, "TOO_MANY_CONNECTIONS", "The server has too many connections.", retry_after=5
            )
        if self._open.is_user_full(user, on_loopback=on_loopback):
            raise Refused(429, "TOO_MANY_CONNECTIONS", retry_after=5)

    async def _upgraded(self, request: web.Request) -> web.WebSocketResponse:
        # Without compression: it costs eighteen times the latency on loopback, and hides bombs.
        socket = web.WebSocketResponse(compress=False, max_msg_size=MAX_FRAME_BYTES + 1)
        if not socket.can_prepare(request).ok:
            raise Refused(426, "HTTP", "This address speaks WebSocket.")
        await socket.prepare(request)
        return socket

    async def _serve(
        self,
        request: web.Request,
        socket: web.WebSocketResponse,
        guest: Guest,
        found: tuple[Room, Agent],
        interpreter: Interpreter,
        *,
        joined: bool,
        name: str | None = None,
    ) -> None:
        room, agent = found
        if isinstance(await self._open_room_of(guest.user, room.id), ErrorCode):
            # It ended while the socket opened, and nobody would close it any more.
            await socket.close(code=CloseCode.ROOM_ENDED, message=b"room ended")
            return
        conversation = self._house.at_work(room, agent)
        connection = Connection(
            socket,
            request.transport,
            user=guest.user,
            gate=self._gate,
            conversation=conversation,
            interpreter=interpreter,
            now_ms=self._house.now_ms,
            figures=self._figures,
            presence=self._presence,
            ears=self._house.ears,
            name=name,
        )
        _log.info("connection opened", extra={"room": room.id, "user": guest.user})
        self._open.add(guest.user)
        if joined:  # a session of its own, not a room's socket
            self._sessions.began(connection, conversation)
        try:
            await connection.live(joined=joined, runs_out_in=guest.runs_out - time.time())
        finally:
            self._open.remove(guest.user)
            self._sessions.ended(connection)


async def _send(
    socket: web.WebSocketResponse, interpreter: Interpreter, message: Message, now_ms: int
) -> None:
    frame = interpreter.encode(message, now_ms=now_ms)
    if isinstance(frame, str):
        await socket.send_str(frame)
    else:
        await socket.send_bytes(frame)


def _reason(error: OSError) -> str:
    if error.errno in (98, 48, 10048):
        return "another program uses this port."
    if error.errno in (13, 10013):
        return "the system does not allow it."
    return f"{error.strerror or error}."
