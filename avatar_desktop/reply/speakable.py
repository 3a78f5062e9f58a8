"""What the voice says of a written piece: no markup, no pictures, symbols and numbers in words.

Promise: a pure function that keeps the place of every character in the raw reply. Letters and
digits of plain prose are never lost. English and German numbers become words; other languages keep
their digits, since each voice reads its own best, and get help with what stands around them.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from avatar_desktop.reply.abroad import say_figures_abroad
from avatar_desktop.reply.figures import say_figures
from avatar_desktop.reply.origin import Traced
from avatar_desktop.reply.shorthand import say_shorthand
from avatar_desktop.reply.tongue import guess_tongue

_URL_SIGNS = r"[^\s<>\[\](){}\"'*`]"
_URL = rf"(?:https?://|www\.){_URL_SIGNS}+(?:\([^\s()]*\){_URL_SIGNS}*)*"
_IMAGE_OR_LINK = re.compile(r"!?\[(?P<text>[^\[\]]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+[^()]*)?\)")
_REFERENCE = re.compile(r"(?<=\])\[[^\]]*\]")
_FOOTNOTE = re.compile(r"\s?\[\^[\w-]+\]|【[^】]*】")
_CITATION = re.compile(
    r"(?:(?<=[^\W\d_]{3})|(?<=[.,;:!?)\"”])|\s|^)\[\d{1,3}(?:\s*[,–-]\s*\d{1,3})*\]"
)
_INDEX = re.compile(r"(?<=\w)\[(?P<inside>[^\]\s]{1,20})\]")
_ADDRESS = re.compile(rf"<?(?P<url>{_URL})>?")
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>]*)?/?>")
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": " ", "&quot;": '"', "&#39;": "'"}
_ENTITY = re.compile("|".join(_ENTITIES))
_RULE = re.compile(r"^\s*(?:[-*_]\s*){3,}$|^\s*={3,}\s*$")
_HEADING = re.compile(r"^\s*#{1,6}\s+")
_QUOTE_SIGN = re.compile(r"^\s*(?:>\s?)+")
_BULLET = re.compile(r"^\s*[-*+•‣▪–]\s+(?:\[[ xX]\]\s+)?")
_NUMBERED = re.compile(r"^\s*(?P<number>\d{1,3})(?P<sign>[.)])\s+")
_CODE_SIGN = re.compile(r"`+")
_PAIRED_SIGN = re.compile(r"\*{2,3}|_{2,3}(?=\w)|(?<=\w)_{2,3}|~~|\|\|")
_LONE_STAR = re.compile(r"(?<![\w\s*])\*|\*(?=[^\W\d_])|(?<=[^\W\d_.,!?…])\*(?!\d)|(?<=[.,!?…])\*")
_EDGE_UNDERSCORE = re.compile(r"(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)")
_INNER_UNDERSCORE = re.compile(r"(?<=\w)_+(?=\w)")
_ESCAPE = re.compile(r"\\(?P<sign>[\\`*_{}\[\]()#+\-.!|~>])")
_EMOJI = re.compile(
    "(?:[0-9#*]\ufe0f?\u20e3)"
    "|[\U0001f000-\U0001faff\U0001fb00-\U0001fbff☀-➿⬀-⯿⌀-⏿"
    "\u200d\ufe0e\ufe0f\U000e0020-\U000e007f〰〽㊗㊙®™©]"
)
_FACE = re.compile(r"(?:(?<=\s)|^)(?:[:;=8]-?[)(DPpoO/|*]|<3|\^_?\^|[xX]D|:'\()(?=\s|$|[.,!?])")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0d\ufeff\ufff9-\ufffd\ue000-\uf8ff]"
)
"""Controls, marks of direction and other characters without a sound or a picture."""
_BRACKET = re.compile(r"[\[\]{}]")
_SPACES = re.compile(r"\s{2,}|[\t\n\r\u00a0]")
_SPACE_BEFORE_STOP = re.compile(r"\s+(?=[,.;!?](?:\s|$))")
_EDGES = re.compile(r"^\s+|\s+$")
_REPEATED = re.compile(r"(?P<one>[!?])(?:(?P=one))+|(?P<dots>\.{4,})")


def speakable(text: str, origin: list[int], tongue: str = "auto") -> tuple[str, tuple[int, ...]]:
    """The spoken form of a piece and, for each of its characters, the raw index it stands for."""
    traced = Traced(text, list(origin))
    traced.drop(_UNSEEN)
    _lines(traced)
    _links(traced)
    _signs(traced)
    _pictures(traced)
    spoken = guess_tongue(traced.text) if tongue == "auto" else tongue
    if spoken in ("en", "de"):
        say_figures(traced, "de" if spoken == "de" else "en")
    else:
        say_figures_abroad(traced, spoken)
    say_shorthand(traced, spoken)
    _tidy(traced)
    if not any(char.isalnum() for char in traced.text):
        return "", ()
    return traced.text, tuple(traced.origin)


def _lines(traced: Traced) -> None:
    traced.drop(_RULE)
    traced.drop(_QUOTE_SIGN)
    traced.drop(_HEADING)
    traced.drop(_BULLET)
    traced.say(_NUMBERED, lambda match: f"{match['number']}, ")


def _links(traced: Traced) -> None:
    traced.keep(_IMAGE_OR_LINK, "text")
    traced.drop(_REFERENCE)
    traced.drop(_FOOTNOTE)
    traced.drop(_CITATION)
    traced.say(_ADDRESS, lambda match: _host(match["url"]))
    traced.say(_TAG, lambda match: " " if match[0].startswith(("<br", "<p", "</p")) else "")
    traced.say(_ENTITY, lambda match: _ENTITIES[match[0]])


def _host(url: str) -> str:
    address = url.rstrip(".,;:!?'\"")
    ending = url[len(address) :]
    full = address if "://" in address else f"//{address}"
    try:
        host = urlsplit(full).hostname or ""
    except ValueError:
        host = ""
    return host.removeprefix("www.") + ending


def _signs(traced: Traced) -> None:
    traced.keep(_ESCAPE, "sign")
    traced.drop(_CODE_SIGN)
    traced.drop(_PAIRED_SIGN)
    traced.drop(_LONE_STAR)
    traced.drop(_EDGE_UNDERSCORE)
    traced.say(_INNER_UNDERSCORE, lambda _: " ")
    traced.say(_INDEX, lambda match: f" {match['inside']}")
    traced.drop(_BRACKET)


def _pictures(traced: Traced) -> None:
    traced.drop(_FACE)
    traced.drop(_EMOJI)


def _tidy(traced: Traced) -> None:
    traced.say(_REPEATED, lambda match: match["one"] or "…")
    traced.say(_SPACES, lambda _: " ")
    traced.drop(_SPACE_BEFORE_STOP)
    traced.drop(_EDGES)
