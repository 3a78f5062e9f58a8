from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.reply.numerals import cardinal, ordinal, year
from avatar_desktop.reply.speakable import speakable


def say(text: str, tongue: str = "auto") -> str:
    return speakable(text, list(range(len(text))), tongue)[0]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("**Hello** _there_ ~~no~~ `code`", "Hello there no code"),
        ("## Heading", "Heading"),
        ("- [x] item *two*", "item two"),
        ("1. Open the app", "one, Open the app"),
        ("See [the docs](https://x.org/a).", "See the docs."),
        ("Go to https://www.example.com/a/b?c=1.", "Go to example.com."),
        ("Hi 😊👋🏽 there!", "Hi there!"),
        ("It costs $3.50.", "It costs three dollars and fifty cents."),
        ("About 1,234.5 km", "About one thousand two hundred thirty-four point five kilometres"),
        ("At 10:30 p.m. we left", "At ten thirty p m we left"),
        ("On May 3, 2024 it was", "On May third, twenty twenty-four it was"),
        ("In 1999 or the 1990s", "In nineteen ninety-nine or the nineteen nineties"),
        ("25% of 5-10 items", "twenty-five percent of five to ten items"),
        ("Version 2.10.3", "Version two point ten point three"),
        ("16 GB at 21 °C", "sixteen gigabytes at twenty-one degrees Celsius"),
        ("AT&T & R&D", "AT and T and R and D"),
        ("Call 555-1234", "Call five five five, one two three four"),
        ("e.g. this vs. that", "for example this versus that"),
        ("Fact[1] is true.[2, 3]", "Fact is true."),
        ("the 1st, 22nd", "the first, twenty-second"),
        ("2 * 3 = 6", "two times three equals six"),
        ("snake_case_name", "snake case name"),
        ("***", ""),
        ("🎉", ""),
        ("-5 degrees", "minus five degrees"),
    ],
)
def test_english_is_said_as_people_say_it(written: str, said: str) -> None:
    assert say(written) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Am 3. Mai um 14:30 Uhr.", "Am dritten Mai um vierzehn Uhr dreißig."),
        ("Das kostet 5,99 €.", "Das kostet fünf Euro neunundneunzig."),
        ("1.234 km und 3,5 °C", "eintausendzweihundertvierunddreißig Kilometer und drei Komma fünf"
         " Grad Celsius"),
        ("z. B. ca. 20 %", "zum Beispiel circa zwanzig Prozent"),
        ("seit 1999", "seit neunzehnhundertneunundneunzig"),
        ("1 h und 1 kg", "eine Stunde und ein Kilogramm"),
    ],
)  # fmt: skip
def test_german_is_said_as_people_say_it(written: str, said: str) -> None:
    assert say(written, "de") == said


def test_other_languages_keep_their_digits() -> None:
    assert say("J'ai 3 chats et une maison que vous") == "J'ai 3 chats et une maison que vous"


def test_numbers_have_names() -> None:
    assert cardinal(2345678, "en") == (
        "two million three hundred forty-five thousand six hundred seventy-eight"
    )
    assert cardinal(16006, "de") == "sechzehntausendsechs"
    assert cardinal(101_000, "de") == "einhunderteintausend"
    assert [ordinal(n, "en") for n in (1, 12, 20, 33)] == [
        "first", "twelfth", "twentieth", "thirty-third",
    ]  # fmt: skip
    assert [ordinal(n, "de") for n in (1, 7, 20, 101)] == [
        "erste", "siebte", "zwanzigste", "einhunderterste",
    ]  # fmt: skip
    assert [year(n, "en") for n in (1905, 2000, 2024)] == [
        "nineteen oh five", "two thousand", "twenty twenty-four",
    ]  # fmt: skip


@given(st.text(max_size=120) | st.from_regex(r"([0-9$€%.,:/ ap\-m°]|km|\[|\]|\*){0,40}"))
def test_every_character_keeps_its_place(text: str) -> None:
    for tongue in ("auto", "en", "de", "fr"):
        said, origin = speakable(text, list(range(len(text))), tongue)
        assert len(said) == len(origin)
        assert list(origin) == sorted(origin)
        assert said == said.strip()
