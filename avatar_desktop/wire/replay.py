"""The numbered log of a room: what a broken connection missed can be sent again.

Messages that can be replayed raise the room's `seq` and are kept, bounded in number and bytes; all
others repeat it. A random `epoch` names this numbering: with another epoch nothing is replayed.
Nobody's replay consumes the log.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from avatar_desktop.wire.kinds import kind_of
from avatar_desktop.wire.limits import REPLAY_BYTES, REPLAY_MESSAGES
from avatar_desktop.wire.messages import AudioChunk, Message, PhonemeData, StreamChunk

M = TypeVar("M", bound=Message)


class _Run(NamedTuple):
    last_seq: int
    messages: Sequence[Message]
    weight: int


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
        self._kept: deque[_Run] = deque()
        self._messages = 0
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
        self._keep(_Run(self.last_seq, messages, _weight(messages)))

    def missed(self, epoch: str, last_seq: int) -> tuple[Message, ...] | None:
        """What came after `last_seq`; None when that can no longer be told."""
        known = self._dropped_seq <= last_seq <= self.last_seq
        if epoch != self.epoch or not known:
            return None
        missed: list[Message] = []
        for run in self._kept:
            if run.last_seq > last_seq:
                first_seq = run.last_seq - len(run.messages) + 1
                missed.extend(run.messages[max(0, last_seq + 1 - first_seq) :])
        return tuple(missed)

    def _take_up(self, kept: list[Message]) -> None:
        numbers: list[int] = [getattr(message, "seq", None) or 0 for message in kept]
        if numbers:
            self._dropped_seq = numbers[0] - 1
        for seq, message in zip(numbers, kept, strict=True):
            self._keep(_Run(seq, [message], _weight([message])))

    def _keep(self, run: _Run) -> None:
        self._kept.append(run)
        self._messages += len(run.messages)
        self._bytes += run.weight
        while self._messages > self._capacity or self._bytes > self._capacity_bytes:
            gone = self._kept.popleft()
            self._messages -= len(gone.messages)
            self._bytes -= gone.weight
            self._dropped_seq = gone.last_seq


def _weight(messages: Sequence[Message]) -> int:
    return sum(
        [
            256 + 4 * len(message.chunk)  # by far the most of them
            if isinstance(message, StreamChunk)
            else _weight_of(message)
            for message in messages
        ]
    )


def _weight_of(message: Message) -> int:
    if isinstance(message, PhonemeData):
        return 512 + len(message.audio_data) + 64 * len(message.phonemes)
    if isinstance(message, AudioChunk):
        return 256 + len(message.data)
    return 256 + 4 * len(getattr(message, "content", ""))
