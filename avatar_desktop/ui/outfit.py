"""What the avatar on the stage wears: the person's choice among the outfits of its file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from avatar_desktop.library import outfits
from avatar_desktop.library.store import Store

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from avatar_desktop.avatar.avatar import Avatar
    from avatar_desktop.companion.arrival import Arrived

AS_IT_COMES = "As it comes"


class Outfit:
    """One for the app; remembers a choice for each avatar."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: outfits.Outfits | None = None
        self._seen: tuple[Avatar, int | None] | None = None

    def of(self, here: Arrived) -> int | None:
        """Its place among the variants of the file; None for what the avatar comes in."""
        avatar = here.prepared.avatar
        if not avatar.variants:
            return None
        if self._seen is None or self._seen[0] is not avatar:
            name = self._known().worn.get(here.name)
            worn = avatar.variants.index(name) if name in avatar.variants else None
            self._seen = (avatar, worn)
        return self._seen[1]

    def wear(self, here: Arrived, outfit: int | None) -> None:
        """Change, and remember it for this avatar."""
        avatar = here.prepared.avatar
        name = None if outfit is None else avatar.variants[outfit]
        self._kept = self._known().with_outfit(here.name, name)
        outfits.save(self._store, self._kept)
        self._seen = (avatar, outfit)

    def _known(self) -> outfits.Outfits:
        if self._kept is None:
            self._kept = outfits.load(self._store)
        return self._kept


def own_outfit(avatar: Avatar) -> int | None:
    """The variant that looks as the file comes, if one does."""
    for place in range(len(avatar.variants)):
        if all(
            part.variants.get(place, part.material) == part.material
            for mesh in avatar.meshes
            for part in mesh.primitives
        ):
            return place
    return None


def looks_of(avatar: Avatar) -> list[tuple[int | None, str]]:
    """What it can wear, and how that reads; nothing where there is no choice."""
    own = own_outfit(avatar)
    offered = [
        (None if place == own else place, _title(name))
        for place, name in enumerate(avatar.variants)
    ]
    if offered and own is None:
        offered.insert(0, (None, AS_IT_COMES))
    return offered if len(offered) > 1 else []


def add_looks(
    menu: QMenu, avatar: Avatar, worn: int | None, wear: Callable[[int | None], None]
) -> None:
    """A submenu with the looks of an avatar that has several."""
    from PySide6.QtGui import QActionGroup

    if not (offered := looks_of(avatar)):
        return
    looks = menu.addMenu("Look")
    group = QActionGroup(looks)
    for place, title in offered:
        action = looks.addAction(title)
        action.setCheckable(True)
        action.setChecked(place == worn)
        group.addAction(action)
        action.triggered.connect(partial(_chosen, wear, place))


def _chosen(wear: Callable[[int | None], None], place: int | None, *_: object) -> None:
    wear(place)


def _title(name: str) -> str:
    """A name of a file as a menu reads; an ampersand is no shortcut in it."""
    words = name.replace("_", " ").strip() or "Unnamed"
    return (words[0].upper() + words[1:]).replace("&", "&&")
