"""The real app, watched and steered from its standard input: one JSON line in, one out.

It runs `run_desktop` as a person's start does and lives beside the window. It looks at widgets,
pictures and processes; what a person does with keys and mouse is left to real events.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import psutil
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from avatar_desktop import desktop as app
from avatar_desktop.cli.main import build_parser
from avatar_desktop.companion.opening import begin
from tests.makers.mouth import mouth_box

Answer = dict[str, Any]
Verb = Callable[..., Answer]


class Driver:
    """What may be asked of a running app."""

    def __init__(self, desktop: app.Desktop) -> None:
        self._desktop = desktop
        self._verbs: dict[str, Verb] = {
            "look": self.look,
            "picture": self.picture,
            "shoot": self.shoot,
            "freeze": self.freeze,
            "mute": self.mute,
            "say": self.say,
            "stop": self.stop,
            "close": self.close,
            "overlay": self.overlay,
            "alpha": self.alpha,
            "conversation": self.conversation,
            "avatars": self.avatars,
            "background": self.background,
            "view": self.view,
            "wear": self.wear,
            "place_light": self.place_light,
            "stub": self.stub,
            "voices": self.voices,
            "clipboard": lambda: {"text": QGuiApplication.clipboard().text()},
        }

    async def live(self) -> None:
        """Answer until the questions end; without anybody who asks, the window closes."""
        questions: asyncio.Queue[str] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        asks = partial(loop.call_soon_threadsafe, questions.put_nowait)
        threading.Thread(target=_read, args=(asks,), daemon=True).start()
        while line := await questions.get():
            question: Answer = json.loads(line)
            try:
                answer = self._verbs[question.pop("verb")](**question)
            except Exception as error:
                logging.getLogger("driver").exception("a question failed")
                answer = {"failed": repr(error)}
            print(json.dumps(answer), flush=True)
        self._desktop.quit()

    def look(self) -> Answer:
        """Everything a person could see, and the processes behind it."""
        window = self._desktop.window
        snapshot = self._desktop.companion.snapshot()
        session = self._desktop.session
        address = session.server_address if session else None
        viewport = self._desktop.viewport
        stage = self._desktop.companion.stage
        return {
            "rows": [
                {"sender": row.sender, "text": row.text, "state": row.state}
                for row in snapshot.messages
            ],
            "shown": window.panel.transcript.texts(),
            "notices": window.panel.notices.texts(),
            "avatar": snapshot.avatar.name,
            "link": snapshot.link,
            "speaking": snapshot.speaking,
            "busy": stage is not None and stage.speaking.is_busy,
            "typing": snapshot.typing,
            "buttons": _buttons(window),
            "window": int(window.winId()),
            "is_active": window.isActiveWindow(),
            "frames": viewport.frames_drawn if viewport else 0,
            "scenes": sum(isinstance(each, QOpenGLWidget) for each in QApplication.allWidgets()),
            "http": address.http if address else "",
            "token": address.token if address else "",
            "processes": _processes(),
        }

    def voices(self, path: str = "") -> Answer:
        """The list of voices, and its picture."""
        dialog = self._desktop._voices.dialog
        if dialog is None:
            return {"is_open": False, "chosen": self._desktop.settings.voice}
        return {
            "is_open": True,
            "saved": bool(path) and dialog.grab().save(path),
            "listed": [voice.title for voice in dialog.listed],
            "chosen": self._desktop.settings.voice,
            "speakers": dialog.speaker.listed(),
            "speaker": dialog.speaker.box.currentText(),
            "hint": dialog.speaker.hint,
            "unfolded": dialog.speaker.box.is_unfolded,
            "said": dialog.arrivals.message.text(),
            "places": _places(dialog),
            "window": int(dialog.winId()),
        }

    def picture(self, path: str) -> Answer:
        """The avatar as it is at this moment, as a file, and where its mouth is in it."""
        viewport = self._desktop.viewport
        if viewport is None:
            return {"failed": "no avatar is open"}
        image = viewport.grabFramebuffer()
        image.save(path)
        frame = viewport.last
        assert frame is not None
        corners = mouth_box(frame.avatar, frame.pose)
        assert corners is not None
        pixels = frame.view.project(corners, image.width(), image.height())
        low, high = pixels.min(axis=0), pixels.max(axis=0)
        return {
            "mouth": [float(low[0]), float(low[1]), float(high[0]), float(high[1])],
            "scale": viewport.resolution_scale,
            "speaking": frame.speaking,
        }

    def shoot(self, path: str) -> Answer:
        """The whole window as a file."""
        return {"saved": self._desktop.window.grab().save(path)}

    def overlay(self) -> Answer:
        """Where the avatar stands on the desktop, if it does."""
        where = self._desktop.whereabouts
        assert where is not None
        overlay = where.overlay
        if overlay is None:
            return {"out": False}
        here = overlay.geometry()
        return {
            "out": True,
            "at": [here.x(), here.y(), here.width(), here.height()],
            "blends": overlay.blends,
            "lets_through": overlay.lets_through,
        }

    def alpha(self, path: str) -> Answer:
        """The avatar's premultiplied pixels, as an array in a file."""
        viewport = self._desktop.viewport
        assert viewport is not None and viewport.renderer is not None
        size = viewport.grabFramebuffer().size()  # it draws; of the picture it leaves alpha out
        viewport.makeCurrent()
        np.save(path, viewport.renderer.read_rgba(size.width(), size.height()))
        viewport.doneCurrent()
        return {"clear": viewport.is_clear}

    def conversation(self, shown: bool) -> Answer:
        """Show or hide the window."""
        self._desktop.window.setVisible(shown)
        return {}

    def avatars(self, choose: str = "") -> Answer:
        """Who the menu of avatars offers, and who is marked in it; then what a click does."""
        where = self._desktop.whereabouts
        assert where is not None
        actions = where.make_avatar_menu().actions()
        for action in actions:
            if action.text() == choose:
                action.trigger()
        marked = [action.text() for action in actions if action.isChecked()]
        return {"offered": [action.text() for action in actions], "marked": marked}

    def background(self, word: str) -> Answer:
        """What the menu of backgrounds does."""
        where = self._desktop.whereabouts
        assert where is not None
        where.choose_background(word)
        return {}

    def view(self) -> Answer:
        """Where the camera stands in a frame of this moment."""
        viewport = self._desktop.viewport
        assert viewport is not None
        viewport.grabFramebuffer()
        assert viewport.last is not None
        view = viewport.last.view
        lit = view.environment is not None
        return {"eye": view.eye, "target": view.target, "outfit": view.outfit, "place": lit}

    def wear(self, outfit: int | None) -> Answer:
        """What the menu of looks does."""
        where = self._desktop.whereabouts
        assert where is not None
        where.wear(outfit)
        return {}

    def place_light(self, lit: bool) -> Answer:
        """What the menu of backgrounds does for a place."""
        where = self._desktop.whereabouts
        assert where is not None
        where.choose_place_light(lit)
        return {}

    def stub(self) -> Answer:
        """From now on nothing is drawn: what costs then is all our own."""
        from avatar_desktop.render.opengl import load_gl

        gl = load_gl()
        for name in ("glDrawElements", "glDrawArrays", "glBlitFramebuffer", "glClear"):
            setattr(gl, name, lambda *given: None)
        return {}

    def freeze(self, frozen: bool) -> Answer:
        """Hold everything but the lips still."""
        stage = self._desktop.companion.stage
        assert stage is not None
        stage.performer.freeze(frozen)
        return {}

    def mute(self, muted: bool) -> Answer:
        self._desktop.mute(muted)
        return {}

    def say(self, text: str) -> Answer:
        return {"id": self._desktop.say(text)}

    def stop(self) -> Answer:
        self._desktop.interrupt()
        return {}

    def close(self) -> Answer:
        """What the frame's own close button does."""
        asyncio.get_running_loop().call_soon(self._desktop.quit)
        return {}


