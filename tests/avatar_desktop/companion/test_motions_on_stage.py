"""Motions that lie beside an avatar come with it, and are ready before they are asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from avatar_desktop.companion.arrival import Arrival
from avatar_desktop.film.script import read_script
from avatar_desktop.film.take import Take
from avatar_desktop.library.folders import folders
from avatar_desktop.motion.rotation import euler
from tests.makers import tiny_avatar
from tests.makers.made_up_voice import made_up_clip


@pytest.fixture
def ada(tmp_path: Path) -> Path:
    """An avatar, and beside it a motion that turns the head far to the left."""
    place = tmp_path / "ada"
    (place / "motions").mkdir(parents=True)
    glb = tiny_avatar.humanoid()
    (place / "ada.vrm").write_bytes(glb.bytes())
    head = [node["name"] for node in glb.document["nodes"]].index("J_head")
    turn = [euler(0.0, angle, 0.0) for angle in (0.0, 60.0, 60.0, 0.0)]
    channel = {"node": head, "path": "rotation", "times": [0, 0.4, 1.6, 2], "values": turn}
    glb.clip("look", [channel])
    (place / "motions" / "gesture_look.glb").write_bytes(glb.bytes())
    return place / "ada.vrm"


def farthest_left(ada: Path, places: Path, *, with_motions: bool) -> float:
    """Degrees to the left, at most, that the head turns while somebody asks it to look."""
    arrived = Arrival(str(ada), folders(profile=places)).result()
    avatar = arrived.prepared.avatar
    take = Take(
        avatar,
        synthesise=made_up_clip,
        read_avatar=lambda name: avatar,
        motions=arrived.motions if with_motions else (),
    )
    assert ("look" in take.stage.performer.gestures) is with_motions
    frames = take.perform(read_script("[gesture:look]Hello there, my dear old friend."))
    forward = [frame.pose.world[avatar.humanoid["head"], :3, 2] for frame in frames]
    return float(max(np.degrees(np.arctan2(x, z)) for x, _, z in forward))


def test_a_motion_beside_the_avatar_is_performed_where_the_reply_asks(
    ada: Path, tmp_path: Path
) -> None:
    assert farthest_left(ada, tmp_path / "me", with_motions=True) > 45.0
    assert farthest_left(ada, tmp_path / "me", with_motions=False) < 30.0


def test_a_rehearsal_makes_every_clip_once(ada: Path, tmp_path: Path) -> None:
    arrived = Arrival(str(ada), folders(profile=tmp_path / "me")).result()
    avatar = arrived.prepared.avatar
    take = Take(
        avatar,
        synthesise=made_up_clip,
        read_avatar=lambda name: avatar,
        motions=arrived.motions,
    )
    ready = list(take.stage.performer.rehearse())
    assert "gesture_look" in ready and "gesture_wave" in ready
    (ada.parent / "motions" / "gesture_look.glb").unlink()
    list(take.perform(read_script("[gesture:look]Hello.")))  # the file is not needed any more
