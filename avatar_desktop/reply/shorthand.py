"""Abbreviations and lone symbols in words.

Promise: `ends_sentence` tells phrases and speech the same truth about every full stop.
"""

from __future__ import annotations

import re

from avatar_desktop.reply.origin import Traced
from avatar_desktop.reply.tongue import guess_tongue
from avatar_desktop.reply.wordlist import words

_EN = {
    "Mr.": "Mister",
    "Mrs.": "Missis",
    "Ms.": "Miz",
    "Dr.": "Doctor",
    "Prof.": "Professor",
    "St.": "Saint",
    "Jr.": "Junior",
    "Sr.": "Senior",
    "e.g.": "for example",
    "i.e.": "that is",
    "etc.": "et cetera",
    "vs.": "versus",
    "approx.": "approximately",
    "Inc.": "Incorporated",
    "Ltd.": "Limited",
    "a.m.": "a m",
    "p.m.": "p m",
    "w/": "with",
    "w/o": "without",
    "aka": "also known as",
}
_DE = {
    "z. B.": "zum Beispiel",
    "z.B.": "zum Beispiel",
    "d. h.": "das heißt",
    "d.h.": "das heißt",
    "u. a.": "unter anderem",
    "u.a.": "unter anderem",
    "usw.": "und so weiter",
    "bzw.": "beziehungsweise",
    "ca.": "circa",
    "evtl.": "eventuell",
    "ggf.": "gegebenenfalls",
    "inkl.": "inklusive",
    "vgl.": "vergleiche",
    "Nr.": "Nummer",
    "Dr.": "Doktor",
    "Hr.": "Herr",
    "Fr.": "Frau",
    "Prof.": "Professor",
    "Str.": "Straße",
    "Mio.": "Millionen",
    "Mrd.": "Milliarden",
}
_MAY_END = frozenset({"etc.", "usw.", "a.m.", "p.m.", "inc.", "ltd.", "jr.", "sr.", "str."})
"""These stop a sentence when a capital follows."""
_OTHER_STOPS = words(
    "no. vol. fig. p. pp. ch. sec. gen. col. lt. sgt. rev. hon. capt. min. max. dept."
    " est. jan. feb. mar. apr. jun. jul. aug. sep. sept. oct. nov. dec. al. cf. resp."
    " abs. art. bd. geb. gest. hrsg. jh. kap. tel. u. d. z. b. s. v. n. chr. ph.d."
    " sra. srta. avda. bijv. dhr. mevr. mgr. tzn. tzv. např. t.ex. bl.a. f.eks. esim. т.е. vb."
    " u.s. u.k. m. mme. mlle. sra. sig. mt. ave. blvd. rd."
)
_UNSTOPPED = frozenset(key.casefold() for key in (*_EN, *_DE)) | _OTHER_STOPS

_SYMBOLS: dict[str, dict[str, str]] = {
    "en": {
        "&": "and",
        "%": "percent",
        "@": "at",
        "=": "equals",
        "≈": "about",
        "±": "plus or minus",
        "×": "times",
        "÷": "divided by",
        "→": "to",
        "€": "euros",
        "£": "pounds",
        "°": "degrees",
        "<": "less than",
        ">": "greater than",
        "≤": "at most",
        "≥": "at least",
        "≠": "is not",
        "*": "times",
        "+": "plus",
        "§": "section",
        "µ": "micro",
    },
    "de": {
        "&": "und",
        "%": "Prozent",
        "@": "ät",
        "=": "gleich",
        "≈": "etwa",
        "±": "plus minus",
        "×": "mal",
        "÷": "geteilt durch",
        "→": "nach",
        "€": "Euro",
        "£": "Pfund",
        "°": "Grad",
        "<": "kleiner als",
        ">": "größer als",
        "≤": "höchstens",
        "≥": "mindestens",
        "≠": "ungleich",
        "*": "mal",
        "+": "plus",
        "§": "Paragraf",
        "µ": "mikro",
    },
}
_SYMBOL = re.compile(r"(?P<left>\s?)(?P<sign>[&%@=≈±×÷→€£°<>≤≥≠*+§µ])(?P<right>\s?)")
_REPEATED_SIGN = re.compile(r"([&%@=<>+*§°])\1{2,}")
"""A ruler or an outcry, named once."""
_ARROW = re.compile(r"\s?[-=]+>\s?")
_SHARP = re.compile(r"(?<=\b[A-G])#(?!\w)")
_NUMBER_SIGN = re.compile(r"#(?=\w)")
_SLASH = re.compile(r"(?<=[^\W\d_]{3})/(?=[^\W\d_]{3})")
_DASH = re.compile(r"\s*(?:—|–|--)\s*(?=\S)")


def _any_of(table: dict[str, str]) -> re.Pattern[str]:
    keys = sorted(table, key=len, reverse=True)
    return re.compile(r"(?<![\w.])(?:" + "|".join(re.escape(key) for key in keys) + r")(?!\w)")


_TABLES = {"en": (_EN, _any_of(_EN)), "de": (_DE, _any_of(_DE))}
_EN_NUMBER = re.compile(
    r"\b[Nn]o\.\s?(?=(?:\d|one|two|three|four|five|six|seven|eight|nine|ten)\b)"
)


def say_shorthand(traced: Traced, tongue: str) -> None:
    if tongue not in _TABLES:
        return
    table, pattern = _TABLES[tongue]
    last = len(traced.text.rstrip())

    def words(match: re.Match[str]) -> str:
        ends_here = match.end() == last and match[0].endswith(".")
        return table[match[0]] + ("." if ends_here else "")

    if tongue == "en":
        traced.say(_EN_NUMBER, lambda _: "number ")
    traced.say(pattern, words)
    symbols = _SYMBOLS[tongue]
    traced.say(_REPEATED_SIGN, lambda match: match[1])
    traced.say(_ARROW, lambda _: " → ")
    traced.say(_SHARP, lambda _: " sharp")
    traced.say(_SYMBOL, lambda match: f" {symbols[match['sign']]} ")
    traced.say(_NUMBER_SIGN, lambda _: "")
    traced.say(_SLASH, lambda _: " or " if tongue == "en" else " oder ")
    traced.say(_DASH, lambda _: ", ")


def stop_is_doubtful(text: str) -> bool:
    """Whether the full stop that ends `text` may belong to its word: look at what comes next."""
    return _last_word(text) in _UNSTOPPED or _is_initial(text) or text[-2:-1].isdigit()


def ends_sentence(text: str, following: str) -> bool:
    """Whether the doubtful stop at the end of `text` ends a sentence, given the next character."""
    word = _last_word(text)
    if following.islower() or following in ",;:-)":
        return False
    if word in _UNSTOPPED:
        return word in _MAY_END and not following.isdigit()
    if _is_initial(text):
        return False
    if re.search(r"(?:^|\s)\d{1,2}\.$", text):
        return _looks_english(text)  # `3. Mai` goes on, `I have 3. Then` does not
    return True


def _looks_english(text: str) -> bool:
    return guess_tongue(text) == "en"


def _last_word(text: str) -> str:
    words = text.split()
    return words[-1].lstrip("(\"'“„*_").casefold() if words else ""


def _is_initial(text: str) -> bool:
    found = re.search(r"(?:^|[\s.(])([^\W\d_])\.$", text)
    return bool(found and found[1].isupper() and not re.search(r"[a-z,] I\.$", text))
