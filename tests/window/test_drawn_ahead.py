"""Frames that are known beforehand are drawn together and shown one by one, each at its time."""

from __future__ import annotations

from typing import Any

import pytest

from tests.makers.window_app import told_by

pytestmark = pytest.mark.window

WATCHING = """
import itertools, json, sys
from dataclasses import replace
import numpy as np
from PySide6.QtWidgets import QApplication
from avatar_desktop.render.opengl import load_gl
from avatar_desktop.render.view import View
from avatar_desktop.ui import pacemaker, pacing, waiting_frames
from avatar_desktop.ui.frame import Frame
from avatar_desktop.ui.theme import system_theme
from avatar_desktop.ui.viewport import Viewport
from tests.makers import figures

pacemaker.CHEAP = pacing.IDLE_SHARE = 100.0  # as on a machine that draws at once
waiting_frames.LATE_SECONDS = 100.0
app = QApplication([])
ball = figures.avatar(figures.instance(figures.ball(0.1)))
view = View(eye=(0, 0, 3), target=(0, 0, 0), fov_degrees=30)
asked, shown, events = [], [], []

class Source:
    numbers = itertools.count(1)
    holds = True

    def frame(self, aspect, theme, ahead=0.0):
        number = next(self.numbers)
        asked.append((number, round(ahead, 3)))
        events.append("ahead" if ahead else "now")
        seen = replace(view, background=(number / 255,) * 3)
        pose = figures.rest(ball)
        return Frame(ball, pose, seen, speaking=False, idles=True, known_for=0.104)

    def goes_on(self):
        return self.holds

source = Source()
viewport = Viewport(source, system_theme())
viewport.resize(240, 240)

def look():
    pixel = np.zeros((1, 1, 4), np.uint8)
    load_gl().glReadPixels(0, 0, 1, 1, 0x1908, 0x1401, pixel)
    shown.append([round(255 * viewport.last.view.background[0]), int(pixel[0, 0, 0])])

def until(count):
    while len(shown) < count:
        app.processEvents()

viewport.drawn.connect(look)
viewport.frameSwapped.connect(lambda: events.append("swapped"))
viewport.show()
until(14)
told = {"asked": list(asked), "shown": list(shown), "events": " ".join(events)}

def after(what):
    while len(viewport._waiting) < 2:
        until(len(shown) + 1)
    before, count = shown[-1][0], len(shown)
    what()
    until(count + 1)
    return shown[-1][0] - before

def end_it():
    source.holds = False

def go_on():
    source.holds = True

told["left alone"] = after(lambda: None)
told["asked for something"] = after(end_it)
go_on()
told["hurried"] = after(viewport.hurry)
told["resized"] = after(lambda: viewport.resize(250, 240))
viewport.release()
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(screen: str) -> dict[str, Any]:
    return told_by(WATCHING, screen)


def test_frames_are_asked_for_together_and_shown_one_by_one(told: dict[str, Any]) -> None:
    aheads = [ahead for _, ahead in told["asked"]]
    assert [0.033, 0.067, 0.1] in [aheads[i : i + 3] for i in range(len(aheads))]
    numbers = [number for number, _ in told["shown"]]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "each, in its turn"
    assert all(pixel == number for number, pixel in told["shown"]), "and not another's picture"


def test_the_frame_of_this_moment_is_on_the_screen_before_others_are_drawn(
    told: dict[str, Any],
) -> None:
    assert "now swapped ahead ahead" in told["events"]
    assert "now ahead" not in told["events"]


def test_what_was_drawn_ahead_is_shown_while_it_holds(told: dict[str, Any]) -> None:
    assert told["left alone"] == 1


@pytest.mark.parametrize("what", ["asked for something", "hurried", "resized"])
def test_what_comes_between_is_seen_at_once(told: dict[str, Any], what: str) -> None:
    assert told[what] > 1
