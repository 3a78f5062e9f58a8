"""An app that nobody talks to costs next to nothing, and a hidden one nothing at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.makers.window_app import WindowApp, running_app

pytestmark = [pytest.mark.window, pytest.mark.slow]
SECONDS = 20.0
SETTLING_SECONDS = 12.0
"""The sound device closes after ten seconds of silence."""


@pytest.fixture
def idle(screen: str, mind: str, tmp_path: Path, full_length: bool) -> Iterator[WindowApp]:
    """An app with its welcome said and its gestures over, which draws nothing but goes on."""
    if not full_length:
        pytest.skip("a share of a core is measured at full length only")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GALLIUM_NOOP", "1")  # Qt's own drawing is left out too, where Mesa draws
        with running_app(screen, tmp_path / "profile", "--mind", mind, "--muted") as app:
            app.until_quiet()
            app.ask("stub")
            time.sleep(SETTLING_SECONDS)  # idleness has no event to wait for
            yield app


def shares(app: WindowApp) -> tuple[float, float]:
    """Percent of one core: the window's process, and all its children together."""
    family = app.family()
    before = [_seconds(process) for process in family]
    started = time.monotonic()
    time.sleep(SECONDS)
    passed = time.monotonic() - started
    used = [_seconds(each) - was for each, was in zip(family, before, strict=True)]
    return 100 * used[0] / passed, 100 * sum(used[1:]) / passed


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def test_an_idle_app_leaves_the_machine_alone(idle: WindowApp, bar: Callable[..., None]) -> None:
    frames = idle.look()["frames"]
    window, children = shares(idle)
    rate = (idle.look()["frames"] - frames) / SECONDS
    bar("idle in a window, nothing drawn: frames a second", round(rate, 1), at_least=25)
    bar("idle children, of one core", round(children, 2), at_most=1, unit=" %")
    bar("idle window, nothing drawn, of one core", round(window, 2), at_most=6, unit=" %")


def test_a_hidden_app_costs_nothing(idle: WindowApp, bar: Callable[..., None]) -> None:
    idle.ask("conversation", shown=False)
    frames = idle.look()["frames"]
    window, children = shares(idle)
    assert idle.look()["frames"] == frames, "a hidden avatar is drawn"
    bar(
        "hidden app with its children, of one core",
        round(window + children, 2),
        at_most=0.5,
        unit=" %",
    )
