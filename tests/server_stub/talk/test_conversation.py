"""What a client of a room sees: streams, repeats, interrupts, pauses, resumes, errors."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path

import pytest

from tests.makers.conversation_server import in_process, in_room, script

HELLO = {"match": "hello", "chunks": [[0, "[emotion:happy]Hi "], [0, "there."]]}
SLOW = {"match": "slow", "chunks": [[0, "One "], [0.02, "two "], [30, "three."]]}
DIES = {"match": "dies", "chunks": [[0, "I was "]], "error": "The mind fell asleep."}
MANY = {"match": "many", "chunks": [[0.005, f"{n} "] for n in range(60)]}


@pytest.fixture
def mind(tmp_path: Path) -> str:
    return script(tmp_path, HELLO, SLOW, DIES, MANY)


def test_a_reply_streams_in_order_and_is_in_the_history(mind: str) -> None:
    async def scene() -> None:
        async with in_room(mind) as (served, room, socket):
            await socket.say(type="ar-message", content="hello", clientMessageId="c1")
            got = await socket.until("ar-stream-end")
            assert [message["type"] for message in got] == [
                "message-received", "typing", "ar-stream-start", "typing", "ar-stream-chunk",
                "ar-stream-chunk", "ar-stream-end",
            ]  # fmt: skip
            start, end = got[2], got[-1]
            assert start["clientMessageId"] == got[0]["clientMessageId"] == "c1"
            assert [got[1]["active"], got[3]["active"]] == [True, False]
            assert [chunk["chunkIndex"] for chunk in got[4:6]] == [0, 1]
            assert (end["totalChunks"], end["reason"]) == (2, "complete")
            numbered = [m["seq"] for m in got if m["type"] != "typing"]
            assert numbered == list(range(1, 6))
            _, history = await served.ask("GET", f"rooms/{room}/messages")
            newest = history["messages"][0]
            assert newest["content"] == "[emotion:happy]Hi there."
            assert newest["id"] == start["messageId"]
            assert newest["streamId"] == start["streamId"]
            assert newest["senderType"] == "agent" and newest["chunkCount"] == 2

    asyncio.run(scene())


def test_a_repeated_message_is_shown_again_and_never_answered_twice(mind: str) -> None:
    async def scene() -> None:
        async with in_room(mind) as (served, room, socket):
            await socket.say(type="ar-message", content="hello", clientMessageId="c1")
            first = await socket.next("message-received")
            await socket.next("ar-stream-end")
            await socket.say(type="ar-message", content="hello", clientMessageId="c1")
            await socket.say(type="ar-message", content="hello", clientMessageId="c2")
            again = await socket.next()
            other = await socket.next()
            assert (again["type"], again["id"]) == ("message-received", first["id"])
            assert other["clientMessageId"] == "c2"
            _, history = await served.ask("GET", f"rooms/{room}/messages")
            assert [m["senderType"] for m in history["messages"]].count("human") <= 2

    asyncio.run(scene())


def test_a_connection_that_waits_to_join_stays_in_the_one_room(mind: str) -> None:
    async def scene() -> None:
        async with in_process(mind) as served:
            room, others = await served.room(), await served.room("eve")
            async with served.socket(room) as early:
                await early.next("connected")
                async with served.socket(others, "eve") as somebody:
                    await somebody.next("connected")
                async with served.joined(room) as late:
                    await early.say(type="join-ar-room", roomId=room)
                    await early.say(type="ar-message", content="hello")
                    assert (await late.next("message-received"))["content"] == "hello"
                    await late.next("ar-stream-end")
                    await early.next("ar-stream-end")

    asyncio.run(scene())


def test_the_end_of_a_room_closes_also_those_who_did_not_join(mind: str) -> None:
    async def scene() -> None:
        async with in_process(mind) as served:
            room = await served.room()
            async with served.socket(room) as socket:
                await socket.next("connected")
                assert (await served.ask("POST", f"rooms/{room}/end"))[0] == 200
                assert await socket.closed() == 4504

    asyncio.run(scene())


def test_an_ended_room_begins_no_reply_to_what_still_waits(mind: str) -> None:
    async def scene() -> None:
        async with in_room(mind) as (served, room, socket):
            await socket.say(type="ar-message", content="slow")
            await socket.next("ar-stream-chunk")
            await socket.say(type="ar-message", content="hello")
            await socket.next("message-received")
            await served.ask("POST", f"rooms/{room}/end")
            with contextlib.suppress(ConnectionError):  # it may be closed by now
                await socket.say(type="resume-room")
            await socket.closed()
            _, page = await served.ask("GET", f"rooms/{room}/messages")
            told = [(one["senderType"], one["content"]) for one in page["messages"]]
            assert [sender for sender, _ in told] == ["human", "agent", "human"]
            assert told[0][1] == "hello" and told[1][1].startswith("One ")

    asyncio.run(scene())


def test_an_interrupt_ends_the_reply_at_once_and_keeps_what_was_sent(mind: str) -> None:
    async def scene() -> None:
        async with in_room(mind) as (served, room, socket):
            await socket.say(type="ar-message", content="slow")
            start = await socket.next("ar-stream-start")
            await socket.next("ar-stream-chunk")
            await socket.next("ar-stream-chunk")
            interrupt = {"type": "interrupt-stream", "streamId": start["streamId"]}
            await socket.say(**interrupt, heardChars=4)
            end = await socket.next()
            assert (end["type"], end["reason"]) == ("ar-stream-end", "interrupted")
            await socket.say(**interrupt, heardChars=2)
            await socket.say(type="ar-message", content="hello")
            await socket.next("ar-stream-end")
            _, history = await served.ask("GET", f"rooms/{room}/messages")
            cut = history["messages"][2]
            assert (cut["content"], cut["heardChars"]) == ("One two ", 2)

    asyncio.run(scene())


def test_interrupting_a_reply_that_never_was_names_the_code(mind: str) -> None:
    async def scene() -> None:
        async with in_process(mind) as served, served.joined() as socket:
            await socket.say(type="interrupt-stream", streamId="stream-nothing")
            error = await socket.next()
            assert (error["type"], error["code"]) == ("error", "UNKNOWN_STREAM")

    asyncio.run(scene())


def test_a_mind_that_fails_says_why_and_the_next_message_is_answered(mind: str) -> None:
    async def scene() -> None:
        async with in_process(mind) as served, served.joined() as socket:
            await socket.say(type="ar-message", content="dies")
            await socket.say(type="ar-message", content="hello")
            error = await socket.next("ar-stream-error", "ar-stream-end")
            assert error["error"] == "The mind fell asleep."
            assert (await socket.next("ar-stream-end"))["reason"] == "complete"

    asyncio.run(scene())


def test_messages_sent_at_once_are_answered_one_after_the_other(mind: str) -> None:
    async def scene() -> None:
        async with in_process(mind) as served, served.joined() as socket:
            for number in range(3):
                await socket.say(type="ar-message", content="hello", clientMessageId=f"c{number}")
            order: list[str] = []
            while len(order) < 6:
                message = await socket.next("ar-stream-start", "ar-stream-end")
                order.append(message.get("clientMessageId", "end"))
            assert order == ["c0", "end", "c1", "end", "c2", "end"]

    asyncio.run(scene())


def test_a_paused_room_sends_at_most_one_more_chunk_and_resumes_where_it_was(mind: str) -> None:
    async def scene() -> None:
        async with in_room(mind) as (served, _, socket):
            await socket.say(type="ar-message", content="many")
            await socket.next("ar-stream-chunk")
            await socket.say(type="pause-room")
            while (await socket.next())["type"] != "processing-status":
                pass
            await asyncio.sleep(0.1)
            _, rooms = await served.ask("GET", "rooms")
            assert rooms["rooms"][0]["status"] == "paused"
            await socket.say(type="resume-room")
            late = await socket.until("processing-status")
            assert len(late) <= 2 and late[-1]["stage"] == "thinking"
            rest = await socket.until("ar-stream-end")
            assert rest[-1]["totalChunks"] == 60

    asyncio.run(scene())


def test_a_broken_session_resumes_with_exactly_what_it_missed(mind: str) -> None:
    async def scene() -> None:
        async with in_process(mind) as served:
            room = await served.room()
            async with served.socket(room) as socket:
                hello = await socket.next()
                await socket.say(type="join-ar-room")
                await socket.say(type="ar-message", content="many")
                seen = [m for m in await socket.until("ar-stream-chunk") if m["type"] != "typing"]
            async with served.socket(room) as socket:
                await socket.next("connected")
                await socket.say(
                    type="resume",
                    sessionId=hello["sessionId"],
                    epoch=hello["epoch"],
                    lastSeq=seen[-1]["seq"],
                )
                answer = await socket.next()
                assert answer["type"] == "connected" and answer["resumed"]
                assert answer["sessionId"] == hello["sessionId"]
                seen += [m for m in await socket.until("ar-stream-end") if m["type"] != "typing"]
            assert [message["seq"] for message in seen] == list(range(1, len(seen) + 1))
            chunks = [m["chunkIndex"] for m in seen if m["type"] == "ar-stream-chunk"]
            assert chunks == list(range(60))

    asyncio.run(scene())


@pytest.mark.parametrize(
    "wrong", [{"epoch": "other"}, {"lastSeq": 999}, {"sessionId": "made.up"}, {"lastSeq": -1}]
)
def test_a_resume_that_does_not_fit_starts_afresh(mind: str, wrong: dict[str, object]) -> None:
    async def scene() -> None:
        async with in_process(mind) as served:
            room = await served.room()
            async with served.socket(room) as socket:
                hello = await socket.next()
                asked = {"sessionId": hello["sessionId"], "epoch": hello["epoch"], "lastSeq": 0}
                await socket.say(type="resume", **{**asked, **wrong})
                answer = await socket.next()
                assert answer["type"] == "connected" and not answer["resumed"]

    asyncio.run(scene())


def test_other_connections_of_the_room_see_message_reply_and_typing(mind: str) -> None:
    async def scene() -> None:
        async with in_process(mind) as served:
            room = await served.room()
            async with served.joined(room) as one, served.joined(room) as other:
                await other.say(type="heartbeat", timestamp=1)
                await other.next("heartbeat-ack")
                await one.say(type="typing", active=True)
                typing = await other.next()
                assert (typing["type"], typing["visitorId"]) == ("typing", "local")
                await one.say(type="ar-message", content="hello")
                got = await other.until("ar-stream-end")
                assert got[0]["type"] == "message-received" and got[0]["content"] == "hello"

    asyncio.run(scene())


def test_nothing_of_the_room_comes_before_the_join(mind: str) -> None:
    async def scene() -> None:
        async with in_process(mind) as served:
            room = await served.room()
            async with served.socket(room) as silent, served.joined(room) as socket:
                assert (await silent.next())["type"] == "connected"
                await socket.say(type="ar-message", content="hello")
                await socket.next("ar-stream-end")
                await silent.say(type="ar-message", content="hello")
                assert (await silent.next())["code"] == "NOT_JOINED"
                await silent.say(type="join-ar-room", roomId="room-of-another")
                assert (await silent.next())["code"] == "UNKNOWN_ROOM"

    asyncio.run(scene())


@pytest.mark.parametrize("state", ["INITIALIZING", "ERROR", "PAUSED", "DESTROYED"])
def test_a_client_whose_avatar_cannot_speak_gets_the_text(mind: str, state: str) -> None:
    async def scene() -> None:
        async with in_process(mind) as served, served.joined() as socket:
            await socket.say(
                type="avatar-state", state=state, timestamp=1, capabilities={"speech": "server"}
            )
            ack = await socket.next()
            assert ack["type"] == "avatar-state-ack" and ack["acknowledged"]
            assert ack["canStreamTTS"] is False
            await socket.say(type="ar-message", content="hello")
            text = await socket.next("text-response")
            assert text["text"] == "Hi there." and "error" not in text

    asyncio.run(scene())


def test_a_client_that_speaks_itself_gets_no_text_response(mind: str) -> None:
    async def scene() -> None:
        async with in_process(mind) as served, served.joined() as socket:
            await socket.say(type="avatar-state", state=2, capabilities={"speech": "client"})
            for _ in range(2):
                await socket.say(type="ar-message", content="hello")
            got = await socket.until("ar-stream-end") + await socket.until("ar-stream-end")
            assert "text-response" not in {message["type"] for message in got}

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("content", "code"),
    [("x" * 66_000, "TOO_LONG"), ("ü" * 33_000, "TOO_LONG"), ("  ", "EMPTY_MESSAGE")],
)
def test_a_text_out_of_measure_is_refused_and_the_connection_lives(
    mind: str, content: str, code: str
) -> None:
    async def scene() -> None:
        async with in_process(mind) as served, served.joined() as socket:
            await socket.say(type="ar-message", content=content, clientMessageId="c9")
            error = await socket.next()
            assert (error["code"], error["clientMessageId"]) == (code, "c9")
            await socket.say(type="ar-message", content="hello")
            await socket.next("ar-stream-end")

    asyncio.run(scene())


def test_bad_frames_are_named_and_the_tenth_closes(mind: str) -> None:
    async def scene() -> None:
        async with in_process(mind) as served, served.joined() as socket:
            for frame in ("{", "[]", '"x"', '{"type": 5}'):
                await socket.ws.send_str(frame)
                assert (await socket.next())["code"] == "BAD_FRAME"
            await socket.say(type="nobody-knows-this")
            for _ in range(6):
                await socket.ws.send_bytes(b"\xaa\x55\x09")
            assert await socket.closed() == 4400

    asyncio.run(scene())


def test_a_frame_over_a_mebibyte_closes_with_1009(mind: str) -> None:
    async def scene() -> None:
        async with in_process(mind) as served, served.joined() as socket:
            await socket.ws.send_str(json.dumps({"type": "ar-message", "content": "x" * 1_100_000}))
            assert await socket.closed() == 1009

    asyncio.run(scene())


def test_a_flood_of_messages_is_refused_and_the_connection_lives(mind: str) -> None:
    async def scene() -> None:
        async with in_process(mind) as served, served.joined() as socket:
            for number in range(300):
                await socket.say(type="heartbeat", timestamp=number + 1)
            assert (await socket.next("error"))["code"] == "RATE_LIMITED"

    asyncio.run(scene())


def test_ending_a_room_ends_the_reply_and_its_sockets(mind: str) -> None:
    async def scene() -> None:
        async with in_room(mind) as (served, room, socket):
            await socket.say(type="ar-message", content="slow")
            await socket.next("ar-stream-chunk")
            _, ended = await served.ask("POST", f"rooms/{room}/end")
            assert ended["status"] == "ended" and ended["endedAt"]
            assert (await socket.next("ar-stream-end"))["reason"] == "interrupted"
            assert await socket.closed() == 4504
            status, again = await served.ask("POST", f"rooms/{room}/end")
            assert (status, again) == (200, ended)
            assert await served.room() != room

    asyncio.run(scene())
