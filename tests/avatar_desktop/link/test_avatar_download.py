"""An avatar from afar: fetched only with consent, over https, in bounds, whole or not at all."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.errors import AvatarError, LibraryError
from avatar_desktop.library.avatars import card_of, installed, resolve
from avatar_desktop.library.folders import Folders, folders
from avatar_desktop.link.avatar_download import check_address, download_avatar, download_name
from tests.makers import tiny_avatar
from tests.makers.loopback_https import https_server, trusting

MODEL = tiny_avatar.humanoid().bytes()
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
def mine(tmp_path: Path) -> Folders:
    return folders(profile=tmp_path)


def giving(body: bytes, **more: Any) -> Handler:
    async def give(request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, **more)

    return give


def fetch(handler: Handler, mine: Folders, path: str = "/models/mira.vrm", **more: Any) -> Path:
    async def scene() -> Path:
        async with https_server(handler) as base:
            wanted = {"consent": True, "tls": trusting()} | more
            return await download_avatar(base + path, mine, **wanted)

    return asyncio.run(scene())


def refused(handler: Handler, mine: Folders, **more: Any) -> AvatarError:
    with pytest.raises(AvatarError) as refusal:
        fetch(handler, mine, **more)
    sentence = str(refusal.value)
    assert "\n" not in sentence and sentence.endswith(".")
    assert installed_here(mine) == []
    return refusal.value


def installed_here(mine: Folders) -> list[str]:
    """Everything that lies in the library, whatever it is."""
    return sorted(
        str(path.relative_to(mine.data)) for path in mine.data.rglob("*") if path.is_file()
    )


def test_it_is_installed_with_a_card_and_can_be_opened_by_name(mine: Folders) -> None:
    told: list[tuple[int, int | None]] = []
    file = fetch(giving(MODEL), mine, title="Mira", on_progress=lambda *counts: told.append(counts))
    assert file.read_bytes() == MODEL
    assert file == resolve("mira", mine) == resolve(file.parent.name, mine)
    card = card_of(file)
    assert card is not None
    assert (card.name, card.authors) == ("Mira", ("Test",))
    assert card.licence == "https://vrm.dev/licenses/1.0/"
    assert card.credit.startswith("Fetched from https://localhost:")
    assert told[-1] == (len(MODEL), len(MODEL))
    assert [count for count, _ in told] == sorted(count for count, _ in told)
    assert len(installed_here(mine)) == 2


def test_the_same_address_takes_the_same_place_again(mine: Folders) -> None:
    async def scene() -> None:
        async with https_server(giving(MODEL)) as base:
            for _ in range(2):
                await download_avatar(f"{base}/a.vrm", mine, consent=True, tls=trusting())
            await download_avatar(f"{base}/b.vrm", mine, consent=True, tls=trusting())

    asyncio.run(scene())
    assert len(installed_here(mine)) == 4


def test_without_consent_nobody_is_asked_anything(mine: Folders) -> None:
    asked: list[str] = []

    async def note(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        return web.Response(body=MODEL)

    assert refused(note, mine, consent=False).kind == "consent"
    assert asked == []


def test_nothing_of_the_person_goes_with_the_request(mine: Folders) -> None:
    seen: list[str] = []

    async def note(request: web.Request) -> web.StreamResponse:
        seen.extend(name.lower() for name in request.headers)
        return web.Response(body=MODEL, headers={"Set-Cookie": "who=you"})

    fetch(note, mine)
    assert not {"cookie", "authorization", "referer"} & set(seen)


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/a.vrm",
        "ftp://example.org/a.vrm",
        "file:///etc/passwd",
        "https://",
        "https://user:secret@example.org/a.vrm",
        "https://example.org:99999/a.vrm",
        "https://[::1/a.vrm",
        "https://example.org/" + "a" * 3000,
        "",
    ],
)
def test_only_a_plain_https_address_is_taken(address: str, mine: Folders) -> None:
    with pytest.raises(AvatarError) as refusal:
        asyncio.run(download_avatar(address, mine, consent=True))
    assert refusal.value.kind == "address"
    assert "secret" not in str(refusal.value)


@given(st.text())
def test_any_text_is_an_address_or_a_sentence(text: str) -> None:
    for address in (text, f"https://{text}"):
        try:
            check_address(address)
        except AvatarError as error:
            told = error.kind
        else:
            told = re.sub(r"[a-z0-9-]+-[0-9a-f]{8}", "address", download_name(address))
        assert told == "address"


def test_an_untrusted_certificate_is_told_as_such(mine: Folders) -> None:
    error = refused(giving(MODEL), mine, tls=None)
    assert error.kind == "unreachable"
    assert "certificate" in error.message


def test_a_host_that_is_not_there_is_told_as_such(mine: Folders) -> None:
    with pytest.raises(AvatarError) as refusal:
        asyncio.run(download_avatar("https://localhost:1/a.vrm", mine, consent=True))
    assert refusal.value.kind == "unreachable"


@pytest.mark.parametrize("says_length", [True, False])
def test_too_large_a_file_is_left_where_it_is(says_length: bool, mine: Folders) -> None:
    async def flood(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        if says_length:
            response.content_length = 4 << 20
        await response.prepare(request)
        await response.write(b"glTF" + bytes((4 << 20) - 4))
        return response

    counts = [0]
    error = refused(
        flood, mine, most_bytes=1 << 20, on_progress=lambda received, whole: counts.append(received)
    )
    assert error.kind == "size"
    assert "1 MiB" in error.message
    assert max(counts) <= 1 << 20


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><title>Not found</title>" * 40,
        b"glTF",
        MODEL[: len(MODEL) // 2],
        b"{}",
        b'{"asset": {"version": "2.0"}, "buffers": [{"byteLength": 4, "uri": "beside.bin"}], '
        b'"meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}], "nodes": [{"mesh": 0}], '
        b'"scenes": [{"nodes": [0]}], "bufferViews": [{"buffer": 0, "byteLength": 4}], '
        b'"accessors": [{"bufferView": 0, "componentType": 5126, "count": 1, "type": "VEC3"}]}',
    ],
    ids=["nothing", "a page", "four bytes", "half an avatar", "empty JSON", "parts elsewhere"],
)
def test_what_is_no_whole_avatar_is_refused(body: bytes, mine: Folders) -> None:
    assert refused(giving(body), mine).kind == "format"


def test_compressed_bytes_do_not_unfold_behind_the_limit(mine: Folders) -> None:
    import gzip

    bomb = gzip.compress(b"glTF" + bytes(64 << 20))
    error = refused(giving(bomb, headers={"Content-Encoding": "gzip"}), mine, most_bytes=1 << 20)
    assert error.kind == "format"


@pytest.mark.parametrize("status", [204, 401, 404, 500])
def test_a_refusal_of_the_other_side_is_told_with_its_number(status: int, mine: Folders) -> None:
    error = refused(giving(b"", status=status), mine)
    assert error.kind == "refused"
    assert str(status) in error.message


def test_redirects_are_followed_to_https_alone_and_not_for_ever(mine: Folders) -> None:
    async def lead(request: web.Request) -> web.StreamResponse:
        if request.path == "/good":
            raise web.HTTPFound("/models/mira.vrm")
        if request.path == "/plain":
            raise web.HTTPFound("http://localhost/mira.vrm")
        if request.path == "/round":
            raise web.HTTPFound("/round")
        return web.Response(body=MODEL)

    assert refused(lead, mine, path="/plain").kind == "address"
    assert refused(lead, mine, path="/round").kind == "refused"
    assert fetch(lead, mine, path="/good").read_bytes() == MODEL


def test_a_line_that_breaks_leaves_nothing(mine: Folders) -> None:
    async def break_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = len(MODEL)
        await response.prepare(request)
        await response.write(MODEL[:600])
        assert request.transport is not None
        request.transport.abort()
        return response

    assert refused(break_off, mine).kind == "unreachable"


def test_a_cancelled_download_leaves_nothing(mine: Folders) -> None:
    async def scene() -> None:
        has_begun, goes_on = asyncio.Event(), asyncio.Event()

        async def slow(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            await response.write(MODEL[:600])
            await goes_on.wait()
            return response

        async with https_server(slow) as base:
            task = asyncio.create_task(
                download_avatar(
                    f"{base}/a.vrm",
                    mine,
                    consent=True,
                    tls=trusting(),
                    on_progress=lambda received, whole: has_begun.set(),
                )
            )
            await asyncio.wait_for(has_begun.wait(), 10)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            goes_on.set()

    asyncio.run(scene())
    assert installed_here(mine) == []


def test_a_library_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LibraryError, match="cannot be kept"):
        fetch(giving(MODEL), folders(profile=tmp_path / "file"))


def test_a_newcomer_never_takes_the_name_of_an_avatar_that_is_there(mine: Folders) -> None:
    before = resolve("wren", mine)
    file = fetch(giving(MODEL), mine, title="Wren")
    assert resolve("wren", mine) == before
    assert resolve(file.parent.name, mine) == file


def test_a_name_full_of_quotes_and_lines_makes_a_good_card(mine: Folders) -> None:
    file = fetch(giving(MODEL), mine, title='Mi"ra\n[voice]\x00\x7f \\ ' + "x" * 500)
    card = card_of(file)
    assert card is not None
    assert card.name.startswith('Mi"ra[voice] \\')
    assert len(card.name) <= 200
    assert len(installed(mine)) >= 2
