"""All that the product does with a file that is opened and inspected, and what must hold."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.deform import deformed_points
from avatar_desktop.avatar.examine import examine_bytes
from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.cli.inspection import report
from avatar_desktop.errors import AvatarError
from avatar_desktop.motion.hierarchy import rest_pose

MISBEHAVE = "AVATAR_DESKTOP_READING_MISBEHAVES"
"""`NUMBER:raise|die|hang,…`: how the watcher of the reading process is tried out."""


def misbehave(number: int) -> None:
    """Do what the environment asks for at this file."""
    asked = dict(part.split(":") for part in os.environ.get(MISBEHAVE, "").split(",") if part)
    way = asked.get(str(number))
    if way == "raise":
        raise AssertionError("told to")
    if way == "die":
        os._exit(3)
    if way == "hang":
        threading.Event().wait()


def check(data: bytes, folder: Path | None = None) -> str:
    """ "opened" or "refused"; anything else is raised."""
    try:
        avatar = read_avatar_bytes(data, folder=folder)
    except AvatarError as error:
        if not (error.message and error.place):
            raise AssertionError(f"an error without message or place: {error!r}") from error
        str(error).encode()
        return "refused"
    found: dict[str, Any] = report(avatar, None, 0.0)
    found["warnings"] = [*avatar.warnings, *examine_bytes(data, folder=folder)]
    json.dumps(found, allow_nan=False).encode()
    check_numbers(avatar)
    return "opened"


def check_numbers(avatar: Avatar) -> None:
    """No number that is not finite reaches a joint, a vertex or a key."""
    pose = rest_pose(avatar)
    assert np.isfinite(pose.world).all(), "a node matrix is not finite"
    assert np.isfinite(pose.weights).all(), "a morph weight is not finite"
    for joints in pose.joints:
        assert np.isfinite(joints).all(), "a joint matrix is not finite"
    for number, instance in enumerate(avatar.meshes):
        for part_number, part in enumerate(instance.primitives):
            for values in (part.positions, part.normals, part.weights, part.target_positions):
                assert values is None or np.isfinite(values).all(), "vertex data are not finite"
            if len(part.indices):
                assert int(part.indices.max()) < len(part.positions), "an index past the end"
            points = deformed_points(avatar, pose, number, part_number)
            assert np.isfinite(points).all(), "a deformed vertex is not finite"
    for clip in avatar.animations:
        for channel in clip.channels:
            assert np.isfinite(channel.times).all() and np.isfinite(channel.values).all()
            assert (np.diff(channel.times) >= 0).all(), "times that do not rise"
