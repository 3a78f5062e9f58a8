"""The user's voice on a server that has no ears: a code, what to do, and nothing else is lost."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

from tests.makers.conversation_server import in_process, script


def test_a_server_without_ears_says_so_and_goes_on(tmp_path: Path) -> None:
    mind = script(tmp_path, {"match": None, "chunks": [[0, "Hi there."]]})
    sound = base64.b64encode(bytes(3200)).decode()

    async def scene() -> None:
        async with in_process(mind) as served, served.joined() as socket:
            voice = {"streamId": "v", "index": 0, "isFinal": True, "rate": 16000, "codec": "s16"}
            await socket.say(type="audio-chunk", data=sound, **voice)
            told = await socket.next("error")
            assert (told["code"], told["retryable"]) == ("CANNOT_HEAR", False)
            assert "type the message" in told["message"]
            await socket.say(type="ar-message", content="Hi")
            assert (await socket.next("ar-stream-chunk"))["chunk"] == "Hi there."

    asyncio.run(scene())
