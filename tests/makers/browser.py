"""A real browser without a screen, driven over its DevTools protocol: keys in, words out."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

PATIENCE: Final = 60.0
FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--no-first-run",
    "--disable-gpu",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--remote-debugging-port=0",
)
KEYS: Final = {"Tab": (9, ""), "Enter": (13, "\r"), " ": (32, " ")}
UNTIL: Final = """new Promise((done) => {
  const look = () => {
    const value = (() => { %s })();
    if (value) { watcher.disconnect(); done(value); }
  };
  const watcher = new MutationObserver(look);
  watcher.observe(document, {
    subtree: true, childList: true, attributes: true, characterData: true });
  look();
})"""


def program() -> str:
    """Where Chromium is; skips the test where there is none."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("Chromium is not installed, so the page is not tried in a browser")
    return found


class Page:
    """One open page; `complaints` are the errors its console showed."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.complaints: list[str] = []
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._session = ""
        self._reader = asyncio.create_task(self._read())

    async def open(self, address: str, *, dark: bool = False) -> None:
        """Shows the address and returns when its scripts ran."""
        target = await self._order("Target.createTarget", url="about:blank")
        attached = await self._order(
            "Target.attachToTarget", targetId=target["targetId"], flatten=True
        )
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            await self._order(f"{domain}.enable")
        await self.size(1280, 860)
        await self.light("dark" if dark else "light")
        await self._order("Page.navigate", url=address)
        await self.until(
            "return document.readyState === 'complete' && location.href !== 'about:blank'"
        )

    async def size(self, width: int, height: int) -> None:
        await self._order(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip

    async def light(self, scheme: str) -> None:
        """Light or dark, as the person's system says."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        await self._order("Emulation.setEmulatedMedia", features=features)

    async def read(self, script: str) -> Any:
        """What the script returns."""
        return await self._evaluated(f"(() => {{ {script} }})()")

    async def until(self, script: str) -> Any:
        """What the script returns, as soon as that is something."""
        while True:
            try:
                return await self._evaluated(UNTIL % script)
            except NavigatedAway:
                continue

    async def type(self, words: str) -> None:
        """Writes where the focus is."""
        await self._order("Input.insertText", text=words)

    async def press(self, key: str, *, shift: bool = False) -> None:
        """One key down and up."""
        code, text = KEYS[key]
        about = {
            "key": key,
            "windowsVirtualKeyCode": code,
            "modifiers": 8 if shift else 0,
        }
        down = {"type": "keyDown", **about, **({"text": text} if text else {})}
        await self._order("Input.dispatchKeyEvent", **down)
        await self._order("Input.dispatchKeyEvent", type="keyUp", **about)

    async def tab_to(self, name: str) -> None:
        """Tab and Tab again until the element with this id has the focus."""
        for _ in range(40):
            if await self.read("return document.activeElement?.id") == name:
                return
            await self.press("Tab")
        raise AssertionError(f"the keyboard does not reach {name}")

    async def picture(self) -> bytes:
        """What is seen, as PNG."""
        return base64.b64decode((await self._order("Page.captureScreenshot"))["data"])

    async def close(self) -> None:
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)

    async def _evaluated(self, expression: str) -> Any:
        answer = await self._order(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"])
        return answer["result"].get("value")

    async def _order(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        order = {"id": number, "method": method, "params": parameters}
        if self._session:
            order["sessionId"] = self._session
        await self._socket.send_json(order)
        async with asyncio.timeout(PATIENCE):
            told = await answer
        if "error" in told:
            message = told["error"]["message"]
            if "navigated" in message or "context was destroyed" in message:
                raise NavigatedAway(message)
            raise AssertionError(f"{method}: {message}")
        return told["result"]

    async def _read(self) -> None:
        async for frame in self._socket:
            told = json.loads(frame.data)
            if (number := told.get("id")) in self._answers:
                self._answers.pop(number).set_result(told)
            elif told.get("method") == "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(told["params"]["exceptionDetails"]))
            elif told.get("method") == "Log.entryAdded":
                entry = told["params"]["entry"]
                if entry["level"] == "error":
                    self.complaints.append(f"{entry['text']} {entry.get('url', '')}")


class NavigatedAway(Exception):
    """The page was replaced while it was asked."""


@asynccontextmanager
async def browsed(profile: Path, *more: str) -> AsyncIterator[Page]:
    """Chromium with a profile of its own; ends it."""
    process = await asyncio.create_subprocess_exec(
        program(), *FLAGS, *more, f"--user-data-dir={profile}", "about:blank",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    drain: asyncio.Task[None] | None = None
    try:
        async with asyncio.timeout(PATIENCE):
            address = await _address(process.stderr)
        drain = asyncio.create_task(_drain(process.stderr))
        async with (
            aiohttp.ClientSession() as client,
            client.ws_connect(address, max_msg_size=0) as socket,
        ):
            page = Page(socket)
            try:
                yield page
            finally:
                await page.close()
    finally:
        if process.returncode is None:
            process.terminate()
        try:
            async with asyncio.timeout(PATIENCE):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        if drain is not None:
            await drain


async def _address(errors: asyncio.StreamReader) -> str:
    async for line in errors:
        _, found, address = line.decode(errors="replace").partition("DevTools listening on ")
        if found:
            return address.strip()
    raise AssertionError("Chromium ended before it listened")


async def _drain(errors: asyncio.StreamReader) -> None:
    while await errors.read(1 << 16):
        pass
