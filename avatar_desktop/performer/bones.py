"""Small rotations that life adds to the humanoid's joints, in the normalised rig's axes.

Axes: x to the avatar's left, y up, z forward. Down is a positive turn about x, to the left a
positive turn about y. Angles in degrees.
"""

from __future__ import annotations

from collections.abc import Mapping

from avatar_desktop.motion.rotation import Turn, euler_turn

NECK_SHARE = 0.35
BREATH_CHEST = -1.5
BREATH_SHOULDER = 1.6
JAW = 16.0
"""Degrees that a jaw bone opens at most."""


def additive_rotations(
    *,
    head: tuple[float, float, float],
    chest: tuple[float, float, float],
    breath: float,
    eyes: Mapping[str, Turn],
) -> dict[str, Turn]:
    """Rotations for the joints that breath, attention and emphasis move."""
    rest = 1.0 - NECK_SHARE
    pitch, yaw, roll = head
    lift = breath * BREATH_SHOULDER
    return {
        "neck": euler_turn(pitch * NECK_SHARE - breath * 0.4, yaw * NECK_SHARE, roll * NECK_SHARE),
        "head": euler_turn(pitch * rest, yaw * rest, roll * rest),
        "spine": euler_turn(0.0, chest[1] * 0.5, chest[2] * 0.5),
        "chest": euler_turn(chest[0] + breath * BREATH_CHEST, chest[1] * 0.5, chest[2] * 0.5),
        "leftShoulder": euler_turn(0.0, 0.0, lift),
        "rightShoulder": euler_turn(0.0, 0.0, -lift),
        **eyes,
    }


def opened_jaw(mouth: Mapping[str, float]) -> dict[str, Turn]:
    """A jaw bone for a face without shapes, as far as its only channel opens the mouth."""
    return {"jaw": euler_turn(JAW * min(1.0, mouth.get("jawOpen", 0.0)), 0.0, 0.0)}
