"""What a viewport draws next, and who is asked for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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
    is_calm: bool = False
    """So little moves that its shade may move in every second picture only."""
    body: Extent | None = None
    """Where the avatar is, when that has been measured."""


FrameSource = Callable[[float, Theme], Frame | None]
"""Given the aspect of the viewport, the frame for this very moment."""
