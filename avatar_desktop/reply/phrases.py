"""A streamed reply cut into phrases to speak, while the chat already shows every letter.

Promise: any split of the stream gives the same phrases; the first comes after one short clause,
later ones are whole sentences. Sans-I/O: it never waits and never asks the time.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection

from avatar_desktop.reply.cue import Cue, Phrase
from avatar_desktop.reply.markers import Letter, MarkerReader
from avatar_desktop.reply.shorthand import ends_sentence, stop_is_doubtful
from avatar_desktop.reply.speakable import speakable
from avatar_desktop.reply.tongue import guess_tongue
from avatar_desktop.reply.vocabulary import TONES, Vocabulary
from avatar_desktop.reply.wordlist import words

FIRST_CLAUSE = 10
"""A first clause of so many characters may be spoken before its sentence is complete."""
FIRST_WORDS = 12
"""So many words without any stop are spoken anyway, while the voice is still silent."""
LEANING_WORDS = words(
    "a an the and or but of to in on at by for with from my your our their his her its this that is"
    " are was were i you we they he she it not very der die das ein eine und oder aber von zu im am"
    " mit für ich du wir sie er es ist sind nicht sehr"
)
"""A forced cut does not fall after one of these, a number or a title; it waits for up to three more
words."""
LATER_CLAUSE = 160
LATER_WORDS = 40
FIRST_WIDE, LATER_WIDE = 5, 40
"""The same limits where words are not parted by spaces: a character is about a syllable."""
LONGEST_PIECE = 2000
"""What goes on for so long without a place to cut is cut anyway, and costs no more for it."""
GUESS_FROM = 500
"""Characters of prose that tell the language."""
CODE_NOTICE = {
    "en": "Code on screen.",
    "de": "Code auf dem Bildschirm.",
    "fr": "Du code à l'écran.",
    "es": "Código en pantalla.",
    "it": "Codice sullo schermo.",
    "pt": "Código no ecrã.",
    "nl": "Code op het scherm.",
    "pl": "Kod na ekranie.",
    "ru": "Код на экране.",
    "uk": "Код на екрані.",
    "cs": "Kód na obrazovce.",
    "sv": "Kod på skärmen.",
    "tr": "Kod ekranda.",
    "ja": "コードはがめんにあります。",
    "cmn": "代码在屏幕上。",
}

PAUSES = {
    "sentence": 0.4,
    "line": 0.35,
    "paragraph": 0.7,
    ",": 0.15,
    ";": 0.25,
    ":": 0.25,
    "–": 0.2,
}
"""Seconds of rest: clauses 120–250 ms, sentences 300–500 ms, paragraphs 600–800 ms."""

_SAME_REST = {"—": "–", "،": ",", "؛": ";", "，": ",", "、": ",", "；": ";", "：": ":"}
_CLOSING = "\"'”’»«“)]*_~`"
_SENTENCE_END = re.compile(rf"[.!?…।॥؟۔]+[{re.escape(_CLOSING)}]*$")
_CLAUSE_END = re.compile(rf"([,;:—–،؛])[{re.escape(_CLOSING)}]*$")
_SAYABLE = frozenset("$€£¥%°&@=+<>≤≥≠≈±×÷→§µ½¼¾⅓⅔")
"""Signs that have a name; a piece with neither these nor letters is silent."""
_WIDE_END = "。！？｡"
_WIDE_CLAUSE = "，、；："
_WIDE_CLOSING = "」』”’）)。！？!?"
_LIST_NUMBER = re.compile(r"\s*\d{1,3}[.)]")
_BLOCK_START = re.compile(r"\s*(?:#{1,6}\s|[-*+•]\s|>\s?|\d{1,3}[.)]\s)")


class ReplyReader:
    """Feed it the stream; it gives phrases as soon as they can be spoken well."""

    def __init__(
        self,
        *,
        gestures: Collection[str] = (),
        poses: Collection[str] = (),
        language: str = "auto",
    ) -> None:
        self._markers = MarkerReader(Vocabulary(gestures=gestures, poses=poses))
        self._language = language
        self._raw: list[str] = []
        self._shown: list[str] = []
        self._shown_from: list[int] = []
        self._prose: list[str] = []
        """All that was prose so far: the ground for guessing the language."""
        self._piece: list[Letter] = []
        self._text = ""
        """The characters of `_piece`."""
        self._cues: list[Cue] = []
        self._tone = "neutral"
        self._count = 0
        self._newlines = 0
        self._is_doubtful = False
        self._in_table = False
        self._code_was_named = False
        self._is_finished = False
        self._out: list[Phrase] = []

    @property
    def raw(self) -> str:
        return "".join(self._raw)

    @property
    def shown(self) -> str:
        """The text for the chat: markers and hidden thoughts removed, Markdown kept."""
        return "".join(self._shown)

    def shown_at(self, raw_index: int) -> int:
        """How many shown characters stand before this raw index."""
        return bisect_left(self._shown_from, raw_index)

    def feed(self, chunk: str) -> list[Phrase]:
        if self._is_finished:
            raise ValueError("the reply is finished; read the next one with a new ReplyReader")
        self._raw.append(chunk)
        self._take(self._markers.feed(chunk))
        return self._taken()

    def finish(self) -> list[Phrase]:
        """What is left, always ending with a phrase that is the last."""
        self._is_finished = True
        self._take(self._markers.finish())
        text, origin = self._spoken()
        self._out.append(self._phrase(text, origin, tuple(self._cues), is_last=True))
        return self._taken()

    def _taken(self) -> list[Phrase]:
        out, self._out = self._out, []
        return out

    def _take(self, items: list[Letter | Cue]) -> None:
        for item in items:
            if isinstance(item, Cue):
                self._take_cue(item)
                continue
            self._shown.append(item.char)
            self._shown_from.append(item.raw)
            if item.role == "prose":
                self._take_prose(item)
            elif item.role == "code":
                self._take_code(item)

    def _take_cue(self, cue: Cue) -> None:
        if cue.kind == "tone" and cue.name != self._tone:
            self._settle(" ")
            self._cut()
            self._cues.append(cue)
            self._tone = cue.name if cue.name in TONES else "neutral"
            return
        self._cues.append(cue)

    def _take_code(self, letter: Letter) -> None:
        self._settle(" ")
        self._cut()
        if not self._code_was_named:
            self._code_was_named = True
            notice = CODE_NOTICE.get(self._tongue(), CODE_NOTICE["en"])
            self._emit(notice, (letter.raw,) * len(notice))
        self._in_table = False

    def _take_prose(self, letter: Letter) -> None:
        char = letter.char
        self._prose.append(char)
        if char == "\n":
            self._newlines += 1
            self._in_table = False
            return
        if self._in_table:
            return
        if char.isspace():
            if self._newlines:
                return  # the indent of the next line
            self._end_of_word()
            self._add(letter)
            return
        if self._newlines:
            self._end_of_line(char)
        if char == "|" and not self._text.strip():
            self._in_table = True
            return
        self._settle(char)
        if self._text and char not in _WIDE_CLOSING and self._ends_wide():
            self._cut()
        self._add(letter)

    def _ends_wide(self) -> bool:
        last = self._text[-1]
        shortest = LATER_WIDE if self._count else FIRST_WIDE
        ends = last in _WIDE_END or (last in _WIDE_CLAUSE and len(self._text) >= shortest)
        return ends and not _inside_link(self._text)

    def _add(self, letter: Letter) -> None:
        self._piece.append(letter)
        self._text += letter.char
        if len(self._piece) >= LONGEST_PIECE:
            self._cut()

    def _settle(self, following: str) -> None:
        """Decide a doubtful full stop, now that the next character is known."""
        if self._is_doubtful:
            self._is_doubtful = False
            if ends_sentence(self._text.rstrip(), following):
                self._cut()

    def _end_of_word(self) -> None:
        if not self._text or self._text[-1].isspace():
            return
        text = self._text
        if _LIST_NUMBER.fullmatch(text) or _inside_link(text):
            return
        if _SENTENCE_END.search(text):
            bare = text.rstrip(_CLOSING)
            if text.endswith("..") or (bare.endswith(".") and stop_is_doubtful(bare)):
                self._is_doubtful = True
            else:
                self._cut()
            return
        shortest, most = (LATER_CLAUSE, LATER_WORDS) if self._count else (FIRST_CLAUSE, FIRST_WORDS)
        is_clause = _CLAUSE_END.search(text) and len(text.strip()) >= shortest
        if is_clause or _is_long(text.split(), most):
            self._cut()

    def _end_of_line(self, following: str) -> None:
        newlines, self._newlines = self._newlines, 0
        text = self._text.rstrip()
        if not text:
            return
        wraps = (
            newlines == 1
            and following.islower()
            and not _SENTENCE_END.search(text)
            and not _BLOCK_START.match(text)
        )
        if wraps:
            self._is_doubtful = False
            self._add(Letter(" ", self._piece[-1].raw, "prose"))
            return
        self._is_doubtful = False
        self._cut(pause=PAUSES["paragraph"] if newlines > 1 else PAUSES["line"])

    def _cut(self, pause: float | None = None) -> None:
        """What has gathered becomes a phrase, unless there is nothing in it to say."""
        text, origin = self._spoken()
        rest = _rest_after(self._text) if pause is None else pause
        self._piece, self._text, self._is_doubtful = [], "", False
        if text:
            self._emit(text, origin, rest)

    def _spoken(self) -> tuple[str, tuple[int, ...]]:
        if not any(char.isalnum() or char in _SAYABLE for char in self._text):
            return "", ()
        return speakable(self._text, [letter.raw for letter in self._piece], self._tongue())

    def _tongue(self) -> str:
        if self._language != "auto":
            return self._language
        return guess_tongue("".join(self._prose[-GUESS_FROM:]))

    def _emit(self, text: str, origin: tuple[int, ...], pause: float = PAUSES["sentence"]) -> None:
        due = tuple(cue for cue in self._cues if cue.char <= origin[-1])
        self._cues = self._cues[len(due) :]
        self._out.append(self._phrase(text, origin, due, pause=pause))

    def _phrase(
        self,
        text: str,
        origin: tuple[int, ...],
        cues: tuple[Cue, ...],
        *,
        pause: float = 0.0,
        is_last: bool = False,
    ) -> Phrase:
        index = self._count
        self._count += 1
        return Phrase(index, text, origin, _once_each(cues), self._tone, pause, is_last)


def _rest_after(text: str) -> float:
    stripped = text.rstrip()
    clause = _CLAUSE_END.search(stripped)
    if clause:
        return PAUSES[_SAME_REST.get(clause[1], clause[1])]
    if stripped.endswith(tuple(_WIDE_CLAUSE)):
        return PAUSES[_SAME_REST[stripped[-1]]]
    is_end = _SENTENCE_END.search(stripped) or stripped.endswith(tuple(_WIDE_END))
    return PAUSES["sentence"] if is_end else 0.0


def _is_long(words: list[str], most: int) -> bool:
    if len(words) < most:
        return False
    last = words[-1]
    leans = (
        last.casefold() in LEANING_WORDS
        or last[-1].isdigit()  # its unit may follow
        or (last[-1] == "." and stop_is_doubtful(last))
    )
    return not leans or len(words) >= most + 3


def _inside_link(text: str) -> bool:
    """Whether a cut here would tear `[text](address)` apart."""
    opened = text.rfind("[")
    if opened < 0 or len(text) - opened > 200:
        return False
    closed = text.find("]", opened)
    return closed < 0 or (text[closed + 1 : closed + 2] == "(" and ")" not in text[closed:])


def _once_each(cues: tuple[Cue, ...]) -> tuple[Cue, ...]:
    """A name repeated within one phrase counts once."""
    first: dict[tuple[str, str], Cue] = {}
    for cue in cues:
        first.setdefault((cue.kind, cue.name), cue)
    return tuple(first.values())
