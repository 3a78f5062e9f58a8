"""What each avatar wears, where the person chose something else than it comes in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from avatar_desktop.library.store import Store

FILE: Final = "outfits.json"


class Outfits(msgspec.Struct, frozen=True):
    """The outfit of each avatar, both by their names."""

    worn: Mapping[str, str] = {}

    def with_outfit(self, avatar: str, outfit: str | None) -> Outfits:
        """None for what it comes in."""
        others = {name: kept for name, kept in self.worn.items() if name != avatar}
        return Outfits(others if outfit is None else {**others, avatar: outfit})


def load(store: Store) -> Outfits:
    """What is known; nothing at the first time."""
    return store.read(FILE, lambda content: msgspec.json.decode(content, type=Outfits)) or Outfits()


def save(store: Store, outfits: Outfits) -> bool:
    """False when it is remembered in memory only."""
    return store.write(FILE, msgspec.json.encode(outfits))
