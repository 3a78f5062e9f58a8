"""The same history on PostgreSQL: what is kept, found, told apart and refused."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from server_stub.history.errors import HistoryError
from server_stub.history.postgres import numbered, shown
from server_stub.history.store import History
from tests.makers.conversation_server import in_process, script, started

ANSWER = {"match": None, "chunks": [[0, "[emotion:happy]The kettle "], [0.01, "sings."]]}


def test_a_conversation_is_kept_and_found_again(tmp_path: Path, address: str) -> None:
    async def scene() -> None:
        mind = script(tmp_path, ANSWER)
        async with in_process(mind, data=address) as served:
            room = await served.room()
            async with served.joined(room) as socket:
                for text in ["Tea, Zoë?", "More tea?"]:
                    await socket.say(type="ar-message", roomId=room, content=text)
                    await socket.next("ar-stream-end")
            _, page = await served.ask("GET", f"rooms/{room}/messages", params={"q": "zoe te"})
            assert [one["content"] for one in page["messages"]] == ["Tea, Zoë?"]
            _, page = await served.ask("GET", f"rooms/{room}/messages", params={"q": "sing"})
            assert len(page["messages"]) == 2
        async with in_process(mind, data=address) as served:
            assert await served.room() == room
            _, page = await served.ask("GET", f"rooms/{room}/messages")
            assert len(page["messages"]) == 4
            await served.ask("POST", f"rooms/{room}/end")
            _, opened = await served.ask("POST", f"rooms/{room}/resume")
            assert opened["status"] == "active"
            _, export = await served.ask("GET", "/api/me/export")
            assert len(export["rooms"][0]["messages"]) == 4
            facts = {"facts": {"cat": "Tom"}}
            assert (await served.ask("PATCH", "/api/memory", json=facts))[1] == facts
            headers = served.headers()
            async with served.client.delete(served.http + "/api/me", headers=headers) as answer:
                assert answer.status == 204
            assert (await served.ask("GET", f"rooms/{room}"))[0] == 404

    asyncio.run(scene())


def test_a_second_server_on_the_same_database_is_refused(tmp_path: Path, address: str) -> None:
    async def scene() -> None:
        history = History(address)
        try:
            with pytest.raises(HistoryError, match="Another server"):
                History(address)
        finally:
            history.close()
        arguments = ("--database", address, "--mind", script(tmp_path, ANSWER))
        async with started(*arguments, data=tmp_path / "data") as (_, served):
            async with served.joined() as socket:
                await socket.say(type="ar-message", content="Hi")
                await socket.next("ar-stream-end")
            assert not (tmp_path / "data" / "conversations.db").exists()

    asyncio.run(scene())


def test_a_database_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(HistoryError, match=r"127\.0\.0\.1/nowhere does not answer"):
        History("postgresql://ann:secret@127.0.0.1:9/nowhere")
    assert "secret" not in shown("postgresql://ann:secret@127.0.0.1:9/nowhere")


def test_question_marks_become_numbers() -> None:
    assert numbered("a = ? AND b IN (?, ?)") == "a = $1 AND b IN ($2, $3)"
    assert numbered("SELECT 1") == "SELECT 1"
