from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.lips.phones import VISEMES, normalised, visemes


def names(ipa: str) -> list[str]:
    return [name for name, _ in visemes(ipa) or ()]


@pytest.mark.parametrize(
    ("ipa", "shapes"),
    [
        ("p", ["PP"]),
        ("ˈpʰ", ["PP"]),
        ("pf", ["PP", "FF"]),
        ("t͡ʃ", ["CH"]),
        ("tɕ", ["CS"]),
        ("ç", ["CS"]),
        ("yː", ["Y"]),
        ("ɑ̃", ["aa"]),
        ("aɪ", ["aa", "E"]),
        ("ɔːɹ", ["O", "RR"]),
        ("n̩", ["nn"]),
        ("ss", ["SS"]),
        ("h", []),
        ("(en)", []),
        ("", []),
    ],
)
def test_a_phone_becomes_what_a_listener_sees(ipa: str, shapes: list[str]) -> None:
    assert names(ipa) == shapes


def test_a_diphthong_changes_a_little_after_its_middle() -> None:
    parts = visemes("aʊ")
    assert parts is not None
    assert 0.55 <= parts[0][1] <= 0.60


def test_an_unknown_letter_is_admitted() -> None:
    assert visemes("☃") is None


@given(st.text(max_size=8))
def test_no_text_breaks_the_table_and_shares_sum_to_one(ipa: str) -> None:
    parts = visemes(ipa)
    if parts:
        assert abs(sum(share for _, share in parts) - 1.0) < 1e-9
        assert all(name in VISEMES for name, _ in parts)
    assert normalised(normalised(ipa)) == normalised(ipa)
