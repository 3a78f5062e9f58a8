"""An avatar on its way to the stage: read, posed and measured in a thread while the rest is built.

It needs no window and no companion, so that it can begin before either is even imported.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.errors import AvatarDesktopError, AvatarError
from avatar_desktop.library.avatars import Card, card_of, resolve
from avatar_desktop.library.folders import Folders
from avatar_desktop.motion.layers import standing_pose
from avatar_desktop.render.framing import SHOTS, Landmarks, Shot, landmarks


@dataclass(frozen=True, slots=True)
class Arrived:
    """An avatar, how it stands, and how it is to be seen."""

    avatar: Avatar
    card: Card | None
    pose: Pose
    marks: Landmarks
    shot: Shot


class Arrival:
    """Begins at once; `result` waits for it, or raises why the avatar cannot come."""

    def __init__(self, name: str, places: Folders) -> None:
        self._name = name
        self._places = places
        self._arrived: Arrived | None = None
        self._error: AvatarDesktopError | None = None
        self._thread = threading.Thread(target=self._come, name="avatar", daemon=True)
        self._thread.start()

    def _come(self) -> None:
        try:
            file = resolve(self._name, self._places)
            avatar, card = read_avatar(file), card_of(file)
            pose = standing_pose(avatar)
            self._arrived = Arrived(avatar, card, pose, landmarks(avatar, pose), _shot(card))
        except AvatarDesktopError as error:
            self._error = error

    @property
    def is_over(self) -> bool:
        """It is there, or will never be."""
        return not self._thread.is_alive()

    def result(self) -> Arrived:
        self._thread.join()
        if self._error is not None:
            raise self._error
        if self._arrived is None:
            raise AvatarError(f"The avatar {self._name} could not be read.")
        return self._arrived


def _shot(card: Card | None) -> Shot:
    wanted = card.framing.shot if card else "bust"
    return wanted if wanted in SHOTS else "bust"
