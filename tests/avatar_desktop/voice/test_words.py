"""Every word gets a time, whatever marks the engine gave."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.voice.clip import Phone
from avatar_desktop.voice.words import spoken_words


def phones(*parts: tuple[int, str]) -> tuple[Phone, ...]:
    """Length and IPA of each, laid end to end."""
    out: list[Phone] = []
    at = 0
    for length, ipa in parts:
        out.append(Phone(at, at + length, ipa, 0))
        at += length
    return tuple(out)


def test_a_word_without_a_mark_shares_the_time_of_the_word_before() -> None:
    text = "of the sea"
    words = spoken_words(
        text, range(len(text)), [(0, 0), (7, 500)], phones((500, "ʌ"), (300, "s"), (200, ""))
    )
    assert [(w.text, w.start, w.end) for w in words] == [
        ("of", 0, 200),
        ("the", 200, 500),
        ("sea", 500, 800),
    ]


def test_repeated_and_backward_marks_are_ignored() -> None:
    text = "one two"
    marks = [(0, 0), (0, 100), (4, 400), (0, 500)]
    words = spoken_words(text, range(len(text)), marks, phones((400, "a"), (400, "b")))
    assert [(w.start, w.end) for w in words] == [(0, 400), (400, 800)]


def test_a_mark_on_a_quote_belongs_to_the_word_behind_it() -> None:
    text = "“Hi” you"
    words = spoken_words(text, range(len(text)), [(0, 0), (5, 400)], phones((400, "a"), (400, "b")))
    assert [(w.text, w.char_start, w.char_end) for w in words] == [("Hi", 1, 3), ("you", 5, 8)]


@given(
    st.text(alphabet="ab ,.'-é日😀", max_size=40),
    st.lists(st.tuples(st.integers(0, 45), st.integers(0, 3000)), max_size=10),
    st.lists(st.tuples(st.integers(1, 400), st.sampled_from(["", "a", "b"])), max_size=12),
)
def test_words_are_in_order_and_inside_the_sound_for_any_marks(
    text: str, marks: list[tuple[int, int]], parts: list[tuple[int, str]]
) -> None:
    sound = phones(*parts)
    length = sound[-1].end if sound else 0
    words = spoken_words(text, range(len(text)), marks, sound)
    for word in words:
        assert text[word.char_start : word.char_end] == word.text
    for one, other in pairwise(words):
        assert one.char_end <= other.char_start
        assert one.start <= other.start
    assert all(0 <= word.start <= word.end <= length for word in words)
