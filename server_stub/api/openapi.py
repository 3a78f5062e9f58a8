"""The API in OpenAPI 3.1, made from the routes themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from server_stub.api.answers import RefusalAnswer
from server_stub.api.route import Route

PATH_PARAMETER: Final = re.compile(r"\{(\w+)\}")
MEANINGS: Final = {
    200: "Done.",
    201: "Made.",
    204: "Done; there is nothing to tell.",
    400: "The request cannot be read.",
    401: "The token is missing, wrong or out of date.",
    403: "This user or this web page may not do that.",
    404: "There is no such thing for this user.",
    409: "Something is in the way.",
    413: "The body is too long.",
    421: "The server does not go by this name.",
    429: "Too much in too short a time; wait as Retry-After says.",
    503: "Not now: the server stops, or its storage does not answer.",
}
ALWAYS: Final = (403, 404, 413, 421, 429, 503)
"""How every path can refuse."""


def described(routes: Iterable[Route], version: str, prefix: str = "") -> dict[str, Any]:
    """The whole document; every path stands behind the prefix."""
    known = list(routes)
    forms: list[Any] = [RefusalAnswer]
    for route in known:
        forms += [form for form in (route.body, route.answer) if form is not None]
    _, schemas = msgspec.json.schema_components(forms, ref_template="#/components/schemas/{name}")
    paths: dict[str, dict[str, Any]] = {}
    for route in known:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Conversation server",
            "version": version,
            "description": "Private rooms with an avatar's agent. Replies come over the WebSocket "
            "`/ar-stream`, which docs/wire.md describes.",
        },
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
        **({"servers": [{"url": prefix}]} if prefix else {}),
        "security": [{"token": []}],
        "paths": paths,
    }


def _operation(route: Route) -> dict[str, Any]:
    names = list(PATH_PARAMETER.findall(route.path))
    operation: dict[str, Any] = {
        "summary": route.does,
        "operationId": route.handler.__qualname__.replace(".", "_").lower(),
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                for name in names
            ),
            *(
                {
                    "name": query.name,
                    "in": "query",
                    "description": query.meaning,
                    "schema": {"type": query.type}
                    | ({} if query.least is None else {"minimum": query.least}),
                }
                for query in route.query
            ),
        ],
        "responses": _responses(route),
    }
    if route.body is not None:
        schema = _reference(route.body)
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    if route.is_open:
        operation["security"] = []
    return operation


def _responses(route: Route) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for status in route.statuses:
        told[str(status)] = {"description": MEANINGS[status]}
        if route.answer is not None:
            told[str(status)]["content"] = {
                "application/json": {"schema": _reference(route.answer)}
            }
    refusal = {"application/json": {"schema": _reference(RefusalAnswer)}}
    refusals = {*route.refusals, *ALWAYS}
    if route.body is not None or route.query:
        refusals.add(400)
    if not route.is_open or route.body is not None:
        refusals.add(401)
    for status in sorted(refusals):
        told.setdefault(str(status), {"description": MEANINGS[status], "content": refusal})
    return told


def _reference(form: Any) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{form.__name__}"}
