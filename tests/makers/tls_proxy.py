"""Reverse proxies that speak TLS to the world and show a server under a path: a small one of our
own, and nginx where it is installed.
"""

from __future__ import annotations

import asyncio
import shutil
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from server_stub.fleet.forwarding import pipe
from tests.makers.loopback_https import CERTIFICATE

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "content-length"}
PATIENCE = 60.0
NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {certificate}; ssl_certificate_key {certificate};
    location = /avatar {{ return 308 /avatar/; }}
    location /avatar/ {{
      proxy_pass {server};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_read_timeout 3600s;
    }}
  }}
}}
"""


@asynccontextmanager
async def tls_proxy(server: str, port: int, *, takes_prefix_away: bool) -> AsyncIterator[None]:
    """Shows the server under https://localhost:PORT/avatar."""
    async with aiohttp.ClientSession(auto_decompress=False) as client:

        async def passed_on(request: web.Request) -> web.StreamResponse:
            path = str(request.rel_url)
            if takes_prefix_away and path == "/avatar":
                return web.Response(status=308, headers={"Location": "/avatar/"})
            address = server + (path.removeprefix("/avatar") if takes_prefix_away else path)
            headers = {k: v for k, v in request.headers.items() if k.lower() not in HOP_BY_HOP}
            came_over = [*request.headers.getall("X-Forwarded-For", []), request.remote or ""]
            headers["X-Forwarded-For"] = ", ".join(came_over)
            headers["X-Forwarded-Proto"] = request.scheme
            headers["X-Forwarded-Host"] = headers.pop("Host")
            if request.headers.get("Upgrade", "").lower() == "websocket":
                return await _socket(request, client, address, headers)
            async with client.request(
                request.method, address, headers=headers, data=await request.read(),
                allow_redirects=False,
            ) as answer:  # fmt: skip
                kept = {k: v for k, v in answer.headers.items() if k.lower() not in HOP_BY_HOP}
                return web.Response(status=answer.status, headers=kept, body=await answer.read())

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", passed_on)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        await web.TCPSite(runner, "127.0.0.1", port, ssl_context=context).start()
        try:
            yield
        finally:
            await runner.cleanup()


async def _socket(
    request: web.Request, client: aiohttp.ClientSession, address: str, headers: dict[str, str]
) -> web.StreamResponse:
    shown = {k: v for k, v in headers.items() if not k.lower().startswith("sec-websocket")}
    try:
        there = await client.ws_connect(address.replace("http", "ws", 1), headers=shown)
    except aiohttp.WSServerHandshakeError as refusal:
        return web.Response(status=refusal.status)
    here = web.WebSocketResponse(compress=False)
    await here.prepare(request)
    await pipe(here, there)
    return here


@asynccontextmanager
async def nginx(server: str, port: int, folder: Path) -> AsyncIterator[None]:
    """The same by nginx, which leaves the prefix in the path."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("nginx is not installed, so only our own proxy stands before the server")
    told = folder / "nginx.conf"
    told.write_text(
        NGINX.format(folder=folder, port=port, certificate=CERTIFICATE, server=server), "utf-8"
    )
    process = await asyncio.create_subprocess_exec(
        program, "-c", told, "-e", folder / "error.log", stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(PATIENCE):
            while process.returncode is None:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    await asyncio.sleep(0.02)
                else:
                    writer.close()
                    break
        assert process.returncode is None, (folder / "error.log").read_text("utf-8")
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
