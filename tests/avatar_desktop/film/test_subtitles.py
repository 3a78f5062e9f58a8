from __future__ import annotations

from itertools import pairwise

from avatar_desktop.film.subtitles import LINE, LONGEST, Caption, captions, srt, webvtt
from avatar_desktop.voice.clip import SpeechClip, SpokenWord


def clip(*words: str, each: float = 0.4) -> SpeechClip:
    step = round(each * 1000)
    said = tuple(SpokenWord(i * step, i * step + step, 0, 0, w) for i, w in enumerate(words))
    return SpeechClip("c", "r", 0, True, 1000, bytes(2 * step * len(words)), (), said, "exact", 0.1)


def test_words_of_a_clip_become_one_caption_at_its_place() -> None:
    (only,) = captions([(2.0, clip("Hello", "there"))])
    assert (only.start, only.text) == (2.0, "Hello there")
    assert 2.8 <= only.end <= 3.3


def test_long_speech_is_cut_into_short_captions_that_do_not_overlap() -> None:
    found = captions([(0.0, clip(*["wonderful"] * 60)), (24.0, clip("Done"))])
    assert all(len(line) <= LINE + 10 for each in found for line in each.text.splitlines())
    assert all(each.end - each.start <= LONGEST + 0.5 for each in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert " ".join(each.text for each in found).split().count("wonderful") == 60


def test_srt_and_webvtt_write_the_times_their_own_way() -> None:
    shown = [Caption(3661.5, 3662.0, "a < b & c")]
    assert srt(shown) == "1\n01:01:01,500 --> 01:01:02,000\na < b & c\n\n"
    assert webvtt(shown) == "WEBVTT\n\n01:01:01.500 --> 01:01:02.000\na &lt; b &amp; c\n\n"


def test_silence_has_no_captions() -> None:
    assert captions([]) == []
    assert captions([(0.0, clip())]) == []
