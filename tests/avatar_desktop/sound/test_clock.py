"""The clock never goes back, never stops, and joins the device gently."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.sound.clock import JOIN_SECONDS, Anchor, CountedClock, JoinedClock

steps = st.lists(
    st.tuples(st.floats(0.0, 0.5), st.none() | st.tuples(st.floats(-2.0, 2.0), st.floats(-1, 1))),
    max_size=60,
)


class Hand:
    """A monotonic clock moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@given(steps)
def test_it_never_goes_back_and_joins_by_at_most_five_milliseconds_a_look(
    looks: list[tuple[float, tuple[float, float] | None]],
) -> None:
    hand = Hand()
    clock = JoinedClock(hand)
    before = clock.heard()
    for passed, said in looks:
        hand.now += passed
        if said is not None:
            stage, ahead = said
            clock.anchor(Anchor(before + stage, hand.now + ahead))
        after = clock.heard()
        assert after >= before
        assert abs((after - before) - passed) <= JOIN_SECONDS + 1e-9
        before = after


def test_without_a_device_it_runs_on_the_monotonic_clock() -> None:
    hand = Hand()
    clock = JoinedClock(hand)
    hand.now += 3.5
    assert clock.heard() == pytest.approx(3.5)


@pytest.mark.parametrize("error", [0.08, -0.08])
def test_it_arrives_at_the_device_within_half_a_second_of_frames(error: float) -> None:
    hand = Hand()
    clock = JoinedClock(hand)
    clock.anchor(Anchor(error, hand.now))
    for _ in range(30):
        hand.now += 1 / 60
        clock.heard()
    assert clock.heard() == pytest.approx(clock.true(), abs=1e-6)


def test_many_looks_a_frame_do_not_hurry_it() -> None:
    hand = Hand()
    clock = JoinedClock(hand)
    clock.anchor(Anchor(1.0, hand.now))
    for _ in range(1000):
        clock.heard()
    hand.now += 0.001
    assert clock.heard() <= 0.0013 + 1e-9


def test_the_stage_waits_for_a_late_sound() -> None:
    hand = Hand()
    clock = JoinedClock(hand)
    clock.anchor(Anchor(0.5, hand.now + 0.8))  # heard 0.3 s later than planned
    hand.now += 0.4
    assert clock.true() == pytest.approx(0.4)
    hand.now += 0.3
    assert clock.true() == pytest.approx(0.5)
    hand.now += 0.3
    assert clock.true() == pytest.approx(0.7)


def test_the_counted_clock_refuses_to_go_back() -> None:
    clock = CountedClock()
    clock.move_to(1.0)
    with pytest.raises(ValueError, match="cannot go back"):
        clock.move_to(0.5)
