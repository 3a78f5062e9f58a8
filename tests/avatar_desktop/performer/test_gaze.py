"""Eyes jump as fast as eyes do, keep their target while the head moves, and give the turn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from avatar_desktop.performer.gaze import SILENT, Gaze, Speech
from avatar_desktop.performer.roles import TRAITS, Role

Bar = Callable[..., None]
DT = 0.01


def directions(role: Role, seconds: float, seed: int, speech: Speech = SILENT) -> np.ndarray:
    """Eye direction in space, a row each step."""
    gaze = Gaze(np.random.default_rng(seed))
    gaze.role_changed(0.0, role, TRAITS[role])
    rows: list[tuple[float, float]] = []
    for step in range(int(seconds / DT)):
        now = step * DT
        gaze.step(now, DT, role, TRAITS[role], speech)
        eyes, head = gaze.eyes_in_head(now), gaze.head()
        rows.append((eyes[0] + head[0], eyes[1] + head[1]))
    return np.array(rows)


def test_where_the_eyes_were_a_moment_ago_is_known() -> None:
    gaze = Gaze(np.random.default_rng(3))
    seen: list[tuple[float, float]] = []
    late = 15
    for step in range(3000):
        gaze.step(step * DT, DT, Role.IDLE, TRAITS[Role.IDLE], SILENT)
        seen.append(gaze.eyes_in_head(step * DT))
        if step >= late:
            then = (step - late) * DT
            np.testing.assert_allclose(gaze.eyes_in_head(then), seen[step - late], atol=1e-9)
            between = np.array([gaze.eyes_in_head(then + 0.5 * DT), *seen[step - late :]])
            assert (between[0] <= between[1:3].max(0) + 1e-9).all()
            assert (between[0] >= between[1:3].min(0) - 1e-9).all()


def at_user(rows: np.ndarray) -> float:
    return float((np.hypot(rows[:, 0], rows[:, 1]) <= 5.0).mean())


def test_a_listener_looks_at_the_person_most_of_the_time(bar: Bar) -> None:
    share = at_user(directions(Role.LISTENING, 600.0, 1))
    bar("a listener's time with the eyes on the person", share, at_least=0.65)


def test_a_speaker_looks_at_the_person_and_away(bar: Bar) -> None:
    share = at_user(directions(Role.SPEAKING, 600.0, 4))
    bar("a speaker's time with the eyes on the person", share, at_least=0.35, at_most=0.85)


def test_a_thinker_looks_away_at_once_and_mostly(bar: Bar) -> None:
    rows = directions(Role.THINKING, 300.0, 2)
    bar("a thinker's time with the eyes on the person", at_user(rows), at_most=0.35)
    assert np.hypot(*rows[50]) > 5.0


def test_a_shift_takes_as_long_as_a_saccade_of_its_size() -> None:
    rows = directions(Role.IDLE, 300.0, 3)
    speed = np.abs(np.diff(rows[:, 0])) / DT
    assert speed.max() < 700.0, "no jump within one step beyond what eyes can do"
    assert speed.max() > 60.0, "eyes jump, they do not drift"


def test_the_end_of_a_turn_is_given_with_the_eyes() -> None:
    speech = Speech(began=0.0, ends=30.0, is_whole=True)
    for seed in range(20):
        rows = directions(Role.SPEAKING, 30.0, seed, speech)
        last = rows[int(28.6 / DT) :]
        assert at_user(last) > 0.95


def test_the_same_seed_looks_the_same() -> None:
    a, b = (directions(Role.IDLE, 20.0, 9) for _ in range(2))
    assert np.array_equal(a, b)
