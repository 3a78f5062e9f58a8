"""A person types with real keys: the answer stands in the chat, and a living face speaks it."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from tests.makers.window_app import Answer, Pixels, WindowApp

pytestmark = pytest.mark.window

NOTICEABLE = 6.0
"""Mean change of a mouth pixel, of 255, that nobody could call noise."""


def mouth(picture: Pixels, told: Answer) -> Pixels:
    left, top, right, bottom = (round(edge) for edge in told["mouth"])
    return picture[top:bottom, left:right]


def largest_change(app: WindowApp, pictures: int, *, speaking: bool) -> float:
    """How much the mouth's pixels differ at most between pictures drawn alike."""
    seen: list[tuple[Pixels, Answer]] = []
    place: Answer | None = None
    while len(seen) < pictures:
        picture, told = app.picture()
        if told["speaking"] is not speaking:
            break
        place = place or told  # the box itself opens with the jaw
        seen.append((mouth(picture, place), told))
    assert len(seen) >= 3, f"{len(seen)} pictures"
    changes = [
        float(np.abs(one - other).mean())
        for (one, first), (other, second) in itertools.pairwise(seen)
        if first["scale"] == second["scale"]
    ]
    assert changes, "the pictures were all drawn at another scale"
    return max(changes)


def until_still(app: WindowApp) -> None:
    """The lips have come to rest after the last word."""
    app.until_quiet()
    before = app.picture()[0]
    for _ in range(20):
        now = app.picture()[0]
        if np.array_equal(before, now):
            return
        before = now
    raise AssertionError("the frozen avatar does not come to rest")


def last(seen: Answer) -> Answer:
    row: Answer = seen["rows"][-1]
    return row


def test_the_welcome_stands_in_the_chat_beside_a_picture(app: WindowApp) -> None:
    seen = app.look()
    assert "Wren" in seen["shown"][0]
    picture, told = app.picture()
    assert picture.mean() > 30, "black"
    assert picture.std(axis=(0, 1)).min() > 12, "one colour"
    face = mouth(picture, told)
    assert face.size, "the mouth is outside the picture"
    assert face.std(axis=(0, 1)).min() > 5, "no face where the mouth should be"


def test_what_is_typed_is_answered_in_the_chat(app: WindowApp) -> None:
    app.until_quiet()
    app.send("What is new?")
    seen = app.until(lambda seen: seen["shown"][-1] == "The parrot is in the garden.", "the answer")
    assert seen["shown"][-2] == "What is new?"
    assert [row["sender"] for row in seen["rows"][-2:]] == ["user", "agent"]
    app.until(lambda seen: seen["speaking"], "the answer is spoken")


def test_the_mouth_moves_with_the_voice_and_rests_without(app: WindowApp) -> None:
    app.until_quiet()
    app.ask("freeze", frozen=True)
    try:
        until_still(app)
        still = largest_change(app, 4, speaking=False)
        app.send("Tell me something wide")
        app.until(lambda seen: seen["speaking"], "the answer is spoken")
        spoken = largest_change(app, 12, speaking=True)
        until_still(app)
        app.ask("mute", muted=True)
        app.send("Tell me something wide again")
        app.until(lambda seen: seen["rows"][-2]["text"].endswith("again"), "the answer")
        muted = largest_change(app, 8, speaking=False)
    finally:
        app.ask("mute", muted=False)
        app.ask("freeze", frozen=False)
    assert spoken > NOTICEABLE
    assert still == 0
    assert muted == 0


def test_enter_sends_and_shift_enter_breaks_the_line(app: WindowApp) -> None:
    app.until_quiet()
    before = len(app.look()["rows"])
    app.type("one line", "shift+Return")
    app.type("and another")
    assert len(app.look()["rows"]) == before, "nothing is sent before Enter"
    app.xdotool("key", "Return")
    seen = app.until(lambda seen: len(seen["rows"]) >= before + 2, "an answer")
    assert seen["rows"][before]["text"] == "one line\nand another"


def test_the_stop_button_stops_the_reply(app: WindowApp) -> None:
    app.until_quiet()
    app.send("Tell me a story")
    app.until(lambda seen: seen["speaking"], "the story is told")
    app.click("Stop the reply")
    seen = app.until(lambda seen: not seen["speaking"] and not seen["busy"], "silence", seconds=2)
    assert last(seen)["state"] in ("interrupted", "complete")
    app.until(
        lambda seen: not any(each["name"] == "Stop the reply" for each in seen["buttons"]),
        "nothing is left to stop",
    )


def test_a_reply_that_still_streams_is_marked_as_stopped(app: WindowApp) -> None:
    app.until_quiet()
    app.send("Tell me something slowly")
    app.until(lambda seen: "never ends" in seen["shown"][-1], "its beginning")
    app.click("Stop the reply")
    seen = app.until(lambda seen: last(seen)["state"] == "interrupted", "stopped", seconds=5)
    assert "never ends" in last(seen)["text"]


def test_every_message_can_be_copied_and_none_has_a_play_button(app: WindowApp) -> None:
    app.until_quiet()
    app.send("Show me some code")
    app.until(lambda seen: "print(1)" in seen["shown"][-1], "code")
    seen = app.until_quiet()
    of_rows = [each for each in seen["buttons"] if each["row"] is not None]
    assert len(of_rows) == len(seen["rows"])
    assert {each["name"] for each in of_rows} == {"Copy this message"}
    assert not [each for each in seen["buttons"] if re.search("play|read", each["name"], re.I)]
    app.click("Copy this message", row=seen["shown"][-1])
    copied = app.ask("clipboard")["text"]
    assert copied == last(seen)["text"]
    assert "```python" in copied
