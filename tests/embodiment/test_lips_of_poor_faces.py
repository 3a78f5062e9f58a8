"""Faces that know only some shapes: the best use of what there is still closes and opens lips."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.companion.stage import rig_of
from avatar_desktop.lips.rigs import RigName
from avatar_desktop.performer.face import FaceState
from avatar_desktop.voice.clip import SpeechClip
from tests.embodiment import lip_measures as measure
from tests.embodiment.felt_lips import FeltFace
from tests.embodiment.mesh_lips import shipped_avatar, shipped_lips
from tests.makers.speech import SENTENCES, spoken

NEUTRAL = FaceState({}, {}, 0.0, 0.0, 1.0, speaking=1.0)
MUSCLES = ("jawOpen", "mouthClose", "mouthPucker", "mouthFunnel")
VISEMES = ("PP", "FF", "CH", "aa", "E", "I", "O", "U")
FACES: dict[str, tuple[tuple[str, ...], RigName]] = {
    "a jaw": (("jawOpen",), "jaw"),
    "a jaw and a funnel": (("jawOpen", "mouthFunnel"), "jaw"),
    "an open vowel": (("viseme_aa",), "jaw"),
    "four muscles": (MUSCLES, "arkit"),
    "eight visemes": (tuple(f"viseme_{each}" for each in VISEMES), "oculus"),
}


@pytest.fixture(scope="module")
def clips() -> list[SpeechClip]:
    return spoken(SENTENCES)


def _with_only(names: tuple[str, ...]) -> Avatar:
    wren = shipped_avatar("wren")
    kept = tuple(
        name if name in names else f"shape {at}" for at, name in enumerate(wren.morph_names)
    )
    return replace(wren, morph_names=kept, expressions={})


@pytest.mark.parametrize("kind", list(FACES))
def test_a_poor_face_closes_and_opens_its_lips(
    kind: str, clips: list[SpeechClip], bar: Callable[..., None]
) -> None:
    names, rig = FACES[kind]
    face = FeltFace(_with_only(names), shipped_lips("wren"))
    assert rig_of(face.avatar) == rig
    made = measure.runs(clips, rig, partial(face.opening, NEUTRAL))
    bar(f"L1 bilabial seal, {kind}", measure.seal_rate(made), at_least=98.0, unit="%")
    bar(f"L7 gap speed, {kind}", measure.gap_speed(made), at_most=20.0)
    bar(f"L8 gap peaks per vowel, {kind}", measure.syllable_share(made), at_least=0.6, at_most=0.95)


def test_a_seal_shape_alone_does_not_close_a_jaw(clips: list[SpeechClip]) -> None:
    """The mutation: the muscles' own track on a face that has no `mouthClose`."""
    face = FeltFace(_with_only(("jawOpen",)), shipped_lips("wren"))
    made = measure.runs(clips, "arkit", partial(face.opening, NEUTRAL))
    assert measure.seal_rate(made) < 90.0
