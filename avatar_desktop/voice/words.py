"""Word times of a phrase from the few marks that an engine gives: every word of the text, in order.

Engines merge words ("of the"), split them and repeat marks; here each word gets its own time.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import islice, pairwise, takewhile

from avatar_desktop.voice.clip import Phone, SpokenWord

Mark = tuple[int, int]
"""A character of the spoken text and the sample at which the engine began it."""

_TOKEN = re.compile(r"\S+")


def spoken_words(
    text: str,
    origin: Sequence[int],
    marks: Sequence[Mark],
    phones: Sequence[Phone],
) -> tuple[SpokenWord, ...]:
    """The words of `text` with the samples in which they sound."""
    spans = _word_spans(text, marks)
    starts = _starts(spans, marks, phones)
    length = phones[-1].end if phones else 0
    words: list[SpokenWord] = []
    for (first, last), (start, following) in zip(spans, pairwise((*starts, length)), strict=True):
        raw = origin[first:last]
        words.append(
            SpokenWord(
                start=start,
                end=_end_of_sound(phones, start, following),
                char_start=min(raw),
                char_end=max(raw) + 1,
                text=text[first:last],
            )
        )
    return tuple(words)


def _word_spans(text: str, marks: Sequence[Mark]) -> list[tuple[int, int]]:
    """First and last character of each word, punctuation at its edges left out."""
    spans: list[tuple[int, int]] = []
    for token in _TOKEN.finditer(text):
        edges = [token.start(), token.end()]
        if unicodedata.category(token[0][0]) == "Lo":  # scripts without spaces: trust the engine
            edges[1:1] = sorted({c for c, _ in marks if token.start() < c < token.end()})
        for first, last in pairwise(edges):
            letters = [i for i in range(first, last) if text[i].isalnum()]
            if letters:
                spans.append((letters[0], letters[-1] + 1))
    return spans


def _starts(
    spans: Sequence[tuple[int, int]], marks: Sequence[Mark], phones: Sequence[Phone]
) -> list[int]:
    """The sample at which each word starts; words without a mark share their neighbour's time."""
    length = phones[-1].end if phones else 0
    ends = [last for _, last in spans]
    known: dict[int, int] = {}
    latest_word = latest_sample = -1
    for char, sample in marks:
        # A mark may stand on a quote before its word, or anywhere inside the word.
        word = bisect_right(ends, char)
        if latest_word < word < len(spans) and sample > latest_sample:
            known[word] = min(length, _sound_start(phones, sample))
            latest_word, latest_sample = word, sample
    known.setdefault(0, min(length, _sound_start(phones, 0)))
    anchors = [*sorted(known.items()), (len(spans), length)]
    starts: list[int] = []
    for (word, start), (next_word, next_start) in pairwise(anchors):
        ending = _end_of_sound(phones, start, next_start)
        letters = [last - first for first, last in spans[word:next_word]]
        spoken = 0
        for count in letters:
            starts.append(start + (ending - start) * spoken // max(1, sum(letters)))
            spoken += count
    return starts


def _sound_start(phones: Sequence[Phone], sample: int) -> int:
    """Engines mark a word a moment before its first phone."""
    first = bisect_left(phones, sample, key=lambda phone: phone.start)
    return next((p.start for p in islice(phones, first, None) if p.ipa), sample)


def _end_of_sound(phones: Sequence[Phone], start: int, limit: int) -> int:
    """Where the last phone before `limit` ends; the rest is silence."""
    first = bisect_right(phones, start, key=lambda phone: phone.end)
    among = takewhile(lambda phone: phone.start < limit, islice(phones, first, None))
    return max((min(phone.end, limit) for phone in among if phone.ipa), default=limit)
