"""Spoken words to subtitles, as SRT or WebVTT text.

Promise: captions never overlap, never run over two clips, and hold at most two short lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from avatar_desktop.voice.clip import SpeechClip, SpokenWord

LINE = 42
"""Characters a line holds (the broadcasters' usual measure); a caption has two lines."""
LONGEST = 6.0
"""Seconds after which a caption gives way to the next."""
LINGER = 0.4
"""Seconds that a caption stays after its last word, when nothing follows sooner."""


@dataclass(frozen=True, slots=True)
class Caption:
    """Text on the screen from `start` to `end`, in seconds."""

    start: float
    end: float
    text: str


def captions(clips: Iterable[tuple[float, SpeechClip]]) -> list[Caption]:
    """Captions for clips at their places on the time line, in order."""
    found: list[Caption] = []
    for place, clip in clips:
        open_one: Caption | None = None
        for word in clip.words:
            start, end = place + word.start / clip.rate, place + word.end / clip.rate
            longer = f"{open_one.text} {word.text}" if open_one else word.text
            if open_one and (len(longer) > 2 * LINE or end - open_one.start > LONGEST):
                found.append(open_one)
                open_one, longer = None, word.text
            open_one = Caption(open_one.start if open_one else start, end, longer)
        if open_one:
            found.append(open_one)
    return _lingering(found)


def punctuated(clip: SpeechClip, text: str) -> SpeechClip:
    """The clip with its words as they stand in the text, stops and quotes included."""
    at, words = 0, list[SpokenWord]()
    for word in clip.words:
        found = text.find(word.text, at)
        if found < 0:
            words.append(word)
            continue
        start, end = found, found + len(word.text)
        while start > at and not text[start - 1].isspace():
            start -= 1
        while end < len(text) and not (text[end].isspace() or text[end].isalnum()):
            end += 1
        words.append(replace(word, text=text[start:end]))
        at = end
    return replace(clip, words=tuple(words))


def _lingering(found: list[Caption]) -> list[Caption]:
    if not found:
        return []
    ends = [
        max(before.end, min(before.end + LINGER, after.start)) for before, after in pairwise(found)
    ]
    ends.append(found[-1].end + LINGER)
    return [
        Caption(each.start, end, _two_lines(each.text))
        for each, end in zip(found, ends, strict=True)
    ]


def _two_lines(text: str) -> str:
    """A break near the middle when one line is not enough."""
    if len(text) <= LINE:
        return text
    spaces = [at for at, char in enumerate(text) if char == " "]
    if not spaces:
        return text
    middle = min(spaces, key=lambda at: abs(at - len(text) / 2))
    return f"{text[:middle]}\n{text[middle + 1 :]}"


def write_subtitles(clips: Iterable[tuple[float, SpeechClip]], film: Path, kind: str) -> Path:
    """The words of a film in a file beside it."""
    from avatar_desktop.film.encode import written_beside

    found = captions(clips)
    path = film.with_suffix(f".{kind}")
    with written_beside(path) as beside:
        beside.write_text(srt(found) if kind == "srt" else webvtt(found), "utf-8")
    return path


def srt(found: Iterable[Caption]) -> str:
    return "".join(
        f"{number}\n{_time(each.start, ',')} --> {_time(each.end, ',')}\n{each.text}\n\n"
        for number, each in enumerate(found, start=1)
    )


def webvtt(found: Iterable[Caption]) -> str:
    blocks = (
        f"{_time(each.start, '.')} --> {_time(each.end, '.')}\n{_escaped(each.text)}\n\n"
        for each in found
    )
    return "WEBVTT\n\n" + "".join(blocks)


def _time(seconds: float, point: str) -> str:
    whole = max(0, round(seconds * 1000))
    minutes, rest = divmod(whole, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{point}{rest % 1000:03}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
