"""Companions on a counted stage: connected or not, with an avatar or without."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar_bytes
from tests.makers import tiny_avatar
from tests.makers.played_companion import Played


@pytest.fixture(scope="session")
def tiny() -> Avatar:
    return read_avatar_bytes(tiny_avatar.humanoid().bytes())


@pytest.fixture
def alone(tiny: Avatar, tmp_path: Path) -> Played:
    """Neither connected nor with an avatar."""
    return Played(tiny, tmp_path)


@pytest.fixture
def wren(alone: Played) -> Played:
    """Connected, with an open avatar that has nothing to say yet."""
    alone.connect()
    alone.open_avatar()
    alone.link.sent.clear()
    alone.states.clear()
    return alone
