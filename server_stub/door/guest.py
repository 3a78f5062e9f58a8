"""Who a request comes from, once the gate has let it in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web


@dataclass(frozen=True)
class Guest:
    """The user of a good token, and the moment in seconds when the token runs out."""

    user: str
    runs_out: float


GUEST: Final = web.RequestKey("guest", Guest)


def token_of(request: web.Request) -> str:
    """The token that a request brings, or nothing."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return request.query.get("token", "")
