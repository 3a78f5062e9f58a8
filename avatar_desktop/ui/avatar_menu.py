"""Who may stand on the stage: the installed avatars as a menu."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from avatar_desktop.library.avatars import InstalledAvatar, installed
from avatar_desktop.library.folders import Folders


def avatar_menu(
    parent: QWidget | None, places: Folders, *, present: str, choose: Callable[[str], None]
) -> QMenu:
    """`present` is who stands there, by name or file; `choose` is told an installed name."""
    menu = QMenu("Avatar", parent)
    group = QActionGroup(menu)
    for avatar in installed(places):
        action = menu.addAction(avatar.card.name.replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(_is_called(avatar, present))
        group.addAction(action)
        action.triggered.connect(partial(_chosen, choose, avatar.name))
    return menu


def _is_called(avatar: InstalledAvatar, name: str) -> bool:
    names = (avatar.name, avatar.card.name, str(avatar.file))
    return name.casefold() in (each.casefold() for each in names)


def _chosen(choose: Callable[[str], None], name: str, *_: object) -> None:
    choose(name)
