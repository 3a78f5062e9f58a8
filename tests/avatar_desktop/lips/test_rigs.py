from __future__ import annotations

import pytest

from avatar_desktop.lips.rigs import RIGS, RigName, choose_rig


@pytest.mark.parametrize(
    ("names", "rig"),
    [
        (("jawOpen", "mouthClose", "mouthPucker", "mouthFunnel", "viseme_PP"), "arkit"),
        (("JAWOPEN", "mouthclose", "MouthPucker", "mouthFunnel"), "arkit"),
        (tuple(RIGS["oculus"].channels), "oculus"),
        (tuple("viseme_" + name for name in ["PP", "FF", "CH", "aa", "oh", "ou", "ih"]), "oculus"),
        (("aa", "ih", "ou", "ee", "oh", "happy"), "vrm"),
        (tuple("V_" + name for name in RIGS["cc4"].channels), "cc4"),
        (tuple("VIS_" + name for name in RIGS["cc4"].channels), "cc4"),
        (("jawOpen",), "jaw"),
        ((), "jaw"),
    ],
)  # fmt: skip
def test_the_finest_rig_the_names_allow_is_chosen(names: tuple[str, ...], rig: RigName) -> None:
    assert choose_rig(names) == rig
