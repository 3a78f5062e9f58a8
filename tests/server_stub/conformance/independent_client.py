"""A whole client written from `docs/wire.md` and `/openapi.json` alone: talks, resumes, interrupts,
collects speech. Nothing here may import the app or the server.
"""

from __future__ import annotations

import asyncio
import json
import re
import struct
import uuid
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import msgspec

HEADER: Final = struct.Struct(">HBBI")
REPLAYED: Final = {0x11, 0x20, 0x21, 0x30, 0x31, 0x32, 0x33, 0x42, 0x44}
NAMES: Final = {
    0x01: "avatar-state", 0x02: "avatar-state-ack", 0x03: "heartbeat", 0x04: "heartbeat-ack",
    0x05: "connected", 0x06: "resume", 0x11: "phoneme-data", 0x12: "audio-control",
    0x20: "text-response", 0x21: "transcript", 0x22: "ar-message", 0x30: "ar-stream-start",
    0x31: "ar-stream-chunk", 0x32: "ar-stream-end", 0x33: "ar-stream-error",
    0x34: "interrupt-stream", 0x35: "join-ar-room", 0x3A: "processing-status", 0x40: "presence",
    0x41: "typing", 0x42: "avatar-animate", 0x44: "message-received", 0xFF: "error",
}  # fmt: skip
CODES: Final = {name: code for code, name in NAMES.items()}
MARKER: Final = re.compile(r"\[\w+:[^\]]*\]")
FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 30.0


@dataclass
class Reply:
    """One reply as far as it came."""

    message_id: str
    answers: str | None
    chunks: list[str] = field(default_factory=list[str])
    phrases: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    end: str | None = None

    @property
    def raw(self) -> str:
        """The text with its markers."""
        return "".join(self.chunks)

    @property
    def words(self) -> str:
        """The text that is shown."""
        return MARKER.sub("", self.raw)

    @property
    def is_spoken(self) -> bool:
        """Whether the last piece of its speech has come."""
        return bool(self.phrases) and self.phrases[-1]["metadata"]["isFinal"]


