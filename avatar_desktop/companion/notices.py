"""What the person must know about the parts: one sentence each, newest last."""

from __future__ import annotations

from collections.abc import Callable

from avatar_desktop.companion.snapshot import Notice, NoticeAction, NoticeKind

MOST = 3


class Notices:
    """A few current notices; the same sentence is never shown twice at once."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._current: tuple[Notice, ...] = ()
        self._count = 0

    @property
    def current(self) -> tuple[Notice, ...]:
        return self._current

    def add(
        self,
        kind: NoticeKind,
        text: str,
        action: NoticeAction = "",
    ) -> None:
        self._count += 1
        others = tuple(each for each in self._current if each.text != text)
        self._current = (*others, Notice(self._count, kind, text, action))[-MOST:]
        self._on_change()

    def withdraw(self, action_or_text: str) -> None:
        """What a notice says or offers is not true any more."""
        kept = tuple(
            each for each in self._current if action_or_text not in (each.action, each.text)
        )
        if kept != self._current:
            self._current = kept
            self._on_change()

    def dismiss(self, notice_id: int) -> None:
        self._current = tuple(each for each in self._current if each.id != notice_id)
        self._on_change()
