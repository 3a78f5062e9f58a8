"""Small files: whole or not at all, the last good copy, and a disk that cannot be written."""

import os
from pathlib import Path

import pytest

from avatar_desktop.library.store import Store, write_whole


def whole_number(content: bytes) -> int:
    return int(content)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    store = Store(tmp_path / "new" / "folder")
    assert store.read("n", whole_number) is None
    assert store.write("n", b"1")
    assert Store(store.folder).read("n", whole_number) == 1


def test_a_broken_file_falls_back_to_the_last_good_copy(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write("n", b"1")
    store.write("n", b"2")
    (tmp_path / "n").write_bytes(b"rubbish")
    assert store.read("n", whole_number) == 1
    (tmp_path / "n").unlink()
    assert store.read("n", whole_number) == 1


def test_a_write_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(_: int) -> None:
        raise OSError(28, "No space left on device")

    store = Store(tmp_path)
    store.write("n", b"1")
    monkeypatch.setattr(os, "fsync", no_space)
    assert not store.write("n", b"2")
    assert (tmp_path / "n").read_bytes() == b"1"
    assert [path.name for path in tmp_path.iterdir()] == ["n"]


def test_a_folder_that_cannot_be_written_is_one_sentence_and_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = Store(tmp_path / "file" / "inside")
    assert not store.write("n", b"1")
    trouble = store.trouble
    assert trouble is not None
    assert trouble.message.count(".") >= 1
    assert "forgotten" in trouble.advice
    assert not store.write("n", b"2")
    assert store.trouble is trouble, "it is told once"
    assert store.read("n", whole_number) == 2


@pytest.mark.skipif(os.name != "posix", reason="the profile's own rights protect it there")
def test_a_private_file_is_its_owners_alone(tmp_path: Path) -> None:
    write_whole(tmp_path / "secret", b"x", private=True)
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
