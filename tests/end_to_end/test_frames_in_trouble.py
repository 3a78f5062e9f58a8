"""Bad frames to a server process, one kind at a time, in both dialects: each has its code and a
sentence, the talk goes on with all that was said, and others notice nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from avatar_desktop.wire import binary, text
from avatar_desktop.wire.errors import CloseCode, ErrorCode
from avatar_desktop.wire.messages import (
    ErrorMessage,
    Heartbeat,
    Message,
    RoomJoin,
    StreamChunk,
    StreamEnd,
    StreamInterrupt,
    StreamStart,
    TextMessage,
)
from tests.end_to_end.test_server_in_trouble import HERE, is_a_sentence, on_a_server
from tests.makers.conversation_server import Served

BOTH = pytest.mark.parametrize("is_binary", [True, False], ids=["binary", "JSON"])
TWO_MEBIBYTES = 2 * 1_048_576


@dataclass
class Talker:
    """A client of one dialect."""

    ws: aiohttp.ClientWebSocketResponse
    is_binary: bool
    asked: int = 0

    async def say(self, message: Message) -> None:
        await self.send(binary.encode(message) if self.is_binary else text.encode(message))

    async def send(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes):
            await self.ws.send_bytes(frame)
        else:
            await self.ws.send_str(frame)

    async def next(self) -> Message:
        while True:
            frame = await self.ws.receive(timeout=30)
            if frame.type is aiohttp.WSMsgType.BINARY:
                told = binary.decode(frame.data)
            else:
                assert frame.type is aiohttp.WSMsgType.TEXT, (frame, self.ws.close_code)
                told = text.decode(frame.data)
            if told is not None:
                return told

    async def error(self) -> ErrorMessage:
        while not isinstance(told := await self.next(), ErrorMessage):
            pass
        assert is_a_sentence(told.message)
        return told

    async def answer(self) -> str:
        """What it hears to a question of its own; errors on the way are a fault."""
        self.asked += 1
        await self.say(TextMessage(content="Are you there?", client_message_id=f"q{self.asked}"))
        heard, stream = "", ""
        while True:
            told = await self.next()
            assert not isinstance(told, ErrorMessage), told
            if isinstance(told, StreamStart):
                stream = told.stream_id
            elif isinstance(told, StreamChunk) and told.stream_id == stream:
                heard += told.chunk
            elif isinstance(told, StreamEnd) and told.stream_id == stream:
                return heard


Scene = Callable[[Served, Talker, str], Awaitable[None]]


def played(folder: Path, monkeypatch: pytest.MonkeyPatch, is_binary: bool, scene: Scene) -> None:
    async def act(served: Served, _: object) -> None:
        room = await served.room()
        async with served.client.ws_connect(
            f"{served.url}?roomId={room}", headers=served.headers(), max_msg_size=0
        ) as ws:
            talker = Talker(ws, is_binary)
            await talker.say(RoomJoin(room_id=room))
            assert await talker.answer() == HERE
            await scene(served, talker, room)
        _, page = await served.ask("GET", f"rooms/{room}/messages")
        assert page["messages"][-1]["content"] == "Are you there?"
        assert page["messages"][-2]["content"] == HERE

    on_a_server(folder, act, monkeypatch)


def broken(is_binary: bool) -> list[str | bytes]:
    """Frames with one thing wrong each."""
    if not is_binary:
        return ["{", '"text"', "[]", '{"type": 5}', '{"type": "ar-message", "content": 7}']
    whole = binary.encode(TextMessage(content="hello", client_message_id="m"))
    return [
        b"\xaa\x56" + whole[2:],
        whole[:2] + b"\x09" + whole[3:],
        whole[:4] + (len(whole) - 9).to_bytes(4, "big") + whole[8:],
        whole[:4] + (len(whole) - 7).to_bytes(4, "big") + whole[8:],
        whole.replace(b"hello", b"he\xff\xfeo"),
        whole[:3],
    ]


@BOTH
def test_a_broken_frame_gets_its_code_and_the_tenth_ends_the_line(
    is_binary: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(served: Served, talker: Talker, room: str) -> None:
        frames = broken(is_binary)
        for frame in frames:
            await talker.send(frame)
            assert (await talker.error()).code == ErrorCode.BAD_FRAME
            assert await talker.answer() == HERE
        for _ in range(10 - len(frames)):
            await talker.send(frames[0])
        while not talker.ws.closed:
            await talker.ws.receive(timeout=30)
        assert talker.ws.close_code == CloseCode.BAD_FRAMES

    played(tmp_path, monkeypatch, is_binary, scene)


@BOTH
def test_what_nobody_knows_is_passed_over(
    is_binary: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(served: Served, talker: Talker, room: str) -> None:
        for _ in range(20):
            await talker.send(
                b"\xaa\x55\x01\x7a\x00\x00\x00\x01\x80" if is_binary else '{"type": "unheard-of"}'
            )
        assert await talker.answer() == HERE

    played(tmp_path, monkeypatch, is_binary, scene)


@BOTH
def test_a_text_too_long_is_refused_and_a_frame_too_long_ends_the_line(
    is_binary: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(served: Served, talker: Talker, room: str) -> None:
        await talker.say(TextMessage(content="x" * 70_000, client_message_id="long"))
        told = await talker.error()
        assert told.code == ErrorCode.TOO_LONG and not told.retryable
        assert await talker.answer() == HERE
        await talker.say(TextMessage(content="x" * TWO_MEBIBYTES))
        while not talker.ws.closed:
            await talker.ws.receive(timeout=30)
        assert talker.ws.close_code in (1006, 1009)  # the line may be gone before the word is read

    played(tmp_path, monkeypatch, is_binary, scene)


@BOTH
def test_another_room_and_an_unknown_reply_have_their_own_words(
    is_binary: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(served: Served, talker: Talker, room: str) -> None:
        eves = await served.room("eve")
        for message, code in (
            (RoomJoin(room_id=eves), ErrorCode.UNKNOWN_ROOM),
            (TextMessage(room_id=eves, content="hello"), ErrorCode.UNKNOWN_ROOM),
            (StreamInterrupt(stream_id="stream-of-nobody"), ErrorCode.UNKNOWN_STREAM),
            (TextMessage(content="  "), ErrorCode.EMPTY_MESSAGE),
        ):
            await talker.say(message)
            assert (await talker.error()).code == code
        assert await talker.answer() == HERE

    played(tmp_path, monkeypatch, is_binary, scene)


@BOTH
def test_a_flood_is_refused_and_the_line_lives(
    is_binary: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(served: Served, talker: Talker, room: str) -> None:
        for number in range(800):  # fewer than may wait for a reader: this one reads afterwards
            await talker.say(Heartbeat(timestamp=number + 1))
        told = await talker.error()
        assert told.code == ErrorCode.RATE_LIMITED and told.retryable
        async with served.socket(room) as other:  # a fresh line has its own measure
            assert (await other.next())["type"] == "connected"

    played(tmp_path, monkeypatch, is_binary, scene)
