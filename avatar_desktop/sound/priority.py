"""The sound before all else: what this process asks of the system, as far as that allows it.

A moment's wait is heard as a crackle here, and nowhere else in the app is it even seen.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any, Final

TURN: Final = 5
"""In real time, as sound servers run: below them in rank a few system threads, above no desktop."""
NICE: Final = -11
"""What sound servers ask for themselves where real time is refused.

It counts only among the programs of one session on Linux: others are not even compared.
"""
RUNAWAY_SECONDS: Final = 5
"""So long without a rest, and the system ends this process rather than starve the others."""
SWITCH_SECONDS: Final = 0.001
"""The device's callback waits no longer than this for the thread that prepares sounds."""
_HIGH_PRIORITY_CLASS: Final = 0x80


def go_first() -> None:
    """Ask for it; refusals are normal for who has no right to it.

    Before any other thread begins: threads inherit it, and the device's own waits for all that
    hold the interpreter.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    if sys.platform == "win32":
        _go_first_on_windows()
        return
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, NICE)
    if sys.platform.startswith("linux"):
        _go_in_real_time()


def _go_in_real_time() -> None:
    import resource

    microseconds = RUNAWAY_SECONDS * 1_000_000
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_RTTIME, (microseconds, microseconds))
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(TURN))


def _go_first_on_windows() -> None:
    import ctypes

    kernel: Any = getattr(ctypes, "windll").kernel32  # noqa: B009  pyright knows it on Windows only
    kernel.SetPriorityClass(kernel.GetCurrentProcess(), _HIGH_PRIORITY_CLASS)
