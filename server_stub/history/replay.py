"""Wire messages as events of the history and back. Chunks that were said together are one event: a
row for each of them would cost more than all the rest of a relayed token.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Final, cast

import msgspec

from avatar_desktop.wire.kinds import BY_CODE, kind_of
from avatar_desktop.wire.messages import Message, ServerMessage, StreamChunk
from server_stub.history.records import Event

RUN: Final = 0
"""The code of a run of chunks; no message of the wire has it."""


class _Run(msgspec.Struct, array_like=True, frozen=True):
    """What is not the same in all chunks of a run, or does not follow from their order."""

    first_index: int
    timestamp: str
    texts: list[str]


_ENCODER: Final = msgspec.msgpack.Encoder()
_RUNS: Final = msgspec.msgpack.Decoder(_Run)


def events_of(messages: Iterable[Message]) -> list[Event]:
    """The events that keep the replayable ones of these messages; their seq must be set."""
    events: list[Event] = []
    for kind, together in groupby(messages, type):
        if kind is StreamChunk:
            events += _events_of_chunks(cast(list[StreamChunk], list(together)))
        else:
            events += [
                _event(message)
                for message in together
                if isinstance(message, ServerMessage) and kind_of(message).replayable
            ]
    return events


def messages_of(event: Event) -> list[ServerMessage]:
    """The messages as they were first said, in order."""
    if event.code == RUN:
        return _chunks(event)
    message = msgspec.msgpack.decode(event.body, type=BY_CODE[event.code].message)
    if not isinstance(message, ServerMessage):
        raise ValueError(f"the event {event.seq} is none of the server's")
    return [message]


def _events_of_chunks(chunks: list[StreamChunk]) -> list[Event]:
    if _is_run(chunks):
        return [_event_of_run(chunks)]
    return [_event_of_run([chunk]) for chunk in chunks]


def _is_run(chunks: list[StreamChunk]) -> bool:
    """Numbers and indices only rise, and a stream that ended does not come back: the ends tell."""
    first, last, steps = chunks[0], chunks[-1], len(chunks) - 1
    return (
        _number(last) - _number(first) == steps
        and last.chunk_index - first.chunk_index == steps
        and (last.stream_id, last.timestamp) == (first.stream_id, first.timestamp)
    )


def _event(message: ServerMessage) -> Event:
    seq = _number(message)
    return Event(
        seq=seq,
        first_seq=seq,
        code=kind_of(message).code,
        body=_ENCODER.encode(message),
        stream_id=getattr(message, "stream_id", None),
    )


def _event_of_run(run: list[StreamChunk]) -> Event:
    first = run[0]
    texts = [chunk.chunk for chunk in run]
    return Event(
        seq=_number(run[-1]),
        first_seq=_number(first),
        code=RUN,
        body=_ENCODER.encode(_Run(first.chunk_index, first.timestamp, texts)),
        stream_id=first.stream_id,
    )


def _chunks(event: Event) -> list[ServerMessage]:
    run = _RUNS.decode(event.body)
    first_seq = event.seq - len(run.texts) + 1
    return [
        StreamChunk(
            stream_id=event.stream_id or "",
            chunk=text,
            chunk_index=run.first_index + place,
            timestamp=run.timestamp,
            seq=first_seq + place,
        )
        for place, text in enumerate(run.texts)
    ]


def _number(message: ServerMessage) -> int:
    if message.seq is None:
        raise ValueError("a replayable message without a number cannot be kept")
    return message.seq
