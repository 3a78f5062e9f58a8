"""The import contracts of pyproject.toml, each broken on purpose in a copy of the empty house."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
    "contracts"
]
NAMES = {contract["id"]: contract["name"] for contract in CONTRACTS}

# contract → the file that breaks it and what that file imports
BREAKS = {
    "floors": ("avatar_desktop/reply/peeks_up.py", "avatar_desktop.voice"),
    "qt": ("avatar_desktop/companion/paints.py", "PySide6"),
    "gl": ("avatar_desktop/ui/draws.py", "OpenGL"),
    "sound": ("avatar_desktop/voice/beeps.py", "sounddevice"),
    "http": ("avatar_desktop/library/fetches.py", "aiohttp"),
    "websockets": ("server_stub/dials.py", "websockets"),
    "msgspec": ("avatar_desktop/motion/parses.py", "msgspec"),
    "av": ("avatar_desktop/sound/encodes.py", "av"),
    "onnx": ("avatar_desktop/lips/infers.py", "onnxruntime"),
    "operator": ("avatar_desktop/link/counts.py", "prometheus_client"),
    "decoders": ("avatar_desktop/render/unpacks.py", "DracoPy"),
    "alone": ("avatar_desktop/wire/complains.py", "avatar_desktop.errors"),
    "server": ("server_stub/speaks.py", "avatar_desktop.reply"),
    "serve": ("avatar_desktop/cli/speak.py", "server_stub"),
}


def an_empty_house(place: Path) -> None:
    """The rooms the contracts name, without furniture."""
    floors = next(each for each in CONTRACTS if each["id"] == "floors")
    rooms = [room for layer in floors["layers"] for room in re.split(r"\s*\|\s*", layer)]
    files = [f"avatar_desktop/{room}/__init__.py" for room in rooms if room != "__main__"]
    files += ["avatar_desktop/__init__.py", "avatar_desktop/__main__.py", "server_stub/__init__.py"]
    files += ["avatar_desktop/voice/engines/__init__.py", "avatar_desktop/cli/serve.py"]
    files += ["server_stub/voice/speaking.py", "avatar_desktop/avatar/gltf/__init__.py"]
    files += ["avatar_desktop/avatar/gltf/decoders/__init__.py", "server_stub/ears/__init__.py"]
    files += ["server_stub/voice/__init__.py"]
    for name in files:
        file = place / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    # a door is only guarded where somebody uses it
    for door, library in (
        ("avatar_desktop/ui/qt.py", "PySide6, qasync"),
        ("avatar_desktop/render/gl.py", "OpenGL"),
        ("avatar_desktop/sound/device.py", "sounddevice"),
        ("avatar_desktop/link/socket.py", "aiohttp, websockets"),
        ("avatar_desktop/wire/structs.py", "msgspec"),
        ("avatar_desktop/film/encode.py", "av"),
        ("avatar_desktop/avatar/gltf/decoders/all.py", "meshopt, DracoPy, opengl_basisu"),
        ("avatar_desktop/voice/engines/neural.py", "onnxruntime"),
        ("server_stub/figures.py", "prometheus_client, asyncpg, redis"),
        ("server_stub/ears/packed.py", "av"),
        ("avatar_desktop/errors.py", "enum"),
        ("server_stub/voice/speaking.py", "avatar_desktop.voice"),
        ("avatar_desktop/cli/serve.py", "server_stub"),
    ):
        (place / door).write_text(f"import {library}\n", "utf-8")
    shutil.rmtree(place / "avatar_desktop/errors")
    shutil.copy(ROOT / "pyproject.toml", place)


def verdicts(place: Path) -> str:
    code = (
        f"import sys; sys.path.insert(0, {str(place)!r});"
        "from importlinter.cli import lint_imports_command as go; go(['--no-cache'])"
    )
    asked = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        cwd=place,
        capture_output=True,
        text=True,
        timeout=100,
    )
    return asked.stdout + asked.stderr


@pytest.fixture(scope="module")
def broken_house(tmp_path_factory: pytest.TempPathFactory) -> str:
    place = tmp_path_factory.mktemp("broken")
    an_empty_house(place)
    for name, imported in BREAKS.values():
        (place / name).write_text(f"def late() -> None:\n    import {imported}\n", "utf-8")
    return verdicts(place)


def test_every_contract_is_broken_on_purpose_below() -> None:
    assert set(BREAKS) == set(NAMES)


def test_the_empty_house_keeps_every_contract(tmp_path: Path) -> None:
    an_empty_house(tmp_path)
    said = verdicts(tmp_path)
    assert f"{len(NAMES)} kept, 0 broken" in said, said


@pytest.mark.parametrize("contract", sorted(BREAKS))
def test_a_broken_contract_is_caught_and_names_the_import(contract: str, broken_house: str) -> None:
    name, imported = BREAKS[contract]
    importer = name.removesuffix(".py").replace("/", ".")
    assert f"{NAMES[contract]} BROKEN" in broken_house, broken_house
    section = broken_house.split(f"\n{NAMES[contract]}\n---", 1)[1].split("\n---", 1)[0]
    assert importer in section, section
    assert imported.removeprefix("avatar_desktop.") in section


def test_a_room_without_a_floor_is_caught(tmp_path: Path) -> None:
    an_empty_house(tmp_path)
    (tmp_path / "avatar_desktop/utils.py").touch()
    said = verdicts(tmp_path)
    assert "Floors: imports go down only BROKEN" in said, said
    assert "utils" in said
