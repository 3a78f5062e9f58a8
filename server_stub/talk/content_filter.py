"""What an agent is not to hear or say: whole words and phrases that its owner lists by category.

Spaces, hyphens and stage directions between the words of a phrase do not hide it; punctuation
ends it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from server_stub.history.records import ContentRules

USUAL: Final[Mapping[str, tuple[str, ...]]] = {
    "swearing": (
        "asshole", "bastard", "bitch", "bullshit", "fuck", "fucked", "fucking", "motherfucker",
        "shit", "son of a bitch", "Arschloch", "Scheiße",
    ),
    "insults": ("idiot", "imbecile", "moron", "piece of garbage", "Vollidiot"),
}  # fmt: skip
"""What counts where the owner wants the usual words; short on purpose, and no judge of meaning."""
INSTEAD: Final = "…"

_TOKEN: Final = re.compile(r"\[[a-z]+:[^\]\n]{0,120}\]|[\w\u0300-\u036f]+|\s+|.", re.I | re.S)
_OPEN_MARKER: Final = re.compile(r"\[(?:[a-z]+(?::[^\]\n]{0,120})?)?\Z", re.I)
_GAP: Final = re.compile(r"\[[a-z]+:[^\]\n]{0,120}\]|[ \t\u00a0_-]+|\r?\n", re.I)


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()


def _is_word(token: str) -> bool:
    return token[0].isalnum() or token[0] == "_"


@dataclass(slots=True)
class _Branch:
    """The words that may follow here, and the category of a phrase that ends here."""

    following: dict[str, _Branch] = field(default_factory=dict[str, "_Branch"])
    category: str | None = None

    def grow(self, phrase: str, category: str) -> None:
        branch = self
        for token in _TOKEN.findall(phrase):
            if _is_word(token):
                branch = branch.following.setdefault(_plain(token), _Branch())
        if branch is not self:
            branch.category = category


@dataclass(frozen=True, slots=True)
class _Met:
    """What begins at a token: the end of a whole phrase, or words that may yet become one."""

    end: int = 0
    category: str = ""
    may_grow: bool = False


class ContentFilter:
    """Knows the phrases of one agent."""

    def __init__(self, rules: ContentRules) -> None:
        self._root = _Branch()
        listed: list[Mapping[str, Iterable[str]]] = [rules.phrases]
        if rules.usual_words:
            listed.append(USUAL)
        for categories in listed:
            for category, phrases in categories.items():
                for phrase in phrases:
                    self._root.grow(phrase, category)

    def category_in(self, text: str) -> str | None:
        """The category of the first listed phrase in a text."""
        tokens: list[str] = _TOKEN.findall(text)
        for place, token in enumerate(tokens):
            if _is_word(token) and (met := self.meet(tokens, place, is_whole=True)).end:
                return met.category
        return None

    def meet(self, tokens: list[str], place: int, *, is_whole: bool) -> _Met:
        """The longest phrase at this token; without the whole text also one that may yet come."""
        branch, found, at = self._root, _Met(), place
        while at < len(tokens):
            token = tokens[at]
            if not _is_word(token):
                if not _GAP.fullmatch(token):
                    return found
                at += 1
                continue
            word, is_last = _plain(token), at == len(tokens) - 1
            if is_last and not is_whole and any(one.startswith(word) for one in branch.following):
                return _Met(found.end, found.category, may_grow=True)
            following = branch.following.get(word)
            if following is None:
                return found
            branch, at = following, at + 1
            if branch.category is not None:
                found = _Met(at, branch.category)
        if is_whole or not branch.following:
            return found
        return _Met(found.end, found.category, may_grow=True)


class FilteredReply:
    """A reply on its way: holds back only words that may yet become a listed phrase."""

    def __init__(self, content: ContentFilter) -> None:
        self._content = content
        self._held = ""
        self._is_inside_a_word = False

    def feed(self, piece: str) -> str:
        """What may be said of the reply so far and was not said yet."""
        text, open_marker = self._held + piece, ""
        if found := _OPEN_MARKER.search(text):
            text, open_marker = text[: found.start()], found.group()
        said, self._held = self._settled(text, is_whole=False)
        self._held += open_marker
        return said

    def close(self) -> str:
        """The rest."""
        said, self._held = self._settled(self._held, is_whole=True)
        return said

    def _settled(self, text: str, *, is_whole: bool) -> tuple[str, str]:
        tokens: list[str] = _TOKEN.findall(text)
        said: list[str] = []
        place = 0
        while place < len(tokens):
            token = tokens[place]
            if not _is_word(token) or (place == 0 and self._is_inside_a_word):
                said.append(token)
                place += 1
                continue
            met = self._content.meet(tokens, place, is_whole=is_whole)
            if met.may_grow:
                break
            if met.end:
                said.append(INSTEAD)
                said += [one for one in tokens[place : met.end] if one[0] == "["]
                place = met.end
                continue
            said.append(token)
            place += 1
        if said:
            self._is_inside_a_word = _is_word(said[-1]) and place == len(tokens)
        return "".join(said), "".join(tokens[place:])


def refused(category: str) -> str:
    """The refusal, for the user."""
    return f"This companion does not answer messages with {category}. Say it in other words."
