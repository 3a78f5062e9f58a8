"""The real engine in its own process: exact, complete, the same every time."""

import math
from itertools import pairwise

import numpy as np
import pytest

from avatar_desktop.errors import VoiceError
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.synthesis import synthesise
from tests.makers.pitch import pitch

TEXT = "Hello there, you are one of the 3 people of the well-known year."


def ask(text: str, seq: int = 0, **wishes: object) -> SpeechRequest:
    return SpeechRequest(text, tuple(range(len(text))), "reply", seq, **wishes)  # type: ignore[arg-type]


def test_phones_lie_end_to_end_over_the_whole_sound() -> None:
    (clip,) = synthesise([ask(TEXT)])
    assert clip.phones[0].start == 0 and clip.phones[-1].end == clip.samples
    assert all(a.end == b.start for a, b in pairwise(clip.phones))
    assert all(phone.start < phone.end for phone in clip.phones)
    spoken = [phone.ipa for phone in clip.phones if phone.ipa]
    assert spoken[:4] == ["h", "ə", "l", "oʊ"]
    assert {phone.stress for phone in clip.phones} == {0, 2}
    assert clip.timing == "exact" and 0.02 < clip.loudness < 0.5


def test_every_word_of_the_text_has_its_own_time_also_where_the_engine_merges_some() -> None:
    (clip,) = synthesise([ask(TEXT)])
    assert [word.text for word in clip.words] == [word.strip(",.") for word in TEXT.split()]
    assert all(word.start < word.end for word in clip.words)
    assert all(a.end <= b.start for a, b in pairwise(clip.words))
    assert [TEXT[w.char_start : w.char_end] for w in clip.words] == [w.text for w in clip.words]


def test_silence_is_reported_and_sounds_are_loud() -> None:
    (clip,) = synthesise([ask("Stop. Now!")])
    sound = np.abs(np.frombuffer(clip.pcm, "<i2").astype(float))
    pause = max((p for p in clip.phones if not p.ipa), key=lambda p: p.end - p.start)
    vowel = next(p for p in clip.phones if p.ipa == "ɑː")
    assert sound[pause.start : pause.end].mean() * 5 < sound[vowel.start : vowel.end].mean()


@pytest.mark.parametrize("voice", ["en-us", "en-us+f3", "de+whisper"])
def test_a_clip_depends_on_its_request_alone(voice: str) -> None:
    other = ask("Something else was said before.", voice="fr")
    (alone,) = synthesise([ask(TEXT, voice=voice)])
    after = synthesise([other, ask(TEXT, voice=voice), other, ask(TEXT, voice=voice)])
    assert alone == after[1] == after[3]


def test_words_point_into_the_raw_reply() -> None:
    raw = "It is **3** o'clock"
    text = "It is three o'clock"
    origin = (0, 1, 2, 3, 4, 5, *([8] * 5), 11, *range(12, 19))
    (clip,) = synthesise([SpeechRequest(text, origin, "reply", 0)])
    assert [(word.text, raw[word.char_start : word.char_end]) for word in clip.words] == [
        ("It", "It"),
        ("is", "is"),
        ("three", "3"),
        ("o'clock", "o'clock"),
    ]


def test_tones_change_speed_and_pitch() -> None:
    plain, excited, calm, unknown = synthesise(
        ask("We are all well away.", seq, tone=tone)
        for seq, tone in enumerate(("neutral", "excited", "calm", "no such tone"))
    )
    assert excited.seconds < plain.seconds * 0.92
    assert calm.seconds > plain.seconds * 1.05
    assert pitch(excited) > pitch(plain) * 1.1
    assert unknown.pcm == plain.pcm


def test_wishes_beyond_the_engine_are_kept_within_it() -> None:
    fast, slow = synthesise(
        [ask("One two three.", rate=50.0, pitch=9.0), ask("One two three.", rate=0.01, pitch=0.01)]
    )
    assert 0.1 < fast.seconds < slow.seconds < 10.0


def test_a_phrase_without_words_is_a_clip_without_sound() -> None:
    empty, dots = synthesise([ask(""), ask("...", 1, last=True, pause_after=0.4)])
    assert empty.samples == 0 and empty.words == () and empty.phones == ()
    assert dots.words == () and dots.last and dots.pause_after == 0.4


def test_a_voice_that_nobody_has_is_an_error_with_a_next_step() -> None:
    with pytest.raises(VoiceError, match=r"no voice named 'dolphin'.*en-us"):
        synthesise([ask(TEXT, voice="dolphin")])


def test_odd_text_is_spoken_or_skipped_but_never_breaks_anything() -> None:
    texts = [
        "\0",
        "<b>tag</b> & more",
        "😀 “quote” – dash",
        "日本語です",
        "שלום",
        "a" * 3000,
        "[[x",
    ]
    clips = synthesise(ask(text, seq) for seq, text in enumerate(texts))
    for text, clip in zip(texts, clips, strict=True):
        assert math.isfinite(clip.loudness)
        assert all(0 <= w.char_start < w.char_end <= len(text) for w in clip.words)
        assert not clip.phones or clip.phones[-1].end == clip.samples
