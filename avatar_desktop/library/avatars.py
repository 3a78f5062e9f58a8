"""The avatars that are installed, the app's own and the person's; and a name or a path to a file.

Reads their cards only; never opens an avatar and never fetches one.
"""

import logging
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from avatar_desktop.errors import LibraryError
from avatar_desktop.library.folders import Folders

CARD: Final = "card.toml"
SUFFIXES: Final = (".vrm", ".glb", ".gltf", ".zip")
"""Every kind of file that is opened as an avatar; of several in one folder the first kind."""
MOST_SHOWN: Final = 200
_log: Final = logging.getLogger(__name__)


class Framing(msgspec.Struct, frozen=True, kw_only=True):
    shot: str = "bust"


class Speaking(msgspec.Struct, frozen=True, kw_only=True):
    engine: str = ""
    voice: str = ""
    tone: str = "neutral"


class Persona(msgspec.Struct, frozen=True, kw_only=True):
    prompt: str = ""
    welcome: str = ""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in an avatar's `card.toml`."""

    name: str
    avatar: str = ""
    authors: tuple[str, ...] = ()
    licence: str = ""
    credit: str = ""
    framing: Framing = Framing()
    voice: Speaking = Speaking()
    persona: Persona = Persona()
    animations: dict[str, str] = {}


@dataclass(frozen=True)
class InstalledAvatar:
    """`name` is its folder's name, `file` the model inside."""

    name: str
    folder: Path
    file: Path
    card: Card
    is_built_in: bool


def installed(folders: Folders) -> tuple[InstalledAvatar, ...]:
    """Every avatar that can be opened by name; the person's own come first and win."""
    places = [(folders.data / "avatars", False)]
    places += [(place, True) for place in built_in_places()]
    found: dict[str, InstalledAvatar] = {}
    for place, is_built_in in places:
        for card_file in sorted(place.glob(f"*/{CARD}")):
            try:
                avatar = _installed(card_file, is_built_in=is_built_in)
            except LibraryError as error:
                _log.warning("%s", error)
            else:
                found.setdefault(avatar.name.casefold(), avatar)
    return tuple(found.values())


def resolve(name_or_path: str, folders: Folders) -> Path:
    """The model file of an installed avatar's name or of a path."""
    for avatar in installed(folders):
        if name_or_path.casefold() in (avatar.name.casefold(), avatar.card.name.casefold()):
            return avatar.file
    path = _own_path(name_or_path)
    if is_file(path / CARD):
        return _installed(path / CARD, is_built_in=False).file
    if is_file(path):
        return path
    names = ", ".join(avatar.name for avatar in installed(folders)) or "none"
    raise LibraryError(
        f"There is no avatar called {name_or_path[:MOST_SHOWN]!r}, and no such file.",
        advice=f"Installed avatars: {names}. A .vrm, .glb, .gltf or .zip file works too.",
    )


def is_file(path: Path) -> bool:
    """Whether a file lies there; false for a name that no system would take."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def card_of(file: Path) -> Card | None:
    """The card that lies beside a model file, if it is this model's."""
    card_file = file.parent / CARD
    if not card_file.is_file():
        return None
    avatar = _installed(card_file, is_built_in=False)
    return avatar.card if avatar.file == file else None


def read_card(content: str) -> Card:
    """The card in a TOML text; ValueError when it is none."""
    try:
        fields = tomllib.loads(content)
        if isinstance(fields.get("authors"), str):
            fields["authors"] = [fields["authors"]]
        return msgspec.convert(fields, Card)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ValueError(str(error)) from error


def built_in_places() -> tuple[Path, ...]:
    """Where the app's own avatars may lie: frozen, installed, or in a checkout."""
    package = Path(__file__).parents[1]
    roots = [package, package.parent]
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        roots = [Path(frozen), Path(frozen) / "avatar_desktop"]
    return tuple(root / "assets" / "models" for root in roots)


def _own_path(text: str) -> Path:
    path = Path(text)
    try:
        return path.expanduser()
    except (RuntimeError, ValueError):  # a ~ of somebody who does not exist
        return path


def _installed(card_file: Path, *, is_built_in: bool) -> InstalledAvatar:
    folder = card_file.parent
    try:
        card = read_card(card_file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LibraryError(
            f"The card of the avatar {folder.name!r} cannot be read: {error}.",
            advice=f"Mend or remove {card_file}.",
        ) from error
    return InstalledAvatar(folder.name, folder, _model(folder, card), card, is_built_in)


def _model(folder: Path, card: Card) -> Path:
    if card.avatar:
        file = folder / card.avatar
        inside = file.resolve().is_relative_to(folder.resolve())
        if inside and file.is_file():
            return file
    else:
        files = (path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
        models = sorted(files, key=lambda path: (SUFFIXES.index(path.suffix.lower()), path.name))
        if models:
            return models[0]
    raise LibraryError(
        f"The avatar {folder.name!r} has no model file {card.avatar or '*.vrm'!r} in its folder."
    )
