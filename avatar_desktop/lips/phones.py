"""Speech sounds (IPA, as engines write it) to visemes: what the lips of a listener would see.

Promise: longest match first, marks of stress, length, tone and breath do not matter, and a sound
that no row knows is left to its neighbours instead of closing the mouth.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Viseme:
    """One visible shape: how strongly it rules the lips, and how far the mouth opens in it."""

    name: str
    lips: float
    """Dominance over the shape of the lips, 0 to 1 (Cohen & Massaro)."""
    jaw: float
    """Opening at its peak, 0 to 1."""
    firm: float
    """How little the opening gives way to its neighbours where time is short, 0 to 1."""
    onset: float = 0.12
    """Seconds before its sound at which the shape begins; lip-heavy shapes begin earlier."""
    held: bool = False
    """Kept through most of the sound: teeth on a lip, teeth on teeth."""


# Dominance: seals and labiodentals 1, lip-heavy .9–1, vowels .9–1, tongue-only .2–.25. A vowel is
# always more open than the consonants about it, as each syllable is one swing of the jaw. Onsets:
# 120 ms, 150 ms and more for protrusion (JALI).
VISEMES: dict[str, Viseme] = {
    each.name: each
    for each in (
        Viseme("PP", 1.0, 0.0, 1.0),
        Viseme("PH", 0.8, 0.06, 0.8),
        Viseme("FF", 1.0, 0.02, 1.0, 0.11, held=True),
        Viseme("TH", 0.5, 0.10, 0.5),
        Viseme("DD", 0.25, 0.10, 0.45),
        Viseme("nn", 0.25, 0.10, 0.4),
        Viseme("kk", 0.2, 0.15, 0.35),
        Viseme("SS", 0.6, 0.06, 0.9, held=True),
        Viseme("CH", 0.9, 0.10, 0.9, 0.18, held=True),
        Viseme("CS", 0.6, 0.08, 0.9, held=True),
        Viseme("RR", 0.5, 0.14, 0.5, 0.14),
        Viseme("aa", 1.0, 0.64, 0.6),
        Viseme("ax", 0.5, 0.32, 0.4),
        Viseme("E", 0.9, 0.39, 0.6),
        Viseme("I", 0.9, 0.21, 0.6),
        Viseme("O", 0.95, 0.39, 0.6, 0.18),
        Viseme("U", 1.0, 0.16, 0.6, 0.19),
        Viseme("ux", 0.5, 0.16, 0.5, 0.14),
        Viseme("Y", 0.95, 0.18, 0.6, 0.19),
        Viseme("OE", 0.95, 0.32, 0.6, 0.18),
    )
}
VOWELS = frozenset(("aa", "ax", "E", "I", "O", "U", "ux", "Y", "OE"))

Parts = tuple[tuple[str, float], ...]
"""Visemes in order with their share of the sound; empty: the neighbours' shape goes on."""

_SINGLE: dict[str, str] = {
    "PP": "p b m ɓ ʙ",
    "PH": "β ɸ Φ",
    "FF": "f v ɱ ʋ",
    "TH": "θ ð",
    "DD": "t d l ɫ ɾ r ʈ ɖ ɭ ɗ ʎ ɽ ɺ ɮ ɬ ʟ ᶑ",
    "nn": "n ɲ ŋ ɳ ɴ N",
    "kk": "k ɡ g x ɣ χ q ʁ ʀ c ɟ ɢ ɠ ʛ ʄ ɰ Q X R",
    "SS": "s z",
    "CH": "ʃ ʒ ʂ ʐ ɧ tʃ dʒ tʂ dʐ ʈʂ ɖʐ ʈʃ sx ʧ ʤ S Z",
    "CS": "ɕ ʑ tɕ dʑ ç ʝ cç ɟʝ C ʨ ʥ",
    "RR": "ɹ ɻ ɚ ɝ ɜ",
    "aa": "a ɑ æ ʌ ɐ ä ɒ̈ ɶ A V",
    "ax": "ə",
    "E": "ɛ ε e ɪ ᵻ ɘ E œ̜ ᴇ ɿ",
    "I": "i j ɨ I ʅ",
    "O": "ɔ o ɒ O ɵ ɞ",
    "U": "u ʊ w ʍ ʉ ᵿ U",
    "ux": "ɯ ɤ",
    "Y": "y ʏ ɥ",
    "OE": "ø œ",
}
_SAME_AS_NEXT = ["h", "ɦ", "ʔ", "ħ", "ʕ", "H", "ʡ", "ʢ", "ʜ"]
_FIRST_SHARE = 0.57
"""A diphthong changes at 55–60 % of its time."""

_TABLE: dict[str, Parts] = {
    **{symbol: ((name, 1.0),) for name, row in _SINGLE.items() for symbol in row.split()},
    **dict.fromkeys(_SAME_AS_NEXT, ()),
    "pf": (("PP", 0.5), ("FF", 0.5)),
    **dict.fromkeys(("ts", "dz", "ʦ", "ʣ"), (("DD", 0.3), ("SS", 0.7))),
    **dict.fromkeys(("tS", "dZ"), (("CH", 1.0),)),
    "ks": (("kk", 0.4), ("SS", 0.6)),
}
_LONGEST = max(map(len, _TABLE))
# Stress, length, breath, palatal and labial marks, tones, ties, syllable signs, espeak's own marks.
_MARKS = re.compile(
    "[ˈˌːˑʰʱʲʷˠˤⁿˡ˞ʼʻˀᵝᵊᶦᶷ‿͜͡.|‖↗↘˥˦˧˨˩↓↑0-9'\"`^_;:!?*#~,/\\[\\]\\-ˉˊˋ\u200d\u0300-\u0326\u0328-\u036f¹²³⁴⁵⁶⁻]"
)
_SWITCH = re.compile(r"\([a-z-]+\)")


def normalised(ipa: str) -> str:
    """The bare letters of a phone; the cedilla of ç is a letter, not a mark."""
    apart = unicodedata.normalize("NFD", _SWITCH.sub("", ipa))
    return unicodedata.normalize("NFC", _MARKS.sub("", apart)).strip()


@lru_cache(maxsize=4096)
def visemes(ipa: str) -> Parts | None:
    """The shapes of one phone, None when some letter of it is in no row."""
    letters = normalised(ipa)
    found: list[Parts] = []
    at = 0
    while at < len(letters):
        size = next((n for n in range(_LONGEST, 0, -1) if letters[at : at + n] in _TABLE), 0)
        if not size:
            return None
        row = _TABLE[letters[at : at + size]]
        if not found or found[-1] != row:  # a geminate is one long sound
            found.append(row)
        at += size
    return _shared([part for part in found if part])


def _shared(rows: list[Parts]) -> Parts:
    if len(rows) < 2:
        return rows[0] if rows else ()
    first = _FIRST_SHARE if len(rows) == 2 else 1.0 / len(rows)
    rest = (1.0 - first) / (len(rows) - 1)
    return tuple(
        (name, part * (first if index == 0 else rest))
        for index, row in enumerate(rows)
        for name, part in row
    )
