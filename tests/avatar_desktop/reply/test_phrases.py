from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.reply.cue import Phrase
from avatar_desktop.reply.phrases import ReplyReader


def read(text: str, size: int | None = None) -> list[Phrase]:
    reader = ReplyReader()
    step = size or max(1, len(text))
    out: list[Phrase] = []
    for at in range(0, len(text), step):
        out += reader.feed(text[at : at + step])
    return out + reader.finish()


def texts(text: str) -> list[str]:
    return [phrase.text for phrase in read(text) if phrase.text]


def test_the_first_clause_is_spoken_before_its_sentence_ends() -> None:
    reader = ReplyReader()
    assert [p.text for p in reader.feed("Hello there, I am ")] == ["Hello there,"]
    assert reader.feed("glad, really glad") == []


def test_a_first_phrase_without_a_stop_ends_after_twelve_words() -> None:
    (first,) = ReplyReader().feed("one two three four five six seven eight nine ten big cats sat ")
    assert len(first.text.split()) == 12


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("Mr. Smith met Dr. Jones. They left.", ["Mister Smith met Doctor Jones.", "They left."]),
        ("It is e.g. nice. Yes.", ["It is for example nice.", "Yes."]),
        ("J. R. Tolkien wrote. Read it.", ["J. R. Tolkien wrote.", "Read it."]),
        ("Das war am 3. Mai. Gut.", ["Das war am dritten Mai.", "Gut."]),
        ("Wait... what? Ok.", ["Wait... what?", "Ok."]),
        ("你好。再见！", ["你好。", "再见！"]),
        ("# Title\nBody text.", ["Title", "Body text."]),
        ("- one\n- two", ["one", "two"]),
        ("Wrapped\nlines join. Yes.", ["Wrapped lines join.", "Yes."]),
        ("It costs 3.50 now. Ok.", ["It costs three point five zero now.", "Ok."]),
        ("See [the. doc](http://a.b/c). Ok.", ["See the. doc.", "Ok."]),
    ],
)
def test_phrases_end_where_sentences_end(reply: str, expected: list[str]) -> None:
    assert texts(reply) == expected


def test_code_is_named_once_and_tables_are_left_to_the_eye() -> None:
    reply = "Look:\n```py\nx = 1\n```\nDone.\n```\ny\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nBye"
    assert texts(reply) == ["Look:", "Code on screen.", "Done.", "Bye"]
    reader = ReplyReader()
    reader.feed(reply)
    reader.finish()
    assert reader.shown == reply


def test_a_tone_starts_a_new_phrase() -> None:
    phrases = read("Well now [tone:serious]listen to me. And then.")
    assert [(p.text, p.tone) for p in phrases] == [
        ("Well now", "neutral"),
        ("listen to me.", "serious"),
        ("And then.", "serious"),
    ]
    assert [cue.name for cue in phrases[1].cues] == ["serious"]


def test_a_cue_belongs_to_the_phrase_of_the_word_after_it() -> None:
    phrases = read("[emotion:happy]Hi there. [gesture:wave] See you. Bye![gesture:nod]")
    assert [(p.text, [cue.name for cue in p.cues]) for p in phrases] == [
        ("Hi there.", ["happy"]),
        ("See you.", ["wave"]),
        ("Bye!", ["nod"]),
    ]


def test_a_name_repeated_in_one_phrase_counts_once() -> None:
    (phrase,) = read("[wave]Hi [wave]you")
    assert [cue.name for cue in phrase.cues] == ["wave"]


def test_pauses_follow_the_punctuation() -> None:
    pauses = {p.text: p.pause_after for p in read("Hello there, you. Next one.\n\nLast. End.")}
    assert 0.12 <= pauses["Hello there,"] <= 0.25
    assert 0.3 <= pauses["you."] <= 0.5
    assert 0.6 <= pauses["Next one."] <= 0.8


def test_thoughts_are_neither_spoken_nor_shown() -> None:
    reader = ReplyReader()
    phrases = reader.feed("<think>secret</think>\nHi.") + reader.finish()
    assert [p.text for p in phrases] == ["Hi."]
    assert reader.shown == "Hi."
    assert reader.raw == "<think>secret</think>\nHi."


def test_shown_places_are_found_from_raw_ones() -> None:
    reader = ReplyReader()
    reader.feed("[wave]Hi there")
    assert reader.shown[: reader.shown_at(8)] == "Hi"


