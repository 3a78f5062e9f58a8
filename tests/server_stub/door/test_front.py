"""Behind proxies: whose word about a caller counts, and the whole server under a path over TLS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st
from services import free_port

from server_stub.door.front import Front, FrontError, prefix_of, proxies_of
from server_stub.door.limits import Limits
from tests.makers.browser import browsed, program
from tests.makers.conversation_server import Served, Socket, answered, in_process, script
from tests.makers.loopback_https import trusting
from tests.makers.tls_proxy import nginx, tls_proxy
from tests.server_stub.page.test_shelf import come_in

ANSWER = {"match": None, "chunks": [[0, "The kettle "], [0.01, "sings."]]}
NEAR = "127.0.0.0/8,::1"
PROXIES = ["one that keeps the prefix", "one that takes it away", "nginx"]


def seen(front: Front, peer: str = "127.0.0.1", path: str = "/", **headers: str) -> web.Request:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    request = make_mocked_request("GET", path, headers={"Host": "inner:1", **told})
    return front.seen(request.clone(remote=peer))


@pytest.mark.parametrize(
    ("peer", "told", "caller"),
    [
        ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "6.6.6.6, 203.0.113.7", "203.0.113.7"),  # the first part is made up
        ("10.0.0.1", "6.6.6.6, 203.0.113.7, 10.0.0.9", "203.0.113.7"),  # two proxies of ours
        ("::ffff:10.0.0.1", "203.0.113.7:4711", "203.0.113.7"),
        ("10.0.0.1", "[2001:db8::1]:80", "2001:db8::1"),
        ("10.0.0.1", "10.0.0.5", "10.0.0.5"),
        ("10.0.0.1", "203.0.113.7, unknown", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("192.0.2.1", "203.0.113.7", "192.0.2.1"),  # not one of our proxies
    ],
)
def test_the_caller_is_the_last_who_is_no_proxy_of_ours(peer: str, told: str, caller: str) -> None:
    front = Front(proxies=proxies_of("10.0.0.0/8"))
    assert seen(front, peer, X_Forwarded_For=told).remote == caller


@given(st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=60))
def test_nobody_else_can_tell_anything(told: str) -> None:
    lies = {"X_Forwarded_For": told, "X_Forwarded_Proto": "https", "X_Forwarded_Host": told}
    for front in (Front(), Front(proxies=proxies_of("10.0.0.0/8"))):
        request = seen(front, "192.0.2.1", **lies)
        assert (request.remote, request.scheme, request.host) == ("192.0.2.1", "http", "inner:1")
    told_by_a_proxy = seen(Front(proxies=proxies_of("192.0.2.1")), "192.0.2.1", **lies)
    assert told_by_a_proxy.scheme == "https"  # the same words of a proxy do count


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("/avatar/health?a=%2Fb", "/health?a=/b"),
        ("/avatar", "/"),
        ("/avatar/", "/"),
        ("/avatars/x", "/avatars/x"),
        ("/health", "/health"),
        ("/avatar/a%2Fb", "/a%2Fb"),
    ],
)
def test_the_prefix_is_taken_off_and_nothing_else(asked: str, path: str) -> None:
    request = seen(Front(prefix="/avatar"), path=asked)
    query = f"?{request.rel_url.query_string}" if request.rel_url.query_string else ""
    assert request.rel_url.raw_path + query == path


def test_what_is_no_prefix_and_no_proxy_is_one_sentence() -> None:
    assert prefix_of("/") == "" and prefix_of("/talk/avatar/") == "/talk/avatar"
    for wrong in ("avatar", "//avatar", "/a/../b", "/a b", "/a?b", "https://x/avatar"):
        with pytest.raises(FrontError, match=r"a path such as /avatar"):
            prefix_of(wrong)
    for wrong in ("anybody", "10.0.0.0/99", "*"):
        with pytest.raises(FrontError, match="addresses such as"):
            proxies_of(wrong)


@asynccontextmanager
async def shown(
    folder: Path, kind: str, limits: Limits | None = None, trusted: str = NEAR
) -> AsyncIterator[tuple[Served, Served]]:
    """A server, as it is and as the world sees it."""
    port = free_port()
    public = f"https://localhost:{port}"
    front = Front("/avatar", proxies_of(trusted))
    mind = script(folder, ANSWER)
    async with in_process(mind, limits=limits, origins=(public,), front=front) as inner:
        through = (
            nginx(inner.http, port, folder)
            if kind == "nginx"
            else tls_proxy(inner.http, port, takes_prefix_away="away" in kind)
        )
        connector = aiohttp.TCPConnector(ssl=trusting())
        async with through, aiohttp.ClientSession(connector=connector) as client:
            yield inner, Served(f"{public}/avatar", inner.token, client, inner.gate)


@pytest.mark.parametrize("kind", PROXIES)
def test_everything_works_over_tls_under_a_path(tmp_path: Path, kind: str) -> None:
    async def scene() -> None:
        async with shown(tmp_path, kind) as (inner, outer):
            for path in ("", "/", "/page/console.js", "/health", "/openapi.json"):
                async with outer.client.get(outer.http + path) as answer:
                    assert answer.status == 200, path
                    if not path:
                        assert str(answer.url) == outer.http + "/"
            _, told = await outer.ask("GET", "/openapi.json")
            assert told["servers"] == [{"url": "/avatar"}]
            room = await outer.room()
            assert (await outer.ask("GET", f"rooms/{room}"))[0] == 200
            async with outer.joined(room) as socket:
                assert await answered(socket) == "The kettle sings."
            address = outer.http.replace("http", "ws", 1) + "/realtime/ws"
            async with outer.client.ws_connect(address) as ws:
                wish = {"userId": "local", "authToken": outer.token}
                await Socket(ws).say(type="session_start", callId="7", timestamp=1, data=wish)
                assert (await Socket(ws).next())["type"] == "connection_status"
            public = outer.http.removesuffix("/avatar")
            for origin, status in ((public, 201), ("https://evil.example", 403)):
                asked = {"json": {"agentId": "companion"}, "headers": {"Origin": origin}}
                assert (await outer.ask("POST", "rooms", "bob", **asked))[0] == status
            assert (await inner.ask("GET", "/health"))[0] == 200  # a probe knows no prefix

    asyncio.run(scene())


@pytest.mark.parametrize("kind", PROXIES)
def test_each_caller_behind_a_proxy_has_a_bucket_of_its_own(tmp_path: Path, kind: str) -> None:
    few = Limits(requests=5, window_seconds=3600)

    async def scene() -> None:
        async with shown(tmp_path, kind, few) as (_, outer):
            for caller in ("203.0.113.7", "203.0.113.8"):
                told = {"X-Forwarded-For": caller}
                came = [(await outer.ask("GET", "/health", headers=told))[0] for _ in range(6)]
                assert came == [200] * 5 + [429]

    asyncio.run(scene())


def test_a_caller_whom_nobody_trusts_cannot_have_many_names(tmp_path: Path) -> None:
    few = Limits(requests=5, window_seconds=3600)

    async def came(trusted: str) -> list[int]:
        async with shown(tmp_path, PROXIES[0], few, trusted) as (inner, _):
            names = [{"X-Forwarded-For": f"203.0.113.{number}"} for number in range(6)]
            return [(await inner.ask("GET", "/health", headers=name))[0] for name in names]

    for trusted in ("", "203.0.113.0/24"):
        assert asyncio.run(came(trusted)) == [200] * 5 + [429]
    assert asyncio.run(came("0.0.0.0/0")) == [200] * 6  # as it would be if everybody were believed


def test_a_name_that_nobody_allowed_is_refused_from_a_proxy_too(tmp_path: Path) -> None:
    async def scene() -> None:
        async with shown(tmp_path, PROXIES[0]) as (inner, _):
            told = {"X-Forwarded-Host": "evil.example"}
            assert (await inner.ask("GET", "/health", headers=told))[0] == 421
            assert (await inner.ask("GET", "/health", headers={"Host": "evil.example"}))[0] == 421

    asyncio.run(scene())


def test_the_page_works_in_a_browser_under_a_path(tmp_path: Path) -> None:
    program()

    async def scene() -> None:
        async with (
            shown(tmp_path, PROXIES[0]) as (_, outer),
            browsed(tmp_path / "profile", "--ignore-certificate-errors") as page,
        ):
            await page.open(outer.http)
            await come_in(page, outer)
            await page.type("Hello there")
            await page.press("Enter")
            await page.until("return document.querySelectorAll('.took').length === 1")
            said = await page.read("return document.querySelector('#lines').innerText")
            assert "The kettle sings." in said
            assert page.complaints == []

    asyncio.run(scene())
