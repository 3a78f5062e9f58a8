"""The streaming grammar of markers: letters to show and speak on one side, cues on the other.

Promise: one character in, a decision as soon as it is certain, so any split of the stream gives
the same result. At most 64 characters are ever withheld; real text is never eaten.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from avatar_desktop.reply.bracket import MAX_HELD, Found, Verdict, read_bracket
from avatar_desktop.reply.cue import Cue
from avatar_desktop.reply.vocabulary import EMOJI, Vocabulary, act, is_mute_act, opens_act
from avatar_desktop.reply.wordlist import words

Role = Literal["prose", "code", "mute"]


@dataclass(frozen=True, slots=True)
class Letter:
    """A character that the chat shows; `role` says whether the voice reads it too."""

    char: str
    raw: int
    role: Role


LOOK_BACK = 40
"""Characters of the line before a bracket that may decide what it is."""
_OPENERS = "[［【{<("
_SPECIAL = frozenset(_OPENERS + "\\`~*_" + "".join(EMOJI))
_THINK_TAGS = ("<think>", "<thinking>", "<thought>", "<reasoning>")
_THINK_END = tuple("</" + tag[1:] for tag in _THINK_TAGS)
_FENCE_END = re.compile(r"[ \t]*(`{3,}|~{3,})[ \t]*\n?")
_NOT_ALONE = words(
    "the a an this that these those my your his her its our their of in on at by with for to from"
    " and or some any no many few more most such as is are was were be been big sound light radio"
    " ocean heat he she it who they i you we not so very really which what has have had will can"
    " der die das den dem ein eine einen er sie es und oder nicht"
)


class MarkerReader:
    """Raw characters in, letters and cues out; holds only what is still undecided."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._held = ""
        self._next = 0
        """Raw index of the first held character."""
        self._mode: Literal["text", "span", "fence", "think"] = "text"
        self._ticks = ""
        """What closes the code that is open."""
        self._line = ""
        """The end of the visible line so far."""
        self._is_blank = True
        """Whether the visible line holds nothing but space."""
        self._seen_any = False
        self._swallow = ""
        """Whitespace that a removed marker leaves behind."""
        self._out: list[Letter | Cue] = []

    def feed(self, chunk: str) -> list[Letter | Cue]:
        for char in chunk:
            if not self._held and self._mode == "text" and char not in _SPECIAL:
                self._emit(char, "prose")
                continue
            self._held += char
            self._drain(final=False)
        return self._taken()

    def finish(self) -> list[Letter | Cue]:
        self._drain(final=True)
        return self._taken()

    def _taken(self) -> list[Letter | Cue]:
        out, self._out = self._out, []
        return out

    def _drain(self, *, final: bool) -> None:
        decide = {
            "text": self._in_text,
            "span": self._in_span,
            "fence": self._in_fence,
            "think": self._in_think,
        }
        while self._held and decide[self._mode](final):
            pass

    # Each of the four answers whether it consumed something; False asks for more characters.

    def _in_text(self, final: bool) -> bool:
        held, first = self._held, self._held[0]
        if first not in _SPECIAL:
            return self._emit_held(1, "prose")
        if first in EMOJI:
            kind, name = EMOJI[first]
            self._emit_held(1, "prose")
            self._out.append(Cue(kind, name, 1.0, self._next))
            return True
        if first == "\\":
            return (len(held) > 1 or final) and self._emit_held(min(2, len(held)), "prose")
        if first in "`~":
            return self._open_code(final)
        if first in "*_":
            return self._obey(self._stage(held, final))
        if first == "<" and (thinks := self._open_think(held)) is not None:
            return thinks or (final and self._emit_held(1, "prose"))
        verdict = read_bracket(held, self._before(), self._vocabulary, final=final)
        if verdict == "text" and first == "(":
            verdict = self._stage(held, final)
        return self._obey(verdict)

    def _obey(self, verdict: Verdict) -> bool:
        if verdict == "more":
            return False
        if verdict == "text":
            return self._emit_held(1, "prose")
        if verdict.is_shown:
            return self._emit_held(verdict.length, "mute")
        self._drop(verdict.length)
        self._out.extend(
            Cue(kind, name, strength, self._next) for kind, name, strength in verdict.cues
        )
        return True

    def _open_code(self, final: bool) -> bool:
        run = self._held[: len(self._held) - len(self._held.lstrip(self._held[0]))]
        if run == self._held and len(run) < MAX_HELD and not final:
            return False
        if len(run) >= 3 and self._is_blank:
            self._mode, self._ticks = "fence", run
            return self._emit_held(len(run), "code")
        if run[0] == "`":
            self._mode, self._ticks = "span", run
        return self._emit_held(len(run), "prose")

    def _in_span(self, final: bool) -> bool:
        if self._held[0] != "`":
            if self._held[0] == "\n":
                self._mode = "text"
            return self._emit_held(1, "prose")
        run = self._held[: len(self._held) - len(self._held.lstrip("`"))]
        if run == self._held and len(run) < MAX_HELD and not final:
            return False
        if run == self._ticks:
            self._mode = "text"
        return self._emit_held(len(run), "prose")

    def _in_fence(self, final: bool) -> bool:
        if self._is_blank and self._held[0] in "`~ \t":
            end = _FENCE_END.fullmatch(self._held)
            if end and (self._held[-1] == "\n" or final):
                if end[1][0] == self._ticks[0] and len(end[1]) >= len(self._ticks):
                    self._mode = "text"
                return self._emit_held(len(self._held), "code")
            could_end = not self._held.strip("`~ \t") and len(self._held) < MAX_HELD
            if could_end and not final:
                return False
        return self._emit_held(1, "code")

    def _open_think(self, held: str) -> bool | None:
        """None when this `<` is something else, False when it may still become a tag."""
        lowered = held.casefold()
        if lowered in (*_THINK_TAGS, *_THINK_END):
            if lowered in _THINK_TAGS:
                self._mode, self._ticks = "think", "</" + lowered[1:]
            self._drop(len(held), everything=True)
            return True
        could = any(tag.startswith(lowered) for tag in (*_THINK_TAGS, *_THINK_END))
        return False if could and len(held) > 1 and lowered[1:] not in ("t", "/") else None

    def _in_think(self, final: bool) -> bool:
        lowered = self._held.casefold()
        if lowered == self._ticks:
            self._mode = "text"
            self._drop(len(self._held), everything=True)
            return True
        if self._ticks.startswith(lowered) and not final:
            return False
        self._drop(1, everything=True)
        return True

    def _stage(self, held: str, final: bool) -> Verdict:
        """`*waves*`, `_nods_`, `(smiling)`: an act stands apart from the sentence."""
        closer = ")" if held[0] == "(" else held[0]
        before = self._before()
        if before and (before[-1].isalnum() or before[-1] == held[0]):
            return "text"
        inner, found, rest = held[1:].partition(closer)
        first = re.match(r"[^\W\d_]*", inner)
        word = first[0] if first else ""
        if (inner and not word) or not opens_act(word) or "\n" in inner or len(held) > MAX_HELD:
            return "text"
        if not found:
            return "text" if final else "more"
        if closer != ")" and not rest and not final:
            return "more"  # `*waves**` is something else
        if not word or rest.startswith(closer) or (rest and rest[0].isalnum()):
            return "text"
        return self._judge_act(inner, before, length=len(inner) + 2, is_round=closer == ")")

    @staticmethod
    def _judge_act(inner: str, before: str, *, length: int, is_round: bool) -> Verdict:
        last_word = re.search(r"(\w+)\W*$", before)
        starts_afresh = not before.strip() or before.rstrip()[-1] in '.!?…:;,。！？"”»*)'
        follows_grammar = bool(
            last_word
            and not starts_afresh
            and (last_word[1].casefold() in _NOT_ALONE or last_word[1].isdigit())
        )
        plain_verb = re.match(r"\w*[^\Wsgt]\b", inner.casefold()) is not None
        if follows_grammar or (is_round and plain_verb):
            return "text"
        cue = act(inner)
        if cue and (not is_round or len(inner.split()) <= 4):
            return Found(length, ((*cue, 1.0),))
        if is_mute_act(inner) and starts_afresh and (is_round or " " in inner or inner[-1] in "sg"):
            return Found(length, (), is_shown=True)
        return "text"

    def _before(self) -> str:
        return self._line

    def _emit(self, char: str, role: Role) -> None:
        raw = self._next
        self._next += 1
        if self._swallow:
            if char in self._swallow:
                return
            self._swallow = ""
        if char == "\n":
            self._line, self._is_blank = "", True
        else:
            self._line = (self._line + char)[-LOOK_BACK:]
            self._is_blank = self._is_blank and char.isspace()
        self._seen_any = True
        self._out.append(Letter(char, raw, role))

    def _emit_held(self, count: int, role: Role) -> bool:
        taken, self._held = self._held[:count], self._held[count:]
        for char in taken:
            self._emit(char, role)
        return True

    def _drop(self, count: int, *, everything: bool = False) -> None:
        self._held = self._held[count:]
        self._next += count
        if everything and not self._seen_any:
            self._swallow = " \t\r\n"
        elif not self._line or self._line[-1].isspace():
            self._swallow = self._swallow or " "
