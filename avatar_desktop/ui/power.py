"""Whether the machine lives on its battery, asked of the system itself."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

SUPPLIES = Path("/sys/class/power_supply")
_UNLIMITED = -2.0
"""macOS's time left while the mains feed the machine."""


def on_battery() -> bool:
    """False where nobody knows."""
    try:
        if sys.platform == "win32":
            return _windows()
        if sys.platform == "darwin":
            return _macos()
        return linux_on_battery(SUPPLIES)
    except (OSError, AttributeError, ValueError):
        return False


def linux_on_battery(supplies: Path) -> bool:
    """A battery of the machine itself gives power, and no mains does."""
    kinds: dict[str, list[Path]] = {}
    for supply in supplies.iterdir() if supplies.is_dir() else ():
        if _word(supply / "scope") != "Device":  # a mouse has a battery too
            kinds.setdefault(_word(supply / "type"), []).append(supply)
    if any(
        _word(each / "online") == "1" for kind in ("Mains", "USB") for each in kinds.get(kind, ())
    ):
        return False
    return any(_word(each / "status") == "Discharging" for each in kinds.get("Battery", ()))


def _word(file: Path) -> str:
    try:
        return file.read_text("ascii", "replace").strip()
    except OSError:
        return ""


def _windows() -> bool:
    class PowerStatus(ctypes.Structure):
        _fields_ = (
            ("ACLineStatus", ctypes.c_ubyte),
            ("BatteryFlag", ctypes.c_ubyte),
            ("BatteryLifePercent", ctypes.c_ubyte),
            ("SystemStatusFlag", ctypes.c_ubyte),
            ("BatteryLifeTime", ctypes.c_uint32),
            ("BatteryFullLifeTime", ctypes.c_uint32),
        )

    status = PowerStatus()
    kernel = ctypes.CDLL("kernel32")
    return bool(kernel.GetSystemPowerStatus(ctypes.byref(status))) and status.ACLineStatus == 0


def _macos() -> bool:
    kit = ctypes.CDLL("/System/Library/Frameworks/IOKit.framework/IOKit")
    kit.IOPSGetTimeRemainingEstimate.restype = ctypes.c_double
    return float(kit.IOPSGetTimeRemainingEstimate()) != _UNLIMITED
