"""A call by voice, as the realtime test client makes it: a browser's recording in, sound out."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import numpy as np

from tests.makers.conversation_server import in_process, script
from tests.makers.made_up_ears import MadeUpEars
from tests.makers.voices_in_rooms import packed, silence, spoken

ANSWER = {"match": "Good morning", "chunks": [[0, "[emotion:happy]Fine, "], [0, "thanks."]]}
PIECE = 600


def test_what_is_said_is_written_down_answered_and_spoken(tmp_path: Path) -> None:
    sound = np.concatenate((spoken("Hello there, how are you today?"), silence(1.2)))

    async def scene() -> None:
        ears = MadeUpEars(["Good morning!"])
        async with (
            in_process(script(tmp_path, ANSWER), ears=ears) as served,
            served.client.ws_connect(f"{served.http}/realtime/ws") as ws,
        ):
            who = {"userId": "local", "callId": "call-456", "authToken": served.token}
            await ws.send_json(
                {"type": "session_start", "callId": "call-456", "timestamp": 1, "data": who}
            )
            recording = packed(sound, "webm")
            for start in range(0, len(recording), PIECE):
                await ws.send_bytes(recording[start : start + PIECE])
            told: list[dict[str, Any]] = []
            sounds: list[bytes] = []
            while not (sounds and texts_of(told, "ai_response")):
                frame = await ws.receive(timeout=60)
                if isinstance(frame.data, bytes):
                    sounds.append(frame.data)
                else:
                    told.append(json.loads(frame.data))
                    assert told[-1]["callId"] == "call-456"
        stages = [one["data"]["status"] for one in told if one["type"] == "processing_status"]
        assert stages == ["listening", "transcribing", "thinking", "speaking", "idle"]
        texts = {name: texts_of(told, name) for name in ("transcript", "ai_response")}
        assert texts == {"transcript": ["Good morning!"], "ai_response": ["Fine, thanks."]}

    asyncio.run(scene())


def texts_of(told: list[dict[str, Any]], name: str) -> list[str]:
    return [one["data"]["text"] for one in told if one["type"] == name]
