"""The frame of this very moment, for the window and for the desktop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from avatar_desktop.companion.states import AvatarState
from avatar_desktop.library.store import Store
from avatar_desktop.ui.frame import Frame, FrameSource
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

    @property
    def in_window(self) -> FrameSource:
        return _Sight(self, self.scenery)

    @property
    def in_front(self) -> FrameSource:
        """On the desktop: before a background only where nothing shines through."""
        return _Sight(self, self.on_desktop)


class _Sight:
    """The stage in one scenery."""

    def __init__(self, frames: Frames, scenery: Scenery) -> None:
        self._frames = frames
        self._scenery = scenery
        self._heard = 0.0
        """The stage time of the last frame that was not asked for ahead."""

    def frame(self, aspect: float, theme: Theme, ahead: float = 0.0) -> Frame | None:
        frames, scenery = self._frames, self._scenery
        arrived = frames.arrived()
        if arrived is None:
            return None
        here = arrived.prepared
        is_clear = scenery is frames.on_desktop and frames.shines_through
        view = scenery.view(here, arrived.shot, aspect, theme, is_clear=is_clear)
        worn = frames.outfit.of(arrived)
        if worn is not None:
            view = replace(view, outfit=worn)
        companion = frames.companion
        stage = companion.stage if companion is not None else None
        if companion is None or stage is None:
            return Frame(here.avatar, here.pose, view, speaking=False, body=here.marks.body)
        if not ahead:
            self._heard = stage.tick()
        at = self._heard + ahead
        pose = stage.window_pose(self._heard, ahead)
        view = scenery.live_view(view, here, pose, at)
        speaking = companion.machine.state is AvatarState.PLAYING
        is_calm = stage.sparing.is_calm
        idles = is_calm or stage.performer.is_left_alone(at)
        known_for = stage.sparing.ahead if idles else 0.0
        return Frame(
            *(stage.avatar, pose, view, speaking),
            idles=idles,
            known_for=known_for,
            is_calm=is_calm,
        )

    def goes_on(self) -> bool:
        stage = self._frames.companion.stage if self._frames.companion is not None else None
        return stage is not None and stage.performer.is_left_alone(stage.tick())
