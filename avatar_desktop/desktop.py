"""The composition root of the app: each part is built once, in order, and closed in reverse.

The window and the avatar come first, before the rest is even imported, so that a character is on
the screen as soon as it can be; then it comes alive, and the conversation server follows.
"""

from __future__ import annotations

import gc
import logging
import sys
import time
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from avatar_desktop.companion.arrival import Arrived
from avatar_desktop.companion.opening import Opening
from avatar_desktop.companion.persona import persona_of
from avatar_desktop.companion.states import AvatarState
from avatar_desktop.errors import AvatarDesktopError
from avatar_desktop.ui.first_sight import until_seen
from avatar_desktop.ui.frames import Frames
from avatar_desktop.ui.start_report import report_start
from avatar_desktop.ui.theme import chosen_theme
from avatar_desktop.ui.window import MainWindow

if TYPE_CHECKING:
    import asyncio

    from avatar_desktop.companion.companion import Companion
    from avatar_desktop.companion.session import Session
    from avatar_desktop.companion.snapshot import NoticeKind
    from avatar_desktop.companion.stage import Stage
    from avatar_desktop.ui.viewport import Viewport
    from avatar_desktop.ui.whereabouts import Whereabouts
    from avatar_desktop.wire.parts import Agent

log = logging.getLogger("desktop")
TICK_SECONDS, REST_SECONDS = 0.03, 0.5
"""Between two looks at the stage while something is said, and while nothing is."""
SNAPSHOT_MS = 40
"""Changes are shown together, at most this often."""
AWAY = (AvatarState.UNINITIALIZED, AvatarState.DESTROYED, AvatarState.ERROR)


