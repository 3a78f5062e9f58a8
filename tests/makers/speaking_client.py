"""A client whose user speaks: pieces of sound as a microphone gives them."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from tests.makers.conversation_server import Socket
from tests.makers.voices_in_rooms import Sound, pcm, silence, spoken

HELLO = "Hello there, how are you today?"
ANSWER = {"match": None, "chunks": [[0, "Fine, "], [0, "thanks."]]}


def sentence(text: str = HELLO, pause: float = 1.0) -> Sound:
    return np.concatenate((spoken(text), silence(pause)))


def piece(data: bytes, **more: Any) -> dict[str, Any]:
    usual = {"streamId": "v", "index": 0, "isFinal": False, "rate": 16_000, "codec": "s16"}
    return {"type": "audio-chunk", "data": base64.b64encode(data).decode(), **usual, **more}


async def speak(
    socket: Socket, sound: Sound, stream: str = "v", *, final: bool = True, size: int = 3200
) -> None:
    """The sound as a microphone gives it: pieces of a tenth of a second."""
    data = pcm(sound).tobytes()
    starts = list(range(0, len(data), size))
    for index, start in enumerate(starts):
        is_last = final and start == starts[-1]
        part = data[start : start + size]
        await socket.say(**piece(part, streamId=stream, index=index, isFinal=is_last))


async def asked(socket: Socket) -> None:
    """Returns when everything said so far is answered."""
    await socket.say(type="ar-message", content="And?", clientMessageId="and")
    while (await socket.next("message-received"))["clientMessageId"] != "and":
        pass
