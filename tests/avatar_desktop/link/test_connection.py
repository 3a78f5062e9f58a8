"""The line over real sockets on loopback, against the wire's own server side."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from avatar_desktop.library.outbox import Outbox
from avatar_desktop.library.store import Store
from avatar_desktop.link.connection import Connection, LinkStatus
from avatar_desktop.wire.dialects import Interpreter
from avatar_desktop.wire.errors import ErrorCode
from avatar_desktop.wire.messages import (
    AvatarState,
    Connected,
    Message,
    Resume,
    RoomJoin,
    StreamChunk,
    StreamStart,
    TextMessage,
)
from avatar_desktop.wire.replay import RoomLog
from avatar_desktop.wire.session import BrokenSessions, ServerSession, refusal

MOMENT = "2026-01-31T12:00:00.000Z"
ROOM = "room-1"


class SmallServer:
    """One room on a loopback port; it keeps what it heard, and breaks lines when told to."""

    def __init__(self) -> None:
        self.log = RoomLog("epoch")
        self.broken = BrokenSessions()
        self.heard: list[Message] = []
        self.sockets: list[tuple[ServerConnection, ServerSession]] = []
        self.something = asyncio.Event()
        self.headers: list[str] = []
        self.answers = True
        self.refuse_with: int | None = None
        self.refused_text: str | None = None
        self._server: Server | None = None
        self.port = 0
        self._names = 0

    async def open(self) -> None:
        self._server = await serve(
            self._converse,
            "127.0.0.1",
            self.port,
            process_request=self._gate,
            compression=None,
            ping_interval=None,
        )
        self.port = next(iter(self._server.sockets)).getsockname()[1]

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ar-stream"

    async def break_lines(self) -> None:
        for socket, _ in list(self.sockets):
            socket.transport.abort()
        while self.sockets:
            await self._next()

    async def until(self, told: Callable[[], bool]) -> None:
        while not told():
            await self._next()

    async def tell_room(self, message: Message) -> None:
        numbered = self.log.number(message)
        for socket, session in list(self.sockets):
            if session.lets_through(numbered):
                await socket.send(session.interpreter.encode(numbered, now_ms=0))

    async def _next(self) -> None:
        self.something.clear()
        await asyncio.wait_for(self.something.wait(), 10)

    def _gate(self, socket: ServerConnection, request: Request) -> Response | None:
        self.headers.append(request.headers["Authorization"])
        self.something.set()
        if self.refuse_with is None:
            return None
        return socket.respond(self.refuse_with, "no")

    async def _converse(self, socket: ServerConnection) -> None:
        self._names += 1
        session = ServerSession(f"sess-{self._names}", now=0.0, interpreter=Interpreter())
        self.sockets.append((socket, session))
        try:
            greeting = session.greeting(ROOM, self.log, None)
            await socket.send(session.interpreter.encode(greeting, now_ms=0))
            async for frame in socket:
                received = session.receive(frame, now=0.0, now_ms=0)
                answers = [*received.answers]
                if received.message is not None:
                    answers += self._act(session, received.message)
                for answer in answers:
                    await socket.send(session.interpreter.encode(answer, now_ms=0))
                if isinstance(received.message, TextMessage) and self.answers:
                    await self._reply(received.message)
                self.something.set()
        except ConnectionClosed:
            pass
        finally:
            self.sockets = [pair for pair in self.sockets if pair[0] is not socket]
            self.broken.leave(session.session_id, room_id=ROOM, user_id="u", now=0.0)
            self.something.set()

    def _act(self, session: ServerSession, message: Message) -> list[Message]:
        self.heard.append(message)
        if isinstance(message, RoomJoin):
            session.join()
        if isinstance(message, Resume):
            known = self.broken.take(message.session_id, room_id=ROOM, user_id="u", now=0.0)
            return session.resume(message, known=known, room_id=ROOM, log=self.log, agent=None)
        if isinstance(message, TextMessage) and message.content == self.refused_text:
            return [refusal(ErrorCode.TOO_LONG, answers=message)]
        return []

    async def _reply(self, said: TextMessage) -> None:
        if said.content != self.refused_text:
            await self.tell_room(
                StreamStart(
                    stream_id=f"stream-{said.client_message_id}",
                    message_id="m",
                    agent_id="a",
                    started_at=MOMENT,
                    client_message_id=said.client_message_id,
                )
            )

    def texts(self) -> list[str]:
        return [message.content for message in self.heard if isinstance(message, TextMessage)]


class Listener:
    """What the app's side heard, and a way to wait for it."""

    def __init__(self, folder: Path, server: SmallServer, **options: Any) -> None:
        self.messages: list[Message] = []
        self.statuses: list[LinkStatus] = []
        self.something = asyncio.Event()
        self.outbox = Outbox(Store(folder))
        self.connection = Connection(
            url=server.url,
            token="a-token",
            room=ROOM,
            outbox=self.outbox,
            on_message=self._hear,
            on_status=self._see,
            hello=lambda: [AvatarState(current_animation="idle")],
            jitter=random.Random(1),
            **options,
        )
        self.running = asyncio.create_task(self.connection.run())

    def _hear(self, message: Message) -> None:
        self.messages.append(message)
        self.something.set()

    def _see(self, status: LinkStatus) -> None:
        self.statuses.append(status)
        self.something.set()

    async def until(self, told: Callable[[], bool]) -> None:
        while not told():
            self.something.clear()
            await asyncio.wait_for(self.something.wait(), 10)

    async def online(self, times: int = 1) -> None:
        await self.until(lambda: sum(status.state == "online" for status in self.statuses) >= times)

    def chunks(self) -> list[int]:
        return [
            message.chunk_index for message in self.messages if isinstance(message, StreamChunk)
        ]


