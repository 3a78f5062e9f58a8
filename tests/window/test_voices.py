"""The list of voices in the real window: opened, searched, brought into, chosen, tried."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.makers.made_up_piper import write_voice
from tests.makers.null_sink import OTHER, another_sink, recording
from tests.makers.window_app import WindowApp, running_app, set_theme

pytestmark = pytest.mark.window

PATIENCE = 90.0

NAME = "A headset (with two very long words) of somebody who lives far away"


@pytest.fixture
def own_app(screen: str, tmp_path: Path, mind: str) -> Iterator[WindowApp]:
    set_theme(tmp_path / "profile", "light")
    with running_app(screen, tmp_path / "profile", "--mind", mind) as running:
        running.until_quiet()
        yield running


def test_a_voice_is_brought_chosen_and_heard(own_app: WindowApp, tmp_path: Path) -> None:
    model = write_voice(tmp_path / "download", "amber")
    own_app.click("Voices")
    listed = own_app.until_voices(lambda told: told["is_open"])
    assert "The avatar's own" in listed["listed"] and len(listed["listed"]) > 100
    own_app.xdotool("windowfocus", "--sync", listed["window"])
    own_app.click_in(listed, "Address or file of a voice")
    own_app.xdotool("type", "--delay", "2", str(model.with_name("nobody.onnx")))
    own_app.xdotool("key", "Return")
    own_app.until_voices(lambda told: "There is no voice at" in told["said"])
    own_app.xdotool("key", "ctrl+a")
    own_app.xdotool("type", "--delay", "2", str(model))
    own_app.xdotool("key", "Return")
    here = own_app.until_voices(lambda told: told["chosen"] == "amber")
    assert here["said"] == "amber is here." and here["listed"][1] == "amber"
    kept = json.loads((own_app.profile / "config" / "settings.json").read_text())
    assert kept["voice"] == "amber"
    shutil.rmtree(tmp_path / "download")
    pytest.importorskip("onnxruntime", reason="Piper voices need the extra `voices`")
    own_app.click_in(here, "Hear amber")
    own_app.until(lambda seen: seen["speaking"], "the avatar tries the voice")
    own_app.until(lambda seen: not seen["busy"], "it ends")
    assert not any("could not be spoken" in each for each in own_app.look()["notices"])
    own_app.xdotool("key", "Escape")
    own_app.until_voices(lambda told: not told["is_open"])


def test_a_search_leaves_what_was_meant(own_app: WindowApp) -> None:
    own_app.click("Voices")
    listed = own_app.until_voices(lambda told: told["is_open"])
    own_app.xdotool("windowfocus", "--sync", listed["window"])
    own_app.click_in(listed, "Search by name or language")
    own_app.xdotool("type", "--delay", "2", "german")
    left = own_app.until_voices(lambda told: len(told["listed"]) < 5)
    assert left["listed"] == ["German"]
    own_app.click_in(left, "German, de · built in")
    own_app.until_voices(lambda told: told["chosen"] == "gmw/de")


@pytest.fixture
def sounding_app(
    screen: str, tmp_path: Path, mind: str, pulse_environment: dict[str, str]
) -> Iterator[WindowApp]:
    """An app whose sound goes to a sound server of its own."""
    set_theme(tmp_path / "profile", "dark")
    with pytest.MonkeyPatch.context() as surroundings:
        for name, value in pulse_environment.items():
            surroundings.setenv(name, value)
        with running_app(screen, tmp_path / "profile", "--mind", mind) as running:
            running.until_quiet()
            yield running


@pytest.mark.timeout(400)
def test_a_speaker_is_chosen_tried_lost_and_found(
    sounding_app: WindowApp, pulse_environment: dict[str, str]
) -> None:
    app = sounding_app
    app.click("Voices")
    listed = app.until_voices(
        lambda told: told.get("speaker", "").startswith("The system's own ("), seconds=PATIENCE
    )
    assert listed["speakers"] == [listed["speaker"], listed["speaker"][18:-1]]
    app.xdotool("windowfocus", "--sync", listed["window"])
    with another_sink(pulse_environment, NAME):
        here = app.until_voices(lambda told: NAME in told["speakers"], seconds=PATIENCE)
        app.click_in(here, "Speaker")
        app.until_voices(lambda told: told["unfolded"], seconds=PATIENCE)
        app.xdotool("key", "--delay", "60", "End", "Return")
        chosen = app.until_voices(lambda told: told["speaker"] == NAME, seconds=PATIENCE)
        assert chosen["hint"] == "" and kept(app)["sound_device"] == NAME
        with recording(pulse_environment, OTHER) as there:
            app.click_in(chosen, "Try the speaker")
            app.until(lambda seen: there.has_heard(), "it is heard there", seconds=PATIENCE)
    lost = app.until_voices(
        lambda told: told["speaker"] == f"{NAME} (not connected)", seconds=PATIENCE
    )
    assert "Until it is back" in lost["hint"] and kept(app)["sound_device"] == NAME
    app.click_in(lost, "Try the speaker")
    app.until(
        lambda seen: any(NAME in each for each in seen["notices"]), "it is told", seconds=PATIENCE
    )
    with another_sink(pulse_environment, NAME):
        back = app.until_voices(
            lambda told: told["speaker"] == NAME and told["hint"] == "", seconds=PATIENCE
        )
        app.click_in(back, "Try the speaker")
        app.until(
            lambda seen: not any(NAME in each for each in seen["notices"]),
            "it is over",
            seconds=PATIENCE,
        )
    app.xdotool("key", "Escape")
    app.until_voices(lambda told: not told["is_open"], seconds=PATIENCE)
    app.until(
        lambda seen: "speakers" not in seen["processes"],
        "nobody looks out any more",
        seconds=PATIENCE,
    )


def kept(app: WindowApp) -> dict[str, Any]:
    return json.loads((app.profile / "config" / "settings.json").read_text())
