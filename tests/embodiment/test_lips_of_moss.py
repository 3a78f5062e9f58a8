"""The lip bars on the mesh of the second avatar, whose mouth is three times as wide."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.lips import rigs
from avatar_desktop.lips.rigs import RigName
from avatar_desktop.voice.clip import SpeechClip
from tests.embodiment import lip_measures as measure
from tests.embodiment.mesh_lips import MeshLips
from tests.makers.speech import SENTENCES, spoken

Bar = Callable[..., None]
MOSS = Path(__file__).parents[2] / "assets" / "models" / "moss" / "avatar.vrm"
PLAYABLE: tuple[RigName, ...] = ("arkit", "oculus", "vrm")


@pytest.fixture(scope="module")
def lips() -> MeshLips:
    return MeshLips(read_avatar(MOSS))


@pytest.fixture(scope="module")
def clips() -> list[SpeechClip]:
    return spoken(SENTENCES)


@pytest.mark.parametrize("rig", PLAYABLE)
def test_the_lips_of_the_mesh_meet(
    clips: list[SpeechClip], lips: MeshLips, rig: RigName, bar: Bar
) -> None:
    made = measure.runs(clips, rig, lips.opening)
    assert min(measure.seal_rate(made, letters=letter) for letter in "pbm") >= 95.0
    bar(f"L1 bilabial seal, mesh of Moss, {rig}", measure.seal_rate(made), at_least=98.0, unit="%")
    if rig != "vrm":  # five vowels have no shape for teeth on a lip
        touched = measure.labiodental_rate(made)
        bar(f"L2 labiodental contact, mesh of Moss, {rig}", touched, at_least=95.0, unit="%")


def test_a_seal_that_leaves_the_funnel_open_is_seen(
    clips: list[SpeechClip], lips: MeshLips, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_funnel = np.array([name == "mouthFunnel" for name in rigs.RIGS["arkit"].channels])
    kept = np.where(is_funnel, 0.0, rigs._PART_WHEN_SEALED)
    monkeypatch.setattr(rigs, "_PART_WHEN_SEALED", kept)
    made = measure.runs(clips, "arkit", lips.opening)
    assert min(measure.seal_rate(made, letters=letter) for letter in "pbm") < 95.0
