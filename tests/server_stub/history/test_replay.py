"""Wire messages as events and back: the same messages, in few rows."""

from __future__ import annotations

import msgspec

from avatar_desktop.wire.messages import Message, StreamChunk, StreamEnd, StreamStart, Typing
from server_stub.history.records import Event
from server_stub.history.replay import events_of, messages_of

NOW, LATER = "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:01.000Z"


def chunk(seq: int, index: int, *, stream: str = "s", at: str = NOW) -> StreamChunk:
    return StreamChunk(
        stream_id=stream, chunk=f"tü{index} ", chunk_index=index, timestamp=at, seq=seq
    )


def back(events: list[Event]) -> list[Message]:
    return [message for event in events for message in messages_of(event)]


def test_chunks_said_together_are_one_event_and_come_back_as_they_were() -> None:
    start = StreamStart(stream_id="s", message_id="m", agent_id="a", started_at=NOW, seq=1)
    end = StreamEnd(stream_id="s", total_chunks=40, ended_at=NOW, reason="complete", seq=42)
    said: list[Message] = [start, *(chunk(2 + n, n) for n in range(40)), end]
    events = events_of(said)
    assert [(event.first_seq, event.seq) for event in events] == [(1, 1), (2, 41), (42, 42)]
    assert back(events) == said


def test_chunks_that_do_not_follow_each_other_come_back_as_they_were() -> None:
    said: list[Message] = [
        chunk(1, 0), chunk(2, 1), chunk(4, 2), chunk(5, 3, at=LATER), chunk(6, 0, stream="t"),
        chunk(7, 9, stream="t"),
    ]  # fmt: skip
    assert back(events_of(said)) == said


def test_what_cannot_be_replayed_is_not_kept() -> None:
    said: list[Message] = [Typing(active=False, seq=1), chunk(2, 0)]
    assert back(events_of(said)) == said[1:]


def test_a_chunk_kept_by_older_programs_is_read() -> None:
    old = Event(seq=7, code=0x31, body=msgspec.msgpack.encode(chunk(7, 3)), stream_id="s")
    assert messages_of(old) == [chunk(7, 3)]
