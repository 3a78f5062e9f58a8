"""The page of promises is renewed as a whole or in parts."""

from __future__ import annotations

from tests.bars import Gathered, compared, kept, page


def gathered(rows: dict[str, str], beside: dict[str, dict[str, float]] | None = None) -> Gathered:
    made = Gathered()
    made.rows, made.beside = rows, beside or {}
    return made


def test_a_part_renews_its_own_promises_and_keeps_the_others() -> None:
    first = gathered(
        {"lips": "| lips | ≤ 1 | 0.5 | holds |", "feet": "| feet | ≤ 2 | 1 | holds |"},
        {"lips": {"ours": 1.0, "others": 0.4}},
    )
    before = page(first.rows, compared(first.beside))
    again = gathered({"feet": "| feet | ≤ 2 | 3 | **BROKEN** |"})
    older, others = kept(before, again)
    after = page({**older, **again.rows}, others or compared(again.beside))
    assert "| lips | ≤ 1 | 0.5 | holds |" in after
    assert "| feet | ≤ 2 | 1 | holds |" not in after
    assert "| feet | ≤ 2 | 3 | **BROKEN** |" in after
    assert after.endswith("| lips | 1 | 0.4 |\n")
    assert page({**kept(after, again)[0], **again.rows}, kept(after, again)[1]) == after


def test_a_whole_run_keeps_nothing() -> None:
    assert kept("", gathered({"feet": "| feet | ≤ 2 | 1 | holds |"})) == ({}, [])
