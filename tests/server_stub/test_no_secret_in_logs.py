"""A busy server that logs all it can says no secret: not its own, no token, no key."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from server_stub.door.gate import Gate
from server_stub.door.limits import LOCAL_USER
from tests.makers.conversation_server import Served, started
from tests.makers.model_server import model_server, saying

JWT_SECRET = "zebra-secret-of-thirty-two-bytes-and-more"
OPENAI_KEY = "sk-zebra-key-of-the-environment"
TRIAL_KEY = "sk-zebra-key-of-a-trial"
WRONG_TOKEN = "zebra-token-of-nobody"


async def be_busy(served: Served, model_url: str) -> list[str]:
    """Goes through every door with something secret in hand; those secrets."""
    secrets = [served.token]
    for token in (served.token, WRONG_TOKEN):
        status, told = await served.ask("POST", "/auth/websocket", json={"token": token})
        secrets += [told["sessionToken"]] if status == 200 else []
        headers = {"Authorization": f"Bearer {token}"}
        await served.ask("GET", "rooms", headers=headers)
        await served.ask("GET", f"rooms?token={token}")
        await served.ask("POST", "/auth/websocket", data=f'{{"token": "{token}"')
    for url in (f"{model_url}#locked", f"{model_url}#m", "http://127.0.0.1:9/v1#m", "nonsense"):
        await served.ask("POST", "/api/minds/test", json={"mind": url, "key": TRIAL_KEY})
    room = await served.room()
    for token in (*secrets, WRONG_TOKEN):
        secrets += await talked(served, f"/ar-stream?roomId={room}&token={token}")
        start = {"type": "session-start", "authToken": token}
        secrets += await talked(served, "/realtime/ws", start)
        secrets += await talked(served, "/realtime/ws", {**start, "userId": "somebody else"})
    return secrets


async def talked(served: Served, path: str, first: Any = None) -> list[str]:
    """A conversation with all that may go wrong; the session that it was given."""
    try:
        socket = await served.client.ws_connect(served.http.replace("http", "ws", 1) + path)
    except aiohttp.WSServerHandshakeError:
        return []
    async with socket:
        if first is not None:
            await socket.send_json(first)
        connected = await socket.receive_json()
        if connected["type"] != "connected":
            return []
        session: str = connected["sessionId"]
        await socket.send_json({"type": "resume", "sessionId": session, "lastSeq": 0})
        await socket.send_json({"type": "resume", "sessionId": session, "epoch": "", "lastSeq": 0})
        await socket.send_json({"type": "join-ar-room"})
        await socket.send_bytes(b"\xaa\x55\x09")
        for question in ("hello", "die"):
            await socket.send_json({"type": "ar-message", "content": question})
            async for frame in socket:
                if frame.json()["type"] in ("ar-stream-end", "ar-stream-error"):
                    break
    return [session]


def told_of(folder: Path) -> str:
    return "".join(path.read_text("utf-8") for path in sorted(folder.glob("server.log*")))


@pytest.mark.skipif(sys.platform == "win32", reason="stops the server with a POSIX signal")
def test_no_line_of_the_log_tells_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "debug")
    monkeypatch.setenv("PYTHONASYNCIODEBUG", "1")
    monkeypatch.setenv("JWT_SECRET", JWT_SECRET)
    monkeypatch.setenv("OPENAI_API_KEY", OPENAI_KEY)

    async def scene() -> tuple[list[str], str]:
        asked: list[dict[str, object]] = []
        async with (
            model_server(saying("here."), asked) as url,
            started("--mind", f"{url}#m", data=tmp_path) as (process, served),
        ):
            secrets = await be_busy(served, url)
            process.send_signal(signal.SIGTERM)
            out, err = await process.communicate()
        assert {each["authorization"] for each in asked} == {
            f"Bearer {OPENAI_KEY}",
            f"Bearer {TRIAL_KEY}",
        }
        return secrets, (out + err).decode()

    secrets, printed = asyncio.run(scene())
    assert len(set(secrets)) >= 6
    told = told_of(tmp_path) + printed
    for event_told in (
        "connection closed",
        "refused",
        "mind refused",
        "mind broke off",
        "stopping",
    ):
        assert f'"event": "{event_told}"' in told
    assert '"level": "DEBUG"' in told
    found = [secret for secret in (*secrets, JWT_SECRET, OPENAI_KEY, TRIAL_KEY, WRONG_TOKEN)
             if secret in told or secret.rpartition(".")[2] in told]  # fmt: skip
    assert found == []


@pytest.mark.skipif(sys.platform == "win32", reason="stops the server with a POSIX signal")
def test_a_secret_in_the_log_would_be_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user may be called anything, also like a token: names are told, so that one is found."""
    monkeypatch.setenv("LOG_LEVEL", "debug")
    monkeypatch.setenv("JWT_SECRET", JWT_SECRET)

    async def scene() -> None:
        async with started("--mind", "builtin", data=tmp_path) as (_, served):
            gate = Gate(JWT_SECRET.encode())
            assert gate.user_of(served.token, time.time()) == LOCAL_USER
            served.gate = gate
            room = await served.room(WRONG_TOKEN)
            async with served.socket(room, WRONG_TOKEN) as socket:
                await socket.next("connected")

    asyncio.run(scene())
    assert WRONG_TOKEN in told_of(tmp_path)
