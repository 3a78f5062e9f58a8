"""The server as a process: its line, its tokens, its end, a kill in the middle of a reply."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from pathlib import Path

import pytest

from server_stub.history.records import Agent, Event, Room
from server_stub.history.store import History
from server_stub.serve import forget_now_and_then, now_ms
from tests.makers.conversation_server import ROOT, script, started

SLOW = {"match": "slow", "chunks": [[0, "One "], [0.01, "two "], [30, "three."]]}
HELLO = {"chunks": [[0, "Hi "], [0, "there."]]}
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


async def run_to_end(*arguments: str, stdin: bytes | None = None) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server_stub", *arguments, cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(stdin), 20)
    return process.returncode or 0, out.decode(), err.decode()


def test_a_killed_server_replays_the_stored_prefix_then_the_error(tmp_path: Path) -> None:
    async def scene() -> None:
        mind = script(tmp_path, SLOW, HELLO)
        data = tmp_path / "data"
        async with started("--mind", mind, data=data) as (process, served):
            room = await served.room()
            async with served.socket(room) as client:
                hello = await client.next("connected")
                await client.say(type="join-ar-room")
                await client.say(type="ar-message", content="slow", clientMessageId="c1")
                seen = [m for m in await client.until("ar-stream-chunk") if m["type"] != "typing"]
                await client.next("ar-stream-chunk")
                process.kill()
        async with started("--mind", mind, data=data) as (_, served):
            assert await served.room() == room
            async with served.socket(room) as client:
                await client.next("connected")
                await client.say(
                    type="resume",
                    sessionId=hello["sessionId"],
                    epoch=hello["epoch"],
                    lastSeq=seen[-1]["seq"],
                )
                again = await client.next("connected")
                assert again["resumed"] and again["epoch"] == hello["epoch"]
                missed = [await client.next(), await client.next()]
                assert [m["type"] for m in missed] == ["ar-stream-chunk", "ar-stream-error"]
                assert missed[0]["chunk"] == "two "
                assert [m["seq"] for m in missed] == [seen[-1]["seq"] + 1, seen[-1]["seq"] + 2]
                await client.say(type="ar-message", content="slow", clientMessageId="c1")
                repeated = await client.next()
                assert repeated["type"] == "message-received"
                await client.say(type="ar-message", content="and now?")
                await client.next("ar-stream-end")
            _, history = await served.ask("GET", f"rooms/{room}/messages")
            assert history["messages"][2]["content"] == "One two "

    asyncio.run(scene())


@posix_only
def test_a_server_told_to_stop_ends_the_reply_and_asks_to_come_back(tmp_path: Path) -> None:
    async def scene() -> None:
        mind = script(tmp_path, SLOW)
        async with started("--mind", mind, data=tmp_path / "data") as (process, served):
            async with served.joined() as client:
                await client.say(type="ar-message", content="slow")
                await client.next("ar-stream-chunk")
                process.send_signal(signal.SIGTERM)
                assert (await client.next("ar-stream-end"))["reason"] == "interrupted"
                assert await client.closed() == 1012
            assert await asyncio.wait_for(process.wait(), 10) == 0

    asyncio.run(scene())


def test_a_child_goes_when_its_parent_goes(tmp_path: Path) -> None:
    async def scene() -> None:
        async with started("--child", "--mind", "builtin", data=tmp_path) as (process, _):
            assert process.stdin is not None
            process.stdin.write(b"some-key\n")
            process.stdin.close()
            assert await asyncio.wait_for(process.wait(), 10) == 0

    asyncio.run(scene())


def test_a_token_can_be_issued_beside_a_running_server(tmp_path: Path) -> None:
    async def scene() -> None:
        async with started("--mind", "builtin", data=tmp_path) as (_, served):
            status, out, _ = await run_to_end("--data", str(tmp_path), "--issue-token", "ann")
            assert status == 0 and len(out.splitlines()) == 1
            headers = {"Authorization": f"Bearer {out.strip()}"}
            status, room = await served.ask(
                "POST", "rooms", json={"agentId": "companion"}, headers=headers
            )
            assert (status, room["userId"]) == (201, "ann")
            status, _, err = await run_to_end("--data", str(tmp_path), "--port", "0")
            assert status == 1 and "Another server already uses the folder" in err

    asyncio.run(scene())


def test_a_port_that_is_taken_gives_one_clear_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        status, out, err = asyncio.run(
            run_to_end("--data", str(tmp_path), "--port", port, "--mind", "builtin")
        )
    assert (status, out) == (1, "")
    assert len(err.splitlines()) == 1 and "another program uses this port" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--mind", "nobody"], "There is no mind called"),
        (["--mind", "script:/nowhere.json"], "cannot be read"),
        (["--mind", "model.gguf"], "GGUF"),
        (["--mind", "https://api.example.com/v1", "--offline"], "--offline keeps everything"),
        (["--offline", "--host", "0.0.0.0"], "is beyond it"),
        (["--redis", "http://x"], "--redis takes an address"),
        (
            ["--redis", "redis://127.0.0.1:9"],
            "Redis at 127.0.0.1:9 does not answer. Check that it runs",
        ),
        (["--port", "99999"], "does not exist"),
        (["--path-prefix", "avatar"], "--path-prefix takes a path such as /avatar"),
        (["--trusted-proxies", "all"], "--trusted-proxies takes addresses such as"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    status, _, err = asyncio.run(run_to_end("--data", str(tmp_path), *arguments))
    assert status == 1 and said in err and len(err.splitlines()) == 1


def test_a_damaged_database_is_said_and_the_conversation_goes_on_in_memory(tmp_path: Path) -> None:
    async def scene() -> None:
        (tmp_path / "conversations.db").write_bytes(b"this is no database at all" * 100)
        async with started("--mind", "builtin", data=tmp_path) as (_, served):
            async with served.client.get(served.http + "/health") as answer:
                storage = (await answer.json())["storage"]
            assert not storage["kept"] and "damaged" in storage["detail"]
            async with served.joined() as client:
                await client.say(type="ar-message", content="hello")
                await client.next("ar-stream-end")

    asyncio.run(scene())


def test_offline_refuses_every_socket_beyond_this_machine() -> None:
    code = (
        "import socket; from server_stub.offline import stay_on_this_machine, LeavesTheMachine\n"
        "stay_on_this_machine()\n"
        "def refused(act):\n"
        "    try: act()\n"
        "    except LeavesTheMachine: return True\n"
        "    except OSError: return False\n"
        "    return False\n"
        "tcp, udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)\n"
        "print([refused(lambda: tcp.connect(('192.0.2.1', 80))),\n"
        "       refused(lambda: udp.sendto(b'x', ('192.0.2.1', 80))),\n"
        "       refused(lambda: socket.getaddrinfo('example.com', 80)),\n"
        "       refused(lambda: tcp.connect(('127.0.0.1', 1)))])\n"
    )

    async def scene() -> str:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await process.communicate()
        return out.decode()

    assert json.loads(asyncio.run(scene()).lower()) == [True, True, True, False]


def test_a_rotated_secret_ends_every_token_of_before(tmp_path: Path) -> None:
    async def scene() -> None:
        rotate = ("--data", str(tmp_path), "--rotate-secret")
        async with started("--mind", "builtin", data=tmp_path) as (_, served):
            old = served.token
            status, _, err = await run_to_end(*rotate)
            assert status == 1 and "Another server already uses the folder" in err
            assert (await served.ask("GET", "rooms"))[0] == 200
        kept = (tmp_path / "server.secret").read_bytes()
        assert (await run_to_end(*rotate))[0] == 0
        assert (tmp_path / "server.secret").read_bytes() != kept
        async with started("--mind", "builtin", data=tmp_path) as (_, served):
            headers = {"Authorization": f"Bearer {old}"}
            assert (await served.ask("GET", "rooms", headers=headers))[0] == 401
            assert (await served.ask("GET", "rooms"))[0] == 200

    asyncio.run(scene())


def test_a_server_that_runs_on_forgets_what_can_no_longer_be_replayed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("server_stub.serve.FORGETS_EVERY", 0.01)

    forget, looked = History.forget_events, asyncio.Event()

    async def counted(self: History, before: int) -> int:
        gone = await forget(self, before)
        looked.set()
        return gone

    monkeypatch.setattr(History, "forget_events", counted)
    room = Room(
        id="r", user_id="ann", agent_id="a", status="active", epoch="e", last_seq=0,
        created_at=1, last_activity_at=1,
    )  # fmt: skip

    async def scene() -> None:
        history = History(None)
        try:
            await history.add_agent(Agent(id="a", name="A"))
            await history.open_room(room)
            for seq, kept_at in ((1, 5), (2, now_ms())):
                event = Event(seq=seq, first_seq=seq, code=48, body=b"x")
                await history.keep("r", [], [event], kept_at)
            forgetting = asyncio.create_task(forget_now_and_then(history))
            async with asyncio.timeout(30):
                await looked.wait()
            forgetting.cancel()
            standing = await history.standing("r", 10)
            assert standing is not None and [event.seq for event in standing.events] == [2]
        finally:
            history.close()

    asyncio.run(scene())
