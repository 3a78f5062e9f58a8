"""The sound before all else: what this process asks of the system, as far as that allows it.

A moment's wait is heard as a crackle here, and nowhere else in the app is it even seen.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any, Final

NICE: Final = -11
"""What sound servers ask for themselves."""
SWITCH_SECONDS: Final = 0.001
"""The device's callback waits no longer than this for the thread that prepares sounds."""
_HIGH_PRIORITY_CLASS: Final = 0x80


def go_first() -> None:
    """Ask for it; refusals are normal for who has no right to it."""
    sys.setswitchinterval(SWITCH_SECONDS)
    if sys.platform == "win32":
        _go_first_on_windows()
    else:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, NICE)


def _go_first_on_windows() -> None:
    import ctypes

    kernel: Any = getattr(ctypes, "windll").kernel32  # noqa: B009  pyright knows it on Windows only
    kernel.SetPriorityClass(kernel.GetCurrentProcess(), _HIGH_PRIORITY_CLASS)
