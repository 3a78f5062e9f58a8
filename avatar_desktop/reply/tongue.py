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
        "o os as são você eu não um uma que também de em por para com se seu mas muito como tem"
        " isso do da no na"
    ),
    "pl": words(
        "jest się nie na to że jak ale czy co w z do tak był jestem są dla tego może bardzo"
    ),
    "cs": words("je se na to že jak ale co v s do jsem jsou pro by tak už ten velmi není"),
    "sv": words("och är det att jag du inte en ett på med för som av har den vi kan till mycket"),
    "da": words("og er det at jeg du ikke en et på med for som af har den vi kan til meget noget"),
    "nb": words("og er det å jeg du ikke en et på med for som av har den vi kan til mye noe"),
    "fi": words("ja on ei se että minä sinä olen hän mutta kun niin myös tämä ovat joka nyt hyvin"),
    "tr": words("ve bir bu da de için ne var çok ben sen mi ama daha gibi olarak değil"),
    "hu": words("az és nem hogy egy is van én ez meg csak már vagy nagyon ön mit"),
    "ro": words("și este nu un o la în de pe cu că sunt eu ce mai pentru din foarte"),
    "vi": words("là và không có tôi bạn một của cho với này rất được người những các trong"),
    "nl": words(
        "de het een en is zijn je ik niet van te dat op met voor aan er maar om ook als bij nog"
        " wel geen heb"
    ),
}
_OWN_LETTERS: dict[str, str] = {
    "ß": "de", "ä": "de fi sv", "ö": "de fi sv tr hu", "ü": "de tr hu", "œ": "fr", "ñ¿¡": "es",
    "ãõ": "pt", "łąęńśźż": "pl", "řěůťď": "cs", "ğış": "tr", "őű": "hu", "țșă": "ro",
    "å": "sv da nb", "øæ": "da nb",
    "đơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ": "vi",
}  # fmt: skip
"""A word with one of these speaks for the language."""
_OWN = {letter: codes.split() for letters, codes in _OWN_LETTERS.items() for letter in letters}
_SCRIPTS: tuple[tuple[str, str, str], ...] = (
    # language, its letters, letters of other languages in the same script
    ("ja", "\u3040-\u30ff", ""),
    ("ko", "\u1100-\u11ff\uac00-\ud7af", ""),
    ("cmn", "\u3400-\u9fff", ""),
    ("uk", "іїєґ", "ўѣ"),
    ("ru", "\u0400-\u04ff", "ўѣіїєґјљњћђџќѓңөүұқғһәҳҷӣӯ"),
    ("el", "\u0370-\u03ff\u1f00-\u1fff", ""),
    ("ar", "\u0600-\u06ff", "پچژگکیےٹڈڑںہھ"),
    ("hi", "\u0900-\u097f", "ळ"),
)
_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?:'[^\W\d_]+)?")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ\u1e00-\u1eff]")


def guess_tongue(text: str, otherwise: str = "en") -> str:
    """A language code, "" when the script is none that we spell numbers in."""
    words = [word.casefold() for word in _WORD.findall(_ADDRESS.sub(" ", text))]
    letters = "".join(words)
    if letters and len(_LATIN.findall(letters)) * 2 < len(letters):
        return _by_script(letters)
    scores = {code: sum(map(common.__contains__, words)) for code, common in _COMMON.items()}
    if not letters.isascii():
        _add_own_letters(scores, words)
    best = max(scores, key=lambda code: (scores[code], code == otherwise))
    return best if scores[best] >= max(2, scores.get(otherwise, 0) + 1) else otherwise


def _add_own_letters(scores: dict[str, int], words: list[str]) -> None:
    for word in words:
        if not word.isascii():
            for code in {code for letter in word for code in _OWN.get(letter, ())}:
                scores[code] += 1
    if any(char in "ßäöü" for word in words for char in word):
        others = max(score for code, score in scores.items() if code != "de")
        scores["de"] += scores["de"] >= others


def _by_script(letters: str) -> str:
    for code, own, foreign in _SCRIPTS:
        if re.search(f"[{own}]", letters):
            is_foreign = foreign and re.search(f"[{foreign}]", letters)
            return "" if is_foreign else code
    return ""
