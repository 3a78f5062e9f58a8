"""`render` says what is wrong with a wish before it works for long, and leaves nothing behind."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from avatar_desktop.cli.main import main
from tests.makers import tiny_avatar


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a small avatar and a script in it."""
    (tmp_path / "tiny.vrm").write_bytes(tiny_avatar.humanoid().bytes())
    (tmp_path / "hello.txt").write_text("Hello.")
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    monkeypatch.chdir(tmp_path)
    return tmp_path


WRONG = {
    "no format": (["hello.txt", "-o", "out.txt"], "no picture or film"),
    "no size": (["hello.txt", "-o", "o.png", "--size", "big"], "no size"),
    "tiny": (["hello.txt", "-o", "o.png", "--size", "4x4"], "between 16 and 8192"),
    "no frames": (["hello.txt", "-o", "o.webm", "--fps", "0"], "between 1 and 240"),
    "nan frames": (["hello.txt", "-o", "o.webm", "--fps", "nan"], "between 1 and 240"),
    "past": (["hello.txt", "-o", "o.png", "--at", "-1"], "--at"),
    "no moment": (["hello.txt", "-o", "o.png", "--at", "nan"], "--at"),
    "dark": (["hello.txt", "-o", "o.png", "--exposure", "0"], "exposure"),
    "no light": (["hello.txt", "-o", "o.png", "--exposure", "nan"], "exposure"),
    "no lamp": (["hello.txt", "-o", "o.png", "--light", "candle"], "no light"),
    "no light there": (["hello.txt", "-o", "o.png", "--light", "sky.hdr"], "cannot be read"),
    "no sun": (["hello.txt", "-o", "o.png", "--light", "sky.hdr:0,0,0"], "no direction"),
    "no chance": (["hello.txt", "-o", "o.png", "--seed", "-1"], "seed"),
    "no script": (["none.txt", "-o", "o.png"], "cannot be read: no such file or directory."),
    "no UTF-8": (["latin.txt", "-o", "o.png"], "no UTF-8"),
    "no camera": (["hello.txt", "-o", "o.png", "--camera", "drone"], "no camera"),
    "blind camera": (["hello.txt", "-o", "o.png", "--camera", "0,0,0:0,0,0:30"], "cannot see"),
    "no colour": (["hello.txt", "-o", "o.png", "--background", "#12345g"], "no background"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wish_that_means_nothing_is_wrong_usage(
    kind: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, why = WRONG[kind]
    before = sorted(place.iterdir())
    assert main(["render", "--avatar", "tiny.vrm", *arguments]) == 2
    told = capsys.readouterr()
    assert why in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""
    assert sorted(place.iterdir()) == before


@pytest.mark.parametrize("line", ["@dance", "@pause long", "@camera", "@pause -1"])
def test_a_directive_that_means_nothing_is_named_with_its_line(
    line: str, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"Hello.\n\n{line}\n"))
    assert main(["render", "-", "-o", "o.webm", "--avatar", "tiny.vrm"]) == 2
    assert capsys.readouterr().err.startswith("Line 3 of the script: ")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--avatar", "nobody"], "There is no avatar called 'nobody'"),
        (["--avatar", "hello.txt"], "not a glTF or VRM file"),
        (["--avatar", "tiny.vrm", "--voice", "nobody"], "no voice named 'nobody'"),
    ],
)
def test_what_is_not_there_is_a_failure_in_one_sentence(
    arguments: list[str], why: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(place.iterdir())
    assert main(["render", "hello.txt", "-o", "o.png", *arguments]) == 1
    told = capsys.readouterr().err
    assert why in told
    assert told.count("\n") == 1
    assert sorted(place.iterdir()) == before


def test_a_temporary_profile_is_gone_afterwards(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = tmp_path / "homes"
    homes.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(homes))
    assert main(["render", "hello.txt", "-o", "o.png", "--avatar", "no", "--temporary"]) == 1
    assert list(homes.iterdir()) == []
