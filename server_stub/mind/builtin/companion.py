"""The built-in companion: answers from its tables, always at hand, on this machine, with nothing to
install.

The same conversation gets the same answers; one subject after another gets new lines. It never
claims to know
what it does not know.
"""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import ModuleType
from typing import Final

from server_stub.mind.builtin import english, german
from server_stub.mind.builtin.arithmetic import Sum, find_sum, spoken_value
from server_stub.mind.contract import Conversation, Persona

LANGUAGES: Final[dict[str, ModuleType]] = {"en": english, "de": german}
TOPICS: Final = {
    language: tuple((name, re.compile(pattern)) for name, pattern in module.TOPICS)
    for language, module in LANGUAGES.items()
}
FOLLOWED: Final = frozenset({"joke", "fact", "story", "coin", "dice", "sing"})
"""Subjects of which `another` and `yes` ask for one more."""
OFFERS: Final = {"feels_bored": "joke", "abilities": "joke"}
NOT_NAMES: Final = frozenset({"not", "so", "very", "nicht", "sehr", "a", "the", "ein", "eine"})
WORD_SECONDS: Final = 0.02
_BEFORE_SPACE: Final = re.compile(r"(?<=\S)(?=\s)")


@dataclass(frozen=True)
class Heard:
    """What one message of the user is about."""

    topic: str
    parts: dict[str, str]


def language_of(texts: list[str]) -> str:
    """`de` or `en`: the latest of the texts that tells decides."""
    for text in reversed(texts):
        words = re.findall(r"[\w'’]+", text.lower())
        score = sum(word in german.COMMON for word in words)
        score -= sum(word in english.COMMON for word in words)
        score += 2 * len(re.findall(r"[äöüß]", text.lower()))
        if score:
            return "de" if score > 0 else "en"
    return "en"


def hear(text: str, language: str, previous: str | None = None) -> Heard:
    """The subject of a message; `another` and `yes` take up the previous one."""
    plain = text.strip().lower().replace("’", "'")
    if not plain:
        return Heard("silence", {})
    for topic, pattern in TOPICS[language]:
        found = pattern.search(plain)
        if found is None:
            continue
        if topic in ("again", "yes"):
            offered = OFFERS.get(previous or "", previous)
            if offered in FOLLOWED:
                return Heard(offered, {})
            if topic == "again":
                continue
        start = {name: found.start(name) for name in found.groupdict()}
        parts = {name: text.strip()[at : found.end(name)] for name, at in start.items() if at >= 0}
        if topic == "introduces" and parts["user"].lower() in NOT_NAMES:
            continue
        return Heard(topic, parts)
    return Heard("other", {})


class Companion:
    """A mind that is always there."""

    name = "built-in companion"
    is_local = True

    def __init__(self, word_seconds: float = WORD_SECONDS) -> None:
        self._word_seconds = word_seconds

    async def reply(
        self, conversation: Conversation, persona: Persona
    ) -> AsyncGenerator[str, None]:
        """The answer word by word, as if it were being thought of."""
        for word in _BEFORE_SPACE.split(answer(conversation, persona)):
            yield word
            await asyncio.sleep(self._word_seconds)

    async def close(self) -> None:
        """Holds nothing."""


def answer(conversation: Conversation, persona: Persona) -> str:
    """The whole marked-up answer to the last message."""
    said = [turn.text for turn in conversation.turns if turn.role == "user"]
    language = language_of(said)
    question = said[-1] if said else ""
    earlier: list[Heard] = []
    for text in said[:-1]:
        earlier.append(hear(text, language, earlier[-1].topic if earlier else None))
    worked_out = find_sum(question, language)
    if worked_out is not None:
        heard = _heard_sum(worked_out, language)
    else:
        heard = hear(question, language, earlier[-1].topic if earlier else None)
    values = _values(conversation, persona, language, [*earlier, heard])
    topic = heard.topic
    if topic == "user_name" and not values["user"]:
        topic = "user_unknown"
    before = sum(known.topic == heard.topic for known in earlier)
    line = _line(language, topic, conversation.seed, before, _last_reply(conversation))
    return line.format_map(values | heard.parts | {"user": values["user"]})


def _heard_sum(worked_out: Sum, language: str) -> Heard:
    if worked_out.trouble:
        return Heard(f"sum_{worked_out.trouble}", {})
    result, is_about = spoken_value(worked_out, language)
    return Heard("sum_about" if is_about else "sum", {"result": result})


def _last_reply(conversation: Conversation) -> str:
    replies = [turn.text for turn in conversation.turns if turn.role == "assistant"]
    return replies[-1] if replies else ""


def _line(language: str, topic: str, seed: int, before: int, last_reply: str) -> str:
    """The next line on the subject; never the one that was said last."""
    lines: tuple[str, ...] = LANGUAGES[language].LINES[topic]
    start = seed + zlib.crc32(topic.encode()) + before
    line = lines[start % len(lines)]
    if len(lines) > 1 and "{" not in line and line == last_reply:
        line = lines[(start + 1) % len(lines)]
    return line


def _values(
    conversation: Conversation, persona: Persona, language: str, heard: list[Heard]
) -> dict[str, str]:
    names = [one.parts["user"] for one in heard if one.topic == "introduces"]
    user = names[-1].capitalize() if names else ""
    chance = zlib.crc32(f"{conversation.seed} {len(conversation.turns)}".encode())
    now = conversation.now
    module = LANGUAGES[language]
    return {
        "name": persona.name,
        "user": user,
        "comma_user": f", {user}" if user else "",
        "time": _time(now, language),
        "date": _date(now, language),
        "tomorrow": _date(now + timedelta(days=1), language),
        "daypart": _daypart(now, language),
        "coin": module.COIN[chance % 2],
        "dice": str(chance % 6 + 1),
    }


def _time(now: datetime, language: str) -> str:
    if language == "de":
        return f"{now.hour}:{now.minute:02d} Uhr"
    return f"{(now.hour - 1) % 12 + 1}:{now.minute:02d} {'AM' if now.hour < 12 else 'PM'}"


def _date(now: datetime, language: str) -> str:
    module = LANGUAGES[language]
    weekday, month = module.WEEKDAYS[now.weekday()], module.MONTHS[now.month - 1]
    if language == "de":
        return f"{weekday}, der {now.day}. {month} {now.year}"
    return f"{weekday}, {month} {now.day}, {now.year}"


def _daypart(now: datetime, language: str) -> str:
    part = 0 if 4 <= now.hour < 12 else 1 if 12 <= now.hour < 18 else 2
    if language == "de":
        return ("Guten Morgen", "Guten Tag", "Guten Abend")[part]
    return ("morning", "afternoon", "evening")[part]
