"""Eyes turn by the file's own range maps, as the reference turns them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.motion.look_at import eye_turns
from avatar_desktop.motion.rig import NormalisedRig
from tests.makers.public_models import expected, folder, needs_models


def files_with_eyes() -> dict[str, Avatar]:
    place = folder()
    assert place is not None
    return {
        file: read_avatar(place / file, decode_pixels=False)
        for file, reference in expected("vrm").items()
        if any("leftEye" in look for look in reference.get("lookAt", []))
    }


def worst_turn(avatars: dict[str, Avatar]) -> float:
    """The largest difference of a quaternion of an eye from the reference."""
    worst = 0.0
    for file, avatar in avatars.items():
        rig = NormalisedRig(avatar)
        for look in expected("vrm")[file]["lookAt"]:
            for eye, turn in eye_turns(avatar, look["yaw"], look["pitch"]).items():
                found, told = rig.raw(eye, turn), np.array(look[eye])
                worst = max(worst, min(np.abs(found - told).max(), np.abs(found + told).max()))
    return float(worst)


@needs_models
def test_eyes_turn_as_the_reference(bar: Callable[..., None]) -> None:
    avatars = files_with_eyes()
    assert avatars
    bar("turns of the eyes", worst_turn(avatars), at_most=1e-3)


@needs_models
def test_the_bar_of_the_eyes_notices_a_range_that_is_a_fifth_too_wide() -> None:
    wide = {
        file: replace(
            avatar,
            look_at=replace(
                avatar.look_at, vertical_up=(90.0, 12.0), horizontal_outer=(90.0, 14.4)
            ),
        )
        for file, avatar in files_with_eyes().items()
        if avatar.look_at is not None
    }
    assert worst_turn(wide) > 1e-3
