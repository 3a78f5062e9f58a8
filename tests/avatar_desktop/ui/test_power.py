"""A battery is told from the mains by what Linux writes of its supplies."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatar_desktop.ui.power import linux_on_battery, on_battery

BATTERY = {"type": "Battery", "status": "Discharging"}
CHARGING = {"type": "Battery", "status": "Charging"}
MOUSE = {"type": "Battery", "status": "Discharging", "scope": "Device"}
PLUGGED, UNPLUGGED = {"type": "Mains", "online": "1"}, {"type": "Mains", "online": "0"}


@pytest.mark.parametrize(
    ("supplies", "expected"),
    [
        ([], False),
        ([PLUGGED], False),
        ([BATTERY, UNPLUGGED], True),
        ([BATTERY, PLUGGED], False),
        ([CHARGING, {"type": "USB", "online": "1"}], False),
        ([MOUSE], False),
        ([BATTERY], True),
    ],
)
def test_by_its_supplies(supplies: list[dict[str, str]], expected: bool, tmp_path: Path) -> None:
    for number, supply in enumerate(supplies):
        folder = tmp_path / f"supply{number}"
        folder.mkdir()
        for name, word in supply.items():
            (folder / name).write_text(f"{word}\n")
    assert linux_on_battery(tmp_path) is expected


def test_a_machine_without_the_folder_has_no_battery(tmp_path: Path) -> None:
    assert linux_on_battery(tmp_path / "nothing") is False
    assert on_battery() in (True, False)
