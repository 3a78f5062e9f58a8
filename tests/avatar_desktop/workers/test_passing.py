"""Folders that vanish with their process, also when it was killed."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from avatar_desktop.workers.passing import LOCK, MARK, discard, passing_folder, sweep

PREFIX = "passing-test-"
OWNER = (
    "import sys\n"
    "from avatar_desktop.workers.passing import passing_folder\n"
    f"print(passing_folder({PREFIX!r}), flush=True)\n"
    "sys.stdin.read()\n"
)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@contextmanager
def owner() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="the child takes its folder from TMPDIR")
def test_what_a_killed_process_left_is_swept_and_a_living_one_is_left_alone() -> None:
    with owner() as (dead, left), owner() as (_, used):
        assert left.is_dir() and used.is_dir()
        dead.kill()
        dead.wait()
        assert left.is_dir()
        mine = passing_folder(PREFIX)
        assert not left.exists()
        assert (used / MARK).exists() and mine.is_dir()
        discard(mine)
        assert not mine.exists()


def test_only_marked_folders_are_swept(tmp_path: Path) -> None:
    foreign = tmp_path / f"{PREFIX}foreign"
    foreign.mkdir()
    (foreign / LOCK).touch()
    target = tmp_path / "elsewhere"
    target.mkdir()
    for name in (LOCK, MARK):
        (target / name).touch()
    if sys.platform != "win32":  # links need a privilege there
        (tmp_path / f"{PREFIX}link").symlink_to(target, target_is_directory=True)
    sweep(PREFIX)
    assert foreign.is_dir() and target.is_dir()


def test_ones_own_folder_stays_until_it_is_discarded() -> None:
    first, second = passing_folder(PREFIX), passing_folder(PREFIX)
    assert first.is_dir() and second.is_dir()
    discard(first)
    assert second.is_dir() and not first.exists()
    discard(second)
