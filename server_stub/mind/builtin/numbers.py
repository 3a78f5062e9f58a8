"""Numbers in words, English and German, as digits: `twenty-one` and `einundzwanzig` become 21."""

from __future__ import annotations

import re
from typing import Final

ENGLISH_SMALL: Final = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
ENGLISH_TENS: Final = {
    word: number * 10
    for number, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
ENGLISH_SCALES: Final = {"hundred": 100, "thousand": 1000, "million": 1_000_000}

GERMAN_SMALL: Final = {
    word: number
    for number, word in enumerate(
        [
            "null",
            "ein",
            "zwei",
            "drei",
            "vier",
            "fünf",
            "sechs",
            "sieben",
            "acht",
            "neun",
            "zehn",
            "elf",
            "zwölf",
            "dreizehn",
            "vierzehn",
            "fünfzehn",
            "sechzehn",
            "siebzehn",
            "achtzehn",
            "neunzehn",
        ]
    )
} | {"eins": 1, "eine": 1, "zwo": 2}
GERMAN_TENS: Final = {
    word: number * 10
    for number, word in enumerate(
        ["zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"],
        start=2,
    )
} | {"dreissig": 30}

_ENGLISH_WORD: Final = "|".join(
    sorted([*ENGLISH_SMALL, *ENGLISH_TENS, *ENGLISH_SCALES], key=len, reverse=True)
)
_ENGLISH_RUN: Final = re.compile(
    rf"\b(?:{_ENGLISH_WORD})(?:(?:[ -]|\s+and\s+)(?:{_ENGLISH_WORD}))*\b"
)
_WORD: Final = re.compile(r"[a-zäöüß]+")


def english(words: str) -> int | None:
    """The number of a run of English number words; None where it is more than one number."""
    total, part = 0, 0
    last_weight = 10**9
    for word in re.split(r"[\s-]+", words):
        if word == "and":
            continue
        if word in ENGLISH_SCALES:
            scale = ENGLISH_SCALES[word]
            if scale == 100:
                part = (part or 1) * 100
                last_weight = 100
            else:
                total += (part or 1) * scale
                part, last_weight = 0, scale
            continue
        value = ENGLISH_SMALL.get(word, ENGLISH_TENS.get(word, 0))
        weight = 10 if word in ENGLISH_TENS else 1
        if weight >= last_weight:
            return None
        part += value
        last_weight = weight
    return total + part


def german(word: str) -> int | None:
    """The number of one German number word."""
    if word in GERMAN_SMALL:
        return GERMAN_SMALL[word]
    if word in GERMAN_TENS:
        return GERMAN_TENS[word]
    for name, scale in (("tausend", 1000), ("hundert", 100)):
        before, found, after = word.partition(name)
        if found:
            left = 1 if not before else german(before)
            right = 0 if not after else german(after.removeprefix("und"))
            return None if left is None or right is None else left * scale + right
    ones, found, tens = word.partition("und")
    if found and ones in GERMAN_SMALL and 1 <= GERMAN_SMALL[ones] <= 9 and tens in GERMAN_TENS:
        return GERMAN_SMALL[ones] + GERMAN_TENS[tens]
    return None


def in_digits(text: str, language: str) -> str:
    """The lower-case text with its number words as digits. `ein` and `eine` stay words."""
    if language == "de":

        def digits(match: re.Match[str]) -> str:
            word = match.group()
            value = None if word in ("ein", "eine") else german(word)
            return word if value is None else str(value)

        return _WORD.sub(digits, text)

    def run(match: re.Match[str]) -> str:
        value = english(match.group())
        if value is not None:
            return str(value)
        return " ".join(
            str(single) if (single := english(word)) is not None else word
            for word in match.group().split()
        )

    return _ENGLISH_RUN.sub(run, text)
