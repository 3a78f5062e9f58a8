"""A new avatar comes into the person's library: its file and a card, whole or not at all.

It never opens the file and never lets a newcomer take the name of an avatar that is there.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Final

from avatar_desktop.errors import LibraryError
from avatar_desktop.library.avatars import CARD, Card, installed
from avatar_desktop.library.folders import Folders

MOST_CHARACTERS: Final = 200


def take_in(folders: Folders, name: str, card: Card, model: bytes) -> Path:
    """Put the avatar into the folder `name`, in place of an earlier one; its model file.

    `card.avatar` names the file. Raises LibraryError when nothing can be written.
    """
    home = folders.data / "avatars" / name
    staging: Path | None = None
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix="arriving-", dir=folders.data))
        new, old = staging / "new", staging / "old"
        new.mkdir()
        (new / card.avatar).write_bytes(model)
        (new / CARD).write_text(_as_toml(card, _free_name(folders, name, card)), encoding="utf-8")
        if home.exists():
            home.rename(old)
        try:
            new.rename(home)
        except OSError:
            if old.exists():
                old.rename(home)
            raise
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LibraryError(
            f"The avatar {card.name!r} cannot be kept in {home.parent}: {reason}.",
            advice="Make room there, or make the folder writable.",
        ) from error
    finally:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)
    return home / card.avatar


def _free_name(folders: Folders, name: str, card: Card) -> str:
    """The card's own name unless another avatar goes by it already."""
    others = [each for each in installed(folders) if each.name != name]
    taken = {word.casefold() for each in others for word in (each.name, each.card.name)}
    shown = _plain(card.name) or name
    return name if shown.casefold() in taken else shown


def _as_toml(card: Card, name: str) -> str:
    authors = ", ".join(_quoted(author) for author in card.authors)
    return (
        f"name = {_quoted(name)}\n"
        f"avatar = {_quoted(card.avatar)}\n"
        f"authors = [{authors}]\n"
        f"licence = {_quoted(card.licence)}\n"
        f"credit = {_quoted(card.credit)}\n"
    )


def _quoted(text: str) -> str:
    """A basic string of TOML: JSON's, once nothing unprintable is left in it."""
    return json.dumps(_plain(text), ensure_ascii=False)


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isprintable())[:MOST_CHARACTERS].strip()
