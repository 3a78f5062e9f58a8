"""Which avatar an agent shall have: a pure decision from what it names and what the person wants.

It reads no file, fetches nothing and asks nobody; whoever called does what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.request import url2pathname

from avatar_desktop.errors import AvatarError
from avatar_desktop.library.avatars import SUFFIXES, InstalledAvatar, is_file
from avatar_desktop.link.avatar_download import check_address, download_name


@dataclass(frozen=True, slots=True)
class Same:
    """Keep the avatar that is there."""


@dataclass(frozen=True, slots=True)
class Open:
    """Open this model file."""

    file: Path


@dataclass(frozen=True, slots=True)
class Fetch:
    """Download this address; first ask `question` unless the person agreed to all downloads."""

    address: str
    question: str
    is_agreed: bool


@dataclass(frozen=True, slots=True)
class Refuse:
    """Keep the avatar that is there, and say why."""

    sentence: str


Decision = Same | Open | Fetch | Refuse


def choose_avatar(
    model_url: str | None,
    *,
    agent: str,
    chosen: str,
    present: Path | None,
    installed: Sequence[InstalledAvatar],
    downloads: bool,
    is_file: Callable[[Path], bool] = is_file,
) -> Decision:
    """The avatar for an agent that names `model_url`.

    `chosen` is what the person chose over the app's own choice, if they did: it wins. `present` is
    the file that is open, `downloads` whether the person agreed to all downloads.
    """
    wanted = (model_url or "").strip()
    if not wanted or chosen:
        return Same()
    known = _installed(wanted, installed)
    if known is not None:
        return _opened(known, present)
    scheme = wanted.partition("://")[0].lower() if "://" in wanted else ""
    if scheme == "https":
        return _from_afar(wanted, agent, present, installed, downloads=downloads)
    if scheme not in ("", "file"):
        return _refused(agent, f"comes by {scheme[:20]}", "Only https is fetched.")
    return _from_disk(wanted, agent, present, is_file)


def _from_afar(
    address: str,
    agent: str,
    present: Path | None,
    installed: Sequence[InstalledAvatar],
    *,
    downloads: bool,
) -> Decision:
    try:
        host = check_address(address)
    except AvatarError as error:
        return Refuse(f"{_of(agent)} avatar was not opened. {error.message}")
    fetched = _installed(download_name(address), installed)
    if fetched is not None:
        return _opened(fetched, present)
    question = f"{agent or 'The agent'} has an avatar at {host}. Download it?"
    return Fetch(address, question, downloads)


def _from_disk(
    wanted: str, agent: str, present: Path | None, is_file: Callable[[Path], bool]
) -> Decision:
    path = _local_path(wanted)
    if path is None:
        return _refused(agent, "lies on another machine", "Copy it to this one and open the file.")
    if path.suffix.lower() not in SUFFIXES:
        return _refused(agent, f"is called {wanted[:80]!r} and is not installed")
    if not path.is_absolute() or not is_file(path):
        return _refused(agent, "is a file that does not exist on this machine")
    return _opened(path, present)


def _local_path(wanted: str) -> Path | None:
    """A path of this machine; None for a share, whose server would be told who asks."""
    if wanted.lower().startswith("file://"):
        host, slash, path = wanted[len("file://") :].partition("/")
        if host.lower() not in ("", "localhost"):
            return None
        wanted = url2pathname(slash + path)
    if wanted.replace("\\", "/").startswith("//"):
        return None
    return Path(wanted)


def _installed(name: str, installed: Sequence[InstalledAvatar]) -> Path | None:
    for avatar in installed:
        if name.casefold() in (avatar.name.casefold(), avatar.card.name.casefold()):
            return avatar.file
    return None


def _opened(file: Path, present: Path | None) -> Decision:
    return Same() if file == present else Open(file)


def _refused(agent: str, why: str, advice: str = "") -> Refuse:
    return Refuse(f"{_of(agent)} avatar {why}, so the present one stays. {advice}".strip())


def _of(agent: str) -> str:
    return f"{agent}'s" if agent else "The agent's"
