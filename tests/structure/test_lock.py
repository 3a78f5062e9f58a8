"""The lock holds what pyproject.toml asks for, by hash, for every Python, and names no host."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from lock import server_needs
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
WANTED = {
    "requirements.lock": [*PROJECT["dependencies"], *EXTRAS["film"], *EXTRAS["avatars"]],
    "requirements-dev.lock": [
        *PROJECT["dependencies"],
        *(each for e in EXTRAS.values() for each in e),
    ],
    "requirements-server.lock": server_needs(PROJECT),
}
PYTHONS = ("3.11", "3.12", "3.13")
SYSTEMS = ("linux", "darwin", "win32")


def pins(lock: str, python: str, system: str) -> dict[str, str]:
    """Name → version of what this lock installs there."""
    here = {
        "python_version": python,
        "python_full_version": f"{python}.5",
        "sys_platform": system,
        "implementation_name": "cpython",
    }
    found: dict[str, str] = {}
    for line in (ROOT / lock).read_text("utf-8").splitlines():
        if re.match(r"[A-Za-z0-9]", line):
            pin = Requirement(line.rstrip("\\ "))
            if pin.marker is None or pin.marker.evaluate(here):
                found[canonicalize_name(pin.name)] = str(pin.specifier).removeprefix("==")
    return found


@pytest.mark.parametrize("lock", WANTED)
def test_a_lock_names_no_place_to_get_things_from(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert not [line for line in text.splitlines() if line.startswith("-")]


@pytest.mark.parametrize("lock", WANTED)
def test_every_pin_is_exact_and_hashed(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8").replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9.-]+==\S+ ", entry), entry[:60]
        assert "--hash=sha256:" in entry, entry[:60]


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("lock", WANTED)
def test_lock_and_project_agree(lock: str, python: str, system: str) -> None:
    found = pins(lock, python, system)
    for text in WANTED[lock]:
        asked = Requirement(text)
        here = {"python_version": python, "sys_platform": system}
        if asked.marker and not asked.marker.evaluate(here):
            continue
        version = found.get(canonicalize_name(asked.name))
        assert version, f"{asked.name} is not in {lock}: run python packaging/lock.py"
        assert asked.specifier.contains(version), f"{lock} has {version}, wanted {text}"


@pytest.mark.parametrize("python", PYTHONS)
def test_the_tools_change_nothing_the_app_runs_on(python: str) -> None:
    app = pins("requirements.lock", python, "linux")
    everything = pins("requirements-dev.lock", python, "linux")
    assert app.items() <= everything.items()
    assert pins("requirements-server.lock", python, "linux").items() <= everything.items()


def test_qt_is_not_the_one_that_loses_none_on_python_3_11() -> None:
    version = pins("requirements.lock", "3.11", "linux")["pyside6-essentials"]
    assert tuple(map(int, version.split(".")[:2])) < (6, 12)
