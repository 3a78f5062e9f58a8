"""The avatar goes and comes back, the window closes, and the next start knows what was said."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests.makers.window_app import WindowApp, running_app, set_theme

pytestmark = pytest.mark.window
SAMPLE_SECONDS = 6.0
ANSWER = "The parrot is in the garden."


def cpu_share(app: WindowApp) -> float:
    """Of one core, by all processes of the app, while nobody does anything."""
    before = _cpu_seconds(app)
    started = time.monotonic()
    time.sleep(SAMPLE_SECONDS)  # idleness has no event to wait for
    return (_cpu_seconds(app) - before) / (time.monotonic() - started)


def _cpu_seconds(app: WindowApp) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in app.family())


def test_a_closed_avatar_leaves_text_and_nothing_that_costs(
    app: WindowApp, bar: Callable[..., None]
) -> None:
    seen = app.until_quiet()
    speech = [seen["processes"][name] for name in ("voice", "sound")]
    alive = len(app.family())
    with_avatar = cpu_share(app)

    app.click("Close the avatar")
    app.until(lambda seen: seen["avatar"] == "DESTROYED", "the avatar is closed")
    seen = app.until(lambda seen: seen["scenes"] == 0, "the GL scene is gone")
    assert set(seen["processes"]) == {"server"}
    assert not any(psutil.pid_exists(pid) for pid in speech)
    assert len(app.family()) < alive
    without = cpu_share(app)
    bar(
        "CPU with the avatar closed, of that with it open and idle",
        round(100 * without / with_avatar, 1),
        at_most=40,
        unit=" %",
    )

    app.send("Are you still there?")
    app.until(lambda seen: seen["shown"][-1] == ANSWER, "text alone")
    assert app.look()["avatar"] == "DESTROYED"


def test_an_avatar_that_was_closed_can_be_opened_again(app: WindowApp) -> None:
    if app.look()["avatar"] != "DESTROYED":
        app.click("Close the avatar")
    app.click("Open the avatar")
    app.until_quiet()
    app.send("And now?")
    app.until(lambda seen: seen["speaking"], "it speaks again")
    picture, _ = app.picture()
    assert picture.std(axis=(0, 1)).min() > 12, "one colour"


def test_a_second_start_shows_the_conversation_and_leaves_nothing_running(
    screen: str, mind: str, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    told, shots = [], []
    for theme in ("light", "dark"):
        set_theme(profile, theme)
        with running_app(screen, profile, "--mind", mind, "--muted") as app:
            app.until_quiet()
            if theme == "light":
                app.focus()
                app.send("Do you remember?")
                app.until(lambda seen: seen["shown"][-1] == ANSWER, "an answer")
                app.until_quiet()
            told.append(app.look()["shown"])
            shots.append(app.shot(tmp_path / f"{theme}.png"))
            family = app.family()
            assert len(family) == 4
            assert app.close() == 0
            _, alive = psutil.wait_procs(family[1:], timeout=5)
            assert not alive
    said = [text for text in told[0] if "Wren" not in text]
    assert said == ["Do you remember?", ANSWER]
    assert [text for text in told[1] if "Wren" not in text] == said
    light, dark = shots
    assert np.abs(light - dark).mean() > 40
    assert light[:, -300:].mean() > 200
    assert dark[:, -300:].mean() < 80
