"""Animations over the wire: only for those who ask, and without gaps for the others."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from tests.makers.conversation_server import Socket, in_process, script

ANSWER = {
    "match": None,
    "chunks": [[0, "[emotion:happy]Yes! "], *[[0, f"{n} "] for n in range(11)]],
}
BODY: dict[str, Any] = {
    "type": "avatar-state", "state": 2, "capabilities": {"animations": True, "speech": "client"},
}  # fmt: skip


async def animations(socket: Socket, upto: int) -> list[str]:
    return [(await socket.next("avatar-animate"))["animation"] for _ in range(upto)]


def test_a_client_that_asks_is_told_what_to_play(tmp_path: Path) -> None:
    async def scene() -> None:
        async with in_process(script(tmp_path, ANSWER)) as served:
            room = await served.room()
            async with served.joined(room) as socket:
                await socket.say(**BODY)
                assert await animations(socket, 1) == ["wave"]
                await socket.say(type="typing", active=True)
                await socket.say(type="ar-message", roomId=room, content="Nice?")
                said = [*await socket.until("ar-stream-end"), await socket.next("avatar-animate")]
                told = [one["animation"] for one in said if one["type"] == "avatar-animate"]
                assert told == ["thinking", "thinking", "talk_calm", "talk_explain", "happy"]
                numbers = [one["seq"] for one in said]
                assert numbers == sorted(numbers)
                await socket.say(type="avatar-interact", kind="hover")
                assert await animations(socket, 1) == ["look_at_camera"]

    asyncio.run(scene())


def test_the_numbers_of_what_a_watching_client_hears_only_rise(tmp_path: Path) -> None:
    async def scene() -> None:
        async with in_process(script(tmp_path, ANSWER)) as served:
            room = await served.room()
            async with served.joined(room) as socket:
                await socket.say(**BODY)
                await socket.say(type="ar-message", roomId=room, content="Nice?")
                said = [*await socket.until("ar-stream-end"), await socket.next()]
            assert (said[-1]["type"], said[-1]["animation"]) == ("avatar-animate", "happy")
            repeated = ("typing", "avatar-state-ack")
            numbers = [one["seq"] for one in said if one["type"] not in repeated]
            assert numbers == list(range(1, len(numbers) + 1))

    asyncio.run(scene())


def test_a_client_that_asks_before_it_joins_is_greeted_too(tmp_path: Path) -> None:
    async def scene() -> None:
        async with in_process(script(tmp_path, ANSWER)) as served:
            room = await served.room()
            async with served.socket(room) as socket:
                await socket.say(**BODY)
                await socket.say(type="join-ar-room", roomId=room)
                assert await animations(socket, 1) == ["wave"]

    asyncio.run(scene())


def test_a_client_that_does_not_ask_sees_no_gap(tmp_path: Path) -> None:
    async def scene() -> None:
        async with in_process(script(tmp_path, ANSWER)) as served:
            room = await served.room()
            async with served.joined(room) as socket:
                await socket.say(type="avatar-interact", kind="click")
                await socket.say(type="ar-message", roomId=room, content="Nice?")
                said = await socket.until("ar-stream-end")
                assert not any(one["type"] == "avatar-animate" for one in said)
                counted = {
                    "message-received",
                    "ar-stream-start",
                    "ar-stream-chunk",
                    "ar-stream-end",
                }
                numbers = [one["seq"] for one in said if one["type"] in counted]
                assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
                end = said[-1]
                assert end["finalAnimation"] == "happy" and end["sentiment"] > 0.5
                heard = next(one for one in said if one["type"] == "message-received")
                assert heard["metadata"]["intent"] == "question"
            _, page = await served.ask("GET", f"rooms/{room}/messages")
            reply, question = page["messages"]
            assert reply["animation"] == "happy" and reply["sentiment"] > 0.5
            assert question["intent"] == "question" and question["suggestedActions"]

    asyncio.run(scene())
