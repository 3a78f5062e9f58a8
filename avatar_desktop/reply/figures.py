"""Digits with what surrounds them (money, clock times, units, ranges, dates) in words.

Promise: English and German only, longest form first; each row is a pattern and its reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from avatar_desktop.reply.numerals import Tongue, cardinal, clock, decimal, digits, ordinal, year
from avatar_desktop.reply.origin import Traced

_NUMBER = {
    "en": r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?",
    "de": r"(?:\d{1,3}(?:\.\d{3})+(?!\d)|\d+)(?:,\d+)?",
}
_MONEY: dict[str, tuple[str, str, str, str, str]] = {
    # sign: English one, many, hundredth (many); German unit, hundredth
    "$": ("dollar", "dollars", "cents", "Dollar", "Cent"),
    "€": ("euro", "euros", "cents", "Euro", "Cent"),
    "£": ("pound", "pounds", "pence", "Pfund", "Pence"),
    "¥": ("yen", "yen", "", "Yen", ""),
    "EUR": ("euro", "euros", "cents", "Euro", "Cent"),
    "USD": ("dollar", "dollars", "cents", "Dollar", "Cent"),
}
_SCALES = {
    "k": ("thousand", "Tausend"),
    "K": ("thousand", "Tausend"),
    "M": ("million", "Millionen"),
    "million": ("million", "Millionen"),
    "billion": ("billion", "Billionen"),
    "Mio.": ("million", "Millionen"),
    "Mrd.": ("billion", "Milliarden"),
    "bn": ("billion", "Milliarden"),
}
_UNITS: dict[str, tuple[str, str, str, str]] = {
    "km/h": ("kilometre per hour", "kilometres per hour", "Stundenkilometer", "Stundenkilometer"),
    "mph": ("mile per hour", "miles per hour", "Meile pro Stunde", "Meilen pro Stunde"),
    "m/s": ("metre per second", "metres per second", "Meter pro Sekunde", "Meter pro Sekunde"),
    "°C": ("degree Celsius", "degrees Celsius", "Grad Celsius", "Grad Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit", "Grad Fahrenheit", "Grad Fahrenheit"),
    "°": ("degree", "degrees", "Grad", "Grad"),
    "%": ("percent", "percent", "Prozent", "Prozent"),
    "km": ("kilometre", "kilometres", "Kilometer", "Kilometer"),
    "cm": ("centimetre", "centimetres", "Zentimeter", "Zentimeter"),
    "mm": ("millimetre", "millimetres", "Millimeter", "Millimeter"),
    "m²": ("square metre", "square metres", "Quadratmeter", "Quadratmeter"),
    "m": ("metre", "metres", "Meter", "Meter"),
    "kg": ("kilogram", "kilograms", "Kilogramm", "Kilogramm"),
    "mg": ("milligram", "milligrams", "Milligramm", "Milligramm"),
    "g": ("gram", "grams", "Gramm", "Gramm"),
    "ml": ("millilitre", "millilitres", "Milliliter", "Milliliter"),
    "l": ("litre", "litres", "Liter", "Liter"),
    "L": ("litre", "litres", "Liter", "Liter"),
    "ft": ("foot", "feet", "Fuß", "Fuß"),
    "lb": ("pound", "pounds", "Pfund", "Pfund"),
    "lbs": ("pound", "pounds", "Pfund", "Pfund"),
    "oz": ("ounce", "ounces", "Unze", "Unzen"),
    "ms": ("millisecond", "milliseconds", "Millisekunde", "Millisekunden"),
    "s": ("second", "seconds", "Sekunde", "Sekunden"),
    "min": ("minute", "minutes", "Minute", "Minuten"),
    "h": ("hour", "hours", "Stunde", "Stunden"),
    "kHz": ("kilohertz", "kilohertz", "Kilohertz", "Kilohertz"),
    "MHz": ("megahertz", "megahertz", "Megahertz", "Megahertz"),
    "GHz": ("gigahertz", "gigahertz", "Gigahertz", "Gigahertz"),
    "Hz": ("hertz", "hertz", "Hertz", "Hertz"),
    "KB": ("kilobyte", "kilobytes", "Kilobyte", "Kilobyte"),
    "kB": ("kilobyte", "kilobytes", "Kilobyte", "Kilobyte"),
    "MB": ("megabyte", "megabytes", "Megabyte", "Megabyte"),
    "GB": ("gigabyte", "gigabytes", "Gigabyte", "Gigabyte"),
    "TB": ("terabyte", "terabytes", "Terabyte", "Terabyte"),
    "kWh": ("kilowatt hour", "kilowatt hours", "Kilowattstunde", "Kilowattstunden"),
    "kW": ("kilowatt", "kilowatts", "Kilowatt", "Kilowatt"),
    "W": ("watt", "watts", "Watt", "Watt"),
    "V": ("volt", "volts", "Volt", "Volt"),
    "fps": ("frame per second", "frames per second", "Bild pro Sekunde", "Bilder pro Sekunde"),
}
_MONTHS = {
    "en": "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec",
    "de": "Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November"
    "|Dezember",
}
_YEAR_WORDS = {
    "en": "in|since|from|until|till|by|of|year|around|circa|before|after|late|early|mid",
    "de": "in|seit|von|bis|Jahr|Jahre|um|vor|nach|ab|Ende|Anfang|Mitte|anno",
}
_LEFT = r"(?<![\w.,])"
_UNIT = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_SIGNS = "|".join(re.escape(sign) for sign in sorted(_MONEY, key=len, reverse=True))
_SCALE = "|".join(re.escape(scale) for scale in sorted(_SCALES, key=len, reverse=True))

_HALF = r"\s?(?P<half>[aApP]\.?[mM]\b\.?)"
_OCLOCK = {"en": "", "de": r"(?:\s?Uhr)?"}
_NO_UNIT = rf"(?![\d,.]\d|\d|\s?(?:{_UNIT})(?!\w))"

_LONGEST_NUMBER = 15
"""Longer ones are read digit by digit."""
Reading = Callable[[re.Match[str], Tongue], str | None]


def number(written: str, tongue: Tongue) -> str:
    """`1,234.5` or `1.234,5` in words."""
    group, point = (",", ".") if tongue == "en" else (".", ",")
    whole, _, fraction = written.replace(group, "").partition(point)
    if fraction:
        return decimal(whole, fraction, tongue)
    if (len(whole) > 1 and whole.startswith("0")) or len(whole) > _LONGEST_NUMBER:
        return digits(whole, tongue)
    return cardinal(int(whole), tongue)


def _money(match: re.Match[str], tongue: Tongue) -> str | None:
    one, many, small, german, german_small = _MONEY[match["sign"]]
    written = match["amount"]
    point = "." if tongue == "en" else ","
    whole, _, fraction = written.partition(point)
    scale = match["scale"]
    if scale:
        amount = number(written, tongue)
        word = _SCALES[scale][tongue == "de"]
        return f"{amount} {word} {many if tongue == 'en' else german}"
    if fraction and len(fraction) != 2:
        return f"{number(written, tongue)} {many if tongue == 'en' else german}"
    amount = number(whole, tongue)
    if tongue == "de":
        amount = "ein" if whole == "1" else amount
        rest = f" {cardinal(int(fraction), 'de')}" if fraction.strip("0") else ""
        return (
            f"{amount} {german}{rest}" if whole != "0" or not rest else f"{rest[1:]} {german_small}"
        )
    unit = one if whole == "1" else many
    if not fraction.strip("0"):
        return f"{amount} {unit}"
    cents = f"{cardinal(int(fraction), 'en')} {small}".strip()
    return cents if whole == "0" else f"{amount} {unit} and {cents}"


def _unit(match: re.Match[str], tongue: Tongue) -> str | None:
    forms = _UNITS[match["unit"]]
    is_one = match["amount"] == "1"
    amount = number(match["amount"], tongue)
    if tongue == "de" and is_one and match["unit"] != "%":
        amount = "eine" if forms[2].endswith(("e", "Stunde")) else "ein"
    return f"{amount} {forms[(0 if is_one else 1) + (2 if tongue == 'de' else 0)]}"


def _time(match: re.Match[str], tongue: Tongue) -> str | None:
    hour, minute = int(match["hour"]), int(match["minute"])
    if hour > 24 or minute > 59:
        return None
    if tongue == "en" and match["half"]:
        spoken = cardinal(hour, "en") if not minute else clock(hour, minute, "en")
        return f"{spoken} {_half(match)}"
    return clock(hour, minute, tongue)


def _half(match: re.Match[str]) -> str:
    half = match["half"]
    stops = half.endswith(".") and not match.string[match.end() :].strip()
    return f"{half[0].lower()} m" + ("." if stops else "")


def _half_day(match: re.Match[str], tongue: Tongue) -> str | None:
    return f"{cardinal(int(match['hour']), 'en')} {_half(match)}"


def _date(match: re.Match[str], tongue: Tongue) -> str | None:
    of_year = f", {year(int(match['year']), 'en')}" if match["year"] else ""
    return f"{match['month']} {ordinal(int(match['day']), 'en')}{of_year}"


def _german_date(match: re.Match[str], tongue: Tongue) -> str | None:
    return ordinal(int(match["day"]), "de", _german_ending(match))


def _german_ending(match: re.Match[str]) -> str:
    before = match.string[: match.start()].rstrip().casefold()
    ending = (
        "en" if before.endswith(("am", "vom", "zum", "dem", "den", "bis", "ab", "seit")) else "e"
    )
    if before.endswith((" ein", "kein", "mein")) or not before:
        ending = "er"
    return ending


def _iso_date(match: re.Match[str], tongue: Tongue) -> str | None:
    month, day = int(match["month"]), int(match["day"])
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    of_year = year(int(match["year"]), tongue)
    if tongue == "en":
        return f"{_MONTHS['en'].split('|')[month - 1]} {ordinal(day, 'en')}, {of_year}"
    name = _MONTHS["de"].replace("Jänner|", "").split("|")[month - 1]
    return f"{ordinal(day, 'de', _german_ending(match))} {name} {of_year}"


def _ordinal(match: re.Match[str], tongue: Tongue) -> str | None:
    return ordinal(int(match["number"]), "en")


def _year(match: re.Match[str], tongue: Tongue) -> str | None:
    return year(int(match["year"]), tongue)


def _decade(match: re.Match[str], tongue: Tongue) -> str | None:
    words = year(int(match["year"]), "en")
    return (words[:-1] + "ies") if words.endswith("y") else words + "s"


def _range(match: re.Match[str], tongue: Tongue) -> str | None:
    to = "to" if tongue == "en" else "bis"
    return f"{match['range']} {to} "


def _telephone(match: re.Match[str], tongue: Tongue) -> str | None:
    return ", ".join(digits(part, tongue) for part in match[0].split("-"))


def _version(match: re.Match[str], tongue: Tongue) -> str | None:
    point = " point " if tongue == "en" else " Punkt "
    return point.join(number(part, tongue) for part in match["parts"].split("."))


def _fraction(match: re.Match[str], tongue: Tongue) -> str | None:
    known = {
        "½": ("one half", "ein halb"),
        "¼": ("one quarter", "ein Viertel"),
        "¾": ("three quarters", "drei Viertel"),
        "⅓": ("one third", "ein Drittel"),
        "⅔": ("two thirds", "zwei Drittel"),
    }
    known |= {"1/2": known["½"], "1/4": known["¼"], "3/4": known["¾"]}
    known |= {"1/3": known["⅓"], "2/3": known["⅔"]}
    return known[match[0]][tongue == "de"]


def _rows(tongue: Tongue) -> list[tuple[str, Reading]]:
    """Longest forms first, since a row never sees again what an earlier one has said."""
    amount, months = _NUMBER[tongue], _MONTHS[tongue]
    sign_first = rf"(?P<sign>{_SIGNS})\s?(?P<amount>{amount})(?:\s?(?P<scale>{_SCALE})(?!\w))?"
    sign_last = rf"{_LEFT}(?P<amount>{amount})(?:\s(?P<scale>{_SCALE}))?\s?(?P<sign>{_SIGNS})(?!\w)"
    hour_minute = rf"{_LEFT}(?P<hour>\d{{1,2}}):(?P<minute>\d\d)"
    year_words = [*_YEAR_WORDS[tongue].split("|"), *months.split("|")]
    after_year_word = "|".join(rf"(?<=\b{word}\s)" for word in year_words)
    return [
        (r"(?<![\w-])(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?![\w-])", _iso_date),
        (r"(?<![\w-])(?:\d{3}-)?\d{3}-\d{4}(?![\w-])", _telephone),
        (rf"{_LEFT}(?P<range>\d+(?:[.,:]\d+)?)\s?[–—-]\s?(?=\d+(?:[.,:]\d+)?(?![\d-]))", _range),
        (sign_first, _money),
        (sign_last, _money),
        (rf"{hour_minute}(?:{_HALF})?{_OCLOCK[tongue]}(?![\d:])", _time),
        (r"[½¼¾⅓⅔]|(?<![\d/])(?:1/2|1/4|3/4|1/3|2/3)(?![\d/])", _fraction),
        (r"(?<=\d)/(?=\d)", lambda match, tongue: " "),
        (r"(?:(?<=\s)|(?<=\()|^)[-−](?=\d)", lambda match, tongue: "minus "),
        *(_english_rows(months) if tongue == "en" else _german_rows(months)),
        (rf"(?i:{after_year_word})(?P<year>1[1-9]\d\d|20\d\d){_NO_UNIT}", _year),
        (rf"{_LEFT}(?P<parts>\d+(?:\.\d+){{2,}})(?!\w)", _version),
        (rf"{_LEFT}(?P<amount>{amount})\s?(?P<unit>{_UNIT})(?![\w²³/])", _unit),
        (rf"(?<!\w){amount}(?!\w)", lambda match, tongue: number(match[0], tongue)),
    ]


def _english_rows(months: str) -> list[tuple[str, Reading]]:
    day = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
    return [
        (rf"{_LEFT}(?P<hour>\d{{1,2}}){_HALF}", _half_day),
        (rf"\b(?P<month>{months})\.? {day}(?:,? (?P<year>\d{{4}}))?(?![\d:.]\d|\d)", _date),
        (rf"{_LEFT}(?P<number>\d+)(?:st|nd|rd|th)\b", _ordinal),
        (rf"{_LEFT}(?P<year>1[1-9]\d0|20\d0)'?s\b", _decade),
    ]


def _german_rows(months: str) -> list[tuple[str, Reading]]:
    return [(rf"{_LEFT}(?P<day>\d{{1,2}})\.(?=\s(?:{months})\b)", _german_date)]


_ROWS: dict[Tongue, list[tuple[re.Pattern[str], Reading]]] = {}


def say_figures(traced: Traced, tongue: Tongue) -> None:
    if not any(char.isdigit() or char in "½¼¾⅓⅔" for char in traced.text):
        return
    if tongue not in _ROWS:
        _ROWS[tongue] = [(re.compile(pattern), reading) for pattern, reading in _rows(tongue)]
    for pattern, reading in _ROWS[tongue]:
        traced.say(pattern, lambda match, reading=reading: reading(match, tongue))
