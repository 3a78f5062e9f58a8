"""A remote mind has a budget of replies and tokens for each user; a local one is free."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from server_stub.door.limits import Limits
from server_stub.mind.scripted import ScriptedMind
from server_stub.talk.budget import RemoteBudget, tokens_of
from tests.makers.conversation_server import Served, in_process, script
from tests.makers.storage import Storage


def test_replies_drip_in_by_the_minute_for_each_user() -> None:
    budget = RemoteBudget(Limits(remote_replies=2))
    assert [budget.wait("ann", 0) for _ in range(3)] == [0, 0, 30]
    assert budget.wait("eve", 0) == 0
    assert budget.wait("ann", 30) == 0


def test_tokens_drip_in_over_the_day_and_an_overdraft_waits() -> None:
    budget = RemoteBudget(Limits(remote_tokens=86_400))
    budget.spend("ann", 86_500, 0)
    assert budget.wait("ann", 0) == pytest.approx(101)
    assert budget.wait("ann", 102) == 0
    assert tokens_of("") == 0 and tokens_of("hello") == 2


@pytest.mark.parametrize("is_local", [True, False])
def test_only_a_remote_mind_is_refused_in_one_sentence(
    is_local: bool, tmp_path: Path, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ScriptedMind, "is_local", is_local)
    defaults = Limits(remote_replies=1)
    monkeypatch.setattr("server_stub.house.Limits", lambda: defaults)

    async def ends(served: Served) -> list[str]:
        got: list[str] = []
        async with served.joined() as socket:
            for _ in range(2):
                await socket.say(type="ar-message", content="Hello?")
                last = (await socket.until("ar-stream-end", "ar-stream-error"))[-1]
                got.append(last.get("error", last["type"]))
        return got

    async def scene() -> None:
        mind = script(tmp_path, {"match": None, "chunks": [[0.0, "Hi."]]})
        async with in_process(mind, data=storage) as served:
            ended = await ends(served)
            assert ended[0] == "ar-stream-end"
            if is_local:
                assert ended[1] == "ar-stream-end"
                return
            assert ended[1].startswith("The budget for the remote mind is used up. Try again in ")
            address = served.http + "/api/minds/test"
            headers = served.headers()
            async with served.client.post(address, json={}, headers=headers) as answer:
                assert answer.status == 429
                assert int(answer.headers["Retry-After"]) >= 1

    asyncio.run(scene())
