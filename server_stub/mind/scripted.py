"""A mind that reads its answers from a file: for tests and demonstrations, cut exactly as
written.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Annotated

import msgspec

from server_stub.mind.contract import Conversation, MindError, Persona


class Answer(msgspec.Struct, frozen=True):
    """One answer: said when `match` is found in the user's words; null matches everything."""

    chunks: list[tuple[Annotated[float, msgspec.Meta(ge=0)], str]]
    """Seconds to wait, then a piece of text."""
    match: str | None = None
    error: str | None = None
    """Ends the reply with this sentence after the last piece."""


def read_script(path: Path) -> list[Answer]:
    """The answers of the file. Raises MindError with one sentence."""
    try:
        answers = msgspec.json.decode(path.read_bytes(), type=list[Answer])
    except OSError as error:
        raise MindError(f"The script {path} cannot be read: {error.strerror}.") from error
    except msgspec.MsgspecError as error:
        raise MindError(f"The script {path} is not a list of answers: {error}.") from error
    for number, answer in enumerate(answers, start=1):
        if answer.match is None:
            continue
        try:
            re.compile(answer.match)
        except re.error as error:
            raise MindError(
                f"Answer {number} of the script {path} has a broken pattern: {error}."
            ) from error
    return answers


class ScriptedMind:
    """Says the first answer that matches, with its waits."""

    name = "script"
    is_local = True

    def __init__(self, answers: list[Answer]) -> None:
        self._answers = answers

    async def reply(
        self, conversation: Conversation, persona: Persona
    ) -> AsyncGenerator[str, None]:
        """The pieces of the answer, each after its wait."""
        answer = self._answer_to(conversation.question)
        for delay, text in answer.chunks:
            if delay > 0:
                await asyncio.sleep(delay)
            yield text
        if answer.error is not None:
            raise MindError(answer.error)

    def _answer_to(self, question: str) -> Answer:
        for answer in self._answers:
            if answer.match is None or re.search(answer.match, question):
                return answer
        raise MindError("The script has no answer to this.")

    async def close(self) -> None:
        """Holds nothing."""
