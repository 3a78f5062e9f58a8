"""A real PostgreSQL of a test's own, where it is installed: made, started, and gone again."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")


def _programs() -> Path | None:
    for pattern in PLACES:
        found = sorted(Path("/").glob(pattern.removeprefix("/")), reverse=True)
        for folder in found:
            if (folder / "initdb").exists():
                return folder
    told = shutil.which("initdb")
    return None if told is None else Path(told).parent


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def postgres() -> Iterator[str]:
    """The address of an empty database."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: dev.py test --services installs it")
    # The server refuses to run as root, as the tests may in a container.
    user = "postgres" if os.name == "posix" and os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="conversations-postgres-") as folder:
        place, port = Path(folder), free_port()
        if user is not None:
            shutil.chown(place, user)

        def run(*command: str | Path) -> None:
            subprocess.run(command, user=user, cwd=folder, check=True, capture_output=True)

        data, log = place / "data", place / "log"
        plain = ("--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        run(programs / "initdb", "-D", data, "-A", "trust", "-U", "tester", *plain)
        settings = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {folder}"
        run(programs / "pg_ctl", "-D", data, "-w", "-o", settings, "-l", log, "start")
        try:
            yield f"postgresql://tester@127.0.0.1:{port}/postgres"
        finally:
            run(programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
