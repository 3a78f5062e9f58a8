"""The face of a motion on another avatar: its expressions and its gaze, as keys of that avatar."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.animation import Channel
from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.motion.capture import Capture
from avatar_desktop.motion.expressions import expression_weights
from avatar_desktop.motion.look_at import eye_turns, gaze_expressions
from avatar_desktop.motion.rig import NormalisedRig
from avatar_desktop.motion.rotation import Doubles

_FINE = 1e3
"""Strengths and degrees of gaze that agree to this many parts are worked out once."""


def face_channels(avatar: Avatar, shot: Capture) -> list[Channel]:
    """Morphs and eyes, for whatever of the motion's face this avatar has."""
    names = [name for name in shot.strengths if name in avatar.expressions]
    angles = _angles(shot.gaze) if shot.gaze is not None and avatar.look_at else None
    if not names and angles is None:
        return []
    rows = np.stack([shot.strengths[name] for name in names], axis=1) if names else None
    parts = [part for part in (rows, angles) if part is not None]
    states = np.round(np.concatenate(parts, axis=1) * _FINE) / _FINE
    different, which = np.unique(states, axis=0, return_inverse=True)
    which = which.reshape(-1)
    times = shot.times.astype(np.float32)
    gazes = [tuple(row[-2:]) for row in different.tolist()] if angles is not None else []
    channels = _eyes(avatar, gazes, which, times) if gazes else []
    weights = np.stack(
        [
            _weights(avatar, names, row.tolist(), gazes[place] if gazes else None)
            for place, row in enumerate(different)
        ]
    )
    channels += [
        Channel(item.node, "weights", "LINEAR", times, _keys(weights[which][:, item.morphs]))
        for item in avatar.meshes
        if np.abs(weights[:, item.morphs] - avatar.rest_weights[item.morphs]).max(initial=0) > 0.0
    ]
    return channels


def _weights(
    avatar: Avatar, names: list[str], row: list[float], gaze: tuple[float, float] | None
) -> Doubles:
    strengths = dict(zip(names, row, strict=False))
    if gaze is not None:
        strengths |= gaze_expressions(avatar, *gaze)
    return expression_weights(avatar, strengths)


def _eyes(
    avatar: Avatar,
    gazes: list[tuple[float, float]],
    which: NDArray[np.int64],
    times: NDArray[np.float32],
) -> list[Channel]:
    """The eye bones' turns for each gaze; empty when expressions turn the eyes."""
    rig = NormalisedRig(avatar)
    turns = [eye_turns(avatar, yaw, pitch) for yaw, pitch in gazes]
    channels: list[Channel] = []
    for bone in turns[0]:
        node = rig.node(bone)
        if node is not None:
            raw = rig.raw(bone, np.stack([each[bone] for each in turns]))
            channels.append(Channel(node, "rotation", "LINEAR", times, _keys(raw[which])))
    return channels


def _angles(turns: Doubles) -> Doubles:
    """(K, 2) yaw to the left and pitch down, degrees, of turns about y and then x."""
    x, y, z, w = turns.T
    yaw = np.arctan2(2.0 * (x * z + y * w), 1.0 - 2.0 * (x * x + y * y))
    pitch = np.arcsin(np.clip(2.0 * (x * w - y * z), -1.0, 1.0))
    return np.degrees(np.stack([yaw, pitch], axis=1))


def _keys(values: Doubles) -> NDArray[np.float32]:
    return np.ascontiguousarray(values, np.float32)
