"""The AR conversation screen: rooms over HTTP, then join, message, stream; in JSON and binary."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.server_stub.conformance.clients import Address, Form, Line, Server, Told, is_instant

WAYS = pytest.mark.parametrize(
    ("form", "address"),
    [(form, address) for form in ("json", "binary") for address in ("/ar-stream", "/realtime/ws")],
)


def parse_chunk(chunk: str) -> tuple[str, list[tuple[str, str]]]:
    """Text and markers, as the screen's own parser takes them apart."""
    markers: list[tuple[str, str]] = []

    def take(found: re.Match[str]) -> str:
        for part in found.group(1).split(","):
            kind, _, value = part.strip().partition(":")
            if kind and value:
                markers.append((kind, value))
        return ""

    return re.sub(r"\[([^\]]+)\]", take, chunk).strip(), markers


@asynccontextmanager
async def in_a_room(server: Server, form: Form, address: Address) -> AsyncGenerator[Line]:
    """The line of somebody who has joined a room of their own."""
    async with server.user() as user, user.line(await user.room(), form, address) as line:
        await line.joined()
        yield line


def text_of(messages: list[Told]) -> str:
    return "".join(one["chunk"] for one in messages if one["type"] == "ar-stream-chunk")


def test_video_chat_opens_a_room_shows_it_and_ends_it(server: Server) -> None:
    async def scene() -> None:
        async with server.user() as user:
            status, made = await user.ask("POST", "rooms", {"agentId": "companion"})
            assert status == 201
            assert (made["userId"], made["agentId"], made["status"]) == (
                user.name, "companion", "active",
            )  # fmt: skip
            assert is_instant(made["createdAt"]) and is_instant(made["lastActivityAt"])
            status, again = await user.ask("POST", "rooms", {"agentId": "companion"})
            assert (status, again["id"], again["status"]) == (200, made["id"], "active")
            _, listed = await user.ask("GET", "rooms")
            (shown,) = listed["rooms"]
            assert (shown["id"], shown["agentId"], shown["status"]) == (
                made["id"], "companion", "active",
            )  # fmt: skip
            assert shown["agentName"] and is_instant(shown["lastActivityAt"])
            _, room = await user.ask("GET", f"rooms/{made['id']}")
            assert room["agent"]["id"] == "companion" and room["agent"]["name"]
            assert room["agent"]["avatarUrl"]
            _, ended = await user.ask("POST", f"rooms/{made['id']}/end")
            assert (ended["id"], ended["status"]) == (made["id"], "ended")
            assert is_instant(ended["endedAt"])
            _, listed = await user.ask("GET", "rooms")
            assert listed["rooms"] == []
            status, resumed = await user.ask("POST", f"rooms/{made['id']}/resume")
            assert (status, resumed["status"]) == (200, "active")

    asyncio.run(scene())


@WAYS
def test_a_message_is_answered_by_a_stream(server: Server, form: Form, address: Address) -> None:
    async def scene() -> None:
        async with server.user() as user:
            room = await user.room()
            async with user.line(room, form, address) as line:
                await line.joined()
                await line.say("ar-message", roomId=room, content="Hello, how are you?")
                seen = await line.until("ar-stream-end")
                start = next(one for one in seen if one["type"] == "ar-stream-start")
                assert start["streamId"] == f"stream-{start['messageId']}"
                assert start["agentId"] == "companion" and is_instant(start["startedAt"])
                chunks = [one for one in seen if one["type"] == "ar-stream-chunk"]
                assert [one["chunkIndex"] for one in chunks] == list(range(len(chunks)))
                assert all(one["streamId"] == start["streamId"] for one in chunks)
                assert all(is_instant(one["timestamp"]) for one in chunks)
                end = seen[-1]
                assert (end["streamId"], end["totalChunks"]) == (start["streamId"], len(chunks))
                assert is_instant(end["endedAt"]) and end["reason"] == "complete"
                parsed = [parse_chunk(one["chunk"]) for one in chunks]
                assert parsed == [
                    ("Hello!", [("emotion", "happy"), ("gesture", "wave")]),
                    ("Let me think about that…", [("emotion", "thoughtful"), ("tone", "calm")]),
                ]
                await line.say("ar-message", content="And now?")  # the room of the socket
                assert text_of(await line.until("ar-stream-end")) == text_of(seen)
            await is_kept(user, room, start["messageId"], text_of(seen))

    asyncio.run(scene())


