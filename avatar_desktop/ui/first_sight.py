"""The wait for the avatar's first picture, with the window shown and nobody listened to yet."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from avatar_desktop.companion.arrival import Arrival
from avatar_desktop.ui.viewport import Viewport

GLANCE_MS = 4
PATIENCE_MS = 4000
"""An avatar that takes longer to read comes when it comes; the rest goes on."""


def until_seen(
    app: QApplication,
    viewport: Viewport,
    arrival: Arrival,
    *,
    has_come: Callable[[], bool],
    is_vain: Callable[[], bool],
) -> None:
    """Until the avatar is seen, cannot come, takes too long, or the wait is vain."""
    glance = QTimer()  # its ticks let the loop below look again
    glance.start(GLANCE_MS)
    waited = QElapsedTimer()
    waited.start()
    kinds = QEventLoop.ProcessEventsFlag
    patient = kinds.WaitForMoreEvents | kinds.ExcludeUserInputEvents
    while not (is_vain() or viewport.is_seen):
        if arrival.is_over:
            if not has_come():
                break
            viewport.wake()
        if waited.elapsed() > PATIENCE_MS:
            break
        app.processEvents(patient)
    glance.stop()
