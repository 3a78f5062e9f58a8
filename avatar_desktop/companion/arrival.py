"""An avatar on its way to the stage: read, posed and measured in a thread while the rest is built.

It needs no window and no companion, so that it can begin before either is even imported. An avatar
that was here before comes ready from the cache; the reader is imported only for a new one.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from avatar_desktop.companion.prepared import Prepared, PreparedAvatars
from avatar_desktop.errors import AvatarDesktopError, AvatarError, Cancelled
from avatar_desktop.library.avatars import Card, card_of, resolve
from avatar_desktop.library.folders import Folders
from avatar_desktop.library.motions import MotionShelf, motion_shelves

if TYPE_CHECKING:
    from avatar_desktop.avatar.progress import Stage
    from avatar_desktop.render.framing import Shot

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Arrived:
    """An avatar that is ready to be shown, with the card that came along."""

    prepared: Prepared
    card: Card | None
    shot: Shot
    motions: tuple[MotionShelf, ...] = ()
    """What it can do by files beside it and by the person's own."""
    name: str = ""
    """As the person calls it: an installed name, or a file."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is being done for an avatar: the `done`-th part of `of`."""

    stage: Stage
    done: int
    of: int


class Arrival:
    """Begins at once; `result` waits for it, or raises why the avatar cannot come."""

    def __init__(self, name: str, places: Folders) -> None:
        self.name = name
        self._places = places
        self._arrived: Arrived | None = None
        self._error: AvatarDesktopError | None = None
        self._is_unwanted = False
        self._over = threading.Event()
        self.step: Step | None = None
        """What is being done now; None before the first, and for an avatar from the cache."""
        self._thread = threading.Thread(target=self._come, name="avatar", daemon=True)
        self._thread.start()

    def _come(self) -> None:
        try:
            file = resolve(self.name, self._places)
            card = card_of(file)
            kept = PreparedAvatars(self._places.cache)
            known = kept.find(file)
            prepared = known or self._prepare(file)
            shelves = motion_shelves(file, self._places)
            self._arrived = Arrived(prepared, card, _shot(card), shelves, self.name)
        except AvatarDesktopError as error:
            self._error = error
            return
        finally:
            self._over.set()
        if known is None and self._places.throw_away is None:
            kept.keep(file, prepared)

    def _prepare(self, file: Path) -> Prepared:
        from avatar_desktop.avatar.read import read_avatar
        from avatar_desktop.motion.layers import standing_pose
        from avatar_desktop.render.framing import landmarks

        avatar = read_avatar(file, progress=self._hear)
        pose = standing_pose(avatar)
        return Prepared(avatar, pose, landmarks(avatar, pose))

    def _hear(self, stage: Stage, done: int = 0, of: int = 1) -> None:
        if self._is_unwanted:
            raise Cancelled(f"The avatar {self.name} is not wanted any more.")
        self.step = Step(stage, done, of)

    @property
    def title(self) -> str:
        """What to call it before its card is read."""
        return Path(self.name).stem.capitalize() or "The avatar"

    @property
    def is_unwanted(self) -> bool:
        """It was called off."""
        return self._is_unwanted

    def cancel(self) -> None:
        """Nobody waits for it any more: the reading ends at its next part, and leaves nothing."""
        self._is_unwanted = True

    def finish(self) -> None:
        """Wait until a new avatar is also kept for the next time."""
        self._thread.join()

    @property
    def is_over(self) -> bool:
        """It is there, or will never be."""
        return self._over.is_set()

    def result(self) -> Arrived:
        self._over.wait()
        if self._error is not None:
            raise self._error
        if self._arrived is None:
            raise AvatarError(f"The avatar {self.name} could not be read.")
        return self._arrived


def _shot(card: Card | None) -> Shot:
    from avatar_desktop.render.framing import SHOTS

    wanted = card.framing.shot if card else "bust"
    return wanted if wanted in SHOTS else "bust"
