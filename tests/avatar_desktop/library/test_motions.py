"""Motions in files are found by their names: those beside the avatar, then the person's."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatar_desktop.library import motions
from avatar_desktop.library.folders import folders
from avatar_desktop.library.motions import built_in_motions, motion_shelves


def put(place: Path, *names: str) -> None:
    place.mkdir(parents=True)
    for name in names:
        (place / name).touch()


def test_motions_lie_beside_the_avatar_and_in_the_persons_folder(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "motions", "bow.vrma", "notes.txt", "Dance.VRMA")
    put(tmp_path / "me" / "data" / "motions", "bow.vrma", "jump.glb")
    beside, own = motion_shelves(tmp_path / "ada" / "ada.vrm", folders(profile=tmp_path / "me"))
    assert (beside.label, sorted(beside.files)) == ("beside the avatar", ["Dance", "bow"])
    assert (own.label, sorted(own.files)) == ("your own", ["bow", "jump"])
    assert own.files["jump"] == tmp_path / "me" / "data" / "motions" / "jump.glb"


def test_without_folders_there_are_no_shelves(tmp_path: Path) -> None:
    assert motion_shelves(tmp_path / "ada.vrm", folders(profile=tmp_path)) == ()
    assert motion_shelves(None, folders(profile=tmp_path)) == ()
    assert not list(tmp_path.iterdir()), "looking makes nothing"


def test_of_two_files_with_one_name_the_vrma_counts(tmp_path: Path) -> None:
    put(tmp_path / "motions", "bow.glb", "bow.vrma")
    (shelf,) = motion_shelves(tmp_path / "ada.vrm", folders(profile=tmp_path / "me"))
    assert shelf.files["bow"].name == "bow.vrma"


def test_a_folder_of_thousands_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(motions, "MOST_FILES", 3)
    put(tmp_path / "motions", *(f"{number}.vrma" for number in range(9)))
    (shelf,) = motion_shelves(tmp_path / "ada.vrm", folders(profile=tmp_path / "me"))
    assert sorted(shelf.files) == ["0", "1", "2"]


def test_the_apps_own_motions_are_there() -> None:
    shelf = built_in_motions()
    assert shelf.label == "built in"
    assert {"idle_1", "gesture_wave", "pose_relaxed"} <= set(shelf.files)
