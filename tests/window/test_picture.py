"""What belongs to the picture in the window: its background, the camera, pictures to keep."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.makers import radiance
from tests.makers.window_app import WindowApp

pytestmark = pytest.mark.window

RED, BLUE = (200, 40, 40), (40, 60, 190)


def corner(app: WindowApp) -> np.ndarray:
    """The picture's upper left corner, where no figure is."""
    return app.picture()[0][4:30, 4:30].reshape(-1, 3)


def until_corner(app: WindowApp, colour: tuple[int, int, int], why: str) -> None:
    for _ in range(60):
        if np.abs(corner(app) - colour).max() <= 3:
            return
    raise AssertionError(f"{why}: {corner(app).mean(axis=0)}")


def test_a_background_is_shown_and_remembered(app: WindowApp, tmp_path: Path) -> None:
    app.until_quiet()
    app.ask("background", word="#c82828")
    until_corner(app, RED, "a colour")
    photo = tmp_path / "photo.png"
    Image.new("RGB", (30, 20), BLUE).save(photo)
    app.ask("background", word=str(photo))
    until_corner(app, BLUE, "a picture")
    kept = json.loads((app.profile / "config" / "settings.json").read_text())
    assert kept["background"] == str(photo)
    assert kept["theme"] == "light", "other choices stay"
    app.ask("background", word=str(tmp_path / "gone.png"))
    app.until(lambda seen: any("no background" in each for each in seen["notices"]), "a refusal")
    app.ask("background", word="")


def test_a_place_lights_the_avatar_until_it_is_told_not_to(app: WindowApp, tmp_path: Path) -> None:
    app.until_quiet()
    room = tmp_path / "room.hdr"
    room.write_bytes(radiance.hdr(np.full((8, 16, 3), (0.1, 0.2, 0.9), np.float32)))
    app.ask("background", word=str(room))
    for _ in range(60):
        if app.ask("view")["place"]:
            break
    assert app.ask("view")["place"], "a place lights who stands in it"
    app.ask("place_light", lit=False)
    assert not app.ask("view")["place"]
    kept = json.loads((app.profile / "config" / "settings.json").read_text())
    assert kept["place_light"] is False
    app.ask("place_light", lit=True)
    app.ask("background", word="")
    assert not app.ask("view")["place"], "our own background is no place"


def test_a_look_is_worn_and_remembered(app: WindowApp) -> None:
    app.until_quiet()
    assert app.ask("view")["outfit"] is None
    soft = app.picture()[0]
    app.ask("wear", outfit=1)
    assert app.ask("view")["outfit"] == 1
    drawn = app.picture()[0]
    assert np.abs(drawn - soft).mean() > 1.0, "another look is another picture"
    kept = json.loads((app.profile / "state" / "outfits.json").read_text())
    assert kept == {"worn": {"wren": "Toon"}}
    app.ask("wear", outfit=None)
    assert app.ask("view")["outfit"] is None


def test_the_camera_is_turned_pushed_and_put_back(app: WindowApp) -> None:
    app.until_quiet()
    place = app.ask("view")
    app.xdotool("mousemove", 200, 300, "mousedown", 1)
    for x in (230, 300, 380):
        app.xdotool("mousemove", x, 300)
    app.xdotool("mouseup", 1)
    turned = app.ask("view")
    assert turned["eye"][0] < place["eye"][0] - 0.1
    app.xdotool("mousemove", 200, 300, "mousedown", 3)
    for x in (230, 260, 300):
        app.xdotool("mousemove", x, 300)
    app.xdotool("mouseup", 3)
    assert abs(app.ask("view")["target"][0] - turned["target"][0]) > 0.01
    app.xdotool("mousemove", 200, 300, "click", "--repeat", 2, "--delay", 40, 1)
    back = app.ask("view")
    assert back["eye"] == pytest.approx(place["eye"], abs=0.05)


def test_a_picture_is_kept_with_and_without_what_is_behind(app: WindowApp) -> None:
    app.until_quiet()
    app.focus()
    folder = app.profile / "pictures"
    for keys, count in (("ctrl+p", 1), ("ctrl+shift+p", 2)):
        app.xdotool("key", keys)
        app.until(
            lambda seen, count=count: sum("kept as" in each for each in seen["notices"]) == count,
            "where it lies",
        )
    assert len(list(folder.iterdir())) == 2
    whole, cut_out = (Image.open(file) for file in sorted(folder.iterdir(), key=_taken))
    assert whole.size == cut_out.size
    assert np.asarray(whole)[..., 3].min() == 255
    alpha = np.asarray(cut_out)[..., 3]
    assert (alpha.min(), alpha.max()) == (0, 255)
    assert ((alpha > 8) & (alpha < 247)).sum() > 100, "hard edges"
    app.click("Close this notice")


def _taken(file: Path) -> float:
    return file.stat().st_mtime_ns
