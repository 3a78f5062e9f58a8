"""The conversation server that comes with the app: started as a child, watched, restarted, ended.

The child reads the mind's key from its standard input and ends when that is closed, so it never
outlives the app. Threads wait for its words and its end; every callback runs on the caller's loop.
"""

import asyncio
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, cast

from avatar_desktop.errors import ConversationError
from avatar_desktop.link.retry import Retry

START_SECONDS: Final = 30.0
END_SECONDS: Final = 3.0
FIRST_RESTART_SECONDS: Final = 0.1
SETTLED_SECONDS: Final = 10.0
"""A server that lived so long has earned a quick restart again."""
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class Address:
    """Where the server is: `url` of the conversation, `http` without a slash, the local token."""

    url: str
    http: str
    token: str = field(repr=False)
    warning: str = ""
    """One sentence when the server runs but keeps nothing, else empty."""


def address_of(http: str, token: str) -> Address:
    """A server that runs already, by the address that a person gives."""
    base = http.rstrip("/")
    return Address(url=base.replace("http", "ws", 1) + "/ar-stream", http=base, token=token)


def serve_command(data: Path, *, mind: str = "", offline: bool = False) -> list[str]:
    """The command line of the bundled server; the frozen app starts itself."""
    own = [sys.executable]
    if not getattr(sys, "frozen", False):
        own += ["-m", "avatar_desktop"]
    command = [*own, "serve", "--child", "--host", "127.0.0.1", "--port", "0", "--data", str(data)]
    if mind:
        command += ["--mind", mind]
    return command + (["--offline"] if offline else [])


class BundledServer:
    """One server process at a time. `on_address` hears every new address, `on_trouble` why not."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        on_address: Callable[[Address], None],
        on_trouble: Callable[[str], None],
        api_key: str = "",
        retry: Retry | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.address: Address | None = None
        self._command = list(command)
        self._on_address, self._on_trouble = on_address, on_trouble
        self._api_key = api_key
        self._retry = retry or Retry(first=FIRST_RESTART_SECONDS)
        self._pause = pause
        self._child: subprocess.Popen[bytes] | None = None
        self._listener: threading.Thread | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    async def start(self) -> Address:
        """Starts the server; the address once it accepts connections."""
        address, ended = await self._start_child()
        self._watch = asyncio.create_task(self._keep_alive(ended))
        return address

    async def close(self) -> None:
        """Ends the child, kindly first, and waits for its end."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait([self._watch])
        if self._child is not None:
            await asyncio.to_thread(_end, self._child)
            self._child = None
        if self._listener is not None:
            await asyncio.to_thread(self._listener.join, END_SECONDS)

    async def _keep_alive(self, ended: asyncio.Future[int]) -> None:
        loop = asyncio.get_running_loop()
        while True:
            started = loop.time()
            status = await ended
            if loop.time() - started >= SETTLED_SECONDS:
                self._retry.succeeded()
            self.address = None
            if self._child is not None:
                _hang_up(self._child)
            _log.error("the server ended with status %s", status)
            self._on_trouble("The conversation server stopped; it is being started again.")
            ended = await self._start_again()

    async def _start_again(self) -> asyncio.Future[int]:
        while True:
            await self._pause(self._retry.failed())
            try:
                _, ended = await self._start_child()
            except ConversationError as error:
                self._on_trouble(str(error))
            else:
                return ended

    async def _start_child(self) -> tuple[Address, asyncio.Future[int]]:
        loop = asyncio.get_running_loop()
        said: asyncio.Future[bytes] = loop.create_future()
        ended: asyncio.Future[int] = loop.create_future()
        child = _spawn(self._command)
        self._child = child
        _tell_key(child, self._api_key)
        self._listener = threading.Thread(
            target=_listen, args=(child, loop, said, ended), name="bundled-server", daemon=True
        )
        self._listener.start()
        try:
            address = _address(await asyncio.wait_for(said, START_SECONDS))
        except (TimeoutError, ValueError) as error:
            await asyncio.to_thread(_end, child)
            raise ConversationError(
                "The conversation server did not start.",
                advice="Its log tells why; `avatar-desktop serve` shows it.",
            ) from error
        self.address = address
        self._on_address(address)
        return address, ended


def _spawn(command: Sequence[str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise ConversationError(f"The conversation server cannot start: {error}.") from error


def _tell_key(child: subprocess.Popen[bytes], key: str) -> None:
    """One line with the key, maybe empty; the pipe stays open as the sign that the app lives."""
    stdin = cast(IO[bytes], child.stdin)
    try:
        stdin.write(key.encode() + b"\n")
        stdin.flush()
    except OSError:
        _log.info("the server ended before it was told its key")


def _listen(
    child: subprocess.Popen[bytes],
    loop: asyncio.AbstractEventLoop,
    said: asyncio.Future[bytes],
    ended: asyncio.Future[int],
) -> None:
    """Thread: the first line that the server says, then its end."""
    stdout = cast(IO[bytes], child.stdout)
    _settle(loop, said, stdout.readline())
    while stdout.readline():
        pass
    stdout.close()
    _settle(loop, ended, child.wait())


def _settle(loop: asyncio.AbstractEventLoop, future: asyncio.Future[Any], value: object) -> None:
    def set_result() -> None:
        if not future.done():
            future.set_result(value)

    try:
        loop.call_soon_threadsafe(set_result)
    except RuntimeError:
        _log.debug("the loop ended before the server did")


def _address(line: bytes) -> Address:
    """The one JSON line of a server that accepts connections; ValueError for anything else."""
    told: Any = json.loads(line)
    if not isinstance(told, dict):
        raise ValueError("no address")
    fields = cast(dict[str, Any], told)
    values = [fields.get(name) for name in ("url", "http", "token")]
    if not all(isinstance(value, str) for value in values):
        raise ValueError("no address")
    url, http, token = cast(list[str], values)
    return Address(url=url, http=http, token=token, warning=str(fields.get("warning") or ""))


def _hang_up(child: subprocess.Popen[bytes]) -> None:
    stdin = cast(IO[bytes], child.stdin)
    try:
        stdin.close()
    except OSError:
        _log.debug("the server had closed its input")


def _end(child: subprocess.Popen[bytes]) -> None:
    """Closes its input, then asks, then kills; returns when it is gone."""
    _hang_up(child)
    for ask in (lambda: None, child.terminate, child.kill):
        ask()
        try:
            child.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return
