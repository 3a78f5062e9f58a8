"""One bracket of the marker grammar: is it a marker, text, or not yet certain?

Promise: the answer depends on the characters alone, never on how they arrived.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from avatar_desktop.reply.cue import CueKind
from avatar_desktop.reply.vocabulary import KEYS, REAL_KEYS, Vocabulary

MAX_HELD = 64
"""Characters that an undecided marker may withhold."""

Named = tuple[CueKind, str, float]


@dataclass(frozen=True, slots=True)
class Found:
    """This many characters are a marker (hidden) or a stage direction that nobody reads aloud."""

    length: int
    cues: tuple[Named, ...]
    is_shown: bool = False


Verdict = Found | Literal["more", "text"]

_CLOSERS = {"[": "]", "［": "］]", "【": "】]", "{": "}", "<": ">", "(": ")"}
_SQUARE = "[［【"
_KEY_START = re.compile(r"[\s\"'“/|]*([^\W\d_]*)(.?)", re.DOTALL)
_ALLOWED = re.compile(r"[\w \t\-:=：,，、;|/+&.\"'“”‘’%#*!?()~]*")
_SPLIT = re.compile(
    r"[,，、;|&+/]|\s+(?:and|und)\s+|\s+(?=(?:" + "|".join(REAL_KEYS) + r")\s*[:=：])",
    re.IGNORECASE,
)
_KEYED = re.compile(r"[\"'“]?([^\W\d]+)[\"'”]?\s*[:=：]\s*(.*)", re.DOTALL)
_SPACED = re.compile(r"(" + "|".join(REAL_KEYS) + r")[\s\-_]+([^\W\d].*)", re.IGNORECASE)
_NAME = re.compile(
    r"[\"'“]?(?P<name>[^\W\d][^\d:=(]*?)[\"'”]?[\s:=(~*x]*(?P<number>\d*\.?\d+)?\s*(?P<part>%?)\)?"
)
_DEGREES = {
    "very": 1.0,
    "extremely": 1.0,
    "really": 0.9,
    "fairly": 0.6,
    "somewhat": 0.5,
    "mildly": 0.4,
    "slightly": 0.3,
    "sehr": 1.0,
    "etwas": 0.4,
    "leicht": 0.3,
}


def read_bracket(held: str, before: str, vocabulary: Vocabulary, *, final: bool) -> Verdict:
    """Judge what begins with the bracket `held[0]`; `before` is the visible line up to it."""
    opener = held[0]
    count = 2 if held[1:2] == opener else 1
    is_square = opener in _SQUARE
    body = held[count:]
    end = next((i for i, char in enumerate(body) if char in _CLOSERS[opener]), -1)
    if is_square and end > 0 and body[end - 1 : end] == "[":
        return "text"
    content = body if end < 0 else body[:end]
    if len(held) > MAX_HELD or not _ALLOWED.fullmatch(content) or not _may_open(content, opener):
        return "text"
    if end < 0:
        return _cut_off(held, content) if final else "more"
    length = count + end + 1
    closing = body[end : end + count]
    if len(closing) < count and not final:
        return "more"
    if count == 2 and (len(closing) < 2 or closing[0] != closing[1]):
        return "text"
    length += count - 1
    cues = parse_content(content.strip("|~ "), vocabulary, is_square=is_square or opener == "<")
    if cues is not None:
        return Found(length, tuple(cues))
    if not is_square or (before and (before[-1].isalnum() or before[-1] in "_])")):
        return "text"
    bare = _bare(content.strip("|~ "), vocabulary)
    if not bare:
        return "text"
    if length == len(held) and not final:
        return "more"  # `[wave](address)` is a link
    return "text" if held[length : length + 1] in ("(", "[", ":") else Found(length, tuple(bare))


def _cut_off(held: str, content: str) -> Verdict:
    """A reply that ends inside a marker: shown as it came, but not read aloud."""
    keyed = _KEYED.fullmatch(content)
    is_marker = keyed and keyed[1].casefold() in REAL_KEYS and " " not in content
    return Found(len(held), (), is_shown=True) if is_marker else "text"


def _may_open(content: str, opener: str) -> bool:
    """Whether a marker can still begin like this, so that prose in brackets is let go at once."""
    start = _KEY_START.match(content)
    word, after = (start[1].casefold(), start[2]) if start else ("", "")
    if not word:
        return not after
    if opener in _SQUARE:
        return True
    if not after:
        return any(key.startswith(word) for key in KEYS)
    return word in KEYS


def parse_content(content: str, vocabulary: Vocabulary, *, is_square: bool) -> list[Named] | None:
    """The cues of a keyed list; an empty list for a marker that names nothing known; None: text."""
    if content.startswith("/"):
        return [] if content[1:].strip().casefold() in REAL_KEYS else None
    content = re.sub(r"(?<=\d),(?=\d)", ".", content)
    cues: list[Named] = []
    kind: CueKind | None = None
    owns = False
    for item in _items(content):
        colon = _KEYED.fullmatch(item)
        keyed = colon or _SPACED.fullmatch(item)
        key = _key(keyed[1], may_guess=is_square) if keyed else None
        if keyed and key is None:
            if not is_square:
                return None
            continue
        if key:
            kind, owns = KEYS[key], owns or (colon is not None and key in REAL_KEYS)
        if kind is None:
            return None
        written = keyed[2] if keyed else item
        named = _named(kind, written, vocabulary, may_guess=is_square)
        if named:
            cues.append(named)
        elif not is_square:
            return None
    if kind is None or (not cues and not owns):
        return None
    return cues


def _items(content: str) -> Iterable[str]:
    return (item.strip() for item in _SPLIT.split(content) if item and item.strip(" \"'“”"))


def _key(written: str, *, may_guess: bool) -> str | None:
    word = written.strip("_").casefold()
    if word in KEYS:
        return word
    close = get_close_matches(word, REAL_KEYS, n=1, cutoff=0.8) if may_guess else []
    return close[0] if close else None


def _named(kind: CueKind, written: str, vocabulary: Vocabulary, *, may_guess: bool) -> Named | None:
    parsed = _NAME.fullmatch(written.strip())
    if not parsed:
        return None
    name, strength = _degree(parsed["name"])
    if parsed["number"]:
        strength = _strength(float(parsed["number"]), is_percent=bool(parsed["part"]))
    found = vocabulary.find(kind, name)
    if found:
        return kind, found, strength
    elsewhere = vocabulary.find_any(name)
    if elsewhere:
        return (*elsewhere, strength)
    guessed = vocabulary.guess(kind, name) if may_guess else None
    return (kind, guessed, strength) if guessed else None


def _degree(name: str) -> tuple[str, float]:
    first, _, rest = name.strip().partition(" ")
    degree = _DEGREES.get(first.casefold())
    return (rest, degree) if degree is not None and rest else (name, 1.0)


def _strength(number: float, *, is_percent: bool) -> float:
    if is_percent or number > 10:
        return min(number / 100, 1.0)
    return min(number / 10, 1.0) if number > 1 else number


def _bare(content: str, vocabulary: Vocabulary) -> list[Named]:
    """`[wave]`, `[happy, nod]`: every name must be known as it stands."""
    named: list[Named] = []
    for item in _items(content):
        found = vocabulary.find_any(item)
        if not found:
            return []
        named.append((*found, 1.0))
    return named
