"""The frame of this very moment, for the window and for the desktop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from avatar_desktop.companion.states import AvatarState
from avatar_desktop.library.store import Store
from avatar_desktop.ui.frame import Frame
from avatar_desktop.ui.outfit import Outfit
from avatar_desktop.ui.scenery import Scenery

if TYPE_CHECKING:
    from avatar_desktop.companion.arrival import Arrived
    from avatar_desktop.companion.companion import Companion
    from avatar_desktop.library.folders import Folders
    from avatar_desktop.library.settings import Settings
    from avatar_desktop.ui.theme import Theme


class Frames:
    """Puts body and scenery together. `arrived` answers who stands on the stage, if anybody."""

    def __init__(
        self, arrived: Callable[[], Arrived | None], places: Folders, chosen: Settings
    ) -> None:
        self.arrived = arrived
        self.outfit = Outfit(Store(places.state))
        cache = places.cache
        self.scenery = Scenery(cache=cache, ground=chosen.ground, place_light=chosen.place_light)
        if chosen.background.startswith("#"):  # files are read after the first frame
            self.scenery.put_behind(chosen.background)
        self.on_desktop = Scenery(cache=cache, ground=chosen.ground)
        self.on_desktop.shot = "full"
        self._chosen = chosen
        self.shines_through = True
        """Whether nothing is drawn behind who stands on the desktop."""
        self.companion: Companion | None = None
        """Who moves the body; without one the avatar stands still."""

    def bring_background(self) -> None:
        """Read what the person chose, where that takes time."""
        if self.scenery.word != self._chosen.background:
            self.scenery.put_behind(self._chosen.background)

    def in_window(self, aspect: float, theme: Theme) -> Frame | None:
        return self._frame(aspect, theme, self.scenery, is_clear=False)

    def in_front(self, aspect: float, theme: Theme) -> Frame | None:
        """On the desktop: before a background only where nothing shines through."""
        return self._frame(aspect, theme, self.on_desktop, is_clear=self.shines_through)

    def _frame(
        self, aspect: float, theme: Theme, scenery: Scenery, *, is_clear: bool
    ) -> Frame | None:
        arrived = self.arrived()
        if arrived is None:
            return None
        here = arrived.prepared
        view = scenery.view(here, arrived.shot, aspect, theme, is_clear=is_clear)
        worn = self.outfit.of(arrived)
        if worn is not None:
            view = replace(view, outfit=worn)
        stage = self.companion.stage if self.companion is not None else None
        if self.companion is None or stage is None:
            return Frame(here.avatar, here.pose, view, speaking=False, body=here.marks.body)
        heard = stage.tick()
        pose = stage.window_pose(heard)
        view = scenery.live_view(view, here, pose, heard)
        speaking = self.companion.machine.state is AvatarState.PLAYING
        is_calm = stage.sparing.is_calm
        idles = is_calm or stage.performer.is_idle(heard)
        return Frame(stage.avatar, pose, view, speaking, idles=idles, is_calm=is_calm)
