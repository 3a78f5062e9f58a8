"""The stage speaks to a face in the words of its own file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.companion.stage import rig_of
from avatar_desktop.library.avatars import resolve
from avatar_desktop.library.folders import folders
from avatar_desktop.lips.rigs import RIGS, RigName


@pytest.mark.parametrize(
    ("rig", "prefix"), [("arkit", ""), ("oculus", ""), ("vrm", ""), ("cc4", ""), ("cc4", "V_")]
)
def test_a_face_is_known_by_the_names_of_its_shapes(
    rig: RigName, prefix: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    wren = read_avatar(resolve("wren", folders(profile=tmp_path_factory.mktemp("profile"))))
    names = tuple(f"{prefix}{name}" for name in RIGS[rig].channels)
    rest = np.zeros(len(names), np.float32)
    face = replace(wren, morph_names=names, rest_weights=rest, expressions={})
    assert rig_of(face) == rig
