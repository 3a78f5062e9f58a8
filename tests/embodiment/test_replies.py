"""The bars of text and markers (S1, S2, S3, M1), each beside the mutation that must break it."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from avatar_desktop.reply import phrases, shorthand, speakable
from avatar_desktop.reply.cue import Cue, Phrase
from avatar_desktop.reply.markers import Letter, MarkerReader
from avatar_desktop.reply.phrases import ReplyReader
from avatar_desktop.reply.vocabulary import Vocabulary
from tests.makers.replies import DOUBLES, DRESSES, MARKERS, NAMES, OPENINGS, SENTENCES

Bar = Callable[..., None]
CHARACTERS_A_SECOND = 160


def _first(opening: str) -> tuple[float, bool]:
    """Milliseconds until the first phrase of a streamed opening, and whether it ends badly."""
    text = opening.replace("~", " ")
    reader = ReplyReader()
    for count, char in enumerate(text, 1):
        found = reader.feed(char)
        if found:
            end = found[0].origin[-1] + 1
            space = next((i for i in range(end, len(text)) if text[i].isspace()), len(text))
            return 1000 * count / CHARACTERS_A_SECOND, opening[space : space + 1] == "~"
    return 1000 * len(text) / CHARACTERS_A_SECOND, False


def test_the_first_phrase_comes_early_and_never_in_the_middle_of_a_name(bar: Bar) -> None:
    delays, bad = zip(*map(_first, OPENINGS), strict=True)
    assert len(delays) >= 60
    bar("S1 delay of the first phrase, median", float(np.median(delays)), at_most=250, unit="ms")
    late = float(np.percentile(delays, 90))
    bar("S1 delay of the first phrase, 90th percentile", late, at_most=450, unit="ms")
    bar("S1 openings cut in the wrong place", sum(bad), at_most=0)


def test_a_reader_without_abbreviations_cuts_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phrases, "stop_is_doubtful", lambda text: False)
    assert sum(_first(opening)[1] for opening in OPENINGS) > 0


def _read(text: str, sizes: list[int]) -> list[Phrase]:
    reader, at, out = ReplyReader(), 0, []
    while at < len(text):
        size = sizes[at % len(sizes)]
        out += reader.feed(text[at : at + size])
        at += size
    return [*out, *reader.finish()]


def _said(text: str) -> str:
    found = [phrase.text for phrase in _read(text, [7]) if phrase.text]
    return re.sub(r"(?<=[、，。]) ", "", " ".join(found))


def _spoken_right() -> float:
    right = [
        _said(dress.format(text)) == said
        for dress, (text, said) in product(DRESSES, SENTENCES.items())
    ]
    assert len(right) >= 150
    return 100.0 * float(np.mean(right))


def test_what_is_said_is_what_a_reader_would_say(bar: Bar) -> None:
    bar("S2 speakable text, exact", _spoken_right(), at_least=98.0, unit="%")


def test_without_figures_abroad_and_shorthand_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speakable, "say_figures_abroad", lambda traced, tongue: None)
    monkeypatch.setattr(speakable, "say_shorthand", lambda traced, tongue: None)
    assert shorthand.stop_is_doubtful("e.g.")
    assert _spoken_right() < 98.0


CUTS = [[1], [2], [3], [5], [8], [13], [21], [40], [2, 1, 9], [8, 1, 9], [40, 1, 9]]


def _stream() -> str:
    texts = [dress.format(text) for dress, text in zip(DRESSES, SENTENCES, strict=False)]
    return "\n\n".join(texts) + " ".join(m.format(**_fields("wave")) + "Hi." for m in MARKERS)


def _cuts_that_matter() -> list[list[int]]:
    whole = _stream()
    uncut = _read(whole, [len(whole)])
    return [sizes for sizes in CUTS if _read(whole, sizes) != uncut]


def test_any_cut_of_the_stream_gives_the_same_phrases_and_cues(bar: Bar) -> None:
    bar(
        "S3 cuts of the stream that change what is said or done",
        len(_cuts_that_matter()),
        at_most=0,
    )


def test_markers_that_end_with_their_chunk_depend_on_the_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    feed = MarkerReader.feed

    def forgetful(reader: MarkerReader, text: str) -> list[Letter | Cue]:
        return [*feed(reader, text), *reader.finish()]

    monkeypatch.setattr(MarkerReader, "feed", forgetful)
    assert _cuts_that_matter() == CUTS


def _fields(name: str) -> dict[str, str]:
    key = NAMES[name]
    return {"key": key, "name": name, "KEY": key.upper(), "NAME": name.title()}


def _marks(text: str, size: int, *, fresh: bool) -> tuple[str, list[tuple[str, str]]]:
    """What is shown and what fires; `fresh` is the mutation of one reader for each chunk."""
    reader = MarkerReader(Vocabulary())
    items: list[Letter | Cue] = []
    for at in range(0, len(text), size):
        items += reader.feed(text[at : at + size])
        if fresh:
            items += reader.finish()
            reader = MarkerReader(Vocabulary())
    items += reader.finish()
    shown = "".join(item.char for item in items if isinstance(item, Letter))
    return shown, [(item.kind, item.name) for item in items if isinstance(item, Cue)]


def _marker_rates(*, fresh: bool = False) -> tuple[float, float, int]:
    """Precision and recall in per cent, and how many texts were not shown as they should be."""
    hits = fired = due = wrong = 0
    valid = [
        (mark.format(**_fields(name)) + "Hello", "Hello", [(kind, name)])
        for mark, (name, kind) in product(MARKERS, NAMES.items())
    ]
    for text, shown, cues in [*valid, *((text, text, []) for text in DOUBLES)]:
        seen, found = _marks(text, 8, fresh=fresh)
        hits += sum(cue in cues for cue in found)
        fired, due, wrong = fired + len(found), due + len(cues), wrong + (seen != shown)
    assert due >= 150
    return 100.0 * hits / max(fired, 1), 100.0 * hits / due, wrong


def test_markers_fire_and_their_doubles_do_not(bar: Bar) -> None:
    precision, recall, wrong = _marker_rates()
    bar("M1 markers, precision", precision, at_least=98.0, unit="%")
    bar("M1 markers, recall", recall, at_least=95.0, unit="%")
    bar("M1 markers leaked or text eaten", wrong, at_most=0)


def test_a_reader_for_each_chunk_breaks_the_markers() -> None:
    _, recall, wrong = _marker_rates(fresh=True)
    assert recall < 50.0
    assert wrong > 100
