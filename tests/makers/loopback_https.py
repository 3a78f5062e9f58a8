"""A small https server on this machine, with a certificate that nobody but the test trusts."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

CERTIFICATE = Path(__file__).with_name("loopback_certificate.pem")
"""Certificate and key for `localhost`; they guard nothing."""


def trusting() -> ssl.SSLContext:
    """A client's context that trusts this server alone."""
    return ssl.create_default_context(cafile=str(CERTIFICATE))


@asynccontextmanager
async def https_server(handler: Handler) -> AsyncIterator[str]:
    """Serves every path with this handler; its base address."""
    app = web.Application()
    app.router.add_get("/{path:.*}", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    await web.TCPSite(runner, "localhost", 0, ssl_context=context).start()
    try:
        yield f"https://localhost:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
