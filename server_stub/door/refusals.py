"""How a request is refused over HTTP: a status, a code and one sentence, in the words of the
wire.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec
from aiohttp import web

from avatar_desktop.wire.errors import ERROR_RULES, ErrorCode


class Refused(Exception):
    """Answered with this status; nothing was done."""

    def __init__(
        self,
        status: int,
        code: str,
        sentence: str = "",
        *,
        retry_after: float | None = None,
        more: dict[str, str] | None = None,
    ) -> None:
        rule = ERROR_RULES.get(ErrorCode(code)) if code in ErrorCode.__members__ else None
        super().__init__(sentence or (rule.meaning if rule else ""))
        self.status = status
        self.code = code
        self.is_retryable = rule.retryable if rule else False
        self.retry_after = retry_after
        self.more = more or {}

    def response(self) -> web.Response:
        """The answer."""
        headers: dict[str, str] = {}
        if self.retry_after is not None:
            headers["Retry-After"] = str(max(1, math.ceil(self.retry_after)))
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        told = {
            "code": self.code,
            "message": str(self),
            "retryable": self.is_retryable,
            **self.more,
        }
        return json_response(told, self.status, headers)


def json_response(
    value: Any, status: int = 200, headers: dict[str, str] | None = None
) -> web.Response:
    """A value as JSON."""
    return web.Response(
        body=msgspec.json.encode(value),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )
