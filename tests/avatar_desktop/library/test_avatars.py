"""Avatars by name or by path."""

from pathlib import Path

import pytest

from avatar_desktop.errors import LibraryError
from avatar_desktop.library.avatars import card_of, installed, read_card, resolve
from avatar_desktop.library.folders import Folders, folders


@pytest.fixture
def mine(tmp_path: Path) -> Folders:
    return folders(profile=tmp_path)


def put(mine: Folders, name: str, card: str, model: str = "avatar.vrm") -> Path:
    folder = mine.data / "avatars" / name
    folder.mkdir(parents=True)
    (folder / model).write_bytes(b"glTF")
    (folder / "card.toml").write_text(card, encoding="utf-8")
    return folder / model


CARD = """
name = "Ada"
authors = ["A", "B"]
licence = "CC-BY-4.0"
avatar = "avatar.vrm"
[framing]
shot = "portrait"
[voice]
voice = "en"
[persona]
welcome = "[emotion:happy]Hello!"
[animations]
wave = "Wave_01"
"""


def test_an_avatar_is_found_by_folder_name_by_its_own_name_or_by_path(mine: Folders) -> None:
    model = put(mine, "ada-2", CARD)
    for name in ("ada-2", "ADA", str(model), str(model.parent)):
        assert resolve(name, mine) == model
    card = card_of(model)
    assert card is not None
    assert card.framing.shot == "portrait"
    assert card.animations == {"wave": "Wave_01"}
    assert card.voice.tone == "neutral"


def test_of_several_files_in_a_folder_the_vrm_comes_first_and_an_archive_last(
    mine: Folders,
) -> None:
    for model in ("a.zip", "b.gltf", "c.glb", "d.VRM"):
        folder = put(mine, model[0], 'name = "Ada"', model).parent
    for model in ("a.zip", "b.gltf", "c.glb"):
        (folder / model).write_bytes(b"")
    assert resolve("d", mine).name == "d.VRM"
    assert resolve("a", mine).name == "a.zip"


def test_an_unknown_name_says_what_there_is(mine: Folders) -> None:
    put(mine, "ada", CARD)
    with pytest.raises(LibraryError, match=r"no avatar called 'bob'.*ada"):
        resolve("bob", mine)


def test_a_broken_card_hides_only_its_own_avatar(mine: Folders) -> None:
    put(mine, "good", 'name = "Good"')
    put(mine, "broken", "name = ")
    put(mine, "outside", 'name = "Out"\navatar = "../good/avatar.vrm"')
    names = [avatar.name for avatar in installed(mine) if not avatar.is_built_in]
    assert names == ["good"]


def test_an_unreadable_card_is_a_plain_error() -> None:
    for content in ("name = ", "avatar = 'a.vrm'", "name = 3"):
        with pytest.raises(ValueError):
            read_card(content)


@pytest.mark.parametrize("name", ["x" * 9000, "~nobody-of-that-name/a.vrm", "~\0", "a\0b.vrm", ""])
def test_a_name_that_no_system_would_take_is_no_avatar(name: str, mine: Folders) -> None:
    with pytest.raises(LibraryError, match="There is no avatar called") as refusal:
        resolve(name, mine)
    assert len(str(refusal.value)) < 500
