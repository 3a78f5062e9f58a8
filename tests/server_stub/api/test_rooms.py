"""Rooms over HTTP: ended, opened again, searched, deleted; and never seen by others."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.makers.conversation_server import Served, in_process, script
from tests.makers.storage import Storage, everything, rows

HELLO = {"match": None, "chunks": [[0, "[emotion:happy]The kettle "], [0, "sings quietly."]]}


async def said(served: Served, room: str, text: str) -> None:
    async with served.joined(room) as socket:
        await socket.say(type="ar-message", roomId=room, content=text)
        await socket.next("ar-stream-end")


def test_one_room_whoever_asks_at_the_same_time(storage: Storage) -> None:
    async def scene() -> None:
        async with in_process(data=storage) as served:
            wish = {"json": {"agentId": "companion"}}
            asking = (served.ask("POST", "rooms", "ann", **wish) for _ in range(24))
            answers = await asyncio.gather(*asking)
            assert len({room["id"] for _, room in answers}) == 1
            assert sorted(status for status, _ in answers) == [200] * 23 + [201]
            room = answers[0][1]["id"]
            answers = await asyncio.gather(
                *(served.ask("POST", f"rooms/{room}/{verb}", "ann")
                  for verb in ("end", "resume") * 6),
                *(served.ask("POST", "rooms", "ann", **wish) for _ in range(6)),
            )  # fmt: skip
            assert {status for status, _ in answers} <= {200, 201, 409}
            _, listed = await served.ask("GET", "rooms", "ann")
            assert len(listed["rooms"]) <= 1

    asyncio.run(scene())
    open_ones = rows(storage, "SELECT id FROM room WHERE user_id = 'ann' AND status <> 'ended'")
    assert len(open_ones) <= 1


def test_an_ended_room_opens_again_with_all_that_was_said(tmp_path: Path, storage: Storage) -> None:
    async def scene() -> None:
        async with in_process(script(tmp_path, HELLO), data=storage) as served:
            room = await served.room()
            await said(served, room, "Tea?")
            await served.ask("POST", f"rooms/{room}/end")
            status, opened = await served.ask("POST", f"rooms/{room}/resume")
            assert (status, opened["status"], opened["endedAt"]) == (200, "active", None)
            await said(served, room, "More tea?")
            _, page = await served.ask("GET", f"rooms/{room}/messages")
            assert [one["content"] for one in page["messages"]][-1] == "Tea?"
            assert len(page["messages"]) == 4

    asyncio.run(scene())


def test_a_room_in_the_way_is_named(storage: Storage) -> None:
    async def scene() -> None:
        async with in_process(data=storage) as served:
            old = await served.room()
            await served.ask("POST", f"rooms/{old}/end")
            new = await served.room()
            status, told = await served.ask("POST", f"rooms/{old}/resume")
            assert (status, told["code"], told["roomId"]) == (409, "ROOM_OPEN", new)
            assert new in told["message"]
            assert (await served.ask("POST", f"rooms/{new}/resume"))[0] == 200

    asyncio.run(scene())


def test_words_are_found_in_the_own_room_alone_and_markers_are_no_words(
    tmp_path: Path, storage: Storage
) -> None:
    async def scene() -> None:
        async with in_process(script(tmp_path, HELLO), data=storage) as served:
            room = await served.room()
            await said(served, room, "Schläft der Kéttle?")
            other = await served.room("eve")

            async def found(words: str, where: str = room, user: str | None = None) -> list[str]:
                path = f"rooms/{where}/messages"
                _, page = await served.ask("GET", path, user, params={"q": words})
                return [one["content"] for one in page["messages"]]

            assert len(await found("kettle")) == 2  # accents do not count
            assert await found("KETTLE sing") == ["[emotion:happy]The kettle sings quietly."]
            assert await found("quiet") == ["[emotion:happy]The kettle sings quietly."]
            assert await found("sing quietly kettle nowhere") == []
            assert await found("happy") == []
            assert await found("kettle", other, "eve") == []
            for harmless in ['"', "* OR", "room : x", "(((", "NEAR(", "-", "'; DROP"]:
                await found(harmless)

    asyncio.run(scene())


def test_search_goes_on_before_a_message(tmp_path: Path, storage: Storage) -> None:
    async def scene() -> None:
        async with in_process(script(tmp_path, HELLO), data=storage) as served:
            room = await served.room()
            for number in range(4):
                await said(served, room, f"kettle {number}")
            asked = {"q": "kettle", "limit": "3"}
            path = f"rooms/{room}/messages"
            _, first = await served.ask("GET", path, params=asked)
            last = first["messages"][-1]["id"]
            _, second = await served.ask("GET", path, params=asked | {"before": last})
            seen = [one["id"] for one in first["messages"] + second["messages"]]
            _, whole = await served.ask("GET", path, params={"q": "kettle"})
            assert seen == [one["id"] for one in whole["messages"]][:6]
            status, _ = await served.ask("GET", path, params=asked | {"before": "msg-no"})
            assert status == 404

    asyncio.run(scene())


def test_a_deleted_message_is_gone_for_good_in_replays_too(
    tmp_path: Path, storage: Storage
) -> None:
    async def scene() -> None:
        async with in_process(script(tmp_path, HELLO), data=storage) as served:
            room = await served.room()
            async with served.joined(room) as socket:
                await socket.say(type="ar-message", roomId=room, content="my secret")
                await socket.next("ar-stream-end")
                _, page = await served.ask("GET", f"rooms/{room}/messages")
                secret = page["messages"][-1]["id"]
                assert await deleted(served, f"rooms/{room}/messages/{secret}") == 204
                assert await deleted(served, f"rooms/{room}/messages/{secret}") == 404
                await socket.say(type="ar-message", roomId=room, content="goes on")
                await socket.next("ar-stream-end")
            async with served.socket(room) as socket:
                greeting = await socket.next("connected")
                back = {"sessionId": greeting["sessionId"], "epoch": "old", "lastSeq": 0}
                await socket.say(type="resume", **back)
                assert (await socket.next("connected"))["resumed"] is False
            if isinstance(storage, Path):
                assert b"my secret" not in (storage / "conversations.db-wal").read_bytes()[-4096:]
            _, page = await served.ask("GET", f"rooms/{room}/messages")
            assert "my secret" not in str(page)
            _, page = await served.ask("GET", f"rooms/{room}/messages", params={"q": "secret"})
            assert page["messages"] == []

    asyncio.run(scene())
    assert "my secret" not in everything(storage) and "goes on" in everything(storage)


async def deleted(served: Served, path: str, user: str | None = None) -> int:
    address = f"{served.http}/api/ar-conversations/{path}"
    async with served.client.delete(address, headers=served.headers(user)) as answer:
        return answer.status


def test_a_message_is_not_deleted_while_a_reply_is_made(tmp_path: Path, storage: Storage) -> None:
    slow = {"match": None, "chunks": [[0, "one "], [30, "two"]]}

    async def scene() -> None:
        async with in_process(script(tmp_path, slow), data=storage) as served:
            room = await served.room()
            async with served.joined(room) as socket:
                await socket.say(type="ar-message", roomId=room, content="hm")
                chunk = await socket.next("ar-stream-chunk")
                reply = chunk["streamId"].removeprefix("stream-")
                assert await deleted(served, f"rooms/{room}/messages/{reply}") == 409
                await socket.say(type="interrupt-stream", streamId=chunk["streamId"])
                await socket.next("ar-stream-end")
                assert await deleted(served, f"rooms/{room}/messages/{reply}") == 204

    asyncio.run(scene())


def test_a_deleted_room_closes_its_connections_and_is_forgotten(storage: Storage) -> None:
    async def scene() -> None:
        async with in_process(data=storage) as served:
            room = await served.room()
            async with served.joined(room) as socket:
                assert await deleted(served, f"rooms/{room}") == 204
                assert await socket.closed() == 4504
            assert (await served.ask("GET", f"rooms/{room}"))[0] == 404
            assert await deleted(served, f"rooms/{room}") == 404
            assert await served.room() != room

    asyncio.run(scene())


@pytest.mark.parametrize("method", ["GET", "DELETE", "POST"])
def test_nobody_reaches_the_room_of_another(storage: Storage, method: str) -> None:
    async def scene() -> None:
        async with in_process(data=storage) as served:
            room = await served.room()
            paths = {
                "GET": [f"rooms/{room}", f"rooms/{room}/messages", f"rooms/{room}/messages?q=a"],
                "DELETE": [f"rooms/{room}", f"rooms/{room}/messages/m"],
                "POST": [f"rooms/{room}/end", f"rooms/{room}/resume"],
            }
            for path in paths[method]:
                status, told = await served.ask(method, path, "eve")
                assert (status, told["code"]) == (404, "UNKNOWN_ROOM"), path

    asyncio.run(scene())