def chunk(index: int) -> StreamChunk:
    return StreamChunk(stream_id="s", chunk="x", chunk_index=index, timestamp=MOMENT)


def talk(
    folder: Path,
    story: Callable[[SmallServer, Listener], Coroutine[Any, Any, None]],
    **options: Any,
) -> None:
    """Runs a story with a server and a listener that are both gone afterwards."""

    async def told() -> None:
        server = SmallServer()
        await server.open()
        listener = Listener(folder, server, **({"pause": no_pause} | options))
        try:
            await story(server, listener)
        finally:
            await listener.connection.close()
            await server.close()
        assert listener.running.done()

    asyncio.run(told())


async def no_pause(_: float) -> None:
    return


def test_it_joins_greets_and_hears_the_room(tmp_path: Path) -> None:
    async def story(server: SmallServer, listener: Listener) -> None:
        await listener.online()
        await server.until(lambda: len(server.heard) >= 2)
        assert server.heard == [RoomJoin(room_id=ROOM), AvatarState(current_animation="idle")]
        assert server.headers == ["Bearer a-token"]
        await server.tell_room(chunk(0))
        await listener.until(lambda: listener.chunks() == [0])
        assert isinstance(listener.messages[0], Connected)

    talk(tmp_path, story)


def test_a_broken_line_is_resumed_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    async def story(server: SmallServer, listener: Listener) -> None:
        await listener.online()
        await server.until(lambda: len(server.heard) >= 2)
        await server.tell_room(chunk(0))
        await listener.until(lambda: listener.chunks() == [0])
        for index in (1, 2):
            await server.break_lines()
            await server.tell_room(chunk(index))
            await listener.online(index + 1)
            await listener.until(lambda index=index: len(listener.chunks()) == index + 1)
        assert listener.chunks() == [0, 1, 2]
        again = [message for message in listener.messages if isinstance(message, Connected)]
        assert [message.resumed for message in again] == [False, True, True]

    talk(tmp_path, story)


