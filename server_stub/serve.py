"""The server put together: data folder, history, gate, minds, port; opened in order, closed in
reverse.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import secrets
import signal
import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from server_stub.door.gate import (
    Gate,
    GateError,
    is_user_name,
    read_secret,
    rotate_secret,
    secret_of_text,
)
from server_stub.door.limits import LOCAL_USER
from server_stub.ears.transcriber import OpenEars
from server_stub.history.errors import HistoryError
from server_stub.history.store import History
from server_stub.house import COMPANION, House
from server_stub.line.listener import Listener, ListenError
from server_stub.mind.address import is_loopback_host
from server_stub.mind.choice import Minds
from server_stub.mind.contract import MindError
from server_stub.offline import stay_on_this_machine
from server_stub.options import OptionError, Options

if TYPE_CHECKING:  # one server alone does without
    from server_stub.fleet.fleet import Fleet

DATABASE_NAME: Final = "conversations.db"
LOCK_NAME: Final = "server.lock"
LOCK_SECONDS: Final = 2.0
EVENTS_KEPT_MS: Final = 7 * 24 * 3600 * 1000
"""How long a broken connection can be caught up; the messages themselves stay for ever."""
FORGETS_EVERY: Final = 6 * 3600.0
"""Seconds after which a server that runs on looks for such events again."""
YOUNG_OBJECTS: Final = 3_000
"""How many there are before they are searched for garbage."""

_log = logging.getLogger("server")


class ServeError(Exception):
    """The server cannot start; the message is one sentence for the person."""


def now_ms() -> int:
    """Whole milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def run(options: Options) -> int:
    """Serves until it is told to stop; the exit status. Says what is wrong on standard error."""
    try:
        if options.rotates_secret:
            return rotate(options)
        if options.issue_token is not None:
            return asyncio.run(issue_token(options, options.issue_token))
        return asyncio.run(serve(options))
    except (ServeError, GateError, MindError, ListenError, OptionError, HistoryError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 0


async def serve(options: Options, ears: OpenEars | None = None) -> int:
    """One server, from its first line to its last; without ears it hears no voices."""
    # One big block freed once keeps the reads of asyncio off mmap: twice the speed on Linux.
    bytes(1 << 20)
    if options.offline:
        if not is_loopback_host(options.host):
            raise OptionError(
                f"--offline keeps everything on this machine, and {options.host} is beyond it."
            )
        stay_on_this_machine()
    stop = asyncio.Event()
    minds = Minds(options.mind, key=options.openai_key, offline=options.offline)
    if options.is_child:
        _watch_parent(stop, minds)
    shared = options.redis is not None
    with _holding(options.data, shared=shared) as place:
        history, warning = _open_history(place, options.database, shared=shared)
        gate = Gate(_secret(options, place.folder), options.origins)
        fleet = _fleet(options, gate)
        house = House(history, minds, now_ms, warning, options.limits, fleet=fleet, ears=ears)
        listener = Listener(house, gate, options.limits, options.front)
        try:
            if fleet is not None:
                await fleet.reach()
            await _prepare(history, fleet)
            await listener.open(options.host, options.port)
            if fleet is not None:
                await fleet.open(_peer_address(options, listener.port), house, house.figures)
            forgetting = asyncio.create_task(forget_now_and_then(history))
            _stop_on_signals(stop)
            _search_for_garbage_less()
            _announce(options, listener.port, gate, warning)
            await stop.wait()
            _log.info("stopping")
            forgetting.cancel()
            await listener.close()
        finally:
            if fleet is not None:
                await fleet.close()
            await minds.close()
            history.close()
    return 0


def _fleet(options: Options, gate: Gate) -> Fleet | None:
    if options.redis is None:
        return None
    from server_stub.fleet.fleet import Fleet

    return Fleet(options.redis, gate.mark(), now_ms, options.lease_seconds)


def _peer_address(options: Options, port: int) -> str:
    """Where the other servers find this one."""
    host = options.peer_host or options.host
    if host in ("0.0.0.0", "::"):
        host = socket.gethostbyname(socket.gethostname())
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


async def issue_token(options: Options, user: str) -> int:
    """Prints a token of this installation, beside a running server too."""
    if not is_user_name(user):
        raise ServeError("The name of the user must have 1 to 200 characters that can be shown.")
    if options.data is None:
        raise ServeError("A token belongs to a data folder: name it with --data DIR.")
    try:
        options.data.mkdir(parents=True, exist_ok=True)
        secret = _given_secret(options) or read_secret(options.data)
        if options.database is not None:  # people are made there when they first open a room
            sys.stdout.write(Gate(secret).issue(user, time.time()) + "\n")
            return 0
        history = History(options.data / DATABASE_NAME)
    except OSError as error:
        raise ServeError(f"The folder {options.data} cannot be used: {error.strerror}.") from error
    except HistoryError as error:
        raise ServeError(str(error)) from error
    try:
        await history.know_person(user, now_ms())
    except HistoryError as error:
        raise ServeError(str(error)) from error
    finally:
        history.close()
    sys.stdout.write(Gate(secret).issue(user, time.time()) + "\n")
    sys.stdout.flush()
    return 0


def rotate(options: Options) -> int:
    """Makes a new secret while no server runs on the folder; every token of before ends."""
    if options.jwt_secret is not None:
        raise ServeError("The secret comes from JWT_SECRET: change it there.")
    if options.data is None:
        raise ServeError("A secret belongs to a data folder: name it with --data DIR.")
    with _holding(options.data) as place:
        if place.folder is None:
            raise ServeError(place.warning)
        try:
            rotate_secret(place.folder)
        except OSError as error:
            reason = error.strerror
            raise ServeError(f"The secret in {place.folder} cannot be kept: {reason}.") from error
    return 0


# --- the data folder


@dataclass(frozen=True)
class _Place:
    """The folder held by this server alone, or none and the reason why nothing is kept."""

    folder: Path | None
    warning: str = ""


@contextlib.contextmanager
def _holding(data: Path | None, *, shared: bool = False) -> Generator[_Place]:
    if data is None:
        yield _Place(None)
        return
    lock: sqlite3.Connection | None = None
    place = _Place(data)
    try:
        data.mkdir(parents=True, exist_ok=True)
        # A lock of the database engine works alike on every system and ends with the process.
        lock = sqlite3.connect(data / LOCK_NAME, isolation_level=None, timeout=LOCK_SECONDS)
        if shared:
            lock.execute("BEGIN")
            lock.execute("SELECT count(*) FROM sqlite_master").fetchall()
        else:
            lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise ServeError(
                f"Another server already uses the folder {data}. "
                "Stop it, or choose another one with --data."
            ) from error
        place = _Place(None, _unkept(f"The folder {data} cannot be written."))
    except (OSError, sqlite3.DatabaseError) as error:
        place = _Place(None, _unkept(f"The folder {data} cannot be used ({error})."))
    try:
        yield place
    finally:
        if lock is not None:
            lock.close()


def _open_history(place: _Place, database: str | None, *, shared: bool) -> tuple[History, str]:
    if database is not None:
        try:
            return History(database, shared=shared), ""
        except HistoryError as error:
            raise ServeError(str(error)) from error
    if place.folder is None:
        return History(None), place.warning
    try:
        return History(place.folder / DATABASE_NAME), ""
    except HistoryError as error:
        return History(None), _unkept(str(error))


def _unkept(reason: str) -> str:
    return f"{reason} This conversation will be forgotten when the server stops."


def _given_secret(options: Options) -> bytes | None:
    return None if options.jwt_secret is None else secret_of_text(options.jwt_secret)


def _secret(options: Options, folder: Path | None) -> bytes:
    given = _given_secret(options)
    if given is not None:
        return given
    if folder is None:
        return secrets.token_bytes(32)
    try:
        return read_secret(folder)
    except OSError as error:
        raise ServeError(f"The secret in {folder} cannot be kept: {error.strerror}.") from error


async def _prepare(history: History, fleet: Fleet | None) -> None:
    """What a new start owes to the last one."""
    now = now_ms()
    try:
        await history.know_person(LOCAL_USER, now)
        await history.add_agent(msgspec.structs.replace(COMPANION, created_at=now))
        if fleet is None:
            broken = await history.close_broken_replies(now)
        else:
            broken = await fleet.close_broken_replies(history)
        await history.forget_events(now - EVENTS_KEPT_MS)
    except HistoryError as error:
        raise ServeError(str(error)) from error
    if broken:
        _log.warning("replies were broken off", extra={"replies": broken})


async def forget_now_and_then(history: History) -> None:
    """Drops what can no longer be replayed, for as long as the server runs."""
    while True:
        await asyncio.sleep(FORGETS_EVERY)
        with contextlib.suppress(HistoryError):  # the next time, then
            await history.forget_events(now_ms() - EVENTS_KEPT_MS)


# --- start and stop


def _search_for_garbage_less() -> None:
    """All wait meanwhile: it is not looked for among what is there now and stays, nor whenever a
    few rooms happen to be at work at once.
    """
    gc.freeze()
    gc.enable()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])


