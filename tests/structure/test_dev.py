"""The front door: what it offers, a quick second start, a harmless interruption."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

import dev
import system_packages as system

ROOT = Path(__file__).resolve().parents[2]
PROMISED = ["run", "test", "check", "bench", "bars", "pictures", "package", "doctor", "env"]


@pytest.fixture
def an_env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place that looks like an environment to dev.py."""
    env = tmp_path / "env"
    monkeypatch.setattr(dev, "ENV", env)
    monkeypatch.setattr(dev, "ENV_PYTHON", env / "bin" / "python")
    (env / "bin").mkdir(parents=True)
    (env / "bin" / "python").touch()
    (env / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.12.4\n")
    return env


def test_the_help_offers_every_promised_command() -> None:
    usage = dev.usage()
    for name in PROMISED:
        assert f"\n  {name} " in usage


def test_an_unknown_command_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["fly"]) == 2
    assert "fly" in capsys.readouterr().err


def test_an_environment_tells_its_python(an_env: Path) -> None:
    assert dev.env_version() == (3, 12)
    (an_env / "bin" / "python").unlink()
    assert dev.env_version() is None


def test_an_environment_is_ready_only_after_its_stamp(an_env: Path) -> None:
    assert not dev.is_ready("app")
    dev.stamp("app").write_text(dev.fingerprint("app"))
    assert dev.is_ready("app")
    assert not dev.is_ready("dev")


def test_what_the_tests_need_includes_what_the_app_needs(an_env: Path) -> None:
    dev.stamp("dev").write_text(dev.fingerprint("dev"))
    assert dev.is_ready("app")


def test_another_python_or_lock_makes_the_stamp_stale(an_env: Path) -> None:
    dev.stamp("app").write_text(dev.fingerprint("app"))
    (an_env / "pyvenv.cfg").write_text("version_info = 3.13.1\n")
    assert not dev.is_ready("app")


def test_an_unsupported_python_is_never_ready(an_env: Path) -> None:
    (an_env / "pyvenv.cfg").write_text("version = 3.9.1\n")
    dev.stamp("app").write_text(dev.fingerprint("app"))
    assert not dev.is_ready("app")


def test_the_second_start_is_quick() -> None:
    if not (dev.ENV_PYTHON.exists() and dev.is_ready("app")):
        pytest.skip("this environment was not made by dev.py")
    started = time.monotonic()
    asked = subprocess.run(
        [sys.executable, ROOT / "dev.py", "env"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert time.monotonic() - started < 2
    assert asked.stdout == f"{dev.ENV_PYTHON}\n"


@pytest.mark.parametrize("name", system.MANAGERS)
def test_every_need_has_a_package_in_every_manager(name: str) -> None:
    line = system.install_line(system.NEEDS, name)
    names = line[len(system.MANAGERS[name].install) :]
    assert len(names) == len(set(names)) > 5
    assert all(names)


def test_a_library_that_nobody_has_is_found_missing() -> None:
    assert not system.library("libnobody-has-this.so.7")()
    assert not system.either("libnobody-has-this.so.7", "libnor-this.so.1")()
    assert not system.program("nobody-has-this")()


def test_without_rights_the_exact_line_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], an_env: Path
) -> None:
    (an_env / "bin" / "python").unlink()
    monkeypatch.setattr(dev, "rights", lambda: None)
    monkeypatch.setattr(system, "manager", lambda: "apt")
    monkeypatch.setattr(system, "missing", lambda command: [system.VENV])
    with pytest.raises(dev.Stop, match=r"dev\.py run"):
        dev.system_ready("run")
    assert "sudo apt-get install -y --no-install-recommends python3-venv" in capsys.readouterr().err


def test_what_is_only_nice_to_have_stops_nobody(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], an_env: Path
) -> None:
    sound = [need for need in system.NEEDS if not need.required]
    monkeypatch.setattr(dev, "rights", lambda: None)
    monkeypatch.setattr(system, "manager", lambda: "apt")
    monkeypatch.setattr(system, "missing", lambda command: sound)
    dev.system_ready("run")
    assert "libportaudio2" in capsys.readouterr().err
