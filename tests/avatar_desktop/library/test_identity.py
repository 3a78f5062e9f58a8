"""What is made once and kept: the visitor id and the secret; and where things lie."""

import os
from pathlib import Path

import pytest

from avatar_desktop.library.folders import folders
from avatar_desktop.library.identity import visitor_id
from avatar_desktop.library.secrets import install_secret
from avatar_desktop.library.store import Store


def test_the_visitor_id_and_the_secret_are_made_once(tmp_path: Path) -> None:
    for make in (visitor_id, install_secret):
        first = make(Store(tmp_path))
        assert make(Store(tmp_path)) == first
        assert make(Store(tmp_path / "another")) != first


def test_without_a_disk_they_last_as_long_as_the_app() -> None:
    store = Store(Path(os.devnull) / "nowhere")
    assert visitor_id(store) == visitor_id(store)


@pytest.mark.skipif(os.name != "posix", reason="the profile's own rights protect it there")
def test_nobody_else_can_read_the_secret(tmp_path: Path) -> None:
    install_secret(Store(tmp_path))
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_a_profile_holds_everything_and_a_temporary_one_vanishes(tmp_path: Path) -> None:
    mine = folders(profile=tmp_path)
    for place in (mine.config, mine.data, mine.cache, mine.state, mine.logs):
        assert place.parent == tmp_path
    mine.discard()
    assert tmp_path.exists()
    passing = folders(temporary=True)
    root = passing.data.parent
    assert root.is_dir()
    passing.discard()
    assert not root.exists()
