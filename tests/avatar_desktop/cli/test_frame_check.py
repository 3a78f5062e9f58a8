"""What `doctor` says of the pace at which this machine draws."""

from __future__ import annotations

import pytest

from avatar_desktop.cli import frame_check


@pytest.mark.parametrize(
    ("seconds", "words", "advises"),
    [(0.005, "as smooth as the screen", False), (0.03, "enough", False), (0.2, "coarser", True)],
)
def test_it_is_said_in_words(seconds: float, words: str, *, advises: bool) -> None:
    detail, advice = frame_check.told(seconds)
    assert words in detail
    assert f"{seconds * 1000:.0f} ms" in detail
    assert bool(advice) is advises
