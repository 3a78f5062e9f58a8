"""A worker is there again after anything that ends it, and gone for sure after stop."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from avatar_desktop.workers.channel import Message, frame
from avatar_desktop.workers.child import child_environment
from avatar_desktop.workers.supervisor import Patience, Status, Worker

SCRIPT = Path(__file__).parents[2] / "makers" / "obedient_worker.py"
QUICK = Patience(heartbeat=0.1, missed=3, first_restart=0.02, start=10.0)


class Heard:
    """What a worker said, and a way to wait for more of it."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.statuses: list[Status] = []
        self.news = asyncio.Event()

    def message(self, message: Message) -> None:
        self.messages.append(message)
        self.news.set()

    def status(self, status: Status) -> None:
        self.statuses.append(status)
        self.news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self.news.clear()
                await self.news.wait()


def with_worker(
    scene: Callable[[Worker, Heard], Awaitable[None]], *, environment: dict[str, str] | None = None
) -> Worker:
    """Play a scene with a started worker, then stop it and see that nothing is left."""

    async def play() -> Worker:
        heard = Heard()
        worker = Worker(
            "obedient",
            heard.message,
            heard.status,
            command=[sys.executable, str(SCRIPT)],
            environment=environment,
            patience=QUICK,
        )
        worker.start()
        try:
            await scene(worker, heard)
        finally:
            pid = worker.pid
            worker.stop()
            assert worker.pid is None and worker.status == "stopped"
            assert pid is None or not psutil.pid_exists(pid)
        return worker

    before = threading.active_count()
    worker = asyncio.run(play())
    assert threading.active_count() <= before
    return worker


def test_messages_go_there_and_come_back_in_order() -> None:
    async def scene(worker: Worker, heard: Heard) -> None:
        await heard.until(lambda: worker.status == "up")
        for n in range(100):
            assert worker.send({"kind": "echo", "n": n, "payload": b"x" * 10_000})
        await heard.until(lambda: len(heard.messages) == 100)
        assert [message["n"] for message in heard.messages] == list(range(100))
        assert heard.statuses == ["starting", "up"]

    with_worker(scene)


def test_what_a_library_prints_does_not_disturb_the_frames() -> None:
    async def scene(worker: Worker, heard: Heard) -> None:
        await heard.until(lambda: worker.status == "up")
        worker.send({"kind": "print"})
        await heard.until(lambda: heard.messages == [{"kind": "printed"}])

    with_worker(scene)


@pytest.mark.parametrize("deed", ["crash", "hang", "garbage"])
def test_a_worker_that_fails_is_replaced(deed: str) -> None:
    async def scene(worker: Worker, heard: Heard) -> None:
        await heard.until(lambda: worker.status == "up")
        first = worker.pid
        worker.send({"kind": deed})
        await heard.until(lambda: heard.statuses == ["starting", "up", "down", "starting", "up"])
        assert worker.pid != first
        worker.send({"kind": "echo"})
        await heard.until(lambda: heard.messages == [{"kind": "echo"}])

    with_worker(scene)


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 on Windows")
def test_a_killed_worker_is_up_again_and_the_pauses_grow() -> None:
    async def scene(worker: Worker, heard: Heard) -> None:
        for crashes in range(1, 4):
            await heard.until(lambda: worker.status == "up")
            assert worker.pid is not None
            os.kill(worker.pid, signal.SIGKILL)
            await heard.until(lambda: worker.status == "down")
            assert worker.crashes_in_a_row == crashes
        await heard.until(lambda: worker.status == "up")

    with_worker(scene)


def test_nothing_can_be_sent_while_the_worker_is_not_up() -> None:
    async def scene(worker: Worker, heard: Heard) -> None:
        assert worker.status == "starting"
        assert not worker.send({"kind": "echo"})

    with_worker(scene, environment={"NEVER_READY": "1"})


def test_stop_ends_a_worker_that_hangs() -> None:
    async def scene(worker: Worker, heard: Heard) -> None:
        await heard.until(lambda: worker.status == "up")
        worker.send({"kind": "hang"})

    started = time.perf_counter()
    with_worker(scene)
    assert time.perf_counter() - started < 5


def test_a_command_that_does_not_exist_is_tried_again_and_never_raises() -> None:
    async def play() -> list[Status]:
        heard = Heard()
        worker = Worker(
            "nobody", heard.message, heard.status, command=["/no/such/file"], patience=QUICK
        )
        worker.start()
        await heard.until(lambda: heard.statuses.count("starting") == 3)
        worker.stop()
        return heard.statuses

    assert asyncio.run(play())[:4] == ["starting", "down", "starting", "down"]


def test_a_child_ends_when_its_parent_is_gone() -> None:
    child = subprocess.Popen(
        [sys.executable, str(SCRIPT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=child_environment(),
    )
    assert child.stdin is not None and child.stdout is not None
    child.stdin.write(frame({"kind": "hang"}))
    child.stdin.close()
    assert child.wait(10) == 0
    child.stdout.close()
