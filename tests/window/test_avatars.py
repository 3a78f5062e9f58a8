"""Our own avatars in the window: offered by name, changed by a click, remembered."""

from __future__ import annotations

import json

import pytest

from tests.makers.window_app import WindowApp

pytestmark = pytest.mark.window


def test_another_avatar_comes_by_a_click_and_is_remembered(app: WindowApp) -> None:
    app.until_quiet()
    menu = app.ask("avatars")
    assert {"Moss", "Wren"} <= set(menu["offered"])
    assert menu["marked"] == ["Wren"]
    app.ask("avatars", choose="Moss")
    for _ in range(200):
        app.until_quiet()
        if app.ask("avatars")["marked"] == ["Moss"]:
            break
    assert app.ask("avatars")["marked"] == ["Moss"]
    kept = json.loads((app.profile / "config" / "settings.json").read_text())
    assert kept["avatar"] == "moss"
    app.until(lambda seen: any("Moss" in row for row in seen["shown"]), "Moss says who he is")
    app.ask("avatars", choose="Wren")
    app.until(lambda seen: any("Wren" in row for row in seen["shown"]), "Wren is back")
    app.until_quiet()
