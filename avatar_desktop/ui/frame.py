"""What a viewport draws next, and who is asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.render.extent import Extent
from avatar_desktop.render.view import View
from avatar_desktop.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture to draw."""

    avatar: Avatar
    pose: Pose
    view: View
    speaking: bool
    idles: bool = False
    """The avatar only lives: breath, sway, a change of its weight."""
    known_for: float = 0.0
    """So many seconds on it is known what comes next, if nobody asks for anything."""
    is_calm: bool = False
    """So little moves that its shade may move in every second picture only."""
    body: Extent | None = None
    """Where the avatar is, when that has been measured."""


class FrameSource(Protocol):
    """Who knows what a viewport draws."""

    def frame(self, aspect: float, theme: Theme, ahead: float = 0.0) -> Frame | None:
        """For a picture of this aspect: what is seen at this very moment, or so many seconds
        after the last one for which that was asked."""
        ...

    def goes_on(self) -> bool:
        """Let time pass; whether frames that were asked for ahead still hold."""
        ...
