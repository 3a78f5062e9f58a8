"""The composition root of the app: each part is built once, in order, and closed in reverse.

The window and the avatar come first, so that a character is on the screen as soon as it can be;
the conversation server, the voice and the sound follow while it is already alive.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import sys
import threading
import time
import uuid
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.companion.companion import Companion
from avatar_desktop.companion.states import AvatarState
from avatar_desktop.errors import AvatarDesktopError, AvatarError
from avatar_desktop.library import settings as settings_file
from avatar_desktop.library.avatars import Card, card_of, resolve
from avatar_desktop.library.folders import Folders, folders
from avatar_desktop.library.identity import visitor_id
from avatar_desktop.library.store import Store
from avatar_desktop.motion.layers import standing_pose
from avatar_desktop.render.framing import SHOTS, Landmarks, Shot, frame, landmarks
from avatar_desktop.ui.camera import Orbit, dressed
from avatar_desktop.ui.icons import app_icon
from avatar_desktop.ui.theme import DARK, LIGHT, Theme, system_theme
from avatar_desktop.ui.viewport import Frame
from avatar_desktop.ui.window import MainWindow

if TYPE_CHECKING:
    from avatar_desktop.companion.session import Session

log = logging.getLogger("desktop")
TICK_SECONDS = 0.03
SNAPSHOT_MS = 40
"""Changes are shown together, at most this often."""
REPORT_START = "AVATAR_DESKTOP_REPORT_START"
"""Set by the benchmark: the instant of the first frame goes to standard output."""
THEMES = {"light": LIGHT, "dark": DARK}


def run_desktop(
    options: argparse.Namespace,
    *,
    beside: Callable[[Desktop], Coroutine[Any, Any, None]] | None = None,
) -> int:
    """Open the window and stay until it is closed; `beside` lives with it and may drive it."""
    import qasync  # pyright: ignore[reportMissingTypeStubs]

    places = folders(
        profile=Path(options.profile) if options.profile else None, temporary=options.temporary
    )
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("Avatar Desktop")
    app.setWindowIcon(app_icon())
    app.setQuitOnLastWindowClosed(False)  # the children are ended before the loop is
    loop: Any = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    desktop = Desktop(places, options, loop)
    if beside is not None:
        desktop.start(beside(desktop))
    try:
        with loop:
            loop.run_until_complete(desktop.live())
    finally:
        places.discard()
    return 0


class Desktop:
    """The living app; the window calls its verbs."""

    def __init__(
        self, places: Folders, options: argparse.Namespace, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._places = places
        self._options = options
        self._loop = loop
        self._store = Store(places.config)
        self.settings = settings_file.load(self._store)
        self._reading = _ReadAhead(self._avatar_name(), places)
        self.companion = Companion(
            new_id=_MessageIds(visitor_id(Store(places.data))),
            wall_ms=lambda: time.time_ns() // 1_000_000,
            on_change=self._changed,
        )
        theme = THEMES.get(self.settings.theme) or system_theme()
        self._orbit = Orbit()
        self._marks: tuple[Avatar, Landmarks, Shot] | None = None
        self._closing = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: Session | None = None
        self.window = MainWindow(theme, self, self._frame)
        self.window.closed.connect(self._closing.set)
        self._refresh = QTimer(self.window)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(SNAPSHOT_MS)
        self._refresh.timeout.connect(self.show)
        self.companion.mute(bool(options.muted) or self.settings.muted)

    @property
    def session(self) -> Session | None:
        """The way to the server, once it is sought."""
        return self._session

    # Birth and death -----------------------------------------------------------------------

    async def live(self) -> None:
        """Everything from the first frame to the last child process."""
        self.show()
        self.window.show()
        if self.settings.show_avatar:
            self.start(self._open_avatar(first=True))
        self.start(self._converse())
        self.start(self._tick())
        try:
            await self._closing.wait()
        finally:
            await self._close()

    async def _close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.companion.close_avatar()
        if self._session is not None:
            await self._session.close()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Let a part live until the window is closed; what ends it is shown."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a part failed", exc_info=error)
            sentence = str(error) if isinstance(error, AvatarDesktopError) else repr(error)
            self.companion.notices.add("error", sentence)

    async def _tick(self) -> None:
        """Speech goes on even while nothing is drawn."""
        while True:
            self.companion.tick()
            await asyncio.sleep(TICK_SECONDS)

    async def _converse(self) -> None:
        """The server and the link start once the avatar is on the screen, or at once without."""
        await self._first_frame()
        from avatar_desktop.companion.session import Session, SessionOptions
        from avatar_desktop.workers.journal import open_journal

        open_journal(self._places.logs, "app")
        session = self._session = Session(
            self.companion,
            self._places,
            SessionOptions(
                server=self._options.server or self.settings.server,
                token=self._options.token or "",
                mind=self._options.mind or self.settings.mind,
                agent=self.settings.agent,
            ),
        )
        await session.run()

    async def _first_frame(self) -> None:
        while self.companion.machine.state in (
            AvatarState.UNINITIALIZED,
            AvatarState.INITIALIZING,
        ) or (self.window.viewport is not None and self.window.viewport.frames_drawn == 0):
            if not self.settings.show_avatar:
                return
            await asyncio.sleep(0.01)

    # The avatar ----------------------------------------------------------------------------

    def _avatar_name(self) -> str:
        return self._options.avatar or self.settings.avatar

    async def _open_avatar(self, *, first: bool = False) -> None:
        self.companion.avatar_opens()
        try:
            reading = self._reading if first else _ReadAhead(self._avatar_name(), self._places)
            avatar, card = await asyncio.to_thread(reading.result)
        except AvatarDesktopError as error:
            self.companion.avatar_failed(str(error))
            return
        shot = _shot(card)
        self._marks = (avatar, landmarks(avatar, standing_pose(avatar)), shot)
        from avatar_desktop.companion.live import live_stage

        self.companion.avatar_ready(
            live_stage(avatar, card, self.companion, self.settings, seed=time.time_ns() % 2**32)
        )
        self.show()

    def _frame(self, aspect: float, theme: Theme) -> Frame | None:
        """What the viewport draws at this very moment."""
        stage = self.companion.stage
        if stage is None or self._marks is None:
            return None
        heard = stage.tick()
        _, marks, shot = self._marks
        view = self._orbit.apply(frame(marks, shot, aspect))
        return Frame(stage.avatar, stage.pose(heard), dressed(view, theme), self._is_speaking())

    def _is_speaking(self) -> bool:
        return self.companion.machine.state is AvatarState.PLAYING

    # What the window says ------------------------------------------------------------------

    def _changed(self) -> None:
        if not self._refresh.isActive():
            self._refresh.start()

    def show(self) -> None:
        """Show the present snapshot."""
        self.window.show_snapshot(self.companion.snapshot())
        viewport = self.window.viewport
        if viewport is not None and not viewport.is_directed:
            viewport.is_directed = True
            viewport.orbited.connect(self._orbited)
            viewport.zoomed.connect(self._zoomed)
            viewport.failed.connect(self._graphics_failed)
            if REPORT_START in os.environ:
                viewport.frameSwapped.connect(_report_start, Qt.ConnectionType.SingleShotConnection)

    def _orbited(self, right_px: float, down_px: float) -> None:
        self._orbit = self._orbit.dragged(right_px, down_px)

    def _zoomed(self, notches: float) -> None:
        self._orbit = self._orbit.wheeled(notches)

    def _graphics_failed(self, sentence: str) -> None:
        self.companion.notices.add("error", sentence)
        self.companion.close_avatar()

    def say(self, text: str) -> str | None:
        return self.companion.say(text)

    def interrupt(self) -> None:
        self.companion.interrupt()

    def typing(self, active: bool) -> None:
        self.companion.typing(active)

    def mute(self, muted: bool) -> None:
        self.companion.mute(muted)

    def touch(self, kind: str) -> None:
        self.companion.touch(kind)

    def toggle_avatar(self) -> None:
        """Close an open avatar, open a closed one, try a broken one again."""
        if self.companion.machine.state in (AvatarState.DESTROYED, AvatarState.ERROR):
            self.start(self._open_avatar())
        else:
            self.companion.close_avatar()

    def act(self, action: str) -> None:
        if action == "retry-link":
            self.companion.retry_link()
        elif action in ("retry-avatar", "open-avatar"):
            self.start(self._open_avatar())

    def dismiss(self, notice_id: int) -> None:
        self.companion.notices.dismiss(notice_id)


class _MessageIds:
    """Names what this visitor types, never twice the same."""

    def __init__(self, visitor: str) -> None:
        self._visitor = visitor

    def __call__(self) -> str:
        return f"{self._visitor}.{uuid.uuid4().hex}"


class _ReadAhead:
    """Reads an avatar in a thread while the window is being built."""

    def __init__(self, name: str, places: Folders) -> None:
        self._name = name
        self._places = places
        self._found: tuple[Avatar, Card | None] | None = None
        self._error: AvatarDesktopError | None = None
        self._thread = threading.Thread(target=self._read, name="avatar", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            file = resolve(self._name, self._places)
            self._found = (read_avatar(file), card_of(file))
        except AvatarDesktopError as error:
            self._error = error

    def result(self) -> tuple[Avatar, Card | None]:
        self._thread.join()
        if self._error is not None:
            raise self._error
        if self._found is None:
            raise AvatarError(f"The avatar {self._name} could not be read.")
        return self._found


def _report_start() -> None:
    print(json.dumps({"first_frame": time.monotonic()}), flush=True)  # noqa: T201


def _shot(card: Card | None) -> Shot:
    wanted = card.framing.shot if card else "bust"
    return wanted if wanted in SHOTS else "bust"
