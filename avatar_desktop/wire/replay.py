"""The numbered log of a room: what a broken connection missed can be sent again.

Messages that can be replayed raise the room's `seq` and are kept, bounded in number and bytes; all
others repeat it. A random `epoch` names this numbering: with another epoch nothing is replayed.
Nobody's replay consumes the log.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from avatar_desktop.wire.kinds import kind_of
from avatar_desktop.wire.limits import REPLAY_BYTES, REPLAY_MESSAGES
from avatar_desktop.wire.messages import AudioChunk, Message, PhonemeData, StreamChunk

M = TypeVar("M", bound=Message)


class RoomLog:
    """One room's numbering. `last_seq` and `kept` take up a numbering that was stored."""

    def __init__(
        self,
        epoch: str,
        *,
        last_seq: int = 0,
        kept: Iterable[Message] = (),
        capacity: int = REPLAY_MESSAGES,
        capacity_bytes: int = REPLAY_BYTES,
    ) -> None:
        self.epoch = epoch
        self.last_seq = last_seq
        self._capacity = capacity
        self._capacity_bytes = capacity_bytes
        # One by one: whatever held some of them together, the garbage collector would look at it
        # again and again, and everybody would wait for that.
        self._kept: deque[Message] = deque()
        self._bytes = 0
        self._dropped_seq = last_seq
        self._take_up(list(kept))

    def number(self, message: M) -> M:
        """The message with its `seq`: the next one if it can be replayed, else the last one."""
        if not kind_of(message).replayable:
            return msgspec.structs.replace(message, seq=self.last_seq)
        numbered = msgspec.structs.replace(message, seq=self.last_seq + 1)
        self.keep([numbered])
        return numbered

    def keep(self, messages: Sequence[Message]) -> None:
        """Replayable messages that were made with the next numbers."""
        self.last_seq += len(messages)
        self._keep(messages)

    def missed(self, epoch: str, last_seq: int) -> tuple[Message, ...] | None:
        """What came after `last_seq`; None when that can no longer be told."""
        known = self._dropped_seq <= last_seq <= self.last_seq
        if epoch != self.epoch or not known:
            return None
        return tuple(message for message in self._kept if _number(message) > last_seq)

    def _take_up(self, kept: list[Message]) -> None:
        if kept:
            self._dropped_seq = _number(kept[0]) - 1
        self._keep(kept)

    def _keep(self, messages: Sequence[Message]) -> None:
        kept = self._kept
        kept.extend(messages)
        self._bytes += sum(map(_weight, messages))
        gone: Message | None = None
        while len(kept) > self._capacity or self._bytes > self._capacity_bytes:
            gone = kept.popleft()
            self._bytes -= _weight(gone)
        if gone is not None:
            self._dropped_seq = _number(gone)


def _number(message: Message) -> int:
    return getattr(message, "seq", None) or 0


def _weight(message: Message) -> int:
    if isinstance(message, StreamChunk):  # by far the most of them
        return 256 + 4 * len(message.chunk)
    if isinstance(message, PhonemeData):
        return 512 + len(message.audio_data) + 64 * len(message.phonemes)
    if isinstance(message, AudioChunk):
        return 256 + len(message.data)
    return 256 + 4 * len(getattr(message, "content", ""))
