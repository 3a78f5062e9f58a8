"""A performance written down: lines to speak and directives, read into steps.

Each non-empty line is spoken, markers allowed. `//` starts a comment. A directive begins with `@`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from avatar_desktop.errors import ScriptError

TAIL = 0.8
"""Seconds of life after the last word."""
READING_SECONDS_A_CHARACTER = 0.045
SECONDS_A_LETTER = 0.068
"""Of speech at its usual pace."""


@dataclass(frozen=True, slots=True)
class Line:
    """Spoken text with its markers; cut off after `stops_after` seconds when that is given."""

    text: str
    stops_after: float | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: float


@dataclass(frozen=True, slots=True)
class Camera:
    """A new camera, reached in `seconds`."""

    name: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class User:
    """What the person says: shown, while the avatar listens."""

    text: str


@dataclass(frozen=True, slots=True)
class ChangeAvatar:
    file: str


@dataclass(frozen=True, slots=True)
class Voice:
    name: str


@dataclass(frozen=True, slots=True)
class Background:
    value: str


@dataclass(frozen=True, slots=True)
class TakePose:
    name: str


Step = Line | Pause | Camera | User | ChangeAvatar | Voice | Background | TakePose


def read_script(text: str) -> tuple[Step, ...]:
    """The steps of a script; a directive that means nothing is a ScriptError with its line."""
    steps: list[Step] = []
    stops_after: float | None = None
    for number, raw in enumerate(text.splitlines(), start=1):
        line = _without_comment(raw).strip().lstrip("\ufeff")
        if not line:
            continue
        if not line.startswith("@"):
            steps.append(Line(line, stops_after))
            stops_after = None
            continue
        name, _, rest = line[1:].partition(" ")
        if name == "interrupt":
            stops_after = _seconds(number, rest)
        else:
            steps.append(_directive(number, name, rest.strip()))
    return tuple(steps)


def expected_seconds(steps: tuple[Step, ...]) -> float:
    """About how long a performance will be, before a word of it is voiced."""
    total = TAIL
    for step in steps:
        match step:
            case Line(text=text, stops_after=stops):
                spoken = 0.3 + SECONDS_A_LETTER * len(re.sub(r"\[[^\]]*\]", "", text))
                total += spoken if stops is None else stops
            case Pause(seconds=seconds):
                total += seconds
            case User(text=text):
                total += listening_seconds(text)
            case _:
                continue
    return total


def listening_seconds(text: str) -> float:
    """How long a line of the user is shown while the avatar listens."""
    return 0.6 + len(text) * READING_SECONDS_A_CHARACTER


def _without_comment(line: str) -> str:
    """Cut at `//` unless it belongs to an address."""
    return re.split(r"(?<!:)//", line, maxsplit=1)[0]


def _directive(number: int, name: str, rest: str) -> Step:
    make = _DIRECTIVES.get(name)
    if make is None:
        known = ", ".join(f"@{each}" for each in (*_DIRECTIVES, "interrupt"))
        raise ScriptError(number, f"there is no directive @{name}. Known are {known}.")
    if not rest:
        raise ScriptError(number, f"@{name} needs something after it.")
    return make(number, rest)


def _camera(number: int, rest: str) -> Camera:
    name, _, seconds = rest.partition(" ")
    return Camera(name, _seconds(number, seconds) if seconds.strip() else 0.0)


def _seconds(number: int, text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise ScriptError(number, f"“{text}” is not a number of seconds.") from None
    if not 0.0 <= seconds <= 3600.0:
        raise ScriptError(number, "seconds must lie between 0 and 3600.")
    return seconds


_DIRECTIVES: dict[str, Callable[[int, str], Step]] = {
    "pause": lambda number, rest: Pause(_seconds(number, rest)),
    "camera": _camera,
    "user": lambda number, rest: User(rest),
    "avatar": lambda number, rest: ChangeAvatar(rest),
    "voice": lambda number, rest: Voice(rest),
    "background": lambda number, rest: Background(rest),
    "pose": lambda number, rest: TakePose(rest),
}
