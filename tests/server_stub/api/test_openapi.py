"""The description of the API is complete and can be read by others."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from tests.makers.conversation_server import in_process

OURS = re.compile(r"/api/|/auth/|/health|/metrics|/openapi")


def references(node: Any) -> set[str]:
    if isinstance(node, dict):
        found = {str(value) for key, value in node.items() if key == "$ref"}  # pyright: ignore
        return found.union(*(references(value) for value in node.values()), set())  # pyright: ignore
    if isinstance(node, list):
        return set[str]().union(*(references(value) for value in node))  # pyright: ignore
    return set()


def test_every_path_is_described_and_every_reference_leads_somewhere() -> None:
    async def scene() -> None:
        async with in_process() as served:
            async with served.client.get(f"{served.http}/openapi.json") as answer:
                told = await answer.json()
            assert told["openapi"].startswith("3.1")
            assert all(OURS.match(path) for path in told["paths"])
            names = [op["operationId"] for path in told["paths"].values() for op in path.values()]
            assert len(names) == len(set(names)) >= 24
            for reference in references(told):
                assert (
                    reference.removeprefix("#/components/schemas/")
                    in (told["components"]["schemas"])
                )
            for path, operations in told["paths"].items():
                for operation in operations.values():
                    named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
                    assert named == set(re.findall(r"\{(\w+)\}", path))
                    assert operation["summary"]

    asyncio.run(scene())


def test_what_needs_no_token_is_marked_so() -> None:
    async def scene() -> None:
        async with in_process() as served:
            async with served.client.get(f"{served.http}/openapi.json") as answer:
                told = await answer.json()
            for path, operations in told["paths"].items():
                for method, operation in operations.items():
                    filled = re.sub(r"\{\w+\}", "x", path)
                    async with served.client.request(method, served.http + filled) as answer:
                        is_open = operation.get("security") == []
                        assert (answer.status != 401) == is_open or path == "/auth/websocket"
                        assert answer.status < 500

    asyncio.run(scene())
