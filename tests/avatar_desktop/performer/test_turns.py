"""Several motions for the same thing: all come round, none twice running, and twice the same."""

from itertools import pairwise

import numpy as np

from avatar_desktop.performer.turns import Turns

NAMES = ("idle_1", "idle_2", "idle_3", "idle_4")


def dealt(seed: int, count: int = 200) -> list[str]:
    turns = Turns(np.random.default_rng(seed))
    return [turns.next(NAMES) for _ in range(count)]


def test_none_comes_twice_running_and_all_come_round() -> None:
    for seed in range(20):
        names = dealt(seed)
        assert all(a != b for a, b in pairwise(names))
        for start in range(0, len(names), len(NAMES)):
            assert set(names[start : start + len(NAMES)]) == set(NAMES)


def test_the_first_is_the_first_and_then_it_is_another_order_for_each_seed() -> None:
    assert {dealt(seed)[0] for seed in range(20)} == {"idle_1"}
    assert len({tuple(dealt(seed, 12)) for seed in range(20)}) > 10
    assert dealt(3) == dealt(3)


def test_one_alone_is_always_meant_and_a_change_of_names_begins_anew() -> None:
    turns = Turns(np.random.default_rng(1))
    assert [turns.next(("talk",)) for _ in range(3)] == ["talk"] * 3
    assert turns.next(NAMES) in NAMES