def _read(asks: Callable[[str], object]) -> None:
    for line in sys.stdin:
        asks(line)
    asks("")


def _buttons(window: QWidget) -> list[Answer]:
    found: list[Answer] = []
    for button in window.findChildren(QAbstractButton):
        if button.isVisible():
            middle = button.mapToGlobal(QPoint(button.width() // 2, button.height() // 2))
            words = getattr(button, "accessibleName", str)() or button.text() or button.toolTip()
            found.append(
                {
                    "name": words,
                    "at": [middle.x(), middle.y()],
                    "row": _row_of(button),
                    "enabled": button.isEnabled(),
                }
            )
    return found


def _places(window: QWidget) -> dict[str, list[int]]:
    """The middle of everything that has a name, on the screen."""
    named = [each for each in window.findChildren(QWidget) if each.accessibleName()]
    middles = {
        each.accessibleName(): each.mapToGlobal(QPoint(each.width() // 2, each.height() // 2))
        for each in named
        if not each.visibleRegion().isEmpty()
    }
    return {name: [at.x(), at.y()] for name, at in middles.items()}


def _row_of(button: QAbstractButton) -> str | None:
    """The text of the message that the button belongs to."""
    parent: Any = button.parent()
    while parent is not None:
        if type(parent).__name__ == "Bubble":
            return str(parent.text)
        parent = parent.parent()
    return None


def _processes() -> dict[str, int]:
    """The children by what they do."""
    found: dict[str, int] = {}
    for child in psutil.Process().children(recursive=True):
        try:
            words = child.cmdline()
            gone = child.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            continue
        if gone:
            continue
        if "--worker" in words:
            found[words[-1]] = child.pid
        elif "serve" in words:
            found["server"] = child.pid
        else:
            found[f"{child.pid}"] = child.pid
    return found


def main() -> int:
    """Start the app as the command line does."""
    options = build_parser(["open"]).parse_args(["open", *sys.argv[1:]])
    return app.run_desktop(begin(options), beside=lambda desktop: Driver(desktop).live())


if __name__ == "__main__":
    sys.exit(main())
