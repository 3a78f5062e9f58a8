"""The avatar on the desktop: what is behind it is seen through it, pixel by pixel, and clicked."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.makers.desktop_behind import Behind, Pixels, compositor, desktop_behind
from tests.makers.window_app import SECONDS, Answer, WindowApp, a_screen, running_app, set_theme

pytestmark = pytest.mark.window

NEARLY = 3
"""Of 255: what two ways of rounding may differ by."""
CLEAR, SOLID = 4, 250
LOOKS = 60


@pytest.fixture(scope="module")
def composed() -> Iterator[str]:
    """A display with a compositor."""
    with a_screen() as display, compositor(display):
        yield display


@pytest.fixture(scope="module")
def behind(composed: str) -> Iterator[Behind]:
    with desktop_behind(composed) as picture:
        yield picture


@pytest.fixture(scope="module")
def empty(behind: Behind) -> Pixels:
    """The desktop before anybody stands on it."""
    return behind.screen()


@pytest.fixture(scope="module")
def out(composed: str, empty: Pixels, mind: str, tmp_path_factory: pytest.TempPathFactory):
    """The app with its avatar on the desktop, frozen, and its conversation out of the way."""
    profile = tmp_path_factory.mktemp("overlay") / "profile"
    set_theme(profile, "light")
    words = ("--mind", mind, "--muted", "--overlay")
    with running_app(composed, profile, *words) as app:
        app.until_quiet()
        app.ask("conversation", shown=False)
        app.ask("freeze", frozen=True)
        app.xdotool("mousemove", 5, 5)
        until(app, lambda seen: seen["lets_through"], "it lets clicks through")
        yield app


def until(app: WindowApp, what: Callable[[Answer], object], why: str) -> Answer:
    deadline = time.monotonic() + SECONDS
    while not what(seen := app.ask("overlay")):
        assert time.monotonic() < deadline, f"waited in vain: {why}; seen last: {seen}"
    return seen


def drawn(app: WindowApp) -> np.ndarray:
    """Premultiplied pixels of the avatar."""
    path = app.profile / "alpha.npy"
    app.ask("alpha", path=str(path))
    return np.load(path).astype(np.int32)


def part(screen: Pixels, at: list[int]) -> Pixels:
    x, y, width, height = at
    return screen[y : y + height, x : x + width]


def test_what_is_behind_is_blended_and_nothing_else(
    out: WindowApp, behind: Behind, empty: Pixels, bar: Callable[..., None]
) -> None:
    at = out.ask("overlay")["at"]
    backdrop = part(empty, at)
    worst = np.full(backdrop.shape, 255)
    for _ in range(LOOKS):  # a frame takes a moment from the app through the compositor
        pixels, seen = drawn(out), part(behind.screen(), at)
        expected = pixels[..., :3] + (backdrop * (255 - pixels[..., 3:]) + 127) // 255
        worst = np.abs(seen - expected)
        if worst.max() <= NEARLY:
            break
    edge = (pixels[..., 3] > CLEAR) & (pixels[..., 3] < SOLID)
    clear = pixels[..., 3] == 0
    assert edge.sum() > 200, "no soft edge to look at"
    assert 0.2 < clear.mean() < 0.95
    bar("overlay: worst difference from premultiplied blending", float(worst.max()), at_most=NEARLY)
    bar("overlay: worst on soft edges (a fringe)", float(worst[edge].max()), at_most=NEARLY)
    assert np.array_equal(seen[clear], backdrop[clear]), "a box around the figure"
    for row in (0, -1):
        for column in (0, -1):
            assert np.array_equal(seen[row, column], backdrop[row, column]), "a corner"


def test_clicks_pass_beside_the_figure_and_touch_the_figure(out: WindowApp, behind: Behind) -> None:
    x, y, width, height = out.ask("overlay")["at"]
    alpha = drawn(out)[..., 3]
    rng = np.random.default_rng(5)
    for solid, wanted in ((False, alpha == 0), (True, alpha == 255)):
        sure = _inside(wanted)
        sure[:60, width // 2 :] = False  # where the controls lie
        for row, column in rng.permutation(np.argwhere(sure))[:6]:
            out.xdotool("mousemove", x + column, y + row)
            until(out, lambda seen, solid=solid: seen["lets_through"] is not solid, "the gate")
            behind.forget()
            out.xdotool("click", 1)
            if solid:
                with pytest.raises(queue.Empty):
                    behind.told.get_nowait()
            else:
                assert _click(behind) == (x + column, y + row)
    out.xdotool("mousemove", 5, 5)
    assert height > 100


def _inside(wanted: np.ndarray) -> np.ndarray:
    """Places whose neighbours, eight pixels around, are of the same kind."""
    sure = wanted.copy()
    for axis in (0, 1):
        for by in range(-8, 9):
            sure &= np.roll(wanted, by, axis)
    sure[:9] = sure[-9:] = False
    sure[:, :9] = sure[:, -9:] = False
    return sure


def _click(behind: Behind) -> tuple[int, int]:
    while True:
        words = behind.told.get(timeout=SECONDS).split()
        if words[0] == "click":
            return int(words[1]), int(words[2])


def _middle(app: WindowApp) -> tuple[int, int]:
    """A place that is surely on the figure."""
    x, y, _, _ = app.ask("overlay")["at"]
    row, column = np.argwhere(_inside(drawn(app)[..., 3] == 255)).mean(axis=0)
    return int(x + column), int(y + row)


def test_it_is_dragged_resized_and_stands_there_again_after_a_visit(out: WindowApp) -> None:
    x, y = _middle(out)
    before = out.ask("overlay")["at"]
    out.xdotool("mousemove", x, y)
    until(out, lambda seen: not seen["lets_through"], "the figure takes clicks")
    out.xdotool("mousedown", 1)
    for step in (5, 40, 80, 120):
        out.xdotool("mousemove", x - step, y - step)
    out.xdotool("mouseup", 1)
    moved = until(out, lambda seen: seen["at"][0] == before[0] - 120, "it was dragged")
    assert moved["at"][1] == before[1] - 120
    until(out, lambda seen: not seen["lets_through"], "it still takes clicks")
    out.xdotool("click", 4)
    larger = until(out, lambda seen: seen["at"][3] > before[3], "it is larger")["at"]
    feet, stood = larger[1] + larger[3], moved["at"][1] + moved["at"][3]
    assert feet == stood, "the feet stay"
    until(out, lambda seen: not seen["lets_through"], "it takes clicks at its new size")
    out.xdotool("click", "--repeat", 2, "--delay", 40, 1)
    until(out, lambda seen: not seen["out"], "a double click brings it back")
    seen = out.until(lambda seen: seen["frames"] > 1, "it is drawn in the window")
    assert seen["scenes"] == 1
    out.click("Stand on the desktop")
    again = until(out, lambda seen: seen["out"], "it is out again")
    assert again["at"] == larger


def test_without_a_compositor_it_says_so_and_stands_before_a_background(
    screen: str, mind: str, tmp_path: Path
) -> None:
    with (
        desktop_behind(screen) as behind,
        running_app(screen, tmp_path / "profile", "--mind", mind, "--muted", "--overlay") as app,
    ):
        seen = app.until_quiet()
        assert any("does not blend" in sentence for sentence in seen["notices"])
        overlay = app.ask("overlay")
        assert overlay["blends"] is False
        assert overlay["lets_through"] is False
        app.ask("conversation", shown=False)
        assert drawn(app)[..., 3].min() == 255
        shown = part(behind.screen(), overlay["at"])
        for row in (0, -1):
            for column in (0, -1):
                assert shown[row, column].min() > 40, "black"
        with compositor(screen):
            until(app, lambda seen: seen["blends"], "it sees the compositor come")
            app.until(lambda seen: not seen["notices"], "nothing to say any more")
