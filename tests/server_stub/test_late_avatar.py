"""An avatar that becomes ready while a reply is on its way says it from its first word."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest

from server_stub.mind import scripted
from tests.makers.conversation_server import in_process, script

TALK = ["Hello there, my friend. ", "Pip made a blue map. ", "Good night!"]
WORDS = "Hello there my friend Pip made a blue map Good night"


@pytest.mark.parametrize("held", [1, 2], ids=["in its midst", "before its last piece"])
def test_a_late_avatar_says_the_whole_reply_and_gets_no_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    mind = script(
        tmp_path,
        {"match": None, "chunks": [[int(at == held), piece] for at, piece in enumerate(TALK)]},
    )

    async def scene() -> None:
        goes_on = asyncio.Event()

        async def wait(seconds: float) -> None:
            if seconds:
                await goes_on.wait()

        monkeypatch.setattr(scripted, "asyncio", SimpleNamespace(sleep=wait))
        async with in_process(mind) as served, served.joined() as socket:
            await socket.say(type="avatar-state", state="INITIALIZING", capabilities={})
            await socket.next("avatar-state-ack")
            await socket.say(type="ar-message", content="Hi")
            for _ in range(held):
                await socket.next("ar-stream-chunk")
            ready = {"speech": "server", "supportedCodecs": ["s16"]}
            await socket.say(type="avatar-state", state="READY", capabilities=ready)
            await socket.next("avatar-state-ack")
            goes_on.set()
            told = [await socket.next("phoneme-data", "text-response")]
            while not told[-1]["metadata"]["isFinal"]:
                told.append(await socket.next("phoneme-data", "text-response"))
            assert {one["type"] for one in told} == {"phoneme-data"}
            assert [one["metadata"]["index"] for one in told] == list(range(len(told)))
            words = [word["text"].strip(".,!") for one in told for word in one["words"]]
            assert " ".join(words) == WORDS

    asyncio.run(scene())
