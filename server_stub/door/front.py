"""What stands before the server: a path prefix, and the proxies whose word about a caller counts.

Promise: headers of anybody else change nothing, so nobody can lend themselves another address.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

PREFIX: Final = re.compile(r"(/[A-Za-z0-9][A-Za-z0-9._~-]*)+")
SCHEMES: Final = ("http", "https")
MOST_HOPS: Final = 32


class FrontError(ValueError):
    """This is no prefix or no proxy; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Front:
    """How the world sees the server; the usual one has no prefix and trusts nobody."""

    prefix: str = ""
    proxies: tuple[Network, ...] = ()

    def doors(self, routes: Iterable[web.AbstractRouteDef]) -> list[web.AbstractRouteDef]:
        """Every route, and again behind the prefix: a proxy may keep it or take it away."""
        known = list(routes)
        if not self.prefix:
            return known
        again = [
            web.RouteDef(route.method, self.prefix + route.path, route.handler, route.kwargs)
            for route in known
            if isinstance(route, web.RouteDef)
        ]
        return [*known, *again, web.get(self.prefix, self._to_the_page, allow_head=False)]

    async def _to_the_page(self, _request: web.Request) -> web.Response:
        # The page names its parts from where it stands: without the slash they would be elsewhere.
        return web.Response(status=308, headers={"Location": f"{self.prefix}/"})

    def seen(self, request: web.Request) -> web.Request:
        """The request as its sender meant it: address, name and scheme from before the proxies,
        the path without the prefix.
        """
        changes = self._told(request) | self._path(request)
        return request.clone(**changes) if changes else request

    def _path(self, request: web.Request) -> dict[str, Any]:
        path = request.rel_url.raw_path
        if not self.prefix or not f"{path}/".startswith(f"{self.prefix}/"):
            return {}
        rest = path.removeprefix(self.prefix) or "/"
        query = request.rel_url.raw_query_string
        return {"rel_url": URL.build(path=rest, query_string=query, encoded=True)}

    def _told(self, request: web.Request) -> dict[str, Any]:
        """What the proxies say; nothing unless the peer itself is one of them."""
        if not self.proxies or not self._is_proxy(_address(request.remote or "")):
            return {}
        told: dict[str, Any] = {}
        hops = _listed(request.headers.getall("X-Forwarded-For", []))
        if caller := self._caller(hops[-MOST_HOPS:]):
            told["remote"] = caller
        schemes = _listed(request.headers.getall("X-Forwarded-Proto", []))
        if schemes and schemes[-1].lower() in SCHEMES:
            told["scheme"] = schemes[-1].lower()
        if hosts := _listed(request.headers.getall("X-Forwarded-Host", [])):
            told["headers"] = CIMultiDict(request.headers)
            told["headers"]["Host"] = hosts[-1]
        return told

    def _caller(self, hops: Sequence[str]) -> str:
        """The last one who is no proxy of ours: whoever came before may be made up."""
        caller = ""
        for hop in reversed(hops):
            address = _address(hop)
            if address is None:
                break
            caller = str(address)
            if not self._is_proxy(address):
                break
        return caller

    def _is_proxy(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self.proxies)


def prefix_of(text: str) -> str:
    """A prefix as it was given. Raises FrontError."""
    prefix = text.strip().rstrip("/")
    if prefix and not PREFIX.fullmatch(prefix):
        raise FrontError(f"--path-prefix takes a path such as /avatar, not {text!r}.")
    return prefix


def proxies_of(text: str) -> tuple[Network, ...]:
    """Addresses and networks with commas between. Raises FrontError."""
    try:
        return tuple(ipaddress.ip_network(each, strict=False) for each in _listed([text]))
    except ValueError as error:
        raise FrontError(
            f"--trusted-proxies takes addresses such as 10.0.0.0/8,127.0.0.1, not {text!r}."
        ) from error


def _listed(lines: Sequence[str]) -> list[str]:
    return [part.strip() for line in lines for part in line.split(",") if part.strip()]


def _address(text: str) -> Address | None:
    """The address of `1.2.3.4`, `1.2.3.4:5`, `::1` or `[::1]:5`; None if it is none."""
    bare = text.removeprefix("[").partition("]")[0] if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
