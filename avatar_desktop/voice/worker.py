"""The voice process: requests in, clips out, one at a time, cancelled within a blink."""

from __future__ import annotations

import logging
from collections import deque

from avatar_desktop.errors import VoiceError
from avatar_desktop.voice.engine import SpeechEngine, SpeechRequest
from avatar_desktop.workers.channel import ChildEnd, Message, as_value
from avatar_desktop.workers.journal import inherit_journal

SPEAK, CANCEL = "speak", "cancel"
CLIP, FAILED, CANCELLED = "clip", "failed", "cancelled"
_REMEMBERED_CANCELS = 256

_log = logging.getLogger(__name__)


def main() -> None:
    """Serve until the parent closes the pipe."""
    inherit_journal("voice")
    cancelled: deque[str] = deque(maxlen=_REMEMBERED_CANCELS)

    def notice(message: Message) -> None:
        if message.get("kind") == CANCEL:
            cancelled.append(message["reply_id"])

    channel = ChildEnd(on_arrival=notice)
    engine, trouble = _engine()
    channel.ready()
    for message in channel.messages():
        if message.get("kind") == SPEAK:
            request = as_value(message["request"], SpeechRequest)
            channel.send(_answer(engine, trouble, request, cancelled))


def _engine() -> tuple[SpeechEngine | None, str]:
    """An engine that cannot start fails its requests in words; a crash would only repeat."""
    from avatar_desktop.voice.engines.espeak import EspeakEngine

    try:
        return EspeakEngine(), ""
    except VoiceError as error:
        _log.error("engine cannot start: %s", error)
        return None, str(error)


def _answer(
    engine: SpeechEngine | None, trouble: str, request: SpeechRequest, cancelled: deque[str]
) -> Message:
    place = {"reply_id": request.reply_id, "seq": request.seq}
    if engine is None:
        return {"kind": FAILED, "why": trouble, **place}
    try:
        clip = engine.speak(request, lambda: request.reply_id in cancelled)
    except VoiceError as error:
        return {"kind": FAILED, "why": str(error), **place}
    if clip is None:
        return {"kind": CANCELLED, **place}
    return {"kind": CLIP, "clip": clip}
