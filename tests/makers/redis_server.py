"""A real Redis of a test's own, where it is installed: started, stopped, started again, gone."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.makers.postgres import free_port


class RedisServer:
    """One server on a port of its own that keeps nothing."""

    def __init__(self, program: str, folder: str) -> None:
        self._program = program
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        plain = ("--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", self._folder)
        self._process = subprocess.Popen(
            [self._program, "--port", str(self._port), *plain],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if b"Ready to accept connections" in line:
                return
        raise AssertionError("Redis did not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """One that accepts connections."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        pytest.skip("Redis is not installed: dev.py test --services installs it")
    with tempfile.TemporaryDirectory(prefix="conversations-redis-") as folder:
        server = RedisServer(program, folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