def test_what_is_said_without_a_line_goes_out_in_order_once(tmp_path: Path) -> None:
    gate: list[asyncio.Event] = []

    async def closed_gate(_: float) -> None:
        await gate[0].wait()

    async def story(server: SmallServer, listener: Listener) -> None:
        gate.append(asyncio.Event())
        await listener.online()
        server.answers = False
        listener.connection.say("one", "c-1")
        await server.until(lambda: server.texts() == ["one"])
        await server.break_lines()
        for name in ("two", "three"):
            listener.connection.say(name, f"c-{name}")
        listener.connection.say("two", "c-two")
        assert [waiting.text for waiting in Outbox(Store(tmp_path)).pending()] == [
            "one",
            "two",
            "three",
        ], "it is on disk before it is sent"
        server.answers = True
        gate[0].set()
        await listener.online(2)
        await listener.until(
            lambda: sum(isinstance(message, StreamStart) for message in listener.messages) == 3
        )
        assert server.texts() == ["one", "one", "two", "three"]
        assert listener.outbox.pending() == ()

    talk(tmp_path, story, pause=closed_gate)


def test_a_refused_message_waits_no_longer(tmp_path: Path) -> None:
    async def story(server: SmallServer, listener: Listener) -> None:
        server.refused_text = "far too long"
        await listener.online()
        listener.connection.say("far too long", "c-1")
        await listener.until(lambda: not listener.outbox.pending())

    talk(tmp_path, story)


def test_it_waits_longer_each_time_offers_retry_after_five_and_goes_on(tmp_path: Path) -> None:
    waits: list[float] = []
    moved: list[Callable[[], None]] = []

    async def counted(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 8:
            moved[0]()

    async def story(server: SmallServer, listener: Listener) -> None:
        good = server.url
        moved.append(lambda: listener.connection.move(url=good, token="a-token"))
        listener.connection.move(url="ws://127.0.0.1:9/ar-stream", token="a-token")
        await listener.online()
        for number, (wait, base) in enumerate(
            zip(waits, (1, 2, 4, 8, 16, 30, 30, 30), strict=True)
        ):
            assert base <= wait <= min(30.0, base * 1.25), number
        offline = [status for status in listener.statuses if status.state == "offline"]
        assert [status.attempts for status in offline] == list(range(1, 9))
        assert [status.exhausted for status in offline] == [False] * 4 + [True] * 4
        assert offline[0].next_try_in == waits[0]
        assert listener.statuses[-1].attempts == 0

    talk(tmp_path, story, pause=counted)


def test_retry_now_does_not_wait(tmp_path: Path) -> None:
    async def for_ever(_: float) -> None:
        await asyncio.Event().wait()

    async def story(server: SmallServer, listener: Listener) -> None:
        await listener.online()
        await server.break_lines()
        await listener.until(lambda: listener.statuses[-1].state == "offline")
        listener.connection.retry_now()
        await listener.online(2)

    talk(tmp_path, story, pause=for_ever)


@pytest.mark.parametrize("code", [401, 404])
def test_a_refusal_is_told_in_one_sentence(tmp_path: Path, code: int) -> None:
    async def for_ever(_: float) -> None:
        await asyncio.Event().wait()

    async def told() -> None:
        server = SmallServer()
        server.refuse_with = code
        await server.open()
        listener = Listener(tmp_path, server, pause=for_ever)
        await listener.until(lambda: listener.connection.status.state == "refused")
        assert listener.statuses[-1].detail.endswith(".")
        assert "a-token" not in listener.statuses[-1].detail
        await listener.connection.close()
        await server.close()

    asyncio.run(told())


def test_closing_ends_even_an_attempt_that_hangs(tmp_path: Path) -> None:
    async def told() -> None:
        silent = await asyncio.start_server(hold_the_line, "127.0.0.1", 0)
        server = SmallServer()
        server.port = silent.sockets[0].getsockname()[1]
        listener = Listener(tmp_path, server)
        await listener.until(lambda: bool(listener.statuses))
        await asyncio.wait_for(listener.connection.close(), 5)
        assert listener.running.done()
        silent.close()

    asyncio.run(told())


async def hold_the_line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.read(1024):
        pass
    writer.close()
