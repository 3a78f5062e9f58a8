"""The counted player: everything at its place, to the sample, the same every time."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.sound.clock import CountedClock
from avatar_desktop.sound.counted import LEAD_SECONDS, CountedPlayer

RATE = 48000


def tone(seconds: float, rate: int = RATE, height: int = 1000) -> bytes:
    return np.full(round(seconds * rate), height, "<i2").tobytes()


def stage() -> tuple[CountedClock, CountedPlayer]:
    clock = CountedClock()
    return clock, CountedPlayer(clock)


def test_sounds_follow_each_other_with_the_rest_between_them() -> None:
    _, player = stage()
    first = player.append("a", RATE, tone(1.0), 0.0)
    second = player.append("b", RATE, tone(1.0), 0.25)
    assert first == LEAD_SECONDS
    assert second == pytest.approx(first + 1.25)
    mix = player.mix()
    loud = np.flatnonzero(mix)
    assert loud[0] == round(first * RATE)
    assert len(mix) == round((second + 1.0) * RATE)
    assert not mix[round((first + 1.0) * RATE) : round(second * RATE)].any()


def test_a_sound_that_comes_late_starts_a_little_in_the_future() -> None:
    clock, player = stage()
    player.append("a", RATE, tone(0.1), 0.0)
    clock.move_to(5.0)
    assert player.append("b", RATE, tone(0.1), 0.0) == pytest.approx(5.0 + LEAD_SECONDS)


def test_another_rate_is_resampled_to_the_same_length() -> None:
    _, player = stage()
    player.append("a", 22050, tone(1.0, 22050), 0.0)
    mix = player.mix()
    assert abs(len(mix) - round((LEAD_SECONDS + 1.0) * RATE)) <= 1
    assert abs(int(mix[len(mix) // 2]) - 1000) <= 2


def test_stop_fades_and_drops_the_rest() -> None:
    clock, player = stage()
    player.append("a", RATE, tone(1.0), 0.0)
    player.append("b", RATE, tone(1.0), 0.0)
    clock.move_to(0.5)
    silence = player.stop(0.03)
    assert silence == pytest.approx(0.53)
    mix = player.mix(2.0)
    assert mix[round(0.49 * RATE)] == 1000
    assert 0 < mix[round(0.52 * RATE)] < 1000
    assert not mix[round(silence * RATE) :].any()
    clock.move_to(3.0)
    assert player.finished() == ()
    assert player.append("c", RATE, tone(0.1), 0.4) == pytest.approx(3.0 + LEAD_SECONDS)


def test_a_pause_keeps_the_rest_and_says_by_how_much_it_moved() -> None:
    clock, player = stage()
    start = player.append("a", RATE, tone(1.0), 0.0)
    clock.move_to(0.5)
    silence = player.pause()
    later = player.append("b", RATE, tone(0.5), 0.0)
    clock.move_to(4.0)
    assert player.finished() == ()
    moved = player.resume()
    assert moved == pytest.approx(4.0 + LEAD_SECONDS - silence)
    clock.move_to(start + 1.0 + moved - 0.01)
    assert player.finished() == ()
    clock.move_to(later + 0.5 + moved)
    assert player.finished() == ("a", "b")
    mix = player.mix()
    assert not mix[round(silence * RATE) : round((silence + moved) * RATE)].any()
    assert np.count_nonzero(mix) == pytest.approx(1.5 * RATE, abs=RATE * 0.001)


def test_an_interruption_while_paused_leaves_silence_from_the_pause_on() -> None:
    clock, player = stage()
    player.append("a", RATE, tone(1.0), 0.0)
    clock.move_to(0.5)
    silence = player.pause()
    clock.move_to(2.0)
    assert player.stop() == silence
    assert player.resume() == 0.0
    assert not player.mix(3.0)[round(silence * RATE) :].any()


def test_an_empty_sound_takes_no_time() -> None:
    clock, player = stage()
    start = player.append("a", 22050, b"", 0.0)
    assert player.append("b", RATE, tone(0.1), 0.0) == start
    clock.move_to(start)
    assert player.finished() == ("a",)


@given(
    st.lists(
        st.tuples(st.sampled_from(["append", "pause", "resume", "stop"]), st.floats(0, 0.4)),
        max_size=25,
    )
)
def test_whatever_is_done_sounds_never_overlap_and_starts_lie_in_the_future(
    deeds: list[tuple[str, float]],
) -> None:
    clock, player = stage()
    for number, (deed, passed) in enumerate(deeds):
        clock.move_to(clock.heard() + passed)
        if deed == "append":
            was_paused = player.pause() if number % 5 == 4 else None
            start = player.append(str(number), 8000, tone(passed, 8000, 7), passed / 2)
            assert start > clock.heard() or was_paused is not None or _is_paused(player)
        elif deed == "stop":
            assert player.stop() <= clock.heard() + 0.03 + 1e-9
        else:
            assert getattr(player, deed)() >= 0.0
    placed = player._schedule.placed  # pyright: ignore[reportPrivateUsage]
    for one, other in pairwise(placed):
        assert one.end <= other.start + 1e-9


def _is_paused(player: CountedPlayer) -> bool:
    return player._schedule.is_paused  # pyright: ignore[reportPrivateUsage]
