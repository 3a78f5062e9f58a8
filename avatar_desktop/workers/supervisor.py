"""Keeps one child process alive: start, heartbeat, restart with patience, certain end.

Promise: every callback runs on the asyncio loop that called `start`; no call blocks it but `stop`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from avatar_desktop.workers.channel import PING, PONG, UP, Message
from avatar_desktop.workers.child import Child, worker_command

Status = Literal["starting", "up", "down", "stopped"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a worker may be silent, and how its restarts are spaced."""

    heartbeat: float = 1.0
    missed: int = 5
    """Heartbeats in a row without any sign of life before the child is killed."""
    start: float = 30.0
    first_restart: float = 0.2
    last_restart: float = 5.0
    settled: float = 10.0
    """A child that was up this long has earned a quick restart again."""


class Worker:
    """A child that is there again soon after anything that ends it.

    Messages sent while it is not up are dropped: whoever sends knows by `on_status` what the new
    child has to be told.
    """

    def __init__(
        self,
        name: str,
        on_message: Callable[[Message], None],
        on_status: Callable[[Status], None],
        *,
        command: Sequence[str] | None = None,
        environment: Mapping[str, str] | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.name = name
        self.status: Status = "stopped"
        self.crashes_in_a_row = 0
        self._on_message = on_message
        self._on_status = on_status
        self._command = list(command or worker_command(name))
        self._environment = environment
        self._patience = patience or Patience()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._child: Child | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._generation = 0
        self._silent_beats = 0
        self._up_since = 0.0

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        return self._child.pid if self._child else None

    def start(self) -> None:
        """Bring the child up; needs a running loop. Nothing happens if it is started already."""
        if self.status == "stopped":
            self._loop = asyncio.get_running_loop()
            self.crashes_in_a_row = 0
            self._spawn()

    def send(self, message: object) -> bool:
        """Hand a map, dataclass or struct to the child; False if it is not up."""
        if self._child is None or self.status != "up":
            return False
        self._child.send(message)
        return True

    def kill(self) -> None:
        """End a child that does not do what it was told; it is there again soon."""
        if self._child is not None:
            _log.warning("worker given up; killed", extra={"worker": self.name})
            self._child.kill()

    def stop(self) -> None:
        """End the child for sure. No callback comes afterwards."""
        self.status = "stopped"
        self._cancel_timer()
        child, self._child = self._child, None
        if child is not None:
            child.end()
            _log.info("worker stopped", extra={"worker": self.name, "child": child.pid})

    def _spawn(self) -> None:
        self._set_status("starting")
        if self.status != "starting":  # the listener stopped us
            return
        self._generation += 1
        generation = self._generation  # news of a child before this one must not count
        try:
            self._child = Child(
                self.name,
                self._command,
                lambda message: self._hand_over(lambda: self._receive(generation, message)),
                lambda status: self._hand_over(lambda: self._after_end(generation, status)),
                self._environment,
            )
        except OSError as error:
            _log.error("worker cannot start: %s", error, extra={"worker": self.name})
            self._plan_restart()
            return
        _log.info("worker started", extra={"worker": self.name, "child": self._child.pid})
        self._silent_beats = 0
        self._later(self._patience.start, self._check_start)

    def _hand_over(self, call: Callable[[], None]) -> None:
        """From a reader thread to the loop; a loop that is closed needs no news."""
        loop = self._loop
        if loop is None or loop.is_closed():
            return
        try:
            loop.call_soon_threadsafe(call)
        except RuntimeError:
            return

    def _receive(self, generation: int, message: Message) -> None:
        if self._child is None or generation != self._generation:
            return
        self._silent_beats = 0
        kind = message.get("kind")
        if kind == UP:
            self._up_since = self._now()
            self._set_status("up")
            if self.status == "up":
                self._later(self._patience.heartbeat, self._beat)
        elif kind != PONG:
            self._on_message(message)

    def _beat(self) -> None:
        if self._child is None:
            return
        self._silent_beats += 1
        if self._silent_beats > self._patience.missed:
            _log.warning("worker does not answer; killed", extra={"worker": self.name})
            self._child.kill()
            return
        self._child.send({"kind": PING})
        self._later(self._patience.heartbeat, self._beat)

    def _check_start(self) -> None:
        if self._child is not None and self.status == "starting":
            _log.warning("worker did not come up; killed", extra={"worker": self.name})
            self._child.kill()

    def _after_end(self, generation: int, exit_status: int) -> None:
        if self.status == "stopped" or generation != self._generation:
            return
        if self._child is not None:
            self._child.end()
        self._child = None
        _log.warning("worker ended", extra={"worker": self.name, "exit_status": exit_status})
        self._plan_restart()

    def _plan_restart(self) -> None:
        was_settled = self.status == "up" and self._now() - self._up_since > self._patience.settled
        self.crashes_in_a_row = 1 if was_settled else self.crashes_in_a_row + 1
        delay = min(
            self._patience.first_restart * 2 ** min(self.crashes_in_a_row - 1, 16),
            self._patience.last_restart,
        )
        self._later(delay, self._spawn)
        self._set_status("down")

    def _set_status(self, status: Status) -> None:
        self.status = status
        self._on_status(status)

    def _now(self) -> float:
        return self._loop.time() if self._loop else 0.0

    def _later(self, delay: float, call: Callable[[], None]) -> None:
        self._cancel_timer()
        if self._loop is not None and not self._loop.is_closed():
            self._timer = self._loop.call_later(delay, call)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
