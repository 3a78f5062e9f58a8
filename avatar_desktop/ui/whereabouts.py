"""Where the avatar is, in the window or on the desktop, and what belongs to the picture there.

Everything here is brought when the first frame has been seen, or when it is first wanted.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QObject, QPoint, QPointF, QTimer, Signal
from PySide6.QtGui import QActionGroup, QGuiApplication, QKeySequence, QScreen, QShortcut
from PySide6.QtWidgets import QMenu

from avatar_desktop.companion.snapshot import NoticeKind
from avatar_desktop.errors import AvatarDesktopError
from avatar_desktop.library import overlay_spots
from avatar_desktop.library.folders import Folders
from avatar_desktop.library.overlay_spots import Spots
from avatar_desktop.library.pictures import keep_picture
from avatar_desktop.library.store import Store
from avatar_desktop.render.framing import Shot
from avatar_desktop.ui import compositor
from avatar_desktop.ui.camera_hand import CameraHand
from avatar_desktop.ui.frame_times import VARIABLE as SHOWS_FRAME_TIMES
from avatar_desktop.ui.frames import Frames
from avatar_desktop.ui.outfit import add_looks
from avatar_desktop.ui.overlay import Overlay
from avatar_desktop.ui.scenery import Scenery
from avatar_desktop.ui.stage_bar import StageBar
from avatar_desktop.ui.theme import Theme
from avatar_desktop.ui.viewport import Viewport
from avatar_desktop.ui.window import MainWindow

COMPOSITOR_MS = 2000
"""A desktop may begin or cease to blend at any time."""
NO_BLENDING = (
    "This desktop does not blend windows, so the avatar stands before a background; "
    "start a compositor such as picom to see through it."
)
ON_WAYLAND = (
    "Wayland lets no window stand where it wants; to have the avatar on the desktop, start with "
    "`avatar-desktop open --overlay`, which goes by X11."
)


SHOT_WORDS: dict[Shot, str] = {
    "portrait": "Portrait",
    "bust": "Head and shoulders",
    "full": "Whole figure",
}


class Told(Protocol):
    """Who hears what the person does here."""

    def touch(self, kind: str) -> None: ...

    def notice(self, kind: NoticeKind, sentence: str) -> None: ...

    def withdraw(self, sentence: str) -> None: ...

    def arrange(self, **choices: Any) -> None: ...

    def open_avatar(self, name: str) -> None: ...


class Whereabouts(QObject):
    """One for the app."""

    quit_wanted = Signal()
    failed = Signal(str)
    """The picture on the desktop cannot be drawn."""

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        told: Told,
        frames: Frames,
        places: Folders,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._told = told
        self._frames, self._scenery = frames, frames.scenery
        self._places, self._store = places, Store(places.state)
        self._spots: Spots = overlay_spots.load(self._store)
        self._directed: Viewport | None = None
        self.overlay: Overlay | None = None
        self._scenery.refused.connect(self._refused)
        self._scenery.arranged.connect(self._hurry)
        frames.bring_background()
        self._blend_watch = QTimer(self)
        self._blend_watch.timeout.connect(self._watch_blending)
        self._key("Ctrl+Shift+D", self.change_place)
        self._key("Ctrl+P", self.photograph)
        self._key("Ctrl+Shift+P", lambda: self.photograph(cut_out=True))
        self._key("Ctrl+Shift+F", self.show_frame_times)

    def _key(self, keys: str, act: Callable[[], object]) -> None:
        QShortcut(QKeySequence(keys), self._window, act)

    @property
    def viewport(self) -> Viewport | None:
        """Where the avatar is drawn now."""
        return self.overlay.viewport if self.overlay is not None else self._window.viewport

    def direct(self) -> None:
        """Put hand and bar on the window's viewport, when it is a new one."""
        if self.overlay is not None:  # whoever comes late finds a scene that waits
            self.overlay.viewport.wake()
        viewport = self._window.viewport
        if viewport is None or viewport is self._directed:
            return
        self._directed = viewport
        hand = viewport.hand = CameraHand(viewport)
        hand.clicked.connect(lambda: self._told.touch("click"))
        hand.menu_wanted.connect(self._stage_menu)
        self._scenery.obey(hand)
        bar = StageBar(self._theme, viewport)
        bar.stepped_out.connect(self.step_out)
        bar.photographed.connect(self.photograph)
        bar.avatar_wanted.connect(self._avatar_menu)
        bar.background_wanted.connect(self._background_menu)
        if SHOWS_FRAME_TIMES in os.environ:
            self.show_frame_times()

    def _refused(self, sentence: str) -> None:
        self._told.notice("warning", sentence)

    def _hurry(self) -> None:
        if (viewport := self.viewport) is not None:
            viewport.hurry()

    # Window and desktop --------------------------------------------------------------------

    def change_place(self) -> None:
        """From the window to the desktop, or back."""
        if self.overlay is None:
            self.step_out()
        else:
            self.come_back()

    def step_out(self) -> None:
        """Stand on the desktop; the window keeps the conversation."""
        if self.overlay is not None or self._window.viewport is None:
            return
        if compositor.is_wayland():
            self._told.notice("warning", ON_WAYLAND)
            return
        self._window.send_stage_out()
        overlay = self.overlay = Overlay(self._frames.in_front, self._theme)
        overlay.came_back.connect(self.come_back)
        overlay.touched.connect(lambda: self._told.touch("click"))
        overlay.menu_wanted.connect(self._overlay_menu)
        overlay.moved.connect(self._remember)
        overlay.viewport.failed.connect(self.failed)
        screen = self._screen()
        overlay.appear(screen, self._spots.screens.get(_name(screen)))
        self._show_through(compositor.blends())
        self._blend_watch.start(COMPOSITOR_MS)

    def come_back(self) -> None:
        """Stand in the window again."""
        if self.overlay is None:
            return
        self._remember()
        self._drop_overlay()
        self._window.take_stage_back()
        self.direct()

    def avatar_left(self) -> None:
        """The avatar was closed: nothing stands on the desktop any more."""
        if self.overlay is not None:
            self._remember()
            self._drop_overlay()
            self._window.take_stage_back(raises=False)

    def close(self) -> None:
        """The app ends."""
        if self.overlay is not None:
            self._remember()
            self._drop_overlay()

    def _drop_overlay(self) -> None:
        overlay, self.overlay = self.overlay, None
        self._blend_watch.stop()
        self._told.withdraw(NO_BLENDING)
        if overlay is not None:
            overlay.leave()

    def _show_through(self, blends: bool) -> None:
        assert self.overlay is not None
        self._frames.shines_through = blends
        self.overlay.show_through(blends)
        if blends:
            self._told.withdraw(NO_BLENDING)
        else:
            self._told.notice("warning", NO_BLENDING)

    def _watch_blending(self) -> None:
        blends = compositor.blends()
        if self.overlay is not None and blends is not self.overlay.blends:
            self._show_through(blends)

    def _screen(self) -> QScreen:
        """The one it stood on last, or the window's own."""
        for screen in QGuiApplication.screens():
            if _name(screen) == self._spots.last:
                return screen
        return self._window.screen()

    def _remember(self) -> None:
        if self.overlay is not None:
            name = _name(self.overlay.screen())
            self._spots = self._spots.with_spot(name, self.overlay.spot())
            overlay_spots.save(self._store, self._spots)

    # Menus ---------------------------------------------------------------------------------

    def _stage_menu(self, place: QPointF) -> None:
        menu = QMenu(self._window)
        menu.addMenu(self.make_avatar_menu())
        background = self._make_background_menu()
        background.setTitle("Background")
        menu.addMenu(background)
        self._add_looks(menu)
        self._add_shots(menu, self._scenery)
        menu.addSeparator()
        self._add_pictures(menu)
        menu.addSeparator()
        menu.addAction("Put the camera back", self._scenery.put_back)
        menu.addAction("Stand on the desktop", self.step_out)
        menu.popup(place.toPoint())

    def _overlay_menu(self, place: QPointF) -> None:
        menu = QMenu(self.overlay)
        menu.addAction("Back to the window", self.come_back)
        hidden = self._window.isHidden() or self._window.isMinimized()
        words = "Show the conversation" if hidden else "Hide the conversation"
        menu.addAction(words, self._window.show_again if hidden else self._window.hide)
        menu.addSeparator()
        menu.addMenu(self.make_avatar_menu())
        self._add_looks(menu)
        self._add_pictures(menu)
        menu.addSeparator()
        menu.addAction("Quit", self.quit_wanted.emit)
        menu.popup(place.toPoint())

    def _add_shots(self, menu: QMenu, scenery: Scenery) -> None:
        shots = QActionGroup(menu)
        menu.addSeparator()
        for shot, words in SHOT_WORDS.items():
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(scenery.shot == shot)
            shots.addAction(action)
            action.triggered.connect(partial(scenery.choose_shot, shot))

    def _add_looks(self, menu: QMenu) -> None:
        if (here := self._frames.arrived()) is not None:
            worn = self._frames.outfit.of(here)
            add_looks(menu, here.prepared.avatar, worn, self.wear)

    def wear(self, outfit: int | None) -> None:
        """Change what the avatar wears, by its place among those of its file."""
        if (here := self._frames.arrived()) is not None:
            self._frames.outfit.wear(here, outfit)
            self._hurry()

    def _add_pictures(self, menu: QMenu) -> None:
        menu.addAction("Take a picture", self.photograph, QKeySequence("Ctrl+P"))
        cut_out = "Take a picture without the background"
        menu.addAction(cut_out, lambda: self.photograph(cut_out=True), QKeySequence("Ctrl+Shift+P"))

    def _avatar_menu(self, place: QPoint) -> None:
        _pop_up(self.make_avatar_menu(), place)

    def make_avatar_menu(self) -> QMenu:
        """Everybody who may stand here, the present one marked."""
        from avatar_desktop.ui.avatar_menu import avatar_menu

        here = self._frames.arrived()
        present = here.name if here is not None else ""
        choose = self._told.open_avatar
        return avatar_menu(self._window, self._places, present=present, choose=choose)

    def _background_menu(self, place: QPoint) -> None:
        _pop_up(self._make_background_menu(), place)

    def _make_background_menu(self) -> QMenu:
        from avatar_desktop.ui.background_menu import background_menu

        return background_menu(
            self._theme,
            self._window,
            word=self._scenery.word,
            ground=self._scenery.ground,
            place_light=self._scenery.place_light,
            choose=self.choose_background,
            stand=self._choose_ground,
            light=self.choose_place_light,
        )

    def choose_background(self, word: str) -> None:
        self._scenery.put_behind(word)
        self._told.arrange(background=word)

    def _choose_ground(self, ground: bool) -> None:
        self._scenery.ground = ground
        self._told.arrange(ground=ground)
        self._hurry()

    def choose_place_light(self, lit: bool) -> None:
        """Whether a place behind the avatar lights it too."""
        self._scenery.place_light = lit
        self._told.arrange(place_light=lit)
        self._hurry()

    # Pictures and measures -----------------------------------------------------------------

    def photograph(self, *, cut_out: bool = False) -> None:
        """Keep a picture in the person's folder and say where."""
        from avatar_desktop.ui.photograph import photograph

        if (viewport := self.viewport) is None:
            return
        try:
            content = photograph(viewport, cut_out=cut_out)
            if content is None:
                return
            file = keep_picture(self._places.pictures, content, datetime.now().astimezone())
        except AvatarDesktopError as error:
            self._told.notice("error", str(error))
        else:
            self._told.notice("info", f"The picture is kept as {file}.")

    def show_frame_times(self) -> None:
        """Show or hide them over the picture."""
        from avatar_desktop.ui.frame_times import FrameTimes

        if (viewport := self.viewport) is None:
            return
        shown = viewport.findChild(FrameTimes)
        if shown is None:
            FrameTimes(viewport)
        else:
            shown.setParent(None)
            shown.deleteLater()


def _name(screen: QScreen) -> str:
    return " ".join(filter(None, (screen.name(), screen.model(), screen.serialNumber())))


def _pop_up(menu: QMenu, place: QPoint) -> None:
    """Above a button of the stage."""
    menu.popup(place - QPoint(0, menu.sizeHint().height() + 6))
