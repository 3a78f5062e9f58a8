"""What a neural voice reads: numbers of signs, each owned by a sound of espeak's reading.

Promise: what the model tells of the length of each number becomes times that make up the sound.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.voice.alignment import Times
from avatar_desktop.voice.clip import Phone
from avatar_desktop.voice.engines.espeak import Reading
from avatar_desktop.voice.words import Mark

_PUNCTUATION = ".,?!:;"
_STRESS = ("", "ˌ", "ˈ")
_REST: Final = Phone(0, 0, "", 0)
_REST_SECONDS: Final = 0.06
"""A gap between two words that is shorter belongs to the sound before it."""

Ids = Mapping[str, tuple[int, ...]]
"""Numbers of each sign, by its one character."""


@dataclass(frozen=True, slots=True)
class Script:
    """Numbers, and for each number the phone that it belongs to."""

    ids: list[int] = field(default_factory=list[int])
    owners: list[int] = field(default_factory=list[int])
    phones: list[Phone] = field(default_factory=list[Phone])
    marks: list[Mark] = field(default_factory=list[Mark])
    """A character of the text and the phone with which its word begins."""

    def write(self, phone: Phone, numbers: list[int]) -> None:
        self.phones.append(phone)
        self.ids.extend(numbers)
        self.owners.extend([len(self.phones) - 1] * len(numbers))


def written(
    reading: Reading,
    text: str,
    ids: Ids,
    *,
    begin: str,
    end: str,
    between: tuple[int, ...] = (),
    form: Literal["NFC", "NFD"] = "NFD",
) -> Script:
    """Signs as the model learned them: espeak's sounds, a space between words, punctuation."""
    script = Script()

    def numbers(signs: str) -> list[int]:
        return [n for sign in signs for number in ids.get(sign, ()) for n in (number, *between)]

    waiting = list(reading.marks)
    char = 0
    script.write(_REST, numbers(begin))
    for phone in reading.phones:
        is_new_word = False
        while waiting and waiting[0][1] <= phone.start and phone.ipa:
            char = waiting.pop(0)[0]
            script.marks.append((char, len(script.phones)))
            is_new_word = True
        if phone.ipa:
            if is_new_word and len(script.phones) > 1:
                script.write(_REST, numbers(" "))
                script.marks[-1] = (char, len(script.phones))
            signs = unicodedata.normalize(form, _STRESS[phone.stress] + phone.ipa)
            script.write(phone, numbers(signs))
        elif len(script.phones) > 1:
            script.write(_REST, numbers(_stop(text[char : waiting[0][0] if waiting else None])))
    script.ids.extend(ids[end])
    script.owners.extend([len(script.phones) - 1] * len(ids[end]))
    return script


def signs_of(reading: Reading, text: str) -> str:
    """The same as one line of signs, for a model that keeps its numbers to itself."""
    found: list[str] = []
    starts = [at for _, at in reading.marks]
    chars = [char for char, _ in reading.marks]
    word = 0
    for phone in reading.phones:
        while word < len(starts) and starts[word] <= phone.start and phone.ipa:
            word += 1
            found.append(" " if found else "")
        if phone.ipa:
            signs = unicodedata.normalize("NFD", phone.ipa)
            found.append(_STRESS[phone.stress] + signs)
        elif found:
            low = chars[word - 1] if word else 0
            found.append(_stop(text[low : chars[word] if word < len(chars) else None]))
    return "".join(found)


def _stop(part: str) -> str:
    """The punctuation after the last word of a part of the text."""
    return next((sign for sign in reversed(part) if sign in _PUNCTUATION), "")


def exact_times(
    script: Script, frames: NDArray[Any] | None, length: int, rate: int
) -> Times | None:
    """Times from the frames of each number; None where they do not make up the sound."""
    if frames is None or len(frames) != len(script.ids):
        return None
    frames = frames.astype(np.float64)
    if not np.isfinite(frames).all() or frames.sum() <= 0:
        return None
    hop, rest = divmod(length, int(frames.sum()))
    if rest:
        return None
    lasting = np.bincount(script.owners, frames, len(script.phones)).astype(int) * hop
    starts = [0, *np.cumsum(lasting).tolist()]
    phones: list[Phone] = []
    for phone, start, end in zip(script.phones, starts, starts[1:], strict=False):
        last = phones[-1] if phones else None
        is_gap = not phone.ipa and (end - start < _REST_SECONDS * rate or not (last and last.ipa))
        if end > start and is_gap and last:
            phones[-1] = Phone(last.start, end, last.ipa, last.stress)
        elif end > start:
            phones.append(Phone(start, end, phone.ipa, phone.stress))
    return Times(tuple(phones), tuple((char, starts[at]) for char, at in script.marks))
