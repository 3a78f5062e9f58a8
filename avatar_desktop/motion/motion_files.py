"""Motions of files as part of an avatar's repertoire; each is read when it is first wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from avatar_desktop.avatar.animation import Animation
from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.library.motions import MotionShelf

if TYPE_CHECKING:
    from avatar_desktop.motion.girth import Girth


@dataclass(frozen=True, slots=True)
class Source:
    """Motions that come from one place."""

    label: str
    """Where that is, in words."""
    names: tuple[str, ...]
    make: Callable[[str], Animation]
    """The motion of one of the names, for this avatar; may raise what the app's errors tell."""


def sources_of(avatar: Avatar, shelves: Iterable[MotionShelf]) -> tuple[Source, ...]:
    """What these shelves hold for this avatar; nothing for one that is no humanoid."""
    if not avatar.humanoid:
        return ()

    @cache
    def girth() -> Girth:
        from avatar_desktop.motion.girth import Girth

        return Girth.of(avatar)

    return tuple(_source(avatar, shelf, girth) for shelf in shelves)


def _source(avatar: Avatar, shelf: MotionShelf, girth: Callable[[], Girth]) -> Source:
    def make(name: str) -> Animation:
        return motion_clip(avatar, shelf.files[name], name=name, girth=girth())

    return Source(shelf.label, tuple(shelf.files), make)


def motion_clip(
    avatar: Avatar, file: Path, *, name: str | None = None, girth: Girth | None = None
) -> Animation:
    """The first motion of a file as a clip of the avatar; AvatarError when there is none."""
    # the reader of files is only needed by those who have some
    from avatar_desktop.avatar.vrma import read_motion
    from avatar_desktop.motion.retarget import retarget

    return retarget(read_motion(file), avatar, name=name, girth=girth)
