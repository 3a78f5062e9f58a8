"""The log of a room: what may be replayed, and when it must say that it cannot."""

import gc

import msgspec
import pytest

from avatar_desktop.wire.messages import Message, Presence, StreamChunk
from avatar_desktop.wire.replay import RoomLog


def chunk(index: int, text: str = "x") -> StreamChunk:
    moment = "2026-01-31T12:00:00.000Z"
    return StreamChunk(stream_id="s", chunk=text, chunk_index=index, timestamp=moment)


def filled(count: int, capacity: int = 10) -> RoomLog:
    log = RoomLog("epoch", capacity=capacity)
    for index in range(count):
        log.number(chunk(index))
    return log


@pytest.mark.parametrize(
    ("count", "capacity", "epoch", "last_seq", "missed"),
    [
        pytest.param(0, 10, "epoch", 0, [], id="an empty room"),
        pytest.param(5, 10, "epoch", 2, [3, 4, 5], id="from a position"),
        pytest.param(5, 10, "epoch", 5, [], id="at the last position"),
        pytest.param(5, 10, "epoch", 0, [1, 2, 3, 4, 5], id="from the beginning"),
        pytest.param(5, 3, "epoch", 2, [3, 4, 5], id="the exact edge of the log"),
        pytest.param(5, 3, "epoch", 1, None, id="a position already gone"),
        pytest.param(5, 10, "epoch", 6, None, id="a position not yet there"),
        pytest.param(5, 10, "epoch", -1, None, id="a position that never was"),
        pytest.param(5, 10, "another", 2, None, id="another numbering"),
        pytest.param(0, 10, "another", 0, None, id="another numbering, an empty room"),
    ],
)
def test_a_position_is_replayed_or_refused(
    count: int, capacity: int, epoch: str, last_seq: int, missed: list[int] | None
) -> None:
    answer = filled(count, capacity=capacity).missed(epoch, last_seq)
    assert (None if answer is None else [seq(message) for message in answer]) == missed


def seq(message: Message) -> int:
    number = getattr(message, "seq", None)
    assert isinstance(number, int)
    return number


def test_a_message_that_cannot_be_replayed_repeats_the_last_number() -> None:
    log = filled(3)
    assert log.number(Presence(visitor_id="v", status="online", last_seen=0)).seq == 3
    assert log.last_seq == 3
    assert log.missed("epoch", 3) == ()


def test_a_replay_does_not_consume_the_log() -> None:
    log = filled(3)
    assert log.missed("epoch", 1) == log.missed("epoch", 1)


def test_the_log_is_bounded_in_bytes() -> None:
    log = RoomLog("epoch", capacity_bytes=4_000)
    for index in range(10):
        log.number(chunk(index, "x" * 300))
    assert log.missed("epoch", 0) is None
    assert log.missed("epoch", 9) is not None


def test_a_long_log_gives_the_garbage_collector_nothing_to_look_through() -> None:
    log = filled(1, capacity=2_000)
    gc.collect()
    before = len(gc.get_objects())
    for index in range(1, 1_001):
        log.keep([msgspec.structs.replace(chunk(index), seq=index + 1)])
    assert len(gc.get_objects()) - before < 100


def test_a_stored_numbering_is_taken_up_where_it_stopped() -> None:
    before = filled(5)
    kept = before.missed("epoch", 2)
    assert kept is not None
    after = RoomLog("epoch", last_seq=5, kept=kept)
    assert after.missed("epoch", 2) == kept
    assert after.missed("epoch", 1) is None
    assert after.number(chunk(9)).seq == 6


def test_a_stored_number_without_its_messages_replays_nothing_older() -> None:
    log = RoomLog("epoch", last_seq=5)
    assert log.missed("epoch", 5) == ()
    assert log.missed("epoch", 4) is None
