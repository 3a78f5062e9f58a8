"""A virtual screen and the real app on it, for tests that type, click and look."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.makers.window_app import WindowApp, a_screen, running_app, set_theme

LONG = [f"This is sentence number {n} of a story that takes its time. " for n in range(1, 13)]
ANSWERS = [
    {"match": "story", "chunks": [[0.05, sentence] for sentence in LONG]},
    {"match": "wide", "chunks": [[0.0, "My papa may open a big map, oh wow, you may bob along."]]},
    {"match": "slowly", "chunks": [[0.0, "This never ends. "], [60.0, "It did."]]},
    {"match": "code", "chunks": [[0.0, "Here **it** is:\n\n```python\nprint(1)\n```\n"]]},
    {"match": None, "chunks": [[0.0, "The parrot "], [0.02, "is in the garden."]]},
]


@pytest.fixture(scope="session")
def screen() -> Iterator[str]:
    """The name of a display that nobody else uses."""
    with a_screen() as display:
        yield display


@pytest.fixture(scope="session")
def mind(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A mind that says what these tests expect."""
    file = tmp_path_factory.mktemp("mind") / "mind.json"
    file.write_text(json.dumps(ANSWERS))
    return f"script:{file}"


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A profile that asks for the light theme."""
    folder = tmp_path_factory.mktemp("window") / "profile"
    set_theme(folder, "light")
    return folder


@pytest.fixture(scope="module")
def app(screen: str, profile: Path, mind: str) -> Iterator[WindowApp]:
    """One app for a whole module."""
    with running_app(screen, profile, "--mind", mind) as running:
        running.until_quiet()
        running.focus()
        yield running
