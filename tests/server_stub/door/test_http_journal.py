"""Requests that are no HTTP, or end in their midst: refused in a sentence, and no trace logged."""

from __future__ import annotations

import asyncio
import gzip
import logging
from urllib.parse import urlsplit

import pytest

from server_stub.door.http_journal import http_journal
from tests.makers.conversation_server import Served, in_process

PACKED = gzip.compress(b'{"agentId": "companion"}')


async def answer_to(served: Served, *fields: str, body: bytes, leaves: bool = False) -> str:
    """The status line and the end of what comes back; nothing when the client leaves at once."""
    place = urlsplit(served.http)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    head = [
        "POST /api/ar-conversations/rooms HTTP/1.1",
        f"Host: {place.netloc}",
        f"Authorization: Bearer {served.token}",
        *fields,
    ]
    writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
    await writer.drain()
    try:
        if leaves:
            return ""
        async with asyncio.timeout(30):
            return (await reader.read(4096)).decode()
    finally:
        writer.transport.abort()


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        (["Content-Encoding: gzip", "Content-Length: 10"], b"0123456789"),
        (["Content-Encoding: deflate", "Content-Length: 10"], b"0123456789"),
        (["Content-Encoding: gzip", f"Content-Length: {len(PACKED) - 12}"], PACKED[:-12]),
        (["Content-Encoding: br", "Content-Length: 4"], b"abcd"),
        (["Transfer-Encoding: chunked"], b"zz\r\nhello\r\n0\r\n\r\n"),
        (["Transfer-Encoding: chunked"], b"5\r\nhelloXX"),
        (["Content-Length: -4"], b""),
        (["Content-Length: 4", "Content-Length: 5"], b"abcde"),
    ],
    ids=["gzip", "deflate", "half a gzip", "another packing", "no chunk", "chunk of another length",
         "less than nothing", "two lengths"],
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_refused_without_a_trace(
    fields: list[str], body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> None:
        async with in_process() as served:
            assert " 400 " in (await answer_to(served, *fields, body=body)).splitlines()[0]
            assert await served.room()

    asyncio.run(scene())
    assert [record for record in caplog.records if record.exc_info] == []


def test_a_client_that_leaves_in_the_midst_of_its_body_is_no_fault(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scene() -> None:
        async with in_process() as served:
            await answer_to(served, "Content-Length: 100", body=b"{", leaves=True)
            assert await served.room()

    asyncio.run(scene())
    assert [record for record in caplog.records if record.exc_info] == []


def test_a_fault_of_our_own_keeps_its_trace(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        http_journal().exception("Error handling request")
    (record,) = caplog.records
    assert record.exc_info is not None and record.levelno == logging.ERROR