def test_a_finished_reader_takes_no_more() -> None:
    reader = ReplyReader()
    reader.finish()
    with pytest.raises(ValueError, match="finished"):
        reader.feed("x")


REPLIES = st.lists(
    st.sampled_from(
        [
            *(
                "[emotion:happy]",
                "[gesture:wave] ",
                "[tone:calm]",
                "Hello, ",
                "world. ",
                "Mr. ",
                "x",
            ),
            *(
                "3.5 ",
                "\n",
                "\n\n",
                "```\n",
                "| a |\n",
                "- item\n",
                "*waves* ",
                "<think>",
                "</think>",
            ),
            *(
                "[a. b](http://c.d) ",
                "5 € ",
                "z. B. ",
                "`c` ",
                "Ok! ",
                "…",
                "。",
                "😊 ",
                "[",
                "I. ",
            ),
        ]
    ),
    max_size=40,
).map("".join)


@given(REPLIES | st.text(max_size=120), st.integers(1, 40))
def test_any_split_gives_the_same_phrases(reply: str, size: int) -> None:
    assert read(reply, size) == read(reply)


@given(REPLIES | st.text(max_size=120))
def test_every_reply_ends_with_one_last_phrase_and_true_origins(reply: str) -> None:
    phrases = read(reply)
    assert [p.is_last for p in phrases] == [False] * (len(phrases) - 1) + [True]
    assert [p.index for p in phrases] == list(range(len(phrases)))
    places = [place for p in phrases for place in p.origin]
    assert all(len(p.text) == len(p.origin) for p in phrases)
    assert places == sorted(places)
    assert all(0 <= place < len(reply) for place in places)


@given(st.lists(st.from_regex(r"[A-Za-z]{2,9}[,.!?]?", fullmatch=True), min_size=1, max_size=40))
def test_every_word_of_plain_prose_is_spoken(prose: list[str]) -> None:
    known = {"dr", "mr", "mrs", "ms", "st", "vs", "etc", "fr", "hr", "nr", "ca", "jr", "sr", "aka"}
    words = [word for word in prose if word.strip(",.!?").casefold() not in known]
    joined = " ".join(words)
    spoken = " ".join(phrase.text for phrase in read(joined) if phrase.text)
    for word in words:
        assert word.strip(",.!?") in spoken


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("你好，我是小雀，今天天气很好。再见", ["你好，我是小雀，", "今天天气很好。", "再见"]),
        ("नमस्ते। आप कैसे हैं?", ["नमस्ते।", "आप कैसे हैं?"]),
        ("مرحبا، كيف حالك؟ أنا بخير.", ["مرحبا، كيف حالك؟", "أنا بخير."]),
        ("שלום Anna, מה שלומך? OK.", ["שלום Anna,", "מה שלומך?", "OK."]),
        ("Sag „Привет“ zu Аня. Gut.", ["Sag „Привет“ zu Аня.", "Gut."]),
        ("\u202eHi\u202c \x00there\x07, you\u200b.", ["Hi there,", "you."]),
        ("", []),
        ("😀🎉👋🏽", []),
        ("\x00\x01\x1b\x7f", []),
        ("...", []),
        ("   \n\n\t ", []),
    ],
)
def test_every_script_and_no_script_has_its_phrases(reply: str, expected: list[str]) -> None:
    assert texts(reply) == expected


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "word ",
        "1",
        "1,234.50 ",
        "[",
        "*",
        "`",
        "<",
        "(w",
        "😀",
        ". ",
        "你好",
        "[a](",
        "\x00",
        "|",
    ],
)
def test_endless_text_is_cut_into_bounded_phrases(unit: str, full_length: bool) -> None:
    size = 1_000_000 if full_length else 20_000
    phrases = read(unit * (size // len(unit)), 4096)
    assert phrases[-1].is_last
    assert max(len(phrase.origin) for phrase in phrases) <= 10_000
    assert phrases == read(unit * (size // len(unit)))


@given(st.text(alphabet="ab1 .,[](){}<>*_`~\\|:/#\n你。،؟é\u0301\u202e\x00😀", max_size=200))
def test_any_cut_of_hard_signs_gives_the_same_phrases(reply: str) -> None:
    assert read(reply, 1) == read(reply)


def test_code_is_named_in_the_language_of_the_reply() -> None:
    assert texts("Voici le code que vous avez demandé :\n```\nx\n```")[-1] == "Du code à l'écran."
