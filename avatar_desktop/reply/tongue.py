"""Which language a piece of text is in, from its commonest words. A guess, never a verdict."""

from __future__ import annotations

import re

from avatar_desktop.reply.wordlist import words

_COMMON: dict[str, frozenset[str]] = {
    "en": words(
        "the and is are you to of it that this was for with have not what my your we at be can"
        " will do on from but they there here how just about"
    ),
    "de": words(
        "der die das und ist sind du sie ich nicht ein eine einen dem den mit auf für von zu es wir"
        " auch wie was aber im am um uhr bin kostet oder noch hat haben wird ja nein hier"
    ),
    "fr": words(
        "le la les et est sont vous je tu pas un une des du que qui pour avec dans il elle nous ce"
        " mais ou sur au aux j'ai c'est"
    ),
    "es": words(
        "el la los las es son usted yo no un una que de en por para con se su pero muy como hay"
        " está tengo al del"
    ),
    "it": words(
        "il lo la gli sono non un una che di per con si su ma molto come ho hai del della nel"
        " questo"
    ),
    "pt": words(
        "os as são você eu não um uma que de em por para com se seu mas muito como tem"
        " isso do da no na"
    ),
    "nl": words(
        "de het een en is zijn je ik niet van te dat op met voor aan er maar om ook als bij nog"
        " wel geen heb"
    ),
}
_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?:'[^\W\d_]+)?")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")


def guess_tongue(text: str, otherwise: str = "en") -> str:
    """A language code, "" when the script is none that we spell numbers in."""
    words = [word.casefold() for word in _WORD.findall(text)]
    letters = "".join(words)
    if letters and len(_LATIN.findall(letters)) * 2 < len(letters):
        return ""
    scores = {code: sum(word in common for word in words) for code, common in _COMMON.items()}
    if any(char in "ßäöü" for char in letters):
        scores["de"] += 2
    best = max(scores, key=lambda code: (scores[code], code == otherwise))
    return best if scores[best] >= max(2, scores.get(otherwise, 0) + 1) else otherwise
