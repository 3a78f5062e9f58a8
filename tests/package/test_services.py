"""The services that the tests run beside: there while they are wanted, gone with whoever asked."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import services

import system_packages

ROOT = Path(__file__).resolve().parents[2]
# dev.py with a command in the place of the tests, which tells what it was handed and then waits.
BESIDE = '''
import sys
import dev
tests = """
import os, sys, time
try:
    print(*[os.environ.get(name) for name in sys.argv[1:]], flush=True)
    time.sleep(600)
except KeyboardInterrupt:
    sys.exit(7)
"""
dev.system_ready = lambda command: None
command = [sys.executable, "-c", tests, *sys.argv[1:]]
sys.exit(dev.beside_services(command))
'''


def is_there(address: str) -> bool:
    parts = urlsplit(address)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), 5).close()
    except OSError:
        return False
    return True


@pytest.fixture
def installed() -> None:
    if services.postgres_programs() is None or services.redis_program() is None:
        pytest.skip(f"PostgreSQL or Redis is not installed: {services.INSTALL}")


@pytest.mark.skipif(os.name != "posix", reason="signals to a group are of POSIX")
@pytest.mark.parametrize("to_all", [True, False], ids=["Ctrl-C", "an end to dev.py alone"])
def test_the_services_end_with_the_run(installed: None, to_all: bool) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", BESIDE, services.DATABASE, services.REDIS],
        cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True, text=True,
    )  # fmt: skip
    assert run.stdout is not None
    with run:
        addresses = run.stdout.readline().split()
        assert [urlsplit(each).scheme for each in addresses] == ["postgresql", "redis"]
        assert all(map(is_there, addresses))
        if to_all:
            os.killpg(run.pid, signal.SIGINT)
        else:
            run.terminate()
        assert run.wait(60) == 7  # the status of the tests
    assert not any(map(is_there, addresses))


def test_what_is_not_installed_is_told_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "postgres_programs", lambda: None)
    monkeypatch.setattr(services, "redis_program", lambda: None)
    said: list[str] = []
    with services.running(said.append) as addresses:
        assert addresses == {}
    assert [line.split(" is ")[0] for line in said] == ["PostgreSQL", "Redis"]
    assert all("dev.py test --services" in line and "skipped" in line for line in said)
    lacking = [need.apt for need in system_packages.NEEDS if "services" in need.commands]
    assert lacking == ["postgresql", "redis-server"]


def test_a_redis_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "redis_program", lambda: sys.executable)
    with pytest.raises(services.NoService, match="Redis does not start"), services.redis():
        pass
