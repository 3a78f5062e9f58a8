"""Which motion each name means for an avatar, as `inspect` tells it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.cli.rig_lines import row
from avatar_desktop.errors import LibraryError
from avatar_desktop.library.avatars import card_of
from avatar_desktop.library.folders import Folders
from avatar_desktop.library.motions import motion_shelves
from avatar_desktop.motion.clip_names import plain
from avatar_desktop.motion.motion_files import sources_of
from avatar_desktop.motion.repertoire import Meaning, Repertoire


def repertoire_of(avatar: Avatar, file: Path, places: Folders) -> Repertoire:
    """All that the avatar of this file can do in the app."""
    sources = sources_of(avatar, motion_shelves(file, places))
    return Repertoire(avatar, sources, _aliases(file))


def names_json(repertoire: Repertoire) -> list[dict[str, str]]:
    """Name, source and clip of everything that may be asked for."""
    return [
        {"name": each.name, "source": each.source, "clip": each.clip}
        for each in repertoire.meanings()
    ]


def name_lines(repertoire: Repertoire) -> list[str]:
    """For a person: source by source, the names, and the clips where those are called otherwise."""
    by_source: dict[str, list[str]] = {label: [] for label in repertoire.labels}
    told: set[tuple[str, str]] = set()
    for each in repertoire.meanings():
        if (each.source, each.clip) in told and plain(each.name) == plain(each.clip):
            continue  # the clip was told under the name by which one asks for it
        told.add((each.source, each.clip))
        by_source[each.source].append(_said(each))
    lines: list[str] = []
    for source, said in by_source.items():
        if said:
            lines += row("" if lines else "by name", f"{source}: {', '.join(said)}")
    return lines


def _said(meaning: Meaning) -> str:
    usual = {f"{kind}{plain(meaning.name)}" for kind in ("", "gesture_", "pose_")}
    return meaning.name if plain(meaning.clip) in usual else f"{meaning.name} → {meaning.clip}"


def _aliases(file: Path) -> Mapping[str, str]:
    """The avatar's card names clips too; one that cannot be read names none."""
    try:
        card = card_of(file)
    except LibraryError:
        return {}
    return card.animations if card else {}
