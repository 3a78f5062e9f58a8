"""The server as a child: its address, its death, its end. A small script plays the server."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from avatar_desktop.errors import ConversationError
from avatar_desktop.link.bundled_server import Address, BundledServer, serve_command

PLAYED = """
import json, sys
key = sys.stdin.readline().strip()
print(json.dumps({"url": "ws://x/ar-stream", "http": "http://x", "token": key}), flush=True)
sys.stdin.read()
"""
COMMAND = [sys.executable, "-c", PLAYED]


async def at_once(_: float) -> None:
    return


def test_it_tells_its_address_and_got_the_key_on_its_input() -> None:
    async def told() -> None:
        addresses: list[Address] = []
        server = BundledServer(
            COMMAND, on_address=addresses.append, on_trouble=pytest.fail, api_key="sk-1"
        )
        address = await server.start()
        assert addresses == [address]
        assert address == Address(url="ws://x/ar-stream", http="http://x", token="sk-1")
        assert "sk-1" not in repr(address)
        assert server.pid is not None
        await server.close()
        assert server.pid is None

    asyncio.run(told())


def test_a_killed_server_is_started_again_at_a_new_address() -> None:
    async def told() -> None:
        started = asyncio.Event()
        troubles: list[str] = []
        server = BundledServer(
            COMMAND,
            on_address=lambda _: started.set(),
            on_trouble=troubles.append,
            pause=at_once,
        )
        await server.start()
        first = server.pid
        assert first is not None
        started.clear()
        os.kill(first, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
        await asyncio.wait_for(started.wait(), 20)
        assert server.pid not in (None, first)
        assert len(troubles) == 1
        await server.close()

    asyncio.run(told())


def test_a_server_that_cannot_start_is_one_plain_error() -> None:
    async def told() -> None:
        for command in ([sys.executable, "-c", "print('no')"], ["/no/such/program"]):
            server = BundledServer(
                command, on_address=lambda _: pytest.fail("told"), on_trouble=pytest.fail
            )
            with pytest.raises(ConversationError, match="start"):
                await server.start()
            await server.close()

    asyncio.run(told())


def test_the_child_does_not_outlive_an_app_that_was_killed(tmp_path: Path) -> None:
    script = tmp_path / "app.py"
    script.write_text(
        "import asyncio\n"
        "from avatar_desktop.link.bundled_server import BundledServer\n"
        f"server = BundledServer({COMMAND!r}, on_address=print, on_trouble=print)\n"
        "async def run():\n"
        "    await server.start()\n"
        "    print(server.pid, flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(run())\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, env=environment
    ) as app:
        assert app.stdout is not None
        app.stdout.readline()
        child = psutil.Process(int(app.stdout.readline()))
        app.kill()
        app.wait()
        child.wait(timeout=20)


def test_the_command_is_the_app_itself() -> None:
    command = serve_command(Path("/data"), mind="builtin", offline=True)
    assert command[:3] == [sys.executable, "-m", "avatar_desktop"]
    assert command[3:] == [
        *("serve", "--child", "--host", "127.0.0.1", "--port", "0", "--data", str(Path("/data"))),
        *("--mind", "builtin", "--offline"),
    ]
