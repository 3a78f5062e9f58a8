"""`doctor` explains a machine, whatever is missing, and never fails itself."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from pathlib import Path

import pytest

from avatar_desktop.cli import checkup
from avatar_desktop.cli.checkup import NAMES, Finding
from avatar_desktop.cli.doctor import described
from avatar_desktop.cli.main import main
from avatar_desktop.library.folders import folders
from avatar_desktop.sound.worker import DEVICE_UNDERFLOW
from avatar_desktop.workers.journal import JsonLines
from tests.makers.made_up_piper import write_voice

ROOT = Path(__file__).resolve().parents[3]
linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux alone")


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take its time here."""
    monkeypatch.setattr(checkup, "MINDS_SECONDS", 40.0)
    monkeypatch.setattr(checkup, "NATIVE_SECONDS", 60.0)


def test_every_part_is_told_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    profile = tmp_path / "profile"
    assert main(["doctor", "--json", "--profile", str(profile)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert tuple(found) == NAMES
    for name, finding in found.items():
        assert finding.keys() == {"ok", "detail", "advice"}, name
        assert isinstance(finding["ok"], bool)
        assert finding["detail"].strip(), name
        assert finding["ok"] or finding["advice"], f"{name} is not ok and says no way out"
    assert found["voices"]["ok"], found["voices"]
    assert found["minds"]["ok"], found["minds"]
    assert "built-in" in found["minds"]["detail"]
    assert str(profile) in found["folders"]["detail"]
    assert not profile.exists(), "looking must leave nothing behind"


@linux_only
def test_without_graphics_the_finding_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("__EGL_VENDOR_LIBRARY_DIRS", "/nowhere")
    found = checkup._in_a_process("graphics", ("graphics",))["graphics"]
    assert not found.ok
    assert found.advice


def test_sound_is_told_in_both_directions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    found = checkup._in_a_process("sound", ("sound", "microphones"))
    for finding in found.values():
        assert finding.detail
        assert finding.ok or finding.advice


def test_sound_that_came_too_late_is_counted_from_the_logs(tmp_path: Path) -> None:
    fine = Finding(True, "Sound goes to Speakers.")
    assert checkup.with_holes(fine, tmp_path / "missing") == fine
    late, well = (
        f"{JsonLines().format(logging.makeLogRecord({'msg': event, 'count': 1}))}\n"
        for event in (DEVICE_UNDERFLOW, "device open")
    )
    (tmp_path / "sound.log").write_text(late + well)
    assert "too late once" in checkup.with_holes(fine, tmp_path).detail
    (tmp_path / "sound.log.1").write_text(late * 2)
    told = checkup.with_holes(fine, tmp_path)
    assert "too late 3 times" in told.detail and "processor" in told.advice and told.ok


@linux_only
def test_a_sound_system_that_kills_its_process_is_a_finding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALSA_CONFIG_PATH", os.devnull)
    found = checkup._in_a_process("sound", ("sound", "microphones"))
    for finding in found.values():
        assert finding.ok or finding.advice


@linux_only
@pytest.mark.parametrize("ends", ["kill -SEGV $$", "exit 3", "echo nonsense", "echo '{}'"])
def test_a_driver_that_crashes_is_a_finding(
    ends: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "crash"
    program.write_text(f"#!/bin/sh\n{ends}\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    found = checkup._in_a_process("graphics", ("graphics",))["graphics"]
    assert not found.ok
    assert "driver" in found.detail


@linux_only
def test_a_driver_that_hangs_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "hang"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(checkup, "NATIVE_SECONDS", 0.2)
    assert "longer than" in checkup._in_a_process("graphics", ("graphics",))["graphics"].detail


@linux_only
def test_libraries_of_a_window_are_named_with_their_packages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checkup, "loads", lambda library: library != "libxcb-cursor.so.0")
    found = checkup.check_window()
    assert "libxcb-cursor.so.0" in found.detail
    assert found.advice.endswith("apt-get install libxcb-cursor0")


@linux_only
def test_a_machine_without_a_screen_or_fonts_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(checkup, "loads", lambda library: True)
    monkeypatch.setattr(checkup, "FONT_FOLDERS", ("/nowhere",))
    assert "DISPLAY" in checkup.check_window().detail
    assert checkup.check_fonts().detail == "No fonts are installed."


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    found = checkup.check_folders(folders(profile=tmp_path / "file" / "profile"))
    assert not found.ok
    assert "file" in found.detail and "--profile" in found.advice


def test_a_full_disk_is_told_before_it_hurts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkup, "LEAST_FREE_BYTES", 1 << 60)
    found = checkup.check_folders(folders(profile=tmp_path))
    assert not found.ok and "left" in found.detail


def test_a_mind_that_cannot_be_used_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    found = checkup.check_minds("nobody")
    assert not found.ok
    assert "'nobody'" in found.detail and "serve" in found.advice


def test_without_an_engine_the_voices_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    from avatar_desktop.voice.catalogue import installed_voices

    installed_voices.cache_clear()
    found = checkup.check_voices()
    assert not found.ok
    assert "espeak-ng" in found.detail and found.advice


def test_voices_of_ones_own_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_voice(tmp_path, "amy")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    found = checkup.check_voices(tmp_path)
    assert not found.ok and "Yours: amy." in found.detail and "[voices]" in found.advice
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    assert checkup.check_voices(tmp_path).ok


def test_lines_are_aligned_and_as_wide_as_asked() -> None:
    findings = {
        "sound": Finding(True, "Sound goes to the speaker."),
        "microphones": Finding(False, "No microphone is connected.", "Connect one. " * 8),
    }
    lines = described(findings, 60)
    assert lines[0] == "sound        ok      Sound goes to the speaker."
    assert lines[1].startswith("microphones  not ok  No microphone")
    assert all(len(line) <= 60 for line in lines[:-1])
    assert all(line.startswith(" " * 21) for line in lines[2:-2])
    assert lines[-1].startswith("Not ok: microphones.")
    assert described({"sound": findings["sound"]}, 80)[-1] == "All is well."


def test_the_guide_has_a_section_for_every_finding() -> None:
    page = (ROOT / checkup.GUIDE).read_text("utf-8")
    sections = re.findall(r"^## `([a-z]+)`", page, re.M)
    assert tuple(sections) == NAMES


def test_the_speaker_that_was_chosen_is_named(null_sink: None) -> None:
    detail = checkup._in_a_process("sound", ("sound",), "A beamer")["sound"].detail
    assert detail.startswith("A beamer, which you chose, is not connected; sound goes to ")
