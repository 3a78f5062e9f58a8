"""The cache is bounded, forgets the longest unused first, and throws away what is damaged."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from avatar_desktop.library.cache import SUFFIX, Cache

STAMP = "now"


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "kept", most_bytes=100_000)


def some(kilobytes: int) -> np.ndarray:
    return np.arange(kilobytes * 1024, dtype=np.uint8)


def files(cache: Cache) -> set[str]:
    return {path.name.removesuffix(SUFFIX) for path in cache.folder.iterdir()}


def test_a_value_is_found_again(cache: Cache) -> None:
    assert cache.find("a", STAMP) is None
    assert cache.keep("a", ("x", some(1)), STAMP)
    again = cache.find("a", STAMP)
    assert isinstance(again, tuple)
    np.testing.assert_array_equal(again[1], some(1))


def test_a_value_for_another_stamp_is_gone_for_good(cache: Cache) -> None:
    cache.keep("a", 1, STAMP)
    assert cache.find("a", "later") is None
    assert files(cache) == set()


@pytest.mark.parametrize("damage", ["cut", "flipped", "foreign", "empty"])
def test_a_damaged_file_is_thrown_away_and_made_anew(cache: Cache, damage: str) -> None:
    cache.keep("a", some(2), STAMP)
    path = cache.folder / f"a{SUFFIX}"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    harm = {
        "cut": bytes(content[: len(content) // 2]),
        "flipped": bytes(content),
        "foreign": b"not ours at all, " * 99,
        "empty": b"",
    }
    path.write_bytes(harm[damage])
    assert cache.find("a", STAMP) is None
    assert not path.exists()
    assert cache.keep("a", some(2), STAMP)
    assert cache.find("a", STAMP) is not None


def test_the_longest_unused_goes_first(cache: Cache) -> None:
    for age, name in enumerate(("old", "middle", "young")):
        cache.keep(name, some(30), STAMP)
        os.utime(cache.folder / f"{name}{SUFFIX}", ns=(age, age))
    assert cache.find("old", STAMP) is not None  # used, so that it is the youngest now
    cache.keep("new", some(30), STAMP)
    assert files(cache) == {"old", "young", "new"}
    assert sum(path.stat().st_size for path in cache.folder.iterdir()) <= 100_000


def test_what_a_killed_app_left_counts_and_goes(cache: Cache) -> None:
    cache.keep("a", some(30), STAMP)
    left = cache.folder / f"b{SUFFIX}.4711.new"
    left.write_bytes(bytes(90_000))
    os.utime(left, ns=(0, 0))
    cache.keep("c", some(30), STAMP)
    assert files(cache) == {"a", "c"}


def test_a_value_larger_than_the_bound_is_not_kept(cache: Cache) -> None:
    cache.keep("a", some(30), STAMP)
    assert not cache.keep("b", some(120), STAMP)
    assert files(cache) == {"a"}


def test_what_cannot_be_written_is_not_kept_and_leaves_nothing(cache: Cache) -> None:
    assert not cache.keep("a", object(), STAMP)
    assert not cache.folder.exists() or files(cache) == set()


def test_a_folder_that_cannot_be_made_harms_nothing(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file in the way")
    cache = Cache(tmp_path / "kept")
    assert not cache.keep("a", 1, STAMP)
    assert cache.find("a", STAMP) is None
