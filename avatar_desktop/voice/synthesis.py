"""Phrases to clips in blocking calls, in a fresh voice process: for films, files and tests."""

from __future__ import annotations

import queue
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from avatar_desktop.errors import VoiceError
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.worker import CLIP, FAILED, SPEAK
from avatar_desktop.workers.channel import Message, as_value
from avatar_desktop.workers.child import Child, worker_command

ANSWER_SECONDS = 30.0


class BlockingVoice:
    """One voice process that is waited for; the same phrases give the same bits at every run."""

    def __init__(self) -> None:
        self._answers: queue.SimpleQueue[Message | int] = queue.SimpleQueue()
        self._child = Child("voice", worker_command("voice"), self._answers.put, self._answers.put)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def speak(self, request: SpeechRequest) -> SpeechClip:
        """The clip of one request. Raises VoiceError."""
        self._child.send({"kind": SPEAK, "request": request})
        while True:
            answer = self._next_answer()
            if answer["kind"] == FAILED:
                raise VoiceError(answer["why"])
            if answer["kind"] == CLIP:
                return as_value(answer["clip"], SpeechClip)

    def close(self) -> None:
        self._child.end()

    def _next_answer(self) -> Message:
        try:
            answer = self._answers.get(timeout=ANSWER_SECONDS)
        except queue.Empty:
            raise VoiceError("The voice did not answer.") from None
        if isinstance(answer, int):
            raise VoiceError(f"The voice process ended by itself (status {answer}).")
        return answer


def synthesise(requests: Iterable[SpeechRequest]) -> list[SpeechClip]:
    """The clips of all requests, in order."""
    with BlockingVoice() as voice:
        return [voice.speak(request) for request in requests]