def _announce(options: Options, port: int, gate: Gate, warning: str) -> None:
    host = f"[{options.host}]" if ":" in options.host else options.host
    if options.host in ("0.0.0.0", "::"):
        host = "127.0.0.1"
    line = {
        "url": f"ws://{host}:{port}/ar-stream",
        "http": f"http://{host}:{port}",
    }
    if not options.in_container:
        line["token"] = gate.issue(LOCAL_USER, time.time())
    if warning:
        sys.stderr.write(f"{warning}\n")
        _log.warning("nothing is kept", extra={"reason": warning})
        line["warning"] = warning
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    sys.stdout.flush()
    _log.info("listening", extra={"host": options.host, "port": port})


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is None:
            continue
        try:
            loop.add_signal_handler(number, stop.set)
        except (NotImplementedError, RuntimeError, ValueError):
            with contextlib.suppress(ValueError):
                signal.signal(number, _from_signal(loop, stop))


def _from_signal(
    loop: asyncio.AbstractEventLoop, stop: asyncio.Event
) -> Callable[[int, object], None]:
    def handler(_number: int, _frame: object) -> None:
        loop.call_soon_threadsafe(stop.set)

    return handler


def _watch_parent(stop: asyncio.Event, minds: Minds) -> None:
    """The bundled server: a first line may bring the key; when the parent goes, so does it."""
    loop = asyncio.get_running_loop()

    def tell(verb: Callable[..., object], *given: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop may have ended by itself
            loop.call_soon_threadsafe(verb, *given)

    def read() -> None:
        if key := sys.stdin.readline().strip():
            tell(minds.use_key, key)
        while sys.stdin.read(4096):
            pass
        tell(stop.set)

    threading.Thread(target=read, name="parent", daemon=True).start()
