"""When the next frame is due, and how fine: nothing here asks for the time."""

from __future__ import annotations

import numpy as np
import pytest

from avatar_desktop.render.quality import FULL, SOFTWARE
from avatar_desktop.render.view import View
from avatar_desktop.ui.frame import Frame
from avatar_desktop.ui.pacemaker import Pacemaker
from avatar_desktop.ui.pacing import (
    BATTERY,
    MAINS,
    SMALLEST_SCALE,
    Fineness,
    Pace,
    Rates,
    rates_for,
    steps_of,
)
from tests.makers import figures

QUICK, SLOW, HOPELESS = 0.004, 0.07, 0.4


def drawn(fineness: Fineness, seconds: float, frames: int) -> Fineness:
    for _ in range(frames):
        fineness = fineness.after(seconds)
    return fineness


def test_motion_is_smoother_than_rest_and_a_battery_is_spared() -> None:
    pace = Pace(0.001)
    assert pace.interval(MAINS, lively=True) == pytest.approx(1 / 60)
    assert pace.interval(MAINS, lively=False) == pytest.approx(1 / 30)
    assert pace.interval(BATTERY, lively=True) > pace.interval(MAINS, lively=True)
    assert pace.interval(BATTERY, lively=False) > pace.interval(MAINS, lively=False)


@pytest.mark.parametrize("hertz", [50.0, 59.94, 75.0, 144.0, 240.0])
def test_motion_is_as_fast_as_the_screen(hertz: float) -> None:
    pacemaker = Pacemaker()
    pacemaker.pace = Pace(0.001)
    pacemaker.follow(hertz)
    pacemaker.hurry(1.0)
    assert pacemaker.wait(0.0) == pytest.approx(1 / hertz)
    assert rates_for(hertz, on_battery=False).idle == MAINS.idle
    assert rates_for(hertz, on_battery=True) == BATTERY


@pytest.mark.parametrize("hertz", [0.0, -1.0, 1e6, float("nan")])
def test_a_screen_that_says_nonsense_shows_sixty(hertz: float) -> None:
    assert rates_for(hertz, on_battery=False) == MAINS


def test_a_slow_screen_is_not_asked_for_more() -> None:
    assert rates_for(24.0, on_battery=False) == Rates(24.0, 24.0)


def test_a_frame_that_costs_much_is_drawn_less_often_but_never_rarely() -> None:
    assert Pace(0.05).interval(MAINS, lively=False) == pytest.approx(0.05 / 0.35)
    assert Pace(9.0).interval(MAINS, lively=True) == pytest.approx(1 / 5)


def test_the_steps_go_from_fine_to_coarse() -> None:
    steps = steps_of(FULL)
    assert steps[0] == FULL
    assert steps[1].msaa == 1
    scales = [step.resolution_scale for step in steps]
    assert scales == sorted(scales, reverse=True)
    assert scales[-1] == SMALLEST_SCALE
    assert len(set(steps_of(SOFTWARE))) == len(steps_of(SOFTWARE))


def test_the_open_sky_goes_before_any_pixel_does() -> None:
    steps = steps_of(FULL)
    without = [step.sky_step == 0 for step in steps]
    assert without[0] is False
    assert without == sorted(without)
    assert all(not step.sky_step for step in steps if step.resolution_scale < 1.0)


def test_the_first_measurement_goes_straight_to_the_step_that_is_in_time() -> None:
    steps = steps_of(FULL)
    assert drawn(Fineness(steps), QUICK, 12).step == 0
    assert drawn(Fineness(steps), SLOW, 12).step > 0
    assert drawn(Fineness(steps), HOPELESS, 12).step == len(steps) - 1


def test_one_stall_changes_nothing() -> None:
    fineness = Fineness(steps_of(FULL))
    for number in range(60):
        fineness = fineness.after(2.0 if number % 12 == 5 else QUICK)
    assert fineness.step == 0


def test_it_goes_down_a_step_when_late_and_up_again_only_with_room() -> None:
    fineness = drawn(Fineness(steps_of(FULL)), QUICK, 12)
    late = drawn(fineness, SLOW, 12)
    assert late.step == 1
    just_in_time = drawn(late, 0.018, 48)
    assert just_in_time.step == 1, "the finer step came late once"
    assert drawn(just_in_time, QUICK, 12).step == 0


def test_a_coarser_picture_that_is_as_late_is_made_fine_again() -> None:
    coarse = drawn(Fineness(steps_of(FULL)), SLOW, 12)
    assert coarse.step > 0
    fine = drawn(coarse, SLOW, 12)
    assert fine.step == 0
    assert drawn(fine, SLOW, 60).step == 0, "not at once again"


def test_it_does_not_swing_between_two_steps() -> None:
    """A machine whose finest picture is late and whose next is well in time."""
    fineness = Fineness(steps_of(FULL))
    changes = 0
    for _ in range(600):
        before = fineness.step
        fineness = fineness.after(0.055 if fineness.step == 0 else 0.03)
        changes += fineness.step != before
    assert changes <= 2


def swung(*, idles: bool) -> float:
    """Seconds until the next frame is due after a bar swung fast for a while."""
    bar = figures.bending_bar(3)
    pacemaker = Pacemaker()
    for number in range(30):
        world = np.array(figures.rest(bar).world)
        world[-1, 0, 3] += 0.05 * number
        view = View(eye=(0, 0, 4), target=(0, 0, 0))
        frame = Frame(bar, figures.posed(bar, world), view, speaking=False, idles=idles)
        pacemaker.drawn(frame, number / 60, number / 60 + 0.001)
    return pacemaker.wait(29 / 60)


def test_what_moves_is_followed_unless_the_avatar_only_lives() -> None:
    assert swung(idles=False) == pytest.approx(1 / 60)
    assert swung(idles=True) == pytest.approx(1 / 30)


def test_next_pictures_are_drawn_along_while_nothing_moves_and_drawing_is_cheap() -> None:
    pacemaker = Pacemaker()
    pacemaker.pace = Pace(0.002)
    assert pacemaker.frames_ahead(0.0, 0.104) == pytest.approx((1 / 30, 2 / 30, 3 / 30))
    assert pacemaker.frames_ahead(0.0, 0.02) == ()
    pacemaker.hurry(0.0)
    assert pacemaker.frames_ahead(0.1, 0.104) == (), "somebody moves something"
    assert len(pacemaker.frames_ahead(10.0, 0.104)) == 3
    pacemaker.pace = Pace(0.02)
    assert pacemaker.frames_ahead(10.0, 0.104) == (), "the picture of now would come late"