async def is_kept(user: Any, room: str, reply_id: str, reply: str) -> None:
    _, told = await user.ask("GET", f"rooms/{room}/messages")
    *_, answer, question = told["messages"]
    assert (answer["id"], answer["content"]) == (reply_id, reply)
    assert (answer["senderType"], question["senderType"]) == ("agent", "human")
    assert (question["content"], question["senderId"]) == ("Hello, how are you?", user.name)
    assert answer["streamId"] == f"stream-{reply_id}" and answer["chunkCount"] == 2
    assert is_instant(answer["createdAt"]) and answer["roomId"] == room


@WAYS
def test_an_interrupt_in_the_midst_ends_the_stream(
    server: Server, form: Form, address: Address
) -> None:
    async def scene() -> None:
        async with in_a_room(server, form, address) as line:
            await line.say("ar-message", content="stall, please")
            await line.until("ar-stream-chunk")
            chunk = await line.next("ar-stream-chunk")
            await line.say("interrupt-stream", streamId=chunk["streamId"])
            end = await line.next("ar-stream-end", "ar-stream-chunk")
            assert (end["type"], end["reason"]) == ("ar-stream-end", "interrupted")
            assert (end["streamId"], end["totalChunks"]) == (chunk["streamId"], 2)
            await line.say("ar-message", content="Hello again")
            after = await line.until("ar-stream-end")
            streams = {one["streamId"] for one in after if "chunk" in one}
            assert len(streams) == 1 and chunk["streamId"] not in streams
            await line.say("interrupt-stream", streamId="stream-123")
            assert (await line.next("error"))["code"] == "UNKNOWN_STREAM"

    asyncio.run(scene())


@WAYS
def test_a_paused_room_rests_and_goes_on_where_it_was(
    server: Server, form: Form, address: Address
) -> None:
    async def scene() -> None:
        async with server.user() as user:
            room = await user.room()
            async with user.line(room, form, address) as line:
                await line.joined()
                await line.say("ar-message", content="slowly, please")
                seen = await line.until("ar-stream-chunk")
                await line.say("pause-room")
                seen += await line.until("processing-status")
                assert seen[-1]["stage"] == "idle"
                rest = await line.settled()
                assert sum(one["type"] == "ar-stream-chunk" for one in rest) <= 1
                _, listed = await user.ask("GET", "rooms")
                assert [one["status"] for one in listed["rooms"]] == ["paused"]
                assert not [one for one in await line.settled() if "chunk" in one]
                await line.say("resume-room")
                seen += rest + await line.until("ar-stream-end")
                assert text_of(seen) == "".join(f"{number} " for number in range(60))

    asyncio.run(scene())


@pytest.mark.parametrize("form", ["json", "binary"])
def test_a_broken_screen_takes_up_its_stream_without_loss_or_repetition(
    server: Server, form: Form
) -> None:
    async def scene() -> None:
        async with server.user() as user:
            room = await user.room()
            async with user.line(room, form) as line:
                hello = await line.joined()
                await line.say("ar-message", content="slowly, please")
                await line.until("ar-stream-chunk")
                line.socket.vanish()
                seen = list(line.heard)
            async with user.line(room, form) as line:
                fresh = await line.next("connected")
                assert not fresh["resumed"] and fresh["epoch"] == hello["epoch"]
                last = {"lastSeq": seen[-1]["seq"], "epoch": hello["epoch"]}
                await line.say("resume", sessionId=hello["sessionId"], **last)
                again = await line.next("connected")
                assert again["resumed"] and again["sessionId"] == hello["sessionId"]
                seen += await line.until("ar-stream-end")
            assert text_of(seen) == "".join(f"{number} " for number in range(60))

    asyncio.run(scene())


