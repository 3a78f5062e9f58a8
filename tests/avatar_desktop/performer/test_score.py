"""The score keeps what will be heard; cues, cuts and pauses fall exactly where they should."""

from __future__ import annotations

import numpy as np
import pytest

from avatar_desktop.lips.track import TRACK_RATE, MouthTrack
from avatar_desktop.performer.score import Score, cue_time, heard_chars
from avatar_desktop.reply.cue import Cue
from avatar_desktop.voice.clip import Phone, SpeechClip, SpokenWord

RATE = 1000


def clip(reply: str = "r", seq: int = 0, char: int = 0) -> SpeechClip:
    """One second: two words of 400 ms with 100 ms around them."""
    words = (
        SpokenWord(100, 500, char, char + 5, "hello"),
        SpokenWord(500, 900, char + 6, char + 11, "there"),
    )
    phones = (Phone(0, 100, "", 0), Phone(100, 900, "a", 2), Phone(900, 1000, "", 0))
    return SpeechClip(
        f"{reply}:{seq}", reply, seq, False, RATE, bytes(2 * RATE), phones, words, "exact", 0.1
    )


def track(value: float = 1.0) -> MouthTrack:
    weights = np.full((TRACK_RATE + 1, 1), value, dtype=np.float32)
    return MouthTrack(TRACK_RATE, ("jawOpen",), weights, 0.0)


def test_a_cue_fires_at_the_start_of_its_word() -> None:
    score = Score()
    cues = (Cue("emotion", "happy", 1.0, 0), Cue("gesture", "wave", 1.0, 6))
    placed = score.add(10.0, clip(), track(), cues)
    assert [round(each.time, 3) for each in placed] == [10.1, 10.5]
    assert [each.cue.name for each in score.cues_between(10.1, 10.5)] == ["wave"]


def test_a_marker_between_two_words_belongs_to_the_next_one() -> None:
    assert cue_time(clip(), Cue("emotion", "sad", 1.0, 5)) == pytest.approx(0.5)


def test_what_was_not_heard_before_a_cut_never_happens() -> None:
    score = Score()
    score.add(1.0, clip(), track(), (Cue("gesture", "nod", 1.0, 6),))
    score.add(2.0, clip(seq=1, char=12), track(), (Cue("emotion", "sad", 1.0, 12),))
    score.cut(1.3)
    assert score.cues_between(1.3, 99.0) == ()
    assert not score.is_speaking(1.6)
    assert score.mouth(1.5) == {"jawOpen": pytest.approx(0.0)}


def test_a_pause_moves_the_rest_later_and_keeps_what_was_heard() -> None:
    score = Score()
    score.add(1.0, clip(), track(), (Cue("emotion", "happy", 1.0, 0),))
    score.add(2.0, clip(seq=1, char=12), track(), (Cue("emotion", "sad", 1.0, 12),))
    score.move_later(after=2.05, by=3.0)
    assert [each.start for each in score.clips] == [1.0, 5.0]
    assert [round(each.time, 2) for each in score.cues_between(0.0, 99.0)] == [1.1, 5.1]


def test_heard_characters_count_words_whose_end_was_heard() -> None:
    score = Score()
    score.add(1.0, clip(), track())
    score.add(2.0, clip(seq=1, char=12), track())
    expected = {0.9: 0, 1.49: 0, 1.5: 5, 1.9: 11, 2.4: 11, 2.5: 17, 9.0: 23}
    assert {at: heard_chars(score.clips, "r", at) for at in expected} == expected
    assert heard_chars(score.clips, "another", 9.0) == 0


def test_the_avatar_speaks_from_shortly_before_the_sound_until_its_end() -> None:
    score = Score()
    score.add(1.0, clip(), track())
    assert [score.is_speaking(at) for at in (0.7, 0.8, 1.5, 2.0, 2.01)] == [
        False,
        True,
        True,
        True,
        False,
    ]
