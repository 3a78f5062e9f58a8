"""What is the same frame after frame is told again without being thought about again."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from avatar_desktop.render.repeats import FRAMES_WATCHED, Repeats


class Driver:
    """Functions that note what they are told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, tuple[object, ...]]] = []
        names = ("glUseProgram", "glDrawArrays", "glUniform1i", "glBufferSubData", "glEnable")
        self.gl = SimpleNamespace(**{name: self._function(name) for name in names}, GL_BLEND=1)

    def _function(self, name: str):
        return lambda *given: self.told.append((name, given))


def drawn(driver: Driver, repeats: Repeats, cause: object, *, count: int = 3) -> bool:
    """One frame; whether it went through the pass."""
    asked: list[bool] = []

    def work() -> None:
        asked.append(True)
        gl = driver.gl
        gl.glUseProgram(5)
        gl.glUniform1i(2, count)
        gl.glUseProgram(5)
        gl.glDrawArrays(4, 0, count)

    repeats.make("scene", cause, work)
    return bool(asked)


def test_the_same_cause_makes_the_same_calls_without_the_pass() -> None:
    driver = Driver()
    repeats = Repeats(driver.gl)
    went = [drawn(driver, repeats, "still") for _ in range(FRAMES_WATCHED + 2)]
    assert went == [True] * FRAMES_WATCHED + [False] * 2
    lone = [("glUseProgram", (5,)), ("glUniform1i", (2, 3)), ("glDrawArrays", (4, 0, 3))]
    assert driver.told[-3:] == lone, "what is so already is not put again"


def test_another_cause_goes_through_the_pass() -> None:
    driver = Driver()
    repeats = Repeats(driver.gl)
    for _ in range(FRAMES_WATCHED):
        drawn(driver, repeats, "still")
    assert drawn(driver, repeats, "moved", count=9)
    assert driver.told[-1] == ("glDrawArrays", (4, 0, 9))
    repeats.forget()
    assert drawn(driver, repeats, "still")


def test_a_function_that_was_replaced_is_called_in_its_place() -> None:
    driver = Driver()
    repeats = Repeats(driver.gl)
    for _ in range(FRAMES_WATCHED):
        drawn(driver, repeats, "still")
    seen: list[tuple[object, ...]] = []
    driver.gl.glDrawArrays = lambda *given: seen.append(given)
    assert not drawn(driver, repeats, "still")
    assert seen == [(4, 0, 3)]


def test_work_that_hands_over_memory_is_done_every_time() -> None:
    driver = Driver()
    repeats = Repeats(driver.gl)
    block, frames = np.zeros(4), FRAMES_WATCHED + 3
    for _ in range(frames):
        repeats.make("block", "same", lambda: driver.gl.glBufferSubData(1, 0, 32, block))
    assert len(driver.told) == frames
