"""What is around the avatar: where the camera stands, what lies behind, whether there is ground.

It keeps what the person arranged, and answers with the View of a frame.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from avatar_desktop.errors import AvatarDesktopError
from avatar_desktop.render.framing import frame
from avatar_desktop.ui.camera import Follow, Orbit, dressed, shown_height, stage_gradient

if TYPE_CHECKING:
    from collections.abc import Callable

    from avatar_desktop.avatar.pose import Pose
    from avatar_desktop.companion.prepared import Prepared
    from avatar_desktop.render.framing import Shot
    from avatar_desktop.render.view import Background, Vector, View
    from avatar_desktop.ui.camera_hand import CameraHand
    from avatar_desktop.ui.theme import Theme


class Scenery(QObject):
    """One for the window and one for the desktop; each has its own camera."""

    arranged = Signal()
    """The picture is another one now."""
    refused = Signal(str)
    """Why a background cannot be shown."""
    _found = Signal(str, object)

    def __init__(self, *, cache: Path, ground: bool = True, place_light: bool = True) -> None:
        super().__init__()
        self._cache = cache
        self._orbit = Orbit()
        self._follow = Follow()
        self._seen: tuple[tuple[object, ...], Prepared, View] | None = None
        self._background: Background = None
        self._is_own = True
        self.word = ""
        """What the person wrote for the background; empty for the window's own."""
        self.ground = ground
        self.place_light = place_light
        """Whether a background that is a place lights the avatar too."""
        self.shot: Shot | None = None
        """Another shot than the avatar's own."""

    # What is behind ------------------------------------------------------------------------

    def put_behind(self, word: str) -> None:
        """A background as `render --background` takes it; a file is read meanwhile."""
        self.word = word
        if not word:
            self._show(word, None)
        elif word.startswith("#") or word == "transparent":
            self._read(word, self._show)
        else:
            from PySide6.QtCore import Qt

            self._found.connect(self._show, Qt.ConnectionType.UniqueConnection)
            reading = (word, self._found.emit)
            threading.Thread(target=self._read, args=reading, name="background").start()

    def _read(self, word: str, found: Callable[[str, Background], object]) -> None:
        from avatar_desktop.film.backdrop import parse_background

        try:
            found(word, parse_background(word, self._cache))
        except AvatarDesktopError as error:
            if word == self.word:
                self.refused.emit(str(error))

    def _show(self, word: str, background: Background) -> None:
        if word == self.word:  # nobody has chosen another one meanwhile
            self._background, self._is_own = background, not word
            self.arranged.emit()

    # The camera ----------------------------------------------------------------------------

    def obey(self, hand: CameraHand) -> None:
        """Let a hand move the camera from now on."""
        hand.orbited.connect(self._orbited)
        hand.panned.connect(self._panned)
        hand.zoomed.connect(self._zoomed)
        hand.reset.connect(self.put_back)

    def _orbited(self, right_px: float, down_px: float) -> None:
        self._orbit = self._orbit.dragged(right_px, down_px)
        self.arranged.emit()

    def _panned(self, right: float, down: float) -> None:
        self._orbit = self._orbit.panned(right, down)
        self.arranged.emit()

    def _zoomed(self, notches: float) -> None:
        self._orbit = self._orbit.wheeled(notches)
        self.arranged.emit()

    def choose_shot(self, shot: Shot, *_: object) -> None:
        """Frame the avatar like this from now on."""
        self.shot = shot
        self.put_back()

    def put_back(self) -> None:
        """The camera stands where it was framed."""
        self._orbit, self._follow = Orbit(), Follow()
        self.arranged.emit()

    def view(
        self, here: Prepared, shot: Shot, aspect: float, theme: Theme, *, is_clear: bool = False
    ) -> View:
        """Of an avatar that stands; `live_view` goes along with one that moves."""
        arrangement = (
            *(id(here), self.shot or shot, aspect, id(theme), self._orbit),
            *(self._is_own, id(self._background), self.ground, self.place_light, is_clear),
        )
        known = self._seen
        if known is None or known[0] != arrangement:
            behind = stage_gradient(theme) if self._is_own else self._background
            framed = self._orbit.apply(frame(here.marks, self.shot or shot, aspect))
            view = dressed(
                framed, None if is_clear else behind, ground=self.ground, lit=self.place_light
            )
            known = self._seen = (arrangement, here, view)
        return known[2]

    def live_view(self, view: View, here: Prepared, pose: Pose, at: float) -> View:
        """The same at the stage's second `at`, gently following the head."""
        moved = _moved(here, pose)
        if moved is None or self.shot in ("full", "fit"):
            return replace(view, time=at)
        self._follow = self._follow.after(at, moved, shown_height(view))
        return self._follow.apply(view, at)


def _moved(here: Prepared, pose: Pose) -> Vector | None:
    """How far the head is from where it was when the view was framed."""
    node = here.avatar.humanoid.get("head")
    if node is None or node >= len(pose.world):
        return None
    x, y, z = (pose.world[node, :3, 3] - here.pose.world[node, :3, 3]).tolist()
    return x, y, z
