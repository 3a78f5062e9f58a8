"""The silent player keeps time as if it sounded."""

import pytest

from avatar_desktop.sound.silent import LEAD_SECONDS, SilentPlayer


class Hand:
    now = 50.0

    def __call__(self) -> float:
        return self.now


def test_silence_takes_the_time_that_the_sound_would_take() -> None:
    hand = Hand()
    player = SilentPlayer(hand)
    start = player.append("a", 8000, bytes(16000), 0.0)
    assert start == pytest.approx(LEAD_SECONDS)
    hand.now += start + 0.9
    assert player.finished() == ()
    hand.now += 0.11
    assert player.finished() == ("a",)
    assert player.finished() == ()


def test_a_pause_moves_the_rest_later() -> None:
    hand = Hand()
    player = SilentPlayer(hand)
    player.append("a", 8000, bytes(16000), 0.0)
    hand.now += 0.5
    silence = player.pause()
    hand.now += 10.0
    assert player.finished() == ()
    assert player.resume() == pytest.approx(10.5 + LEAD_SECONDS - silence)
    hand.now += 1.0
    assert player.finished() == ("a",)
