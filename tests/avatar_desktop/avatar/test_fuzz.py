"""Thousands of damaged files: each time an avatar or an AvatarError, soon and in little memory."""

from __future__ import annotations

from typing import Any

import pytest

from tests.makers import reading_check
from tests.makers.damage import damaged, seeds
from tests.makers.reading_child import SECONDS, read_damaged

_SAMPLE = 1500
_ALL = 20_000


@pytest.mark.timeout(600)
def test_damaged_files_never_break_the_reader(full_length: bool, bar: Any) -> None:
    count = _ALL if full_length else _SAMPLE
    outcome = read_damaged(0, count)
    assert outcome.faults == []
    assert outcome.opened + outcome.refused == count
    assert outcome.opened > count / 20, "so much damage that nothing deep is reached"
    bar("avatars: damaged files that break the reader", len(outcome.faults), at_most=0)
    bar("avatars: memory for damaged files", outcome.megabytes, at_most=1024, unit="MB")


def test_the_same_number_is_the_same_damage() -> None:
    seed = seeds()[0]
    assert damaged(seed.data, 7) == damaged(seed.data, 7)
    assert any(damaged(seed.data, number) != seed.data for number in range(5))


def test_faults_deaths_and_hangs_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reading process is told by its environment to misbehave at three of its files."""
    monkeypatch.setenv(reading_check.MISBEHAVE, "2:raise,4:die,6:hang")
    monkeypatch.setattr("tests.makers.reading_child.SECONDS", 1.0)
    outcome = read_damaged(0, 8)
    assert outcome.opened + outcome.refused == 5
    raised, died, hung = outcome.faults
    assert "told to" in raised
    assert "the process died" in died
    assert "took longer" in hung
    assert SECONDS == 5.0
