"""three.js in headless Chromium: a page that draws on command, and what its processes hold."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote

import psutil

from benchmarks.rivals.workshop import HERE, WORKSHOP, Absent, three_command

_PATIENCE = 180.0
_KINDS = {".html": "text/html", ".mjs": "text/javascript", ".js": "text/javascript"}
_QUIET = (
    *("--headless", "--no-sandbox", "--no-first-run", "--disable-quic", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
STOCK: tuple[str, ...] = ()
"""As it comes: where there is no graphics card it draws with SwiftShader."""
SAME_RASTERISER = (
    *("--use-gl=angle", "--use-angle=gl-egl"),
    *("--ignore-gpu-blocklist", "--disable-gpu-sandbox"),
)
"""On the system's own OpenGL, as we are."""

Answer = dict[str, Any]


class Browser:
    """One Chromium with the page of three.js; `with` ends it."""

    def __init__(self, flags: tuple[str, ...], models: Mapping[str, Path]) -> None:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        if program is None:
            raise Absent("Chromium is not installed, so three.js was not measured in a browser")
        three_command()  # installs the packages
        self._orders: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler(models))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._profile = tempfile.TemporaryDirectory(
            prefix="avatar-desktop-browser-", ignore_cleanup_errors=True
        )
        address = f"http://127.0.0.1:{self._server.server_address[1]}/stage.html"
        self._process = subprocess.Popen(
            [program, *_QUIET, f"--user-data-dir={self._profile.name}", *flags, address],
            env=os.environ | {"EGL_PLATFORM": "surfaceless"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self._said()  # the page is there
        except Absent:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, op: str, **more: Any) -> Answer:
        """What the page answers to an order."""
        self._orders.put({"op": op, **more})
        answer = self._said()
        if "error" in answer:
            raise Absent(f"three.js in Chromium failed: {answer['error']}")
        return answer

    def picture(self) -> bytes:
        """What is drawn, as PNG."""
        return base64.b64decode(self.ask("picture")["picture"].partition(",")[2])

    def memory(self) -> int:
        """Bytes of all its processes; what they share counts once."""
        root = psutil.Process(self._process.pid)
        return sum(each.memory_full_info().pss for each in (root, *root.children(recursive=True)))

    def close(self) -> None:
        """End it and everything it started."""
        self._orders.put({"op": "end"})
        family: list[psutil.Process] = []
        if self._process.poll() is None:
            family = psutil.Process(self._process.pid).children(recursive=True)
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        psutil.wait_procs(family, timeout=5)
        self._server.shutdown()
        self._server.server_close()
        self._profile.cleanup()

    def _said(self) -> Answer:
        try:
            return self._answers.get(timeout=_PATIENCE)
        except queue.Empty:
            status = self._process.poll()
            ended = "is silent" if status is None else f"ended with status {status}"
            raise Absent(f"Chromium {ended}, so three.js was not measured in it") from None

    def _handler(self, models: Mapping[str, Path]) -> type[BaseHTTPRequestHandler]:
        orders, answers = self._orders, self._answers

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                answers.put(json.loads(self.rfile.read(length)))
                order = json.dumps(orders.get()).encode()
                with contextlib.suppress(OSError):  # the browser may have been ended meanwhile
                    self._give(order, "application/json")

            def do_GET(self) -> None:
                place = _place(unquote(self.path), models)
                if place is None or not place.is_file():
                    self.send_error(404)
                    return
                self._give(place.read_bytes(), _KINDS.get(place.suffix, "application/octet-stream"))

            def _give(self, body: bytes, kind: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Says nothing: figures alone are shown."""

        return Handler


def _place(path: str, models: Mapping[str, Path]) -> Path | None:
    if path.startswith("/packages/"):
        return WORKSHOP / "three" / "node_modules" / path.removeprefix("/packages/")
    if path.startswith("/models/"):
        return models.get(path.removeprefix("/models/"))
    return HERE / "three" / path.lstrip("/")
