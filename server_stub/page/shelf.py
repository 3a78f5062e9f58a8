"""The files of the operator's page, and under which rules a browser may show them.

The page holds no secret and asks nothing of the network but this server: its rules forbid the rest.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from aiohttp import web

FOLDER: Final = Path(__file__).parent
FIRST: Final = "index.html"
PREFIX: Final = "/page/"
KINDS: Final = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
RULES: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), display-capture=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def routes() -> list[web.RouteDef]:
    """The page at `/` and each of its files; for everybody, as the page asks for the token."""
    names = sorted(file.name for file in FOLDER.iterdir() if file.suffix in KINDS)
    return [
        web.get("/", _give, allow_head=False),
        *(web.get(PREFIX + name, _give, allow_head=False) for name in names if name != FIRST),
    ]


async def _give(request: web.Request) -> web.Response:
    name = request.path.removeprefix(PREFIX) if request.path != "/" else FIRST
    kind = KINDS[Path(name).suffix]
    return web.Response(body=_read(name), content_type=kind, charset="utf-8", headers=RULES)


@cache
def _read(name: str) -> bytes:
    return (FOLDER / name).read_bytes()
