"""A rival at work: a process that answers a JSON line with a JSON line, one question at a time."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from typing import Any

from benchmarks.rivals import workshop
from benchmarks.rivals.workshop import Absent

_PATIENCE = 120.0
"""Seconds for one answer; some files make a rival hang."""


class Rival:
    """One running rival, or the reason why there is none."""

    def __init__(self, name: str, command: Callable[[], list[str]]) -> None:
        self.name = name
        self.why_absent = ""
        self._command: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        try:
            self._command = command()
        except Absent as reason:
            self.why_absent = str(reason)
            print(f"Rivals: {reason}.", file=sys.stderr)

    def milliseconds(self, op: str, **request: Any) -> list[float] | None:
        """The measured times; None where the rival is absent, refuses, dies or hangs."""
        if self.why_absent:
            return None
        process = self._running()
        assert process.stdin is not None and process.stdout is not None
        impatience = threading.Timer(_PATIENCE, process.kill)
        impatience.start()
        try:
            process.stdin.write(json.dumps({"op": op, **request}) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = ""
        finally:
            impatience.cancel()
        if not line:
            self.close()  # whoever is silent is on its way out; the next question finds another
            return None
        return json.loads(line).get("ms")

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        return self._process


@contextlib.contextmanager
def three_and_pygfx() -> Generator[tuple[Rival, Rival]]:
    """Both rivals, ready to be asked."""
    three = Rival("three.js", workshop.three_command)
    pygfx = Rival("pygfx", workshop.pygfx_command)
    try:
        yield three, pygfx
    finally:
        three.close()
        pygfx.close()
