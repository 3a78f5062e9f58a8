"""The built-in companion: it answers what is asked, in the language it is asked in, and varies."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server_stub.mind.builtin import english, german
from server_stub.mind.builtin.arithmetic import find_sum, spoken_value
from server_stub.mind.builtin.companion import Companion, answer
from server_stub.mind.builtin.numbers import english as english_number
from server_stub.mind.builtin.numbers import german as german_number
from server_stub.mind.contract import Conversation, Persona, Turn
from server_stub.mind.prompt import EMOTIONS, GESTURES, TONES

NOW = datetime(2026, 11, 21, 15, 4, tzinfo=UTC)
WREN = Persona("Wren")


def talk(*questions: str, seed: int = 3) -> list[str]:
    turns: list[Turn] = []
    for question in questions:
        turns.append(Turn("user", question))
        turns.append(Turn("assistant", answer(Conversation(tuple(turns), NOW, seed), WREN)))
    return [turn.text for turn in turns if turn.role == "assistant"]


@pytest.mark.parametrize(
    ("question", "language", "value"),
    [
        ("what is 12 * 7?", "en", "84"),
        ("What's twenty-one plus four?", "en", "25"),
        ("15% of 80", "en", "12"),
        ("the square root of 16?", "en", "4"),
        ("what is 1,000 + 1", "en", "1001"),
        ("calculate (2+3)*4 - 5!", "en", "-100"),
        ("what is one hundred and five minus five", "en", "100"),
        ("was ist 3,5 mal 2", "de", "7"),
        ("wie viel ist einundzwanzig geteilt durch sieben?", "de", "3"),
        ("15 Prozent von 80", "de", "12"),
        ("Wurzel aus 2?", "de", "1,414214"),
    ],
)
def test_a_sum_in_a_sentence_is_worked_out(question: str, language: str, value: str) -> None:
    found = find_sum(question, language)
    assert found is not None and spoken_value(found, language)[0] == value


@pytest.mark.parametrize(
    "text", ["I work 24/7 there", "It was on 2024-12-14.", "call 555-1234?", "hello", "a + b?", "-"]
)
def test_what_only_looks_like_a_sum_is_none(text: str) -> None:
    assert find_sum(text, "en") is None


@pytest.mark.parametrize(("text", "trouble"), [("1/0=", "zero"), ("9**9**9**9", "big")])
def test_a_sum_without_an_answer_says_why(text: str, trouble: str) -> None:
    found = find_sum(text, "en")
    assert found is not None and found.trouble == trouble


numbers = st.integers(0, 999)
sums = st.recursive(
    numbers.map(str),
    lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(
        lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
    ),
    max_leaves=8,
)


@given(sums, numbers)
def test_sums_agree_with_python(left: str, right: int) -> None:
    text = f"{left} + {right}"
    found = find_sum(f"what is {text}?", "en")
    assert found is not None
    assert found.value == Fraction(eval(text))


@given(st.text(alphabet="0123456789+-*/^()%!²√., xX=?", max_size=60), st.sampled_from(["en", "de"]))
def test_any_sum_is_answered_or_refused_quickly(text: str, language: str) -> None:
    found = find_sum(f"= {text}", language)
    if found is not None and found.value is not None:
        spoken_value(found, language)


@given(st.text(max_size=80), st.integers(0, 2**32))
def test_anything_said_gets_an_answer(text: str, seed: int) -> None:
    assert talk(text, text, seed=seed)[1].strip()


@pytest.mark.parametrize("words", [("vierundsechzig", 64), ("zweihundertdrei", 203), ("elf", 11)])
def test_german_number_words_are_numbers(words: tuple[str, int]) -> None:
    assert german_number(words[0]) == words[1]


def test_two_numbers_in_a_row_are_not_one() -> None:
    assert english_number("one two") is None


def test_it_keeps_the_language_of_the_user() -> None:
    said = talk("Hallo!", "Wie spät ist es?", "Danke", "How are you?")
    assert "15:04 Uhr" in said[1]
    assert any(line == said[2] for line in german.LINES["thanks"])
    assert any(line.split("]")[-1] in said[3] for line in english.LINES["how_are_you"])


def test_it_knows_the_time_the_date_and_tomorrow() -> None:
    said = talk("What time is it?", "what day is it?", "what day is tomorrow?")
    assert "3:04 PM" in said[0]
    assert "Saturday, November 21, 2026" in said[1]
    assert "Sunday, November 22, 2026" in said[2]


def test_it_remembers_the_name_within_the_conversation() -> None:
    said = talk("what's my name?", "my name is ada", "what's my name?", "bye")
    assert "Ada" not in said[0] and "Ada" in said[2]


@pytest.mark.parametrize("question", ["tell me a joke", "thanks", "hm", "erzähl mir einen Witz"])
def test_it_does_not_say_the_same_twice_in_a_row(question: str) -> None:
    said = talk(*[question] * 6)
    assert all(one != following for one, following in pairwise(said))


def test_another_one_continues_the_subject() -> None:
    said = talk("tell me a joke", "another one", "yes")
    assert len(set(said)) == 3 and all(line in english.LINES["joke"] for line in said)


def test_every_marker_of_every_line_is_known() -> None:
    known = {
        "emotion": EMOTIONS.split(", "),
        "gesture": GESTURES.split(", "),
        "tone": TONES.split(", "),
    }
    for language in (english, german):
        assert {name for name, _ in language.TOPICS} <= set(language.LINES) | {"again"}
        for lines in language.LINES.values():
            for bracket in re.findall(r"\[([^\]]*)\]", " ".join(lines)):
                for marker in bracket.split(","):
                    kind, _, name = marker.partition(":")
                    assert name in known[kind], marker


def test_the_answer_comes_word_by_word_and_whole() -> None:
    async def scene() -> list[str]:
        conversation = Conversation((Turn("user", "tell me a story"),), NOW, 1)
        return [piece async for piece in Companion(word_seconds=0).reply(conversation, WREN)]

    pieces = asyncio.run(scene())
    whole = answer(Conversation((Turn("user", "tell me a story"),), NOW, 1), WREN)
    assert "".join(pieces) == whole and len(pieces) == len(whole.split())
