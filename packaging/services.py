"""A PostgreSQL and a Redis of one's own, for as long as somebody needs them: on free loopback
ports, with data in a folder that goes away. Standard library only; nothing of the system's changes.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

DATABASE = "AVATAR_DESKTOP_TEST_DATABASE"
REDIS = "AVATAR_DESKTOP_TEST_REDIS"
"""Where the tests look for the services that were started for them."""
PLACES = (
    "usr/lib/postgresql/*/bin",
    "usr/local/pgsql/bin",
    "opt/homebrew/opt/postgresql*/bin",
    "usr/local/opt/postgresql*/bin",
)
START_SECONDS = 30.0
PORTS = range(15_000, 32_000)
INSTALL = "on Linux dev.py test --services installs it, elsewhere its own installer"


class NoService(Exception):
    """A service cannot be had here; the message says which, and what to do."""


def postgres_programs() -> Path | None:
    """The folder of PostgreSQL's programs; Debian keeps them off the PATH."""
    for pattern in PLACES:
        for folder in sorted(Path("/").glob(pattern), reverse=True):
            if (folder / "initdb").exists():
                return folder
    told = shutil.which("initdb")
    return None if told is None else Path(told).parent


def redis_program() -> str | None:
    """Redis, or the fork that took its place."""
    return shutil.which("redis-server") or shutil.which("valkey-server")


def free_port() -> int:
    """A port that nobody listens on; not one that the system hands out by itself meanwhile."""
    while True:
        port = random.choice(PORTS)
        with suppress(OSError), socket.socket() as tried:
            tried.bind(("127.0.0.1", port))
            return port


@contextmanager
def postgres() -> Generator[str]:
    """The address of a PostgreSQL. Raises NoService."""
    programs = postgres_programs()
    if programs is None or os.name == "nt":
        raise NoService(f"PostgreSQL is not installed: {INSTALL}")
    with tempfile.TemporaryDirectory(prefix="conversations-postgres-") as folder:
        place, port, user = Path(folder), free_port(), _postgres_user()
        if user is not None:
            shutil.chown(place, user)

        def run(*command: str | Path, check: bool = True) -> None:
            try:
                # Output goes to a file: a server that lives on would hold a pipe open.
                with (place / "said").open("w+") as said:
                    subprocess.run(
                        command, user=user, cwd=folder, check=check, stdout=said, stderr=said
                    )
            except (OSError, subprocess.CalledProcessError) as error:
                told = (place / "said").read_text(errors="replace").strip() or error
                raise NoService(f"PostgreSQL does not start: {told}") from error

        data, log = place / "data", place / "log"
        control = (programs / "pg_ctl", "-D", data, "-w")
        plain = ("--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        run(programs / "initdb", "-D", data, "-A", "trust", "-U", "tester", *plain)
        settings = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {folder}"
        try:
            run(*control, "-o", settings, "-l", log, "start")
            yield f"postgresql://tester@127.0.0.1:{port}/postgres"
        finally:
            run(*control, "-m", "immediate", "stop", check=False)


def _postgres_user() -> str | None:
    """PostgreSQL refuses to run as root, so root lends it another name."""
    if os.name == "nt" or os.geteuid() != 0:
        return None
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


class RedisServer:
    """One Redis that keeps nothing; it can be stopped and started again at the same address."""

    def __init__(self, folder: str) -> None:
        """Raises NoService."""
        program = redis_program()
        if program is None:
            raise NoService(f"Redis is not installed: {INSTALL}")
        self._port = free_port()
        self._log = Path(folder, "log")
        plain = ("--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder)
        self._command = (program, "--port", str(self._port), *plain, "--logfile", str(self._log))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Returns once it accepts connections."""
        # In a session of its own: Ctrl-C is for the tests, which end it when they are through.
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(
            self._command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )
        until = time.monotonic() + START_SECONDS
        while self._process.poll() is None and time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1.0):
                return
            time.sleep(0.01)
        self.stop()
        told = self._log.read_text(errors="replace")[-300:] if self._log.exists() else ""
        raise NoService(f"Redis does not start: {told.strip()}")

    def stop(self) -> None:
        """At once; it has nothing to keep."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def redis() -> Generator[RedisServer]:
    """One that accepts connections. Raises NoService."""
    with tempfile.TemporaryDirectory(prefix="conversations-redis-") as folder:
        server = RedisServer(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def running(say: Callable[[str], None]) -> Generator[dict[str, str]]:
    """Both, as environment variables; one that cannot be had is told of and left out."""
    with ExitStack() as held:
        addresses: dict[str, str] = {}
        with _told(say):
            addresses[DATABASE] = held.enter_context(postgres())
        with _told(say):
            addresses[REDIS] = held.enter_context(redis()).url
        if addresses:
            say("Services: " + ", ".join(addresses.values()))
        yield addresses


@contextmanager
def _told(say: Callable[[str], None]) -> Generator[None]:
    try:
        yield
    except NoService as why:
        say(f"{why}. The tests that want it are skipped.")
