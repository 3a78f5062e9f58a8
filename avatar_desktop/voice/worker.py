"""The voice process: requests in, clips out, one at a time, cancelled within a blink."""

from __future__ import annotations

import logging
import sys
import time
from collections import deque

from avatar_desktop.errors import VoiceError
from avatar_desktop.voice.engine import SpeechEngine, SpeechRequest
from avatar_desktop.workers.channel import PONG, ChildEnd, Message, as_value
from avatar_desktop.workers.journal import inherit_journal

SPEAK, CANCEL = "speak", "cancel"
CLIP, FAILED, CANCELLED = "clip", "failed", "cancelled"
FAILED_INSIDE = "The voice failed over this phrase, so it is shown as text only."
LIFE_SECONDS = 1.0
SWITCH_SECONDS = 0.001
"""A cancel waits no longer than this for the work that it ends."""
_REMEMBERED_CANCELS = 256

_log = logging.getLogger(__name__)


def main() -> None:
    """Serve until the parent closes the pipe."""
    inherit_journal("voice")
    sys.setswitchinterval(SWITCH_SECONDS)
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
            channel.send(_answer(engine, trouble, request, _Watch(request, cancelled, channel)))


class _Watch:
    """Asked by the engine all the time: is this still wanted? Asking it is a sign of life."""

    def __init__(self, request: SpeechRequest, cancelled: deque[str], channel: ChildEnd) -> None:
        self._reply_id = request.reply_id
        self._cancelled = cancelled
        self._channel = channel
        self._told_at = time.monotonic()

    def __call__(self) -> bool:
        now = time.monotonic()
        if now - self._told_at > LIFE_SECONDS:
            self._told_at = now
            self._channel.send({"kind": PONG})
        return self._reply_id in self._cancelled


def _engine() -> tuple[SpeechEngine | None, str]:
    """An engine that cannot start fails its requests in words; a crash would only repeat."""
    from avatar_desktop.voice.engines.choice import EveryEngine

    try:
        return EveryEngine(), ""
    except VoiceError as error:
        _log.error("engine cannot start: %s", error)
        return None, str(error)


def _answer(
    engine: SpeechEngine | None, trouble: str, request: SpeechRequest, watch: _Watch
) -> Message:
    place = {"reply_id": request.reply_id, "seq": request.seq}
    if engine is None:
        return {"kind": FAILED, "why": trouble, **place}
    if watch():
        return {"kind": CANCELLED, **place}
    try:
        clip = engine.speak(request, watch)
    except VoiceError as error:
        return {"kind": FAILED, "why": str(error), **place}
    except Exception:  # noqa: BLE001  an engine's own trouble costs one phrase, not the process
        _log.exception("engine failed")
        return {"kind": FAILED, "why": FAILED_INSIDE, **place}
    if clip is None or watch():
        return {"kind": CANCELLED, **place}
    return {"kind": CLIP, "clip": clip}
