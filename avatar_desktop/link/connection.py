"""One conversation with the server, through any number of sockets: join, resume, pump, try again.

Calls back on the loop that runs it. What is said goes through the outbox: on disk first, in order,
once. Everything else is dropped while there is no line.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from avatar_desktop.library.outbox import Outbox, Unsent
from avatar_desktop.link.retry import Retry
from avatar_desktop.wire.dialects import Dialect, Interpreter
from avatar_desktop.wire.errors import BadFrame, CloseCode, ErrorCode, may_reconnect
from avatar_desktop.wire.limits import MAX_FRAME_BYTES, MAX_SERVER_FRAME_BYTES
from avatar_desktop.wire.messages import (
    ClientMessage,
    ErrorMessage,
    Heartbeat,
    Message,
    MessageReceived,
    StreamStart,
    TextMessage,
)
from avatar_desktop.wire.session import ClientSession, refusal
from avatar_desktop.wire.watch import Pulse

OPEN_SECONDS: Final = 10.0
CLOSE_SECONDS: Final = 2.0
SAY_AGAIN_SECONDS: Final = 2.0
_log: Final = logging.getLogger(__name__)

State = Literal["connecting", "online", "offline", "refused"]

REFUSALS: Final = {
    401: "The server does not accept this token.",
    403: "The server does not accept this app.",
    404: "The conversation does not exist any more.",
    421: "The server does not go by this name.",
    429: "The server has too many connections.",
}


@dataclass(frozen=True)
class LinkStatus:
    """How the line is. `detail` is one plain sentence; `exhausted` asks for a Retry button."""

    state: State
    attempts: int = 0
    exhausted: bool = False
    detail: str = ""
    next_try_in: float | None = None


def _wall_clock_ms() -> int:
    return time.time_ns() // 1_000_000


class Connection:
    """The line of one room. `pause` waits between attempts; tests give their own."""

    def __init__(
        self,
        *,
        url: str,
        token: str,
        room: str,
        outbox: Outbox,
        on_message: Callable[[Message], None],
        on_status: Callable[[LinkStatus], None],
        hello: Callable[[], Iterable[Message]] = tuple,
        clock: Callable[[], float] = time.monotonic,
        now_ms: Callable[[], int] = _wall_clock_ms,
        jitter: random.Random | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.status = LinkStatus("offline")
        self._url, self._token, self._room = url, token, room
        self._outbox = outbox
        self._on_message, self._on_status = on_message, on_status
        self._hello = hello
        self._clock, self._now_ms, self._pause = clock, now_ms, pause
        self._retry = Retry(jitter or random.Random())
        self._session = ClientSession(room)
        self._interpreter = Interpreter(dialect=Dialect.BINARY)
        self._unsent: asyncio.Queue[Message] | None = None
        self._said: set[str] = set()
        self._socket: ClientConnection | None = None
        self._again = asyncio.Event()
        self._closing = False
        self._running: asyncio.Task[None] | None = None
        self._attempt: asyncio.Task[tuple[State, str]] | None = None

    # --- verbs ---

    async def run(self) -> None:
        """Connects, talks and connects again, until `close`."""
        self._running = asyncio.current_task()
        while not self._closing:
            self._again.clear()
            self._tell("connecting", "Connecting to the conversation server.")
            ended = await self._attempt_one()
            if self._closing or ended is None:
                break
            state, detail = ended
            wait = self._retry.failed()
            self._tell(state, detail, next_try_in=wait)
            await self._wait(wait)
        self._tell("offline", "The conversation is closed.")

    def say(self, text: str, client_message_id: str) -> None:
        """What the person says: kept on disk, then sent, now or when the line stands again."""
        self._outbox.append(client_message_id, self._room, text)
        self._send_what_waits()

    def send(self, message: Message) -> None:
        """Anything else. It is dropped when there is no line."""
        if isinstance(message, TextMessage) and message.client_message_id:
            self.say(message.content, message.client_message_id)
        elif self._unsent is not None:
            self._unsent.put_nowait(message)

    def retry_now(self) -> None:
        """Does not wait for the next attempt."""
        self._again.set()

    def move(self, *, url: str, token: str) -> None:
        """The server has another address now; the next attempt goes there, at once."""
        self._url, self._token = url, token
        self.retry_now()

    async def close(self) -> None:
        """Hangs up and ends `run`."""
        self._closing = True
        self._again.set()
        if self._socket is not None:
            await self._socket.close()
        if self._attempt is not None:
            self._attempt.cancel()
        running = self._running
        if running is not None and running is not asyncio.current_task():
            await asyncio.wait([running])

    # --- one connection ---

    async def _attempt_one(self) -> tuple[State, str] | None:
        """One connection as a task of its own, so that `close` may end it; None if it did."""
        self._attempt = asyncio.create_task(self._one_connection())
        try:
            await asyncio.wait([self._attempt])
            return None if self._attempt.cancelled() else self._attempt.result()
        finally:
            self._attempt.cancel()
            await asyncio.wait([self._attempt])

    async def _one_connection(self) -> tuple[State, str]:
        """Talks until the line breaks; how it is then and why, as one sentence."""
        try:
            async with connect(
                f"{self._url}?{urlencode({'roomId': self._room})}",
                additional_headers={"Authorization": f"Bearer {self._token}"},
                compression=None,
                max_size=MAX_SERVER_FRAME_BYTES,
                open_timeout=OPEN_SECONDS,
                close_timeout=CLOSE_SECONDS,
                ping_interval=None,
                proxy=None,
            ) as socket:
                self._socket = socket
                if not self._closing:
                    await self._converse(socket)
        except InvalidStatus as error:
            code = error.response.status_code
            return "refused", REFUSALS.get(code, f"The server refused the line with {code}.")
        except ConnectionClosed as error:
            code = error.rcvd.code if error.rcvd is not None else CloseCode.NORMAL
            if not may_reconnect(code):
                return "refused", "The server ended the conversation."
        except (OSError, TimeoutError, WebSocketException) as error:
            _log.info("no connection: %s", type(error).__name__)
            return "offline", "The conversation server cannot be reached."
        finally:
            self._socket, self._unsent = None, None
            self._said.clear()
        return "offline", "The connection to the conversation server broke."

    async def _converse(self, socket: ClientConnection) -> None:
        self._session.opened()
        unsent: asyncio.Queue[Message] = asyncio.Queue()
        pulse = Pulse(self._clock())
        parts = [
            asyncio.create_task(self._read(socket, unsent, pulse)),
            asyncio.create_task(self._write(socket, unsent)),
            asyncio.create_task(self._beat(socket, unsent, pulse)),
        ]
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for part in parts:
                part.cancel()
            await asyncio.wait(parts)
        for part in done:
            part.result()

    async def _read(
        self, socket: ClientConnection, unsent: asyncio.Queue[Message], pulse: Pulse
    ) -> None:
        while True:
            frame = await socket.recv()
            pulse.heard(self._clock())
            try:
                message = self._interpreter.decode(frame)
            except BadFrame as error:
                _log.warning("a frame of the server was ignored: %s", error.message)
                continue
            if message is not None:
                self._receive(message, unsent)

    def _receive(self, message: Message, unsent: asyncio.Queue[Message]) -> None:
        self._acknowledge(message)
        heard = self._session.receive(message, now_ms=self._now_ms())
        for answer in heard.answers:
            unsent.put_nowait(answer)
        if heard.ready:
            self._unsent = unsent
            self._retry.succeeded()
            self._tell("online", "Connected.")
            for greeting in self._hello():
                self.send(greeting)
            self._send_what_waits()
        if heard.deliver is not None:
            self._on_message(heard.deliver)

    async def _write(self, socket: ClientConnection, unsent: asyncio.Queue[Message]) -> None:
        while True:
            message = await unsent.get()
            frame = self._interpreter.encode(message, now_ms=self._now_ms())
            if len(frame) > MAX_FRAME_BYTES:  # it would cost the line, and wait for ever
                about = message if isinstance(message, ClientMessage) else None
                self._receive(refusal(ErrorCode.TOO_LONG, answers=about), unsent)
                continue
            await socket.send(frame)

    async def _beat(
        self, socket: ClientConnection, unsent: asyncio.Queue[Message], pulse: Pulse
    ) -> None:
        while True:
            await asyncio.sleep(max(0.05, pulse.next_look(self._clock())))
            now = self._clock()
            if pulse.is_gone(now):
                await socket.close(CloseCode.SILENT, "no sign of life")
                return
            if pulse.is_due(now):
                pulse.asked(now)
                unsent.put_nowait(Heartbeat(timestamp=self._now_ms()))

    # --- what is said ---

    def _send_what_waits(self) -> None:
        if self._unsent is None:
            return
        for waiting in self._outbox.pending(self._room):
            if waiting.client_message_id not in self._said:
                self._said.add(waiting.client_message_id)
                self._unsent.put_nowait(_text_message(waiting))

    def _acknowledge(self, message: Message) -> None:
        """The server answers for a message by a reply, by the stored one, or by a refusal."""
        if isinstance(message, StreamStart | MessageReceived) and message.client_message_id:
            self._outbox.acknowledged(message.client_message_id)
        if isinstance(message, ErrorMessage) and message.client_message_id:
            if not message.retryable:
                self._outbox.acknowledged(message.client_message_id)
            else:
                self._said.discard(message.client_message_id)
                loop = asyncio.get_running_loop()
                loop.call_later(SAY_AGAIN_SECONDS, self._send_what_waits)

    # --- waiting ---

    async def _wait(self, seconds: float) -> None:
        """Until the pause is over or somebody wants to try now."""
        parts = [
            asyncio.ensure_future(self._pause(seconds)),
            asyncio.create_task(self._again.wait()),
        ]
        try:
            await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for part in parts:
                part.cancel()
            await asyncio.wait(parts)

    def _tell(self, state: State, detail: str, *, next_try_in: float | None = None) -> None:
        self.status = LinkStatus(
            state=state,
            attempts=self._retry.failures,
            exhausted=self._retry.is_exhausted,
            detail=detail,
            next_try_in=next_try_in,
        )
        self._on_status(self.status)


def _text_message(waiting: Unsent) -> TextMessage:
    return TextMessage(
        content=waiting.text,
        room_id=waiting.room,
        client_message_id=waiting.client_message_id,
    )
