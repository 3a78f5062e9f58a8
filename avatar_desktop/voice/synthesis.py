"""Phrases to clips in one blocking call, in a fresh voice process: for films, files and tests."""

from __future__ import annotations

import queue
from collections.abc import Iterable

from avatar_desktop.errors import VoiceError
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.worker import CLIP, FAILED, SPEAK
from avatar_desktop.workers.channel import Message, as_value
from avatar_desktop.workers.child import Child, worker_command

ANSWER_SECONDS = 30.0


def synthesise(requests: Iterable[SpeechRequest]) -> list[SpeechClip]:
    """The clips of all requests, in order, the same bits at every run. Raises VoiceError."""
    wanted = list(requests)
    answers: queue.SimpleQueue[Message | int] = queue.SimpleQueue()
    child = Child("voice", worker_command("voice"), answers.put, answers.put)
    try:
        for request in wanted:
            child.send({"kind": SPEAK, "request": request})
        clips: list[SpeechClip] = []
        while len(clips) < len(wanted):
            clips.extend(_clip_of(answers))
        return clips
    finally:
        child.end()


def _clip_of(answers: queue.SimpleQueue[Message | int]) -> list[SpeechClip]:
    try:
        answer = answers.get(timeout=ANSWER_SECONDS)
    except queue.Empty:
        raise VoiceError("The voice did not answer.") from None
    if isinstance(answer, int):
        raise VoiceError(f"The voice process ended by itself (status {answer}).")
    if answer["kind"] == FAILED:
        raise VoiceError(answer["why"])
    return [as_value(answer["clip"], SpeechClip)] if answer["kind"] == CLIP else []