def run_desktop(
    opening: Opening,
    *,
    beside: Callable[[Desktop], Coroutine[Any, Any, None]] | None = None,
) -> int:
    """Open the window and stay until it is closed; `beside` lives with it and may drive it."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("Avatar Desktop")
    app.setQuitOnLastWindowClosed(False)  # the children are ended before the loop is
    try:
        desktop = Desktop(opening)
        desktop.appear(app)
        gc.enable()
        sys.setswitchinterval(0.005)  # as Python has it
        desktop.furnish(app)
        _live(app, desktop, beside)
    finally:
        opening.places.discard()
    return 0


def _live(
    app: QApplication,
    desktop: Desktop,
    beside: Callable[[Desktop], Coroutine[Any, Any, None]] | None,
) -> None:
    import asyncio

    import qasync  # pyright: ignore[reportMissingTypeStubs]

    loop: Any = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    desktop.come_alive(loop)
    if beside is not None:
        desktop.start(beside(desktop))
    with loop:
        loop.run_until_complete(desktop.live())


class Desktop:
    """The living app; the window calls its verbs."""

    companion: Companion
    """There from `come_alive` on; until then nothing that the person does is looked at."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._options = opening.options
        self._places = opening.places
        self.settings = opening.settings
        self._frames = Frames(self._first_arrived, self._places, self.settings)
        self._whereabouts: Whereabouts | None = None
        self._arrived: Arrived | None = None
        self._is_alive = False
        self._graphics_trouble = ""
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: Session | None = None
        theme = self._theme = chosen_theme(self.settings.theme)
        opens = opening.arrival is not None
        self.window = MainWindow(theme, self, self._frames.in_window, opens_avatar=opens)
        self._is_closed = False
        self.window.closed.connect(self._closed)
        self._refresh = QTimer(self.window)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(SNAPSHOT_MS)
        self._refresh.timeout.connect(self.show)

    @property
    def session(self) -> Session | None:
        """The way to the server, once it is sought."""
        return self._session

    # The first sight -----------------------------------------------------------------------

    def appear(self, app: QApplication) -> None:
        """Show the window, and the avatar in it as soon as it is read."""
        if self._opening.starts_out:
            return
        self._direct()
        self.window.show()
        arrival, viewport = self._opening.arrival, self.window.viewport
        if arrival is None or viewport is None:
            return
        until_seen(
            app,
            viewport,
            arrival,
            has_come=lambda: self._first_arrived() is not None,
            is_vain=lambda: self._is_closed or bool(self._graphics_trouble),
        )

    def _first_arrived(self) -> Arrived | None:
        """The avatar that set out first, as soon as it is there."""
        arrival = self._opening.arrival
        if self._arrived is None and arrival is not None and arrival.is_over:
            try:
                self._arrived = arrival.result()
            except AvatarDesktopError:
                return None  # told when the companion opens the avatar
        return self._arrived

    def furnish(self, app: QApplication) -> None:
        """Bring all of the window that does not belong to the first sight."""
        from avatar_desktop.companion.snapshot import NOBODY_YET
        from avatar_desktop.ui.icons import app_icon
        from avatar_desktop.ui.whereabouts import Whereabouts

        app.setWindowIcon(app_icon())
        self.window.furnish(NOBODY_YET)
        where = self._whereabouts = Whereabouts(
            self.window, self._theme, self, self._frames, self._places
        )
        where.quit_wanted.connect(self.quit)
        where.failed.connect(self._graphics_failed)
        where.direct()

    # Birth and death -----------------------------------------------------------------------

    def come_alive(self, loop: asyncio.AbstractEventLoop) -> None:
        """The companion is born; the person is listened to from here on."""
        import asyncio

        from avatar_desktop.companion.casting import Casting
        from avatar_desktop.companion.companion import Companion
        from avatar_desktop.companion.wardrobe import Wardrobe
        from avatar_desktop.library.identity import MessageIds, visitor_id
        from avatar_desktop.library.store import Store
        from avatar_desktop.ui.voices.desk import VoiceDesk

        self._loop = loop
        self._closing = asyncio.Event()
        self.companion = Companion(
            new_id=MessageIds(visitor_id(Store(self._places.data))),
            wall_ms=lambda: time.time_ns() // 1_000_000,
            on_change=self._changed,
            on_agent=self._agent_known,
            is_served=self.settings.speech == "server",
        )
        self._wardrobe = Wardrobe(
            self._places,
            self.settings,
            name=self._opening.avatar_name(),
            chosen=self._options.avatar or "",
            notices=self.companion.notices,
        )
        self._casting = Casting(self.companion, self._wardrobe, self._places, self._set_the_stage)
        self.companion.mute(bool(self._options.muted) or self.settings.muted)
        self._voices = VoiceDesk(self, self._theme, self._places, lambda: self._arrived)
        self._is_alive = True
        self._frames.companion = self.companion
        if self._is_closed:
            self._closing.set()

    async def live(self) -> None:
        """Everything from the first breath to the last child process."""
        if self._opening.starts_out and self._whereabouts is not None:
            self._whereabouts.step_out()
            self.window.show()
        if self._graphics_trouble:
            self._graphics_failed(self._graphics_trouble)
        elif self._opening.arrival is not None:
            self.start(self._casting.bring(self._opening.arrival))
        self.start(self._converse())
        self.start(self._tick())
        try:
            await self._closing.wait()
        finally:
            await self._close()

    async def _close(self) -> None:
        import asyncio

        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._whereabouts is not None:
            self._whereabouts.close()
        self._voices.close()
        self.companion.close_avatar()
        if self._session is not None:
            await self._session.close()

    def quit(self) -> None:
        """Close everything, wherever the avatar stands."""
        if self._whereabouts is not None:
            self._whereabouts.avatar_left()
        self.window.close()

    def _closed(self) -> None:
        self._is_closed = True
        if self._is_alive:
            self._closing.set()

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
        import asyncio

        while True:
            self.companion.tick()
            stage = self.companion.stage
            is_busy = stage is not None and stage.speaking.is_busy
            await asyncio.sleep(TICK_SECONDS if is_busy else REST_SECONDS)

    async def _converse(self) -> None:
        from avatar_desktop.companion.session import Session, SessionOptions
        from avatar_desktop.workers.journal import open_journal

        open_journal(self._places.logs, "app", self.settings.log_level)
        wanted = SessionOptions.of(self._options, self.settings)
        self._session = Session(self.companion, self._places, wanted)
        self._introduce()
        await self._session.run()

    # The avatar ----------------------------------------------------------------------------

    def _set_the_stage(self, arrived: Arrived) -> Stage:
        from avatar_desktop.companion.live import live_stage

        self._arrived = arrived
        avatar, card = arrived.prepared.avatar, arrived.card
        stage = live_stage(
            avatar, card, self.companion, self.settings, motions=arrived.motions, home=self._places
        )
        self._changed()
        self._introduce()
        return stage

    def _introduce(self) -> None:
        """Whoever stands here speaks as themselves."""
        if self._session is not None and self._arrived is not None:
            self._session.take_persona(persona_of(self._arrived.card, self.settings))

    def _agent_known(self, agent: Agent) -> None:
        self.start(self._wardrobe.meet(agent, self._change_avatar))

    def _change_avatar(self) -> None:
        self.start(self._casting.bring())

    # What the window says ------------------------------------------------------------------

    def _changed(self) -> None:
        if not self._refresh.isActive():
            self._refresh.start()

    def show(self) -> None:
        """Show the present snapshot."""
        if self._whereabouts is not None and self.companion.machine.state in AWAY[1:]:
            self._whereabouts.avatar_left()
        self.window.show_snapshot(self.companion.snapshot())
        self._direct()

    def _direct(self) -> None:
        """Listen to a viewport that is new."""
        viewport = self.window.viewport
        if viewport is not None and not viewport.is_directed:
            viewport.is_directed = True
            viewport.failed.connect(self._graphics_failed)
            report_start(viewport)
        if self._whereabouts is not None:
            self._whereabouts.direct()

    @property
    def whereabouts(self) -> Whereabouts | None:
        """Where the avatar is; there once the window is furnished."""
        return self._whereabouts

    @property
    def viewport(self) -> Viewport | None:
        """Where the avatar is drawn now, in the window or on the desktop."""
        where = self._whereabouts
        return self.window.viewport if where is None else where.viewport

    def notice(self, kind: NoticeKind, sentence: str) -> None:
        """Say a sentence in the window."""
        if self._is_alive:
            self.companion.notices.add(kind, sentence)

    def withdraw(self, sentence: str) -> None:
        if self._is_alive:
            self.companion.notices.withdraw(sentence)

    def arrange(self, **choices: Any) -> None:
        """Keep what the person chose."""
        from avatar_desktop.library import settings
        from avatar_desktop.library.store import Store

        self.settings = settings.changed(self.settings, **choices)
        settings.save(Store(self._places.config), self.settings)

    def open_avatar(self, name: str) -> None:
        self.arrange(avatar=name)
        self._wardrobe.choose(name, self._change_avatar)

    def _graphics_failed(self, sentence: str) -> None:
        if not self._is_alive:
            self._graphics_trouble = sentence
            return
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

    def voices(self) -> None:
        """Let the person hear, choose and bring voices."""
        if self._is_alive:
            self._voices.open()

    def toggle_avatar(self) -> None:
        """Close an open avatar, open a closed one, try a broken one again."""
        if self.companion.machine.state in AWAY:
            self.start(self._casting.bring())
        else:
            self._casting.cancel()
            self.companion.close_avatar()

    def act(self, action: str) -> None:
        {
            "retry-link": self.companion.retry_link,
            "retry-avatar": self._change_avatar,
            "cancel-avatar": self._casting.cancel,
            "fetch-avatar": lambda: self.start(self._wardrobe.fetch(self._change_avatar)),
        }[action]()

    def dismiss(self, notice_id: int) -> None:
        self.companion.notices.dismiss(notice_id)
