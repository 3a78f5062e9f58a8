"""What the clients of each family expect without saying so; ours say it in their capabilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from avatar_desktop.wire.dialects import Dialect
from server_stub.voice.pieces import Wish


@dataclass(frozen=True, slots=True)
class Habits:
    """What the clients of one family expect without saying so."""

    joins: bool = True
    """They speak at once: whatever they say first joins the room."""
    is_served: bool = False
    """They take text or speech before they told of an avatar."""
    rig: str = "arkit"
    """The names of their mouth shapes."""
    watches: bool = False
    """They play AVATAR_ANIMATE unasked."""
    is_call: bool = False
    """A call has no avatar: its reply is text, bare sound and the stages between."""


_AVATAR: Final = Habits(is_served=True, rig="cc4")
_EVENTS: Final = Habits(watches=True)
HABITS: Final[Mapping[Dialect, Habits]] = {
    Dialect.BINARY: Habits(joins=False),
    Dialect.JSON: Habits(joins=False),
    Dialect.PAYLOAD: _AVATAR,
    Dialect.PACKED_PAYLOAD: _AVATAR,
    Dialect.CALL: Habits(is_served=True, is_call=True),
    Dialect.EVENT: _EVENTS,
    Dialect.EVENT_LIST: _EVENTS,
}
CALL_WISH: Final = Wish("mp3", "arkit", phonemes=False)
"""Bare sound has nothing beside it that names its form: every player knows this one by its look."""
