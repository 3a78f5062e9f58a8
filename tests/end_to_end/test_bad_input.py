"""Bad input from every side: one clear sentence, its code on the wire, and the rest goes on."""

from __future__ import annotations

import asyncio
import json
import os
import re
import struct
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.cli.main import main
from avatar_desktop.companion.companion import Companion
from avatar_desktop.companion.live import live_stage
from avatar_desktop.companion.session import Session, SessionOptions
from avatar_desktop.companion.states import AvatarState
from avatar_desktop.library.folders import folders
from avatar_desktop.library.settings import Settings
from avatar_desktop.link.bundled_server import Address
from avatar_desktop.sound.devices import report
from avatar_desktop.wire import binary
from avatar_desktop.wire.messages import TextMessage
from tests.makers import tiny_avatar
from tests.makers.conversation_server import ROOT, Served, Socket, answered, script, started

SECONDS = 60.0
Scene = Callable[[Served], Awaitable[None]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """One server process for everything that must not break it."""
    folder = tmp_path_factory.mktemp("server")
    mind = script(folder, {"match": None, "chunks": [[0.0, "I am still here."]]})
    process = subprocess.Popen(
        [sys.executable, "-m", "server_stub", "--port", "0", "--data", str(folder), "--mind", mind],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process, process.stdout as said:
        told = json.loads(said.readline())
        yield Address(url=told["url"], http=told["http"], token=told["token"])
        assert process.poll() is None, "the server died of bad input"
        process.terminate()


def on_a_real_server(server: Address, scene: Scene) -> None:
    """Plays in a new room, and finds the server answering afterwards."""

    async def play() -> None:
        async with aiohttp.ClientSession() as client:
            served = Served(server.http, server.token, client)
            await served.ask("POST", f"rooms/{await served.room()}/end")
            await scene(served)
            async with served.joined() as socket:
                assert await answered(socket) == "I am still here."

    asyncio.run(play())


def command(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The app itself, as a person starts it, on a machine without a screen."""
    screen = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    kept = {name: value for name, value in os.environ.items() if name not in screen}
    return subprocess.run(
        [sys.executable, "-m", "avatar_desktop", *arguments],
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
        input="",
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def is_one_sentence(text: str) -> bool:
    """Words for people: one line, no traceback, a full stop at its end."""
    lines = text.strip().splitlines()
    return len(lines) == 1 and "Traceback" not in text and lines[0][-1] in ".:/0123456789"


# The gate -----------------------------------------------------------------------------------


def test_a_wrong_token_ends_the_command_with_a_sentence(tmp_path: Path, server: Address) -> None:
    async def scene(served: Served) -> None:
        done = await asyncio.to_thread(
            command, "--server", served.http, "--token", "wrong", "--temporary", cwd=tmp_path
        )
        assert done.returncode == 1
        assert done.stderr.strip() == "The token is not one of this server."

    on_a_real_server(server, scene)


def test_a_wrong_token_leaves_the_window_with_a_sentence_and_no_crash(
    tmp_path: Path, server: Address
) -> None:
    async def scene(served: Served) -> None:
        companion = Companion(new_id=lambda: "one", wall_ms=lambda: 0)
        session = Session(
            companion,
            folders(profile=tmp_path / "profile"),
            SessionOptions(server=served.http, token="wrong"),
        )
        running = asyncio.create_task(session.run())
        try:
            await until(lambda: "token" in companion.snapshot().link_detail)
            assert companion.snapshot().link == "refused"
            assert not running.done()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await session.close()

    on_a_real_server(server, scene)


async def until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not what():  # noqa: ASYNC110 - the snapshot is a value, not an event
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("headers", "room", "status", "code"),
    [
        ({"Authorization": "Bearer wrong"}, "", 401, "UNAUTHORISED"),
        ({"Origin": "https://evil.example"}, "", 403, "FOREIGN_ORIGIN"),
        ({"Host": "evil.example"}, "", 421, "FOREIGN_HOST"),
        ({}, "room-nobody-made", 404, "UNKNOWN_ROOM"),
    ],
)
def test_a_stranger_is_refused_before_the_upgrade(
    headers: dict[str, str], room: str, status: int, code: str, server: Address
) -> None:
    async def scene(served: Served) -> None:
        wanted = room or await served.room()
        asked = served.headers() | {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
        address = f"{served.http}/ar-stream?roomId={wanted}"
        async with served.client.get(address, headers=asked | headers) as answer:
            told = await answer.json()
        assert answer.status == status
        assert told["code"] == code
        assert is_one_sentence(told["message"])

    on_a_real_server(server, scene)


# The socket ---------------------------------------------------------------------------------

WHOLE = binary.encode(TextMessage(content="hello", client_message_id="m"))


@pytest.mark.parametrize(
    "frame",
    [
        WHOLE[:5],
        WHOLE[:-3],
        b"\x55\xaa" + WHOLE[2:],
        WHOLE[:4] + b"\xff\xff\xff\xff" + WHOLE[8:],
        "{",
        '{"type": 7}',
        "7",
    ],
    ids=["header", "payload", "magic", "length", "half a text", "no type", "a number"],
)
def test_a_broken_frame_gets_its_code_and_the_connection_lives(
    frame: bytes | str, server: Address
) -> None:
    async def scene(served: Served) -> None:
        async with served.joined() as socket:
            await (socket.ws.send_str if isinstance(frame, str) else socket.ws.send_bytes)(frame)
            error = await refusal_of(socket)
            assert (error["code"], error["retryable"]) == ("BAD_FRAME", False)
            assert is_one_sentence(error["message"])

    on_a_real_server(server, scene)


async def refusal_of(socket: Socket) -> dict[str, Any]:
    """The next ERROR, in whichever dialect the server answers."""
    while True:
        frame = await socket.ws.receive(timeout=10)
        if frame.type is aiohttp.WSMsgType.BINARY:
            message = binary.decode(frame.data)
            if type(message).__name__ == "ErrorMessage":
                return {"code": message.code, "message": message.message, "retryable": False}
        else:
            assert frame.type is aiohttp.WSMsgType.TEXT, socket.ws.close_code
            told = json.loads(frame.data)
            if told["type"] == "error":
                return told


def test_an_oversized_frame_ends_one_connection_and_no_other(server: Address) -> None:
    async def scene(served: Served) -> None:
        room = await served.room()
        async with served.joined(room) as rude, served.joined(room) as polite:
            # Only the head of such a frame: the rest might meet a closed door, and hide the answer.
            head = struct.pack("!BBQ4s", 0x81, 0xFF, (1 << 20) + 1, b"mask")
            os.write(rude.ws.get_extra_info("socket").fileno(), head)
            assert await rude.closed() == 1009
            assert await answered(polite) == "I am still here."

    on_a_real_server(server, scene)


def test_the_tenth_broken_frame_in_a_row_is_the_last(server: Address) -> None:
    async def scene(served: Served) -> None:
        async with served.joined() as socket:
            for _ in range(10):
                await socket.ws.send_str("{")
            assert await socket.closed() == 4400

    on_a_real_server(server, scene)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"type": "ar-message", "content": ""}, "EMPTY_MESSAGE"),
        ({"type": "ar-message", "content": " \n\t "}, "EMPTY_MESSAGE"),
        ({"type": "ar-message", "content": "x" * 100_000}, "TOO_LONG"),
        ({"type": "ar-message", "content": "é" * 40_000}, "TOO_LONG"),
        ({"type": "ar-message", "content": "hi", "roomId": "elsewhere"}, "UNKNOWN_ROOM"),
        ({"type": "join-ar-room", "roomId": "elsewhere"}, "UNKNOWN_ROOM"),
        ({"type": "interrupt-stream", "streamId": "nobody"}, "UNKNOWN_STREAM"),
    ],
)
def test_a_message_that_cannot_be_taken_gets_its_code(
    message: dict[str, Any], code: str, server: Address
) -> None:
    async def scene(served: Served) -> None:
        async with served.joined() as socket:
            await socket.say(**message, clientMessageId="typed-1")
            error = await socket.next("error")
            assert error["code"] == code
            assert is_one_sentence(error["message"])
            assert await answered(socket) == "I am still here."

    on_a_real_server(server, scene)


@pytest.mark.parametrize("length", [100_000, 3_000_000])
def test_a_typed_message_that_is_too_long_fails_in_its_row_and_the_next_one_works(
    length: int, tmp_path: Path, server: Address
) -> None:
    async def scene(served: Served) -> None:
        names = iter((f"long-{length}", f"short-{length}"))
        companion = Companion(new_id=lambda: next(names), wall_ms=lambda: 0)
        places = folders(profile=tmp_path / "profile")
        session = Session(companion, places, SessionOptions(server=served.http, token=served.token))
        running = asyncio.create_task(session.run())
        try:
            await until(lambda: companion.snapshot().link == "online")
            assert companion.say("  ") is None
            companion.say("x" * length)
            await until(lambda: companion.snapshot().messages[-1].state == "failed")
            (notice,) = companion.snapshot().notices
            assert is_one_sentence(notice.text)
            companion.say("Are you there?")
            await until(lambda: companion.snapshot().messages[-1].sender == "agent")
            await until(lambda: companion.snapshot().messages[-1].state == "complete")
            assert companion.snapshot().messages[-1].text == "I am still here."
            assert companion.snapshot().link == "online"
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await session.close()

    on_a_real_server(server, scene)


# Files --------------------------------------------------------------------------------------

GOOD = tiny_avatar.humanoid().bytes()
UNREADABLE: dict[str, bytes | None] = {
    "missing": None,
    "empty": b"",
    "text": b"hello",
    "half": GOOD[: len(GOOD) // 2],
    "no json": GOOD[:20] + b"\xff" * (len(GOOD) - 20),
    "old": GOOD[:4] + b"\x01" + GOOD[5:],
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_an_unreadable_avatar_is_explained_by_inspect_and_render(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "avatar.vrm", tmp_path / "out.png"
    content = UNREADABLE[kind]
    if content is not None:
        file.write_bytes(content)
    script_file = tmp_path / "script.txt"
    script_file.write_text("Hello.")
    profile = ["--profile", str(tmp_path / "profile")]
    for arguments in (
        ["inspect", str(file)],
        ["render", str(script_file), "-o", str(out), "--avatar", str(file)],
    ):
        assert main([*arguments, *profile]) == 1
        told = capsys.readouterr()
        assert is_one_sentence(told.err), told.err
        assert told.out == ""
    assert not out.exists()


def test_a_folder_is_no_avatar(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(tmp_path)]) == 1
    assert is_one_sentence(capsys.readouterr().err)


# The machine --------------------------------------------------------------------------------


def test_a_taken_port_is_named_and_the_first_server_goes_on(
    tmp_path: Path, server: Address
) -> None:
    async def scene(served: Served) -> None:
        port = served.http.rpartition(":")[2]
        done = await asyncio.to_thread(
            command, "serve", "--port", port, "--temporary", cwd=tmp_path
        )
        assert done.returncode == 1
        assert done.stdout == ""
        assert is_one_sentence(done.stderr), done.stderr
        assert port in done.stderr and "another program uses this port" in done.stderr

    on_a_real_server(server, scene)


def test_a_data_folder_that_cannot_be_written_is_told_and_the_talk_goes_on(tmp_path: Path) -> None:
    async def scene() -> None:
        (tmp_path / "file").write_text("in the way")
        data = tmp_path / "file" / "data"
        mind = script(tmp_path, {"match": None, "chunks": [[0.0, "I am still here."]]})
        async with started("--mind", mind, data=data) as (process, served):
            assert process.stderr is not None
            warning = (await asyncio.wait_for(process.stderr.readline(), 10)).decode()
            assert str(data) in warning
            assert "forgotten" in warning
            async with served.joined() as socket:
                assert await answered(socket) == "I am still here."

    asyncio.run(scene())


def test_with_a_profile_that_cannot_be_written_the_app_says_so_talks_and_forgets(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The server's own warning on standard error is caught, so that the run stays quiet."""

    async def scene() -> None:
        (tmp_path / "file").write_text("in the way")
        companion = Companion(new_id=lambda: "one", wall_ms=lambda: 0)
        mind = script(tmp_path, {"match": None, "chunks": [[0.0, "I am still here."]]})
        session = Session(
            companion, folders(profile=tmp_path / "file" / "profile"), SessionOptions(mind=mind)
        )
        running = asyncio.create_task(session.run())
        try:
            await until(lambda: companion.snapshot().link == "online")
            (notice,) = companion.snapshot().notices
            assert re.search(r"cannot be used .* forgotten", notice.text)
            companion.say("Are you there?")
            await until(lambda: companion.snapshot().messages[-1].sender == "agent")
            await until(lambda: companion.snapshot().messages[-1].state == "complete")
            assert companion.snapshot().messages[-1].text == "I am still here."
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await session.close()

    asyncio.run(scene())


def test_without_a_sound_device_one_notice_says_so_and_the_reply_is_performed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    if report().ok:
        pytest.skip("this machine has a sound device that cannot be hidden")

    async def scene() -> None:
        companion = Companion(new_id=lambda: "one", wall_ms=lambda: 0)
        machine = companion.avatar_opens()
        told: list[str] = []
        machine.on_transition(lambda source, trigger, target: told.append(target.name))
        stage = live_stage(read_avatar_bytes(GOOD), None, companion, Settings(), seed=1)
        companion.avatar_ready(stage)
        stage.open_voice()
        try:
            stage.speaking.say("reply", "Hi.")
            async with asyncio.timeout(30):
                while companion.machine.state is not AvatarState.READY or len(told) < 3:
                    companion.tick()
                    await asyncio.sleep(0.01)
            assert told == ["READY", "PLAYING", "READY"]
            sentences = [notice.text for notice in companion.notices.current]
            assert len(sentences) == 1
            assert sentences[0].startswith("No sound output is connected.")
        finally:
            companion.close_avatar()

    asyncio.run(scene())
