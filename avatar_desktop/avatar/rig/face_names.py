"""From the names of a face's shapes to what they mean: the one place that knows it.

`plain` makes spellings meet (`Wolf3D_Head.eyeBlink_L`, `EyeBlinkLeft`), `face_rows` says which
morph targets answer to each meaning, `mouth_of` which way of speaking the face knows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.expression import Expression
from avatar_desktop.avatar.rig.face_vocabularies import (
    ACTION_UNIT,
    ARKIT,
    KNOWN,
    PAIRED,
    TWINS,
    WORDS,
    action_unit,
)

Floats = NDArray[np.float32]
Mouth = Literal["arkit", "oculus", "cc4", "vrm", "jaw", ""]
Sources = dict[str, float]
"""Plain name of a shape → its share."""

_MOUTHS: tuple[tuple[Mouth, tuple[str, ...]], ...] = (
    ("arkit", ("jawopen", "mouthclose", "mouthpucker", "mouthfunnel")),
    ("oculus", ("pp", "ff", "ch", "aa", "o", "u")),
    ("cc4", ("bmp", "fv", "woo", "ah", "oh")),
    ("vrm", ("aa", "ih", "ou", "ee", "oh")),
    ("jaw", ("jawopen",)),
)
_PREFIX = re.compile(r"^(vrc[._]?)?(viseme_|vis_|v_)?", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s_.\-]+")
_SIDE_AFTER = re.compile(r"(?<!^v)(?<!^vis)(?<!^viseme)[\s_.\-]+(l|r|left|right)$", re.IGNORECASE)
_CAPITAL_SIDE = re.compile(r"(?<=[a-z\d])[LR]$")
_SIDE_BEFORE = re.compile(r"^(l|r|left|right)[\s_.\-]+(?=.)", re.IGNORECASE)
_SIDES = {"l": "left", "left": "left", "r": "right", "right": "right"}
_VROID = re.compile(r".*(?=Fcl_(ALL|MTH|EYE|BRW)_)")
_SHORTEST_REST = 4
"""A name is cut at its front only while this many letters are left: `Hat_A` is not the vowel."""


def mouth_of(meanings: Collection[str]) -> Mouth:
    """The finest way of speaking that these plain names allow; nothing for a mouth that is shut."""
    have = set(meanings)
    for mouth, needed in _MOUTHS:
        if have.issuperset(needed):
            return mouth
    return ""


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A shape's name without exporter's prefix, case or separators, the side at the end."""
    text = unicodedata.normalize("NFKC", name).strip()
    text = re.split(r"[:|]", text)[-1] or text
    text = _VROID.sub("", text)
    whole = _spelled(text)
    if whole in KNOWN:
        return whole
    for separator in _SEPARATORS.finditer(text):
        rest = text[separator.end() :]
        is_marked = separator[0].endswith(".") or _PREFIX.sub("", rest) != rest
        if (is_marked or len(rest) >= _SHORTEST_REST) and _spelled(rest) in KNOWN:
            return _spelled(rest)
    return whole


def _spelled(text: str) -> str:
    """Lower case, one spelling of the side, no separators, action units by their number."""
    before = _SIDE_BEFORE.match(text)
    side = ""
    if before:
        side, text = _SIDES[before[1].lower()], text[before.end() :]
    else:
        after = _SIDE_AFTER.search(text)
        if after:
            side, text = _SIDES[after[1].lower()], text[: after.start()]
        elif _CAPITAL_SIDE.search(text):
            side, text = _SIDES[text[-1].lower()], text[:-1]
    bare = _PREFIX.sub("", text) or text
    key = _SEPARATORS.sub("", bare.lower()) + side
    unit = ACTION_UNIT.fullmatch(key)
    return action_unit(int(unit[1])) + (unit[2] or "") if unit else key


def translated(names: Iterable[str], *, by_words: bool = True) -> dict[str, Sources]:
    """Meanings that these plain names have beside themselves, each with the shapes that give it.

    Without `by_words` only other spellings count, for faces whose file says what it can show.
    """
    have = list(dict.fromkeys(names))
    found: dict[str, Sources] = {}
    for name in have:
        for meaning, share in _meanings(name) if by_words else ():
            if meaning not in have and (meaning not in found or _is_sided(name)):
                found.setdefault(meaning, {})[name] = share
    vowels = [(new, old) for pair in TWINS for new, old in (pair, pair[::-1])]
    lids = [("eyeblinkleft", "blinkleft"), ("eyeblinkright", "blinkright")]
    for new, old in vowels + ([] if "blink" in have or "blink" in found else lids):
        _give(found, have, new, old)
    if mouth_of({*have, *found}) == "":
        _give(found, have, "jawopen", "aa")
    return found


def face_rows(avatar: Avatar) -> dict[str, Floats]:
    """Meaning → the weight vector that shows it fully, for every shape of this avatar's face."""
    places: dict[str, list[int]] = {}
    for place, name in enumerate(avatar.morph_names):
        places.setdefault(name, []).append(place)
    rows: dict[str, Floats] = {}
    for name, shapes in places.items():
        key = plain(name)
        if key not in rows:
            rows[key] = np.zeros(len(avatar.rest_weights), np.float32)
        rows[key][shapes] = 1.0
    for name, expression in avatar.expressions.items():
        if expression.binds and plain(name) not in rows:
            rows[plain(name)] = expression_row(avatar, expression)
    for meaning, sources in translated(rows, by_words=not avatar.expressions).items():
        row = np.zeros(len(avatar.rest_weights), np.float32)
        for name, share in sources.items():
            row += rows[name] * np.float32(share)
        rows[meaning] = row
    return rows


def expression_row(avatar: Avatar, expression: Expression) -> Floats:
    """The weight vector of an expression that is fully shown."""
    row = np.zeros(len(avatar.rest_weights), np.float32)
    for bind in expression.binds:
        row[bind.place] += bind.weight
    return row


def _meanings(name: str) -> list[tuple[str, float]]:
    """What a name means beside itself: (meaning, share)."""
    stem, side = _split(name)
    if name in WORDS:
        meant = WORDS[name]
    elif stem in WORDS:
        meant = tuple(each + side if each in PAIRED else each for each in WORDS[stem])
    elif name in PAIRED:
        meant = (name,)
    elif side and stem in ARKIT:
        return [(stem, 1.0)]
    else:
        return []
    return [
        part
        for each in meant
        for part in (
            [(each + "left", 0.5), (each + "right", 0.5)] if each in PAIRED else [(each, 1.0)]
        )
        if part[0] != name
    ]


def _give(found: dict[str, Sources], have: list[str], new: str, old: str) -> None:
    if new in have or new in found:
        return
    if old in have:
        found[new] = {old: 1.0}
    elif old in found:
        found[new] = dict(found[old])


def _split(name: str) -> tuple[str, str]:
    for side in ("left", "right"):
        if name.endswith(side):
            return name.removesuffix(side), side
    return name, ""


def _is_sided(name: str) -> bool:
    return bool(_split(name)[1])
