"""What the history keeps, through its door, on a real file."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from msgspec.structs import replace

from avatar_desktop.wire.messages import StreamChunk, StreamError
from server_stub.history.changes import Heard, MessageAdded, ReplyBegan
from server_stub.history.errors import HistoryError
from server_stub.history.messages import TOLD_CHARACTERS
from server_stub.history.records import Agent, Room, StoredMessage
from server_stub.history.replay import events_of, messages_of
from server_stub.history.store import History
from tests.makers.storage import Storage, do, everything, place_of

ROOM = Room(
    id="r", user_id="ann", agent_id="a", status="active", epoch="e", last_seq=0,
    created_at=1, last_activity_at=1,
)  # fmt: skip
NOW = "2026-01-01T00:00:00.000Z"


def message(number: int, **more: object) -> StoredMessage:
    given: dict[str, object] = {
        "id": f"m{number}", "room_id": "r", "position": number, "sender_id": "ann",
        "sender_type": "human", "content": f"text {number}", "created_at": number,
    }  # fmt: skip
    return StoredMessage(**(given | more))  # pyright: ignore[reportArgumentType]


def chunk(seq: int, text: str, stream: str = "stream-m2") -> StreamChunk:
    return StreamChunk(stream_id=stream, chunk=text, chunk_index=seq, timestamp=NOW, seq=seq)


def with_history(storage: Storage, scene: Callable[[History], Awaitable[None]]) -> None:
    async def act() -> None:
        history = History(place_of(storage))
        try:
            await history.add_agent(Agent(id="a", name="A"))
            await history.open_room(ROOM)
            await scene(history)
        finally:
            history.close()

    asyncio.run(act())


def test_changes_and_events_are_kept_together_or_not_at_all(storage: Storage) -> None:
    async def scene(history: History) -> None:
        await history.keep("r", [MessageAdded(message(1))], events_of([chunk(1, "x")]), 5)
        with pytest.raises(HistoryError):
            await history.keep("r", [MessageAdded(message(2))], events_of([chunk(1, "y")]), 6)
        assert [m.id for m in await history.page("r", None, 10) or []] == ["m1"]
        standing = await history.standing("r", 10)
        assert standing is not None and standing.room.last_seq == 1
        assert messages_of(standing.events[0]) == [chunk(1, "x")]

    with_history(storage, scene)


def test_a_room_is_taken_up_with_no_more_bytes_than_can_be_replayed(storage: Storage) -> None:
    async def scene(history: History) -> None:
        for seq in range(1, 21):
            stream = f"stream-{seq}"
            await history.keep("r", [], events_of([chunk(seq, "x" * 50_000, stream)]), seq)
        standing = await history.standing("r", 1000, most_bytes=210_000)
        assert standing is not None and standing.room.last_seq == 20
        assert [event.seq for event in standing.events] == [17, 18, 19, 20]
        standing = await history.standing("r", 3, most_bytes=210_000)
        assert standing is not None
        assert [event.seq for event in standing.events] == [18, 19, 20]

    with_history(storage, scene)


def test_events_must_follow_the_last_one_of_their_room(storage: Storage) -> None:
    async def scene(history: History) -> None:
        await history.keep("r", [], events_of([chunk(1, "a"), chunk(2, "b"), chunk(3, "c")]), 5)
        for other in (2, 3, 5):  # inside the run, its end, beyond the next one
            with pytest.raises(HistoryError, match="changed from elsewhere"):
                await history.keep("r", [], events_of([chunk(other, "x")]), 6)
        await history.keep("r", [], events_of([chunk(4, "d")]), 7)
        standing = await history.standing("r", 2)
        assert standing is not None and standing.room.last_seq == 4
        kept = [message.seq for event in standing.events for message in messages_of(event)]
        assert kept == [1, 2, 3, 4]  # the whole run, although only two were asked for

    with_history(storage, scene)


def test_many_writers_lose_nothing_and_share_transactions(storage: Storage) -> None:
    async def scene(history: History) -> None:
        await asyncio.gather(
            *(history.keep("r", [MessageAdded(message(n))], [], n) for n in range(1, 201))
        )
        page = await history.page("r", None, 500)
        assert page is not None and [m.position for m in page] == list(range(200, 0, -1))

    with_history(storage, scene)


def test_a_client_id_is_kept_once(storage: Storage) -> None:
    async def scene(history: History) -> None:
        for number in (1, 2):
            added = MessageAdded(message(number, client_message_id="c"))
            await history.keep("r", [added], [], 5)
        known = await history.said_before("r", "c")
        assert known is not None and known.id == "m1"
        assert await history.page("r", None, 10) == [known]

    with_history(storage, scene)


def test_an_open_reply_becomes_its_stored_prefix_and_an_error(storage: Storage) -> None:
    async def scene(history: History) -> None:
        reply = message(
            2, sender_type="agent", content="", stream_id="stream-m2", stream_status="active"
        )
        changes = [MessageAdded(message(1)), ReplyBegan(reply, "m1")]
        await history.keep("r", changes, events_of([chunk(1, "One "), chunk(2, "tü")]), 5)
        assert await history.close_broken_replies(9) == 1
        assert await history.close_broken_replies(9) == 0
        page = await history.page("r", None, 1)
        assert page is not None
        assert (page[0].content, page[0].stream_status, page[0].chunk_count) == (
            "One tü",
            "error",
            2,
        )
        standing = await history.standing("r", 10)
        assert standing is not None and standing.events[-1].seq == 3
        assert isinstance(messages_of(standing.events[-1])[0], StreamError)

    with_history(storage, scene)


def test_heard_characters_never_exceed_the_reply_and_stay_in_their_room(storage: Storage) -> None:
    async def scene(history: History) -> None:
        reply = message(2, sender_type="agent", content="abc")
        await history.keep("r", [MessageAdded(message(1)), MessageAdded(reply)], [], 5)
        await history.keep("r", [Heard("m2", 99), Heard("m1", 1)], [], 6)
        page = await history.page("r", None, 10)
        assert page is not None and [m.heard_chars for m in page] == [3, None]

    with_history(storage, scene)


def test_a_mind_is_told_the_last_words_what_was_heard_of_them_and_the_memory(
    storage: Storage,
) -> None:
    async def scene(history: History) -> None:
        reply = message(2, sender_type="agent", content="abc", intent="statement")
        said = [MessageAdded(message(1)), MessageAdded(reply), MessageAdded(message(3))]
        await history.keep("r", said, [], 5)
        await history.keep("r", [Heard("m2", 1)], [], 6)
        await history.remember("u", {"tea": "green"}, 7)
        told = await history.keep_and_tell("r", [MessageAdded(message(4))], [], 8, "u")
        assert [(one.id, one.sender_type, one.content, one.heard_chars) for one in told.words] == [
            ("m4", "human", message(4).content, None),
            ("m3", "human", message(3).content, None),
            ("m2", "agent", "abc", 1),
            ("m1", "human", message(1).content, None),
        ]
        assert told.memory == {"tea": "green"}
        long = message(5, content="x" * (TOLD_CHARACTERS + 1))
        told = await history.keep_and_tell("r", [MessageAdded(long)], [], 9, "nobody")
        assert told.words[0].content == "x" * TOLD_CHARACTERS and told.memory == {}
        assert (await history.keep_and_tell("elsewhere", [], [], 9, "u")).words == []

    with_history(storage, scene)


def test_what_was_kept_is_there_after_the_next_start(storage: Storage) -> None:
    async def first(history: History) -> None:
        await history.keep("r", [MessageAdded(message(1, metadata={"a": [1]}))], [], 5)

    async def second(history: History) -> None:
        assert await history.page("r", None, 10) == [message(1, metadata={"a": [1]})]

    with_history(storage, first)
    with_history(storage, second)


def test_a_room_is_there_for_whoever_opens_it_while_another_ends_it(storage: Storage) -> None:
    async def scene(history: History) -> None:
        async def open_it(number: int) -> None:
            room, _ = await history.open_room(replace(ROOM, id=f"r{number}"))
            assert room.status == "active"

        async def end_it() -> None:
            for room, _ in await history.open_rooms_of("ann"):
                await history.end_room(room.id, "ann", 9)

        async def reopen_it() -> None:
            opened = await history.reopen_room("r", "ann", 9)
            assert isinstance(opened, str) or (opened and opened.status == "active")

        turns = [deed for n in range(12) for deed in (open_it(n), end_it(), reopen_it())]
        await asyncio.gather(*turns)

    with_history(storage, scene)


def test_a_newer_database_is_refused_and_left_alone(storage: Storage) -> None:
    newer = ["PRAGMA user_version = 999"]
    if isinstance(storage, str):
        newer = [
            "CREATE TABLE schema_version (version BIGINT NOT NULL)",
            "INSERT INTO schema_version (version) VALUES (999)",
        ]
    do(storage, newer)
    before = everything(storage)
    with pytest.raises(HistoryError, match="newer version"):
        History(place_of(storage))
    assert everything(storage) == before