@WAYS
def test_a_mind_that_breaks_off_is_told_and_the_room_goes_on(
    server: Server, form: Form, address: Address
) -> None:
    async def scene() -> None:
        async with in_a_room(server, form, address) as line:
            await line.say("ar-message", content="break, please")
            seen = await line.until("ar-stream-error", "ar-stream-end")
            broken = seen[-1]
            assert broken["streamId"] == seen[-2]["streamId"]
            assert broken["error"] == "The mind stopped answering."
            assert is_instant(broken["timestamp"]) and broken["code"] == "MIND_FAILED"
            await line.say("ar-message", content="Hello again")
            assert (await line.next("ar-stream-end"))["reason"] == "complete"

    asyncio.run(scene())


@WAYS
def test_errors_name_a_code_a_sentence_and_what_they_answer(
    server: Server, form: Form, address: Address
) -> None:
    async def scene() -> None:
        async with server.user() as user, server.user() as other:
            theirs = await other.room()
            async with user.line(await user.room(), form, address) as line:
                await line.joined()
                foreign = {"roomId": theirs, "content": "Hello", "clientMessageId": "c-1"}
                for code, fields in [
                    ("UNKNOWN_ROOM", foreign),
                    ("EMPTY_MESSAGE", {"content": " ", "clientMessageId": "c-1"}),
                    ("TOO_LONG", {"content": "x" * 65_537, "clientMessageId": "c-1"}),
                ]:
                    await line.say("ar-message", **fields)
                    told = await line.next("error")
                    assert (told["code"], told["clientMessageId"]) == (code, "c-1")
                    assert told["message"].endswith(".") and told["retryable"] is False

    asyncio.run(scene())


def test_an_ended_room_closes_its_screen_and_takes_no_other(server: Server) -> None:
    async def scene() -> None:
        async with server.user() as user:
            room = await user.room()
            async with user.line(room) as line:
                await line.joined()
                await user.ask("POST", f"rooms/{room}/end")
                assert await line.socket.closed() == 4504
            address = user.address("/ar-stream", roomId=room, token=user.token)
            async with user.session.get(address.replace("ws", "http", 1)) as answer:
                assert answer.status == 404

    asyncio.run(scene())


@pytest.mark.parametrize("form", ["json", "binary"])
def test_a_second_screen_hears_from_its_join_on_and_finds_the_rest_in_the_history(
    server: Server, form: Form
) -> None:
    async def scene() -> None:
        async with server.user() as user:
            room = await user.room()
            async with user.line(room, form) as first, user.line(room, form) as second:
                await first.joined()
                await first.say("ar-message", content="slowly, please")
                await first.until("ar-stream-chunk")
                await second.joined()
                heard = await second.until("ar-stream-end")
                said = next(one for one in heard if one["type"] == "ar-stream-chunk")
                assert said["chunkIndex"] > 0
                _, told = await user.ask("GET", f"rooms/{room}/messages")
                reply = told["messages"][0]["content"]
                assert reply.endswith(text_of(heard)) and reply.startswith("0 1 ")

    asyncio.run(scene())


def test_other_screens_see_who_types_and_what_was_said(server: Server) -> None:
    async def scene() -> None:
        async with server.user() as user:
            room = await user.room()
            async with user.line(room) as desk, user.line(room, "binary") as phone:
                for line in (desk, phone):
                    await line.joined()
                    await line.settled()
                await phone.say("typing", active=True)
                typing = await desk.next("typing")
                assert (typing["active"], typing["visitorId"]) == (True, user.name)
                await phone.say("typing", active=False)
                assert (await desk.next("typing"))["active"] is False
                await phone.say("ar-message", content="What is new?", clientMessageId="c-1")
                for line in (desk, phone):
                    message = await line.next("message-received")
                    assert (message["sender"], message["content"]) == ("human", "What is new?")
                    assert message["clientMessageId"] == "c-1" and is_instant(message["timestamp"])
                    assert message["metadata"]["intent"] == "question"
                    assert isinstance(message["metadata"]["sentiment"], float)
                    assert message["metadata"]["suggestedActions"]
                    await thinks_then_answers(line)

    asyncio.run(scene())


async def thinks_then_answers(line: Line) -> None:
    """The agent types until its first chunk."""
    seen = await line.until("ar-stream-chunk")
    typing = [(one["active"], "visitorId" in one) for one in seen if one["type"] == "typing"]
    assert typing == [(True, False), (False, False)]
