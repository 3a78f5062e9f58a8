"""Pictures are kept whole, by the second, and never one over the other."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from avatar_desktop.errors import LibraryError
from avatar_desktop.library.pictures import keep_picture

WHEN = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


def test_two_of_one_second_lie_side_by_side(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    first, second = (keep_picture(folder, content, WHEN) for content in (b"one", b"two"))
    assert first.name == "Avatar 2026-05-04 03.02.01.png"
    assert (first.read_bytes(), second.read_bytes()) == (b"one", b"two")
    assert len(list(folder.iterdir())) == 2


def test_a_folder_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(LibraryError, match="cannot be kept"):
        keep_picture(blocked, b"one", WHEN)
