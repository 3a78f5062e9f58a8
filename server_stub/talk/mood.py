"""What a text feels like and wants, read from its words and markers: quick, local and modest.

It decides a closing gesture and fills the fields of the records; no mind is asked for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from server_stub.markers import without_markers

WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
EMOTION: Final = re.compile(r"\bemotion:\s*([a-z]+)(?::\s*([\d.]+))?", re.IGNORECASE)

FEELING: Final = {
    "happy": 0.8, "excited": 0.9, "calm": 0.3, "neutral": 0.0, "thoughtful": 0.0,
    "surprised": 0.1, "confused": -0.2, "concerned": -0.6, "sad": -0.8, "angry": -0.9,
}  # fmt: skip


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GOOD: Final = _words(
    "good great lovely wonderful love loved like nice happy glad excellent perfect thanks thank "
    "beautiful amazing fun enjoy well yes sweet kind best delighted pleased cheerful brilliant "
    "gut schön toll wunderbar liebe mag nett froh danke super prima freue gern herrlich beste"
)
BAD: Final = _words(
    "bad terrible awful hate hated sad angry sorry worst wrong afraid worried hurt pain lonely "
    "horrible unhappy tired broken fail failed lost cry never annoying upset fear sick "
    "schlecht furchtbar hasse traurig wütend leider falsch angst sorge schmerz einsam müde kaputt"
)
FELT: Final = GOOD | BAD
TURNING: Final = _words("not no never don't doesn't isn't wasn't nicht kein keine nie")
GREETINGS: Final = _words("hello hi hey morning evening hallo moin servus tag bonjour hola ciao")
FAREWELLS: Final = _words("bye goodbye night later tschüss ciao wiedersehen adieu")
THANKS: Final = _words("thanks thank danke merci gracias")
REQUESTS: Final = _words(
    "please tell show play write explain help make give open find bitte erzähl zeig schreib erkläre"
)
QUESTIONS: Final = _words(
    "who what when where why how which whose can could would is are do does will "
    "wer was wann wo warum wie welche wieso kann könntest ist sind"
)

ACTIONS: Final = {
    "greeting": ("Ask how I am", "Tell me about your day"),
    "question": ("Tell me more", "Give an example"),
    "request": ("Go on", "Make it shorter"),
    "thanks": ("Ask something else",),
    "farewell": (),
    "statement": ("Tell me more",),
}


@dataclass(frozen=True, slots=True)
class Mood:
    """−1 (bad) to 1 (good), and how sure that is, 0 to 1."""

    sentiment: float
    confidence: float


def mood_of(text: str) -> Mood:
    """How a text feels: its last emotion marker counts most, then its words."""
    marked = [
        FEELING[name.lower()] * _strength(strength)
        for name, strength in EMOTION.findall(text)
        if name.lower() in FEELING
    ]
    scores = _scores(WORD.findall(without_markers(text).lower()))
    told = sum(scores) / len(scores) if scores else 0.0
    if marked:
        return Mood(round(0.8 * marked[-1] + 0.2 * told, 3), 0.9)
    if not scores:
        return Mood(0.0, 0.5)
    return Mood(round(told, 3), round(min(0.9, 0.5 + 0.1 * len(scores)), 3))


def _strength(text: str) -> float:
    try:
        return min(1.0, max(0.0, float(text))) if text else 1.0
    except ValueError:
        return 1.0


def _scores(words: list[str]) -> list[float]:
    found: list[float] = []
    if FELT.isdisjoint(words):
        return found
    for place, word in enumerate(words):
        score = 0.7 if word in GOOD else -0.7 if word in BAD else 0.0
        if score:
            turned = TURNING.intersection(words[max(0, place - 2) : place])
            found.append(-score if turned else score)
    return found


def intent_of(text: str) -> str:
    """What a person wants with a text: greeting, question, request, thanks, farewell, statement."""
    words = [word.lower() for word in WORD.findall(text)]
    first = frozenset(words[:3])
    if "?" in text or (words and words[0] in QUESTIONS):
        return "question"
    if first & THANKS:
        return "thanks"
    if first & FAREWELLS and not first & GREETINGS:
        return "farewell"
    if first & GREETINGS:
        return "greeting"
    if first & REQUESTS:
        return "request"
    return "statement"


def actions_for(intent: str) -> tuple[str, ...]:
    """What the person might say next."""
    return ACTIONS.get(intent, ())
