"""One child process seen from the parent: its pipes, its threads and its certain end.

Promise: nothing here blocks the caller but `end`, and that for well under a second.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from avatar_desktop.workers.channel import ChannelError, Message, frame, read_message

LEAVE_SECONDS = 0.3
"""How long a child may take to leave by itself once its input is closed."""
TERMINATE_SECONDS = 0.5


def worker_command(name: str) -> list[str]:
    """The command line that runs this very app as the worker `name`."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--worker", name]
    return [sys.executable, "-m", "avatar_desktop", "--worker", name]


def child_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The parent's environment, in which the package is found from any current folder."""
    environment = dict(os.environ)
    if not getattr(sys, "frozen", False):
        home = str(Path(__file__).resolve().parents[2])
        known = environment.get("PYTHONPATH", "")
        if home not in known.split(os.pathsep):
            environment["PYTHONPATH"] = os.pathsep.join(filter(None, [home, known]))
    environment.update(extra or {})
    return environment


class Child:
    """A running child. `on_message` and `on_end(exit status)` are called on a reader thread."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        on_message: Callable[[Message], None],
        on_end: Callable[[int], None],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._name = name
        self._on_message = on_message
        self._on_end = on_end
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=child_environment(environment),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        jobs = (("reader", self._read), ("writer", self._write), ("log", self._log))
        self._threads = [
            threading.Thread(target=job, name=f"{name}-{role}", daemon=True) for role, job in jobs
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, message: object) -> None:
        """Queue one message; it is lost if the child ends before it is written."""
        self._outbox.put(frame(message))

    def kill(self) -> None:
        """End a child that does not answer; `on_end` follows."""
        self._process.kill()

    def end(self) -> int:
        """Close the pipe, and if the child does not leave, terminate it, then kill it."""
        self._outbox.put(None)
        process = self._process
        steps = ((LEAVE_SECONDS, process.terminate), (TERMINATE_SECONDS, process.kill))
        for patience, push in steps:
            try:
                process.wait(patience)
                break
            except subprocess.TimeoutExpired:
                push()
        status = process.wait()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(1.0)
        return status

    def _read(self) -> None:
        stream = cast(BinaryIO, self._process.stdout)
        with contextlib.suppress(OSError, ValueError):
            while True:
                try:
                    message = read_message(stream)
                except ChannelError as error:
                    logging.getLogger(__name__).error("%s: %s", self._name, error)
                    self._process.kill()
                    break
                if message is None:
                    break
                self._on_message(message)
        status = self._process.wait()
        stream.close()
        self._outbox.put(None)
        self._on_end(status)

    def _write(self) -> None:
        stream = cast(BinaryIO, self._process.stdin)
        with contextlib.suppress(OSError, ValueError):
            while (data := self._outbox.get()) is not None:
                stream.write(data)
                stream.flush()
        with contextlib.suppress(OSError, ValueError):
            stream.close()

    def _log(self) -> None:
        """What the child says on standard error belongs to the log."""
        logger = logging.getLogger(f"{__name__}.{self._name}")
        stream = cast(BinaryIO, self._process.stderr)
        with contextlib.suppress(OSError, ValueError):
            for line in stream:
                text = line.decode("utf-8", "replace").rstrip()
                if text:
                    logger.warning(text)
        stream.close()