class Client:
    """One user's side of one room, through any number of connections."""

    def __init__(self, http: str, token: str, session: aiohttp.ClientSession, *, binary: bool):
        self._http = http
        self._token = token
        self._session = session
        self._binary = binary
        self._room = ""
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._session_id = self._epoch = ""
        self._last_seq = 0
        self._is_resuming = False
        self._unconfirmed: dict[str, str] = {}
        self._avatar: dict[str, Any] | None = None
        self.replies: dict[str, Reply] = {}
        self.confirmed: list[str] = []
        self.refusals: list[str] = []
        self.connections = self.resumptions = 0
        self._news = asyncio.Condition()

    async def open_room(self, agent: str = "companion") -> None:
        """The user's room with an agent."""
        room = await self.ask("POST", "/api/ar-conversations/rooms", {"agentId": agent})
        self._room = room["id"]

    async def history(self) -> list[dict[str, Any]]:
        """What is kept of the room, oldest first."""
        told = await self.ask("GET", f"/api/ar-conversations/rooms/{self._room}/messages")
        return list(reversed(told["messages"]))

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """A request of the HTTP side."""
        headers = {"Authorization": f"Bearer {self._token}"}
        async with self._session.request(
            method, self._http + path, json=body, headers=headers
        ) as answer:
            answer.raise_for_status()
            return await answer.json()

    # --- the connection

    async def run(self) -> None:
        """Connects again and again, until cancelled or told not to come back."""
        wait = FIRST_WAIT
        while True:
            try:
                address = f"{self._http.replace('http', 'ws', 1)}/ar-stream?roomId={self._room}"
                headers = {"Authorization": f"Bearer {self._token}"}
                async with self._session.ws_connect(address, headers=headers, max_msg_size=0) as ws:
                    wait = FIRST_WAIT
                    self.connections += 1
                    await self._serve(ws)
                    if ws.close_code is not None and ws.close_code >= 4500:
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT)

    async def _serve(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self._is_resuming = False
        async for frame in ws:
            if frame.type is aiohttp.WSMsgType.TEXT:
                message = json.loads(frame.data)
            elif frame.type is aiohttp.WSMsgType.BINARY:
                magic, version, code, length = HEADER.unpack_from(frame.data)
                if (magic, version, length) != (
                    0xAA55,
                    1,
                    len(frame.data) - 8,
                ) or code not in NAMES:
                    continue
                message = {"type": NAMES[code], **msgspec.msgpack.decode(frame.data[8:])}
            else:
                break
            await self._take(ws, message)
            async with self._news:
                self._news.notify_all()
        self._socket = None

    async def _take(self, ws: aiohttp.ClientWebSocketResponse, message: dict[str, Any]) -> None:
        kind, seq = message["type"], message.get("seq")
        if kind == "connected":
            await self._connected(ws, message)
        elif kind == "heartbeat":
            await self._send(ws, "heartbeat-ack", timestamp=message.get("timestamp", 0))
        elif CODES.get(kind) in REPLAYED and seq is not None:
            if seq > self._last_seq:
                self._last_seq = seq
                self._deliver(message)
        else:
            self._deliver(message)

    async def _connected(self, ws: aiohttp.ClientWebSocketResponse, hello: dict[str, Any]) -> None:
        if self._session_id and not self._is_resuming:
            self._is_resuming = True
            await self._send(
                ws, "resume",
                sessionId=self._session_id, epoch=self._epoch, lastSeq=self._last_seq,
            )  # fmt: skip
            return
        if hello["resumed"]:
            self.resumptions += 1
        else:
            self._session_id, self._epoch = hello["sessionId"], hello["epoch"]
            self._last_seq = hello["lastSeq"]
            await self._send(ws, "join-ar-room", roomId=self._room)
            if self._avatar is not None:
                await self._send(ws, "avatar-state", **self._avatar)
        self._socket = ws
        for client_id, content in list(self._unconfirmed.items()):
            await self._send(ws, "ar-message", content=content, clientMessageId=client_id)

    async def _send(self, ws: aiohttp.ClientWebSocketResponse, kind: str, **fields: Any) -> None:
        try:
            if self._binary:
                payload = msgspec.msgpack.encode(fields)
                await ws.send_bytes(HEADER.pack(0xAA55, 1, CODES[kind], len(payload)) + payload)
            else:
                await ws.send_str(json.dumps({"type": kind, **fields}))
        except ConnectionError:
            pass  # what was said is said again

    def break_off(self) -> None:
        """The network fails."""
        connection = self._socket._conn if self._socket else None  # pyright: ignore[reportPrivateUsage]
        if connection is not None and connection.transport is not None:
            connection.transport.abort()

    # --- what comes

    def _deliver(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "message-received":
                client_id = message.get("clientMessageId")
                if message["sender"] == "human" and client_id in self._unconfirmed:
                    del self._unconfirmed[client_id]
                    self.confirmed.append(client_id)
            case "ar-stream-start":
                self.replies[message["streamId"]] = Reply(
                    message["messageId"], message.get("clientMessageId")
                )
            case "ar-stream-chunk":
                reply = self.replies[message["streamId"]]
                if message["chunkIndex"] != len(reply.chunks):
                    raise AssertionError(f"chunk {message['chunkIndex']} after {len(reply.chunks)}")
                reply.chunks.append(message["chunk"])
            case "ar-stream-end":
                self.replies[message["streamId"]].end = message["reason"]
            case "ar-stream-error":
                self.replies[message["streamId"]].end = "error"
            case "phoneme-data":
                spoken = message["metadata"]["messageId"]
                for reply in self.replies.values():
                    if reply.message_id == spoken:
                        reply.phrases.append(message)
            case "error":
                self.refusals.append(message["code"])
                self._unconfirmed.pop(message.get("clientMessageId", ""), None)
            case _:
                pass

    # --- what a person does

    async def say(self, content: str) -> str:
        """Says something, now or when the connection stands again; answers its name."""
        client_id = uuid.uuid4().hex
        self._unconfirmed[client_id] = content
        if self._socket is not None:
            await self._send(self._socket, "ar-message", content=content, clientMessageId=client_id)
        return client_id

    async def show_avatar(self, codec: str) -> None:
        """There is an avatar that can speak."""
        capabilities = {"speech": "server", "supportedCodecs": [codec], "visemes": "oculus"}
        self._avatar = {"state": 2, "capabilities": capabilities}
        if self._socket is not None:
            await self._send(self._socket, "avatar-state", **self._avatar)

    async def interrupt(self, reply: Reply, heard_chars: int) -> None:
        """Cuts in."""
        if self._socket is not None:
            stream = next(name for name, one in self.replies.items() if one is reply)
            await self._send(
                self._socket, "interrupt-stream", streamId=stream, heardChars=heard_chars
            )

    async def reply_to(
        self, client_id: str, *, chunks: int = 0, over: bool = False, spoken: bool = False
    ) -> Reply:
        """The reply to a message, when it has come so far."""
        async with self._news:
            while True:
                for reply in self.replies.values():
                    if reply.answers != client_id or len(reply.chunks) < chunks:
                        continue
                    if (reply.end or not over) and (reply.is_spoken or not spoken):
                        return reply
                await self._news.wait()

    async def connected(self, times: int = 1) -> None:
        """Returns when the room is joined or taken up on so many connections or more."""
        async with self._news:
            while self._socket is None or self.connections < times:
                await self._news.wait()
