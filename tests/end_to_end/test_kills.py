"""Each part of the running app is killed in the middle of a sentence; the app goes on.

It says so, the part comes back, the next message works, and no text of the conversation is lost.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Iterator

import psutil
import pytest

from avatar_desktop.link.rooms import Rooms
from tests.makers.window_app import Answer, WindowApp, a_screen, running_app

pytestmark = pytest.mark.window
STORY = [f"This is sentence number {n} of a story that takes its time. " for n in range(1, 9)]
ANSWERS = [
    {"match": "story", "chunks": [[0.05, sentence] for sentence in STORY]},
    {"match": "slowly", "chunks": [[0.0, STORY[0]], [0.3, STORY[1]], [60.0, "Never said."]]},
    {"match": None, "chunks": [[0.0, "The parrot is in the garden."]]},
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WindowApp]:
    folder = tmp_path_factory.mktemp("kills")
    mind = folder / "mind.json"
    mind.write_text(json.dumps(ANSWERS))
    with (
        a_screen() as screen,
        running_app(screen, folder / "profile", "--mind", f"script:{mind}") as running,
    ):
        running.until_quiet()
        yield running


def kill(app: WindowApp, part: str) -> int:
    """End a part without a warning; the number of the process that it was."""
    pid: int = app.look()["processes"][part]
    os.kill(pid, signal.SIGKILL)
    return pid


def until_back(app: WindowApp, part: str, killed: int) -> None:
    app.until(
        lambda seen: seen["processes"].get(part, killed) != killed, f"{part} is started again"
    )
    assert not psutil.pid_exists(killed)


def texts(seen: Answer) -> list[str]:
    return [row["text"].strip() for row in seen["rows"]]


def until_answered(app: WindowApp, question: str) -> Answer:
    """The next message works: it is answered, and the answer is spoken to its end."""
    app.ask("say", text=question)
    app.until(lambda seen: seen["shown"][-2:] == [question, ANSWER], "an answer")
    app.until(lambda seen: seen["speaking"], "the answer is spoken")
    return app.until_quiet()


ANSWER = "The parrot is in the garden."


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ("voice", "The voice stopped; it is being started again."),
        ("sound", "The sound stopped; it is being started again."),
    ],
)
def test_a_part_of_speech_that_is_killed_comes_back_and_loses_no_text(
    app: WindowApp, part: str, sentence: str
) -> None:
    app.until_quiet()
    app.ask("say", text=f"Tell me a story about the {part}")
    before = app.until(
        lambda seen: seen["speaking"] and seen["rows"][-1]["state"] == "complete", "the story"
    )
    killed = kill(app, part)
    app.until(lambda seen: sentence in seen["notices"], "it is said")
    until_back(app, part, killed)
    assert app.look()["speaking"], "the sentence goes on"
    app.ask("stop")
    after = until_answered(app, f"And after the {part}?")
    assert texts(after)[: len(before["rows"])] == texts(before)
    assert texts(before)[-1] == "".join(STORY).strip()
    assert kept(after) == texts(after)[-len(kept(after)) :]


def test_a_server_that_is_killed_comes_back_and_loses_no_text(app: WindowApp) -> None:
    app.until_quiet()
    app.ask("say", text="Tell me something slowly")
    before = app.until(
        lambda seen: seen["speaking"] and texts(seen)[-1] == "".join(STORY[:2]).strip(),
        "two sentences",
    )
    assert before["rows"][-1]["state"] == "streaming"
    killed = kill(app, "server")
    app.until(lambda seen: any("server stopped" in each for each in seen["notices"]), "it is said")
    app.ask("say", text="Typed while it is away")
    until_back(app, "server", killed)
    app.until(lambda seen: texts(seen)[-2:] == ["Typed while it is away", ANSWER], "its answer")
    seen = app.until_quiet()
    broken = seen["rows"][len(before["rows"]) - 1]
    assert broken["state"] == "failed", "an answer that broke off says so"
    after = until_answered(app, "And now?")
    assert texts(after)[: len(before["rows"])] == texts(before)
    assert kept(after) == texts(after)[-len(kept(after)) :]
    assert {"Typed while it is away", texts(before)[-1]} <= set(kept(after))


def kept(seen: Answer) -> list[str]:
    """The conversation as the server's history tells it, oldest first."""

    async def ask() -> list[str]:
        async with Rooms(http=seen["http"], token=seen["token"]) as rooms:
            room = await rooms.create_room("companion")
            return [row.content.strip() for row in reversed(await rooms.history(room.id, 100))]

    return asyncio.run(ask())
