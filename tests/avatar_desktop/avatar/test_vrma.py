"""A .vrma is a motion of a body of its own: bones, expressions and gaze as tracks of nodes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.avatar.vrma import read_motion, read_motion_bytes
from avatar_desktop.errors import AvatarError
from tests.makers import tiny_avatar
from tests.makers.public_models import folder, needs_models
from tests.makers.tiny_avatar import Glb

NAME = "VRMC_vrm_animation"


def motion(**more: Any) -> Glb:
    """Hips that rise within a second, a smile that comes, eyes that turn."""
    glb = Glb()
    for name in ("hips", "smile", "eyes"):
        glb.add("nodes", {"name": name})
    glb.add("scenes", {"nodes": [0, 1, 2]})
    up = {"node": 0, "path": "translation", "times": [0, 1], "values": [[0, 0, 0], [0, 1, 0]]}
    smile = {"node": 1, "path": "translation", "times": [0, 1], "values": [[0, 0, 0], [1, 0, 0]]}
    half = np.sqrt(0.5)
    turn = {"node": 2, "path": "rotation", "times": [0, 1]}
    eyes = {**turn, "values": [[0, 0, 0, 1], [0, half, 0, half]]}
    glb.clip("greet", [up, smile, eyes])
    said: dict[str, Any] = {
        "specVersion": "1.0",
        "humanoid": {"humanBones": {"hips": {"node": 0}}},
        "expressions": {"preset": {"happy": {"node": 1}}},
        "lookAt": {"node": 2, "offsetFromHeadBone": [0, 0.06, 0.02]},
    }
    glb.document["extensionsUsed"] = [NAME]
    glb.document["extensions"] = {NAME: {**said, **more}}
    return glb


def test_a_motion_names_its_bones_expressions_and_gaze() -> None:
    found = read_motion_bytes(motion().bytes())
    assert dict(found.humanoid) == {"hips": 0}
    assert dict(found.expressions) == {"happy": 1}
    assert found.look_at == 2
    (clip,) = found.animations
    assert (clip.name, clip.duration) == ("greet", 1.0)
    assert {channel.node: channel.path for channel in clip.channels} == {
        0: "translation",
        1: "translation",
        2: "rotation",
    }
    assert found.warnings == ()


def test_a_motion_opened_like_an_avatar_knows_its_bones() -> None:
    found = read_avatar_bytes(motion().bytes())
    assert dict(found.humanoid) == {"hips": 0}
    assert found.humanoid_source == "file"
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"expressions": {"preset": {"happy": {"node": -1}}}}, "happy"),
        ({"expressions": {"preset": {"happy": {"node": "one"}}}}, "happy"),
        ({"expressions": {"preset": {"lookUp": {"node": 1}}}}, "lookUp"),
        ({"expressions": {"preset": 7}}, "expressions"),
        ({"lookAt": {"node": 99}}, "gaze"),
        ({"humanoid": {"humanBones": {"hips": {"node": 0}, "tail": {"node": 1}}}}, "tail"),
        ({"humanoid": {"humanBones": {"hips": {"node": 0}, "head": {"node": 9}}}}, "head"),
    ],
)
def test_a_broken_track_costs_itself_and_is_named(more: dict[str, Any], told: str) -> None:
    found = read_motion_bytes(motion(**more).bytes())
    assert len(found.animations) == 1
    assert dict(found.humanoid) == {"hips": 0}
    assert any(told in warning for warning in found.warnings)


def test_an_animated_avatar_is_a_motion_too() -> None:
    glb = tiny_avatar.humanoid(version=0)
    still = {"node": 0, "path": "rotation", "times": [0, 1], "values": [[0, 0, 0, 1]] * 2}
    glb.clip("stand", [still])
    found = read_motion_bytes(glb.bytes())
    assert found.humanoid["head"] == 4
    assert found.front == -1


def test_a_plain_file_is_a_motion_once_its_bones_are_named() -> None:
    arm = tiny_avatar.skinned_arm().bytes()
    with pytest.raises(AvatarError, match="bones"):
        read_motion_bytes(arm)
    found = read_motion_bytes(arm, humanoid={"leftUpperArm": 0, "leftLowerArm": 1})
    assert found.humanoid["leftLowerArm"] == 1


def test_a_plain_file_whose_nodes_are_called_like_bones_is_a_motion() -> None:
    glb = tiny_avatar.humanoid()
    del glb.document["extensions"]
    still = {"node": 0, "path": "rotation", "times": [0, 1], "values": [[0, 0, 0, 1]] * 2}
    glb.clip("stand", [still])
    found = read_motion_bytes(glb.bytes())
    assert found.humanoid["leftUpperArm"] == 8


def test_a_file_without_animations_is_no_motion(tmp_path: Path) -> None:
    path = tmp_path / "still.vrm"
    path.write_bytes(tiny_avatar.humanoid().bytes())
    with pytest.raises(AvatarError, match="no motion") as told:
        read_motion(path)
    assert (told.value.kind, told.value.file) == ("motion", "still.vrm")
    with pytest.raises(AvatarError) as absent:
        read_motion(tmp_path / "none.vrma")
    assert absent.value.kind == "missing"


@needs_models
def test_every_public_motion_is_read_without_a_warning() -> None:
    place = folder()
    assert place is not None
    told = {
        "hips_spine_twisting.vrma": (17, 59.96667, set()),
        "idle_loop.vrma": (22, 10.37508, set()),
        "nop.vrma": (53, 0.0, set()),
        "test.vrma": (51, 3.0, {"happy"}),
    }
    for name, (bones, duration, expressions) in told.items():
        found = read_motion(place / "vrma" / name)
        assert found.warnings == (), name
        assert len(found.humanoid) == bones
        assert found.animations[0].duration == pytest.approx(duration, abs=1e-4)
        assert set(found.expressions) == expressions
        assert (found.look_at is not None) == (name == "test.vrma")
