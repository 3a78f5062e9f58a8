"""Where the avatar stood on the desktop, for each screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from avatar_desktop.library.store import Store

FILE: Final = "overlay.json"


class Spot(msgspec.Struct, frozen=True):
    """Under the avatar's feet, in the screen's own pixels from its top left corner."""

    x: int
    y: int
    height: int


class Spots(msgspec.Struct, frozen=True):
    """The spot of each screen by its name, and the screen it stood on last."""

    last: str = ""
    screens: Mapping[str, Spot] = {}

    def with_spot(self, screen: str, spot: Spot) -> Spots:
        return Spots(screen, {**self.screens, screen: spot})


def load(store: Store) -> Spots:
    """What is known; nothing at the first time."""
    return store.read(FILE, lambda content: msgspec.json.decode(content, type=Spots)) or Spots()


def save(store: Store, spots: Spots) -> bool:
    """False when it is remembered in memory only."""
    return store.write(FILE, msgspec.json.encode(spots))
