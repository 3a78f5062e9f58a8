"""Every path of the server's API in one list."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from avatar_desktop import __version__
from server_stub.api.agents import Agents
from server_stub.api.doors import Doors
from server_stub.api.minds import MindRoutes
from server_stub.api.openapi import described
from server_stub.api.people import People
from server_stub.api.rooms import Rooms
from server_stub.api.route import Route
from server_stub.door.gate import Gate
from server_stub.house import House
from server_stub.presence import Presence


class Api:
    """Owns the handlers and knows how to describe them."""

    def __init__(self, house: House, gate: Gate, presence: Presence, prefix: str = "") -> None:
        self._prefix = prefix
        self._parts = (
            Rooms(house),
            Agents(house),
            MindRoutes(house),
            People(house, presence),
            Doors(house, gate, lambda: self.description),
        )

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """Every path."""
        return tuple(route for part in self._parts for route in part.routes())

    @cached_property
    def open_paths(self) -> frozenset[str]:
        """The paths that need no token."""
        return frozenset(route.path for route in self.routes if route.is_open)

    @cached_property
    def description(self) -> dict[str, Any]:
        """The API in OpenAPI 3.1."""
        return described(self.routes, __version__, self._prefix)
