"""Blinks come at the rate of the role, skewed like a person's, and events only move them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from avatar_desktop.performer.blink import TOTAL, Blinks

Bar = Callable[..., None]
DT = 0.01


def starts(seconds: float, rate: float, seed: int) -> list[float]:
    blinks = Blinks(np.random.default_rng(seed))
    found: list[float] = []
    was_open = True
    for step in range(int(seconds / DT)):
        now = step * DT
        blinks.step(now, DT, rate)
        is_open = blinks.closure(now) == 0.0
        if was_open and not is_open:
            found.append(now)
        was_open = is_open
    return found


def test_the_rate_is_within_a_fifth_of_the_roles(bar: Bar, full_length: bool) -> None:
    minutes = 30.0 if full_length else 10.0
    for rate in (17.0, 26.0):
        found = len(starts(minutes * 60.0, rate, seed=3)) / minutes
        bar(
            f"blinks of a role that blinks {rate:.0f} times a minute, off by",
            abs(found / rate - 1.0) * 100,
            at_most=20,
            unit="%",
        )


def test_intervals_vary_like_a_persons(bar: Bar) -> None:
    intervals = np.diff(starts(1200.0, 17.0, seed=5))
    spread = float(intervals.std() / intervals.mean())
    bar("spread of the intervals between blinks", spread, at_least=0.45, at_most=1.0)


def test_a_blink_closes_faster_than_it_opens_and_shuts_fully() -> None:
    blinks = Blinks(np.random.default_rng(1))
    now = 0.0
    while blinks.closure(now) == 0.0:
        now += 0.001
        blinks.step(now, 0.001, 17.0)
    curve = [blinks.closure(now + each * 0.001) for each in range(int(TOTAL * 1000))]
    top = int(np.argmax(curve))
    assert max(curve) == 1.0
    assert 1.5 * top < len(curve) - top


def test_lids_of_a_moment_ago_are_known_when_the_next_blink_has_begun() -> None:
    blinks = Blinks(np.random.default_rng(2))
    lids = list[float]()
    late = 10
    for step in range(60_000):
        blinks.step(step * DT, DT, 60.0)
        lids.append(blinks.closure(step * DT))
        if step >= late:
            assert blinks.closure((step - late) * DT) == lids[step - late]


def test_an_event_advances_the_next_blink_and_never_adds_one() -> None:
    quiet = len(starts(600.0, 17.0, seed=7))
    blinks = Blinks(np.random.default_rng(7))
    found, was_open = 0, True
    for step in range(int(600.0 / DT)):
        now = step * DT
        blinks.step(now, DT, 17.0)
        if step % 300 == 0:
            blinks.invite(now)
        is_open = blinks.closure(now) == 0.0
        found += was_open and not is_open
        was_open = is_open
    assert found < quiet * 1.35
