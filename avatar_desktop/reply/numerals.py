"""Numbers in words, English and German: cardinals, ordinals, years, decimals, clock times.

Promise: pure functions of their digits; what they cannot say they leave to the voice.
"""

from __future__ import annotations

from typing import Literal

from avatar_desktop.reply.wordlist import ordered

Tongue = Literal["en", "de"]

_EN_ONES = ordered(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
_EN_TENS = ordered("- - twenty thirty forty fifty sixty seventy eighty ninety")
_EN_SCALES = ("", " thousand", " million", " billion", " trillion")
_EN_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_DE_ONES = ordered(
    "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn"
    " sechzehn siebzehn achtzehn neunzehn"
)
_DE_TENS = ordered("- - zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig")
_DE_LARGE = (
    (10**12, "Billion", "Billionen"),
    (10**9, "Milliarde", "Milliarden"),
    (10**6, "Million", "Millionen"),
)
_DE_ORDINALS = {1: "erst", 3: "dritt", 7: "siebt", 8: "acht"}
LARGEST = 10**15


def cardinal(number: int, tongue: Tongue) -> str:
    if number >= LARGEST:
        return digits(str(number), tongue)
    return _english(number) if tongue == "en" else _german(number)


def _english(number: int) -> str:
    if number < 1000:
        return _english_hundreds(number)
    groups: list[str] = []
    for scale in _EN_SCALES:
        number, group = divmod(number, 1000)
        if group:
            groups.append(_english_hundreds(group) + scale)
    return " ".join(reversed(groups))


def _english_hundreds(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    parts = [f"{_EN_ONES[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        tens, ones = divmod(rest, 10)
        parts.append(_EN_TENS[tens] + (f"-{_EN_ONES[ones]}" if ones else ""))
    elif rest or not parts:
        parts.append(_EN_ONES[rest])
    return " ".join(parts)


def _german(number: int) -> str:
    parts: list[str] = []
    for size, one, many in _DE_LARGE:
        count, number = divmod(number, size)
        if count:
            parts.append(f"eine {one}" if count == 1 else f"{_german_thousands(count)} {many}")
    if number or not parts:
        parts.append(_german_thousands(number))
    return " ".join(parts)


def _german_thousands(number: int) -> str:
    thousands, rest = divmod(number, 1000)
    head = ""
    if thousands:
        spoken = _german_hundreds(thousands)
        head = (spoken[:-1] if spoken.endswith("eins") else spoken) + "tausend"
    return head + (_german_hundreds(rest) if rest or not thousands else "")


def _german_hundreds(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    head = ("ein" if hundreds == 1 else _DE_ONES[hundreds]) + "hundert" if hundreds else ""
    if rest < 20:
        return head + (_DE_ONES[rest] if rest or not head else "")
    tens, ones = divmod(rest, 10)
    small = "" if not ones else ("ein" if ones == 1 else _DE_ONES[ones]) + "und"
    return head + small + _DE_TENS[tens]


def ordinal(number: int, tongue: Tongue, ending: str = "e") -> str:
    """`ending` is the German one: der drittE, am drittEN."""
    if tongue == "de":
        small = number % 100
        if small in _DE_ORDINALS:
            head = cardinal(number - small, "de") if number > small else ""
            return head + _DE_ORDINALS[small] + ending
        stem = cardinal(number, "de") + ("t" if (0 < small < 20) or not number else "st")
        return stem + ending
    words = cardinal(number, "en")
    cut = max(words.rfind(" "), words.rfind("-")) + 1
    head, last = words[:cut], words[cut:]
    if last in _EN_ORDINALS:
        return head + _EN_ORDINALS[last]
    return head + (last[:-1] + "ieth" if last.endswith("y") else last + "th")


def year(number: int, tongue: Tongue) -> str:
    century, rest = divmod(number, 100)
    if tongue == "de":
        if 1100 <= number < 2000:
            return _german_hundreds(century) + "hundert" + (_german_hundreds(rest) if rest else "")
        return _german(number)
    if 2000 <= number < 2010 or (century % 10 == 0 and not rest):
        return _english(number)
    if not rest:
        return f"{_english(century)} hundred"
    return f"{_english(century)} {'oh ' if rest < 10 else ''}{_english(rest)}"


def digits(text: str, tongue: Tongue) -> str:
    ones = _EN_ONES if tongue == "en" else _DE_ONES
    return " ".join(ones[int(digit)] for digit in text)


def decimal(whole: str, fraction: str, tongue: Tongue) -> str:
    point = "point" if tongue == "en" else "Komma"
    return f"{cardinal(int(whole or '0'), tongue)} {point} {digits(fraction, tongue)}"


def clock(hour: int, minute: int, tongue: Tongue) -> str:
    if tongue == "de":
        shown = "ein" if hour == 1 else cardinal(hour, "de")
        return f"{shown} Uhr" + (f" {cardinal(minute, 'de')}" if minute else "")
    if not minute:
        return f"{cardinal(hour, 'en')} o'clock" if 0 < hour <= 12 else f"{_english(hour)} hundred"
    return f"{_english(hour)} {'oh ' if minute < 10 else ''}{_english(minute)}"
