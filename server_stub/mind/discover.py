"""Finds a model server that already runs on this machine. Asks loopback addresses only, and only
for a moment.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

import aiohttp

from server_stub.mind.models import choose_model, model_names

PROBE_SECONDS: Final = 0.3


@dataclass(frozen=True)
class Place:
    """A well-known model server and its address."""

    name: str
    base_url: str


@dataclass(frozen=True)
class Found:
    """A place that answered, its models, and the one to talk to."""

    place: Place
    models: tuple[str, ...]
    model: str | None


KNOWN: Final = (
    Place("Ollama", "http://127.0.0.1:11434/v1"),
    Place("LM Studio", "http://127.0.0.1:1234/v1"),
)


async def discover(places: tuple[Place, ...] = KNOWN) -> list[Found]:
    """The places that answer, in the order given."""
    async with aiohttp.ClientSession() as session:
        found = await asyncio.gather(*(_probe(session, place) for place in places))
    return [place for place in found if place is not None]


async def _probe(session: aiohttp.ClientSession, place: Place) -> Found | None:
    try:
        names = await model_names(session, place.base_url, PROBE_SECONDS)
    except (aiohttp.ClientError, TimeoutError, ValueError, OSError):
        return None
    return Found(place, tuple(names), choose_model(names))
