"""One stream of a client's sound, as what happens in it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from avatar_desktop.wire.messages import AudioChunk
from server_stub.door.limits import EarLimits
from server_stub.ears.packed import RATE as PACKED_RATE
from server_stub.ears.packed import Unpacker, is_head, is_packed
from server_stub.ears.sound import Stream
from server_stub.ears.utterances import Began, Ended, Event, Utterances

Kind = Literal["began", "sounded", "ended", "too long", "nothing"]


@dataclass(frozen=True, slots=True)
class Cut:
    """Something that happened in a stream; `nothing` is a stream in which nobody spoke."""

    kind: Kind
    stream_id: str
    came_at: float
    at: int = 0
    pcm: bytes = b""

    @property
    def is_end(self) -> bool:
        """Whether an utterance ends here."""
        return self.kind not in ("began", "sounded")


class VoiceStream:
    """Owns what is known of one stream between its pieces."""

    def __init__(self, first: AudioChunk, limits: EarLimits) -> None:
        self._id = first.stream_id
        self._rate = first.rate
        self._next = 0
        self._unpacker = Unpacker() if is_packed(first.codec) else None
        self._sound = Stream(first.rate if self._unpacker is None else PACKED_RATE)
        self._utterances = Utterances(limits.threshold, limits.longest_seconds)
        self._spoke = False

    def goes_on_with(self, chunk: AudioChunk) -> bool:
        """Whether the piece belongs to this stream."""
        if chunk.stream_id != self._id:
            return False
        if self._unpacker is None:
            return chunk.rate == self._rate and not is_packed(chunk.codec)
        # Only the first piece of a file looks like one; without a name a new one is known by that.
        return bool(self._id) or not is_head(chunk.data)

    @property
    def is_packed(self) -> bool:
        """Whether its pieces mean nothing by themselves."""
        return self._unpacker is not None

    def close(self) -> None:
        """Nobody wants to know more of it."""
        if self._unpacker is not None:
            self._unpacker.close()

    def take(self, chunk: AudioChunk) -> list[Cut]:
        """What happens in the piece; one that was there before is no news. Raises BadSound."""
        cuts: list[Cut] = []
        # A client that does not number its pieces calls each of them the first.
        if not 0 < chunk.index < self._next:
            self._next = chunk.index + 1
            data = chunk.data
            if self._unpacker is not None:
                data = self._unpacker.feed(data, last=chunk.is_final).tobytes()
            pcm = self._sound.feed(data, last=chunk.is_final)
            cuts = self._cuts(self._utterances.feed(pcm))
        return cuts + self.finish() if chunk.is_final else cuts

    def finish(self) -> list[Cut]:
        """The stream is over."""
        self.close()
        cuts = self._cuts(self._utterances.finish())
        if not self._spoke:
            cuts.append(Cut("nothing", self._id, time.monotonic()))
        return cuts

    def _cuts(self, events: Iterable[Event]) -> list[Cut]:
        now = time.monotonic()
        cuts: list[Cut] = []
        for event in events:
            if isinstance(event, Began):
                self._spoke = True
                cuts.append(Cut("began", self._id, now, at=event.at))
            elif isinstance(event, Ended):
                kind: Kind = "too long" if event.reason == "too long" else "ended"
                cuts.append(Cut(kind, self._id, now, at=event.at))
            else:
                cuts.append(Cut("sounded", self._id, now, pcm=event.pcm))
        return cuts
