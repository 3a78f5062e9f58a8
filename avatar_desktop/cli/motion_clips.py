"""Clips that `inspect` poses an avatar by: its own, or those of motion files, taken by the book."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from avatar_desktop.avatar.animation import Animation
from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.vrma import MotionFile, read_motion
from avatar_desktop.errors import UsageError
from avatar_desktop.motion.clip import Clip
from avatar_desktop.motion.retarget import retarget


class MotionClips:
    """Motion files as clips of one avatar, each read and converted once."""

    def __init__(self, avatar: Avatar) -> None:
        self._avatar = avatar
        self._files: dict[str, MotionFile] = {}
        self._clips: dict[tuple[str, str], Clip] = {}

    def find(self, file: str, asked: str | int | None) -> Clip:
        """The motion of a file, or the one that is asked for by index or name."""
        if not self._avatar.humanoid:
            raise UsageError("Only a humanoid can follow a motion file; this avatar is none.")
        motion = self._files.get(file)
        if motion is None:
            motion = self._files[file] = read_motion(Path(file))
        key = (file, str(asked))
        if key not in self._clips:
            animation = chosen(motion.animations, 0 if asked is None else asked)
            taken = retarget(motion, self._avatar, animation=animation, by_the_book=True)
            self._clips[key] = Clip(self._avatar, taken)
        return self._clips[key]


def chosen(animations: Sequence[Animation], asked: str | int) -> Animation:
    """One of several animations by its name or its index."""
    names = [item.name for item in animations]
    if asked in names:
        return animations[names.index(str(asked))]
    if str(asked).isdecimal() and int(asked) < len(names):
        return animations[int(asked)]
    listed = ", ".join(names) or "none"
    raise UsageError(f"The file has no clip {asked!r}; it has {listed}.")
