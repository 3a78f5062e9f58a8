"""One utterance on its way through the ears to a message of its room."""

from __future__ import annotations

import hashlib
import time
from typing import Final

from avatar_desktop.wire.messages import TextMessage, Transcript
from server_stub.ears.ears import Ears
from server_stub.ears.transcriber import Hearing

PARTIAL_BYTES: Final = 2 * 16_000 * 3 // 10
"""What it seems to say is told after so much more sound at the soonest."""


class Utterance:
    """Owns one open hearing, from `begin` to `finish` or `cancel`."""

    def __init__(self, stream_id: str, session_id: str, at: int) -> None:
        self._stream_id = stream_id
        # The same sound at the same place of the same stream is the same message, sent again.
        self._name = hashlib.sha256(f"{stream_id or session_id}\n{at}\n".encode())
        self._ears: Ears | None = None
        self._hearing: Hearing | None = None
        self._seems = ""
        self._fed = 0

    async def begin(self, ears: Ears) -> None:
        """The ears listen. Raises EarsError."""
        self._hearing = await ears.hear()
        self._ears = ears

    async def feed(self, pcm: bytes) -> Transcript | None:
        """More sound; what it seems to say, when that is news. Raises EarsError."""
        ears, hearing = self._ears, self._hearing
        if ears is None or hearing is None:
            return None
        self._name.update(pcm)
        step = 2 * ears.limits.piece_samples
        seems = ""
        for start in range(0, len(pcm), step):
            piece = pcm[start : start + step]
            seems = (await ears.in_time(hearing.feed(piece))).strip()
            self._fed += len(piece)
            if self._hearing is None:  # cancelled meanwhile
                return None
        if not seems or seems == self._seems or self._fed < PARTIAL_BYTES:
            return None
        self._seems, self._fed = seems, 0
        return Transcript(stream_id=self._stream_id, text=seems, is_final=False, confidence=0.0)

    async def finish(self, over_at: float) -> tuple[Transcript | None, TextMessage | None]:
        """What it said, and that as a message unless it was nothing. Raises EarsError."""
        ears, hearing = self._ears, self._hearing
        if ears is None or hearing is None:
            return None, None
        understood = await ears.in_time(hearing.finish())
        if self._hearing is None:  # cancelled meanwhile
            return None, None
        self._hearing = None
        ears.done(hearing)
        seconds = time.monotonic() - over_at
        ears.figures.took("stt", seconds)
        ears.figures.count("utterances")
        text = understood.text.strip()
        confidence = min(1.0, max(0.0, understood.confidence))
        said = Transcript(
            stream_id=self._stream_id, text=text, is_final=True, confidence=confidence
        )
        if not text:
            return said, None
        message = TextMessage(
            content=text,
            client_message_id=f"voice-{self._name.hexdigest()[:24]}",
            metadata={
                "streamId": self._stream_id,
                "confidence": round(confidence, 3),
                "transcribingMs": round(1000 * seconds),
            },
        )
        return said, message

    def cancel(self) -> None:
        """Nobody wants to know any more."""
        if self._hearing is not None and self._ears is not None:
            self._ears.done(self._hearing, cancelled=True)
            self._hearing = None
