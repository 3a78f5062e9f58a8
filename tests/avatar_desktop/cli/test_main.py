"""One command line: help for newcomers, one way to fail, three exit states."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import avatar_desktop.cli.inspect
import avatar_desktop.cli.open
from avatar_desktop import __version__
from avatar_desktop.cli.main import COMMANDS, build_parser, main
from avatar_desktop.errors import AvatarDesktopError, AvatarError, ScriptError, UsageError

ROOT = Path(__file__).resolve().parents[3]
NAMES = [command.name for command in COMMANDS]


def status_of(arguments: list[str]) -> int:
    """The exit state, whichever way the command takes out."""
    try:
        return main(arguments)
    except SystemExit as end:
        return int(end.code or 0)


def failing(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(options: Any) -> int:
        raise error

    monkeypatch.setattr(avatar_desktop.cli.inspect, "run", run)


def test_help_names_every_command_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    for command in COMMANDS:
        assert f"{command.name} {command.summary}" in text


@pytest.mark.parametrize("name", NAMES)
def test_help_of_a_command_explains_each_of_its_options(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status_of([name, "--help"]) == 0
    text = capsys.readouterr().out
    assert f"avatar-desktop {name}" in text
    for common in ("--profile DIR", "--temporary", "--verbose"):
        assert common in text
    sub = build_parser([name])._subparsers
    assert sub is not None
    (choices,) = [action.choices for action in sub._group_actions]
    assert choices is not None
    for action in dict(choices)[name]._actions:
        assert action.help, f"{name} {action.dest} has no help"


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["--version"]) == 0
    assert capsys.readouterr().out.strip() == f"avatar-desktop {__version__}"


@pytest.mark.parametrize(
    "arguments",
    [["dance"], ["inspect"], ["inspect", "--nonsense"], ["render", "-"], ["--nonsense"]],
)
def test_wrong_words_are_wrong_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert status_of(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "usage: avatar-desktop" in told.err


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UsageError("That is no size.", advice="Say 640x720."), 2),
        (ScriptError(3, "there is no directive @dance."), 2),
        (AvatarError("The file is broken."), 1),
        (ValueError("surprise"), 1),
        (KeyboardInterrupt(), 1),
        (BrokenPipeError(), 0),
    ],
)
def test_every_failure_has_its_status_and_no_traceback(
    error: BaseException,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    failing(error, monkeypatch)
    assert main(["inspect", "x"]) == status
    told = capsys.readouterr().err
    assert "Traceback" not in told
    assert told.count("\n") <= 1
    if isinstance(error, AvatarDesktopError):
        assert told == f"{error}\n"
    if isinstance(error, ValueError):
        assert "should not" in told and "--verbose" in told


@pytest.mark.parametrize("error", [AvatarError("The file is broken."), ValueError("surprise")])
def test_verbose_shows_where_it_failed(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(error, monkeypatch)
    with pytest.raises(type(error)):
        main(["inspect", "x", "--verbose"])


@pytest.mark.parametrize("arguments", [[], ["--muted"], ["--profile", "here"]])
def test_no_command_opens_the_app(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []
    monkeypatch.setattr(avatar_desktop.cli.open, "run", lambda given: opened.append(given) or 0)
    assert main(arguments) == 0
    assert opened[0].muted == ("--muted" in arguments)
    assert opened[0].profile == ("here" if "here" in arguments else None)


def test_asking_for_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from avatar_desktop.cli.main import build_parser; build_parser(sys.argv[1:]);"
        "print([m for m in ('PySide6','numpy','OpenGL','aiohttp','av','sounddevice','PIL') "
        "if m in sys.modules])"
    )
    for name in ("doctor", "inspect", "open", "render"):
        done = subprocess.run(
            [sys.executable, "-c", code, name], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "[]", name
