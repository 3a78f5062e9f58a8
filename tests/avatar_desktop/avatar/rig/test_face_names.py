"""Spellings, vocabularies and free words meet in one meaning each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.expression import Expression, MorphBind
from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.avatar.rig.face_names import face_rows, mouth_of, plain, translated
from avatar_desktop.avatar.rig.face_vocabularies import ARKIT, SETS
from tests.makers import tiny_avatar

MMD = ("あ", "い", "う", "え", "お", "まばたき", "ウィンク", "ウィンク右", "笑い", "怒り", "困る")


def face(*names: str, expressions: dict[str, Expression] | None = None) -> Avatar:
    avatar = read_avatar_bytes(tiny_avatar.morph_face().bytes())
    rest = np.zeros(len(names), np.float32)
    return replace(avatar, morph_names=names, rest_weights=rest, expressions=expressions or {})


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("eyeBlinkLeft", "eyeblinkleft"),
        ("eyeBlink_L", "eyeblinkleft"),
        ("eyeBlinkL", "eyeblinkleft"),
        ("Eye_Blink_L", "eyeblinkleft"),
        ("EYE BLINK LEFT", "eyeblinkleft"),
        ("Left_Eye_Blink", "eyeblinkleft"),
        ("mouthSmile.R", "mouthsmileright"),
        ("blendShape1.jawOpen", "jawopen"),
        ("Wolf3D_Head.mouthPucker", "mouthpucker"),
        ("Genesis8Female__facs_jnt_JawOpen", "jawopen"),
        ("fbx:blendShape1.vrc_v_aa", "aa"),
        ("vrc.v_ou", "ou"),
        ("viseme_PP", "pp"),
        ("VIS_R", "r"),
        ("V_B_M_P", "bmp"),
        ("Face.M_F00_000_00_Fcl_MTH_A", "fclmtha"),
        ("AU12_L", "au12left"),
        ("AU01_InnerBrowRaiser", "au1"),
        ("ｳｨﾝｸ２右", "ウィンク2右"),
        ("mouthLeft", "mouthleft"),
        ("Hat_A", "hata"),
        ("Key 1", "key1"),
        ("", ""),
    ],
)
def test_spellings_meet(name: str, meant: str) -> None:
    assert plain(name) == meant


def test_arkit_knows_52_shapes() -> None:
    assert len(ARKIT) == 52


@pytest.mark.parametrize(
    ("names", "mouth"),
    [
        (("jawOpen", "mouthClose", "mouthPucker", "mouthFunnel"), "arkit"),
        (tuple("vrc.v_" + name for name in ["pp", "ff", "ch", "aa", "ih", "oh", "ou"]), "oculus"),
        (tuple(f"V_{name}" for name in ("B_M_P", "F_V", "W_OO", "Ah", "Oh")), "cc4"),
        (MMD, "vrm"),
        (("A", "I", "U", "E", "O"), "vrm"),
        (tuple(f"Face.M_F00_000_00_Fcl_MTH_{vowel}" for vowel in "AIUEO"), "vrm"),
        (("AU26_JawDrop", "AU12"), "jaw"),
        (("mouth_open",), "jaw"),
        (("A",), "jaw"),
        (("smile", "Key 1"), ""),
    ],
)  # fmt: skip
def test_a_mouth_speaks_as_finely_as_its_names_allow(names: tuple[str, ...], mouth: str) -> None:
    assert mouth_of(face_rows(face(*names))) == mouth


def test_one_shape_for_both_sides_is_shared_by_them() -> None:
    rows = face_rows(face("AU12", "AU01_L", "AU01_R", "Smile"))
    assert rows["mouthsmileleft"].tolist() == [0.5, 0, 0, 0]
    assert (rows["mouthsmileleft"] + rows["mouthsmileright"]).tolist() == [1, 0, 0, 0]
    assert rows["browinnerup"].tolist() == [0, 1, 1, 0]


def test_lids_are_moved_by_whatever_closes_them() -> None:
    assert face_rows(face("まばたき"))["blink"].tolist() == [1]
    winks = face_rows(face("Wink_L", "Wink_R"))
    assert (winks["eyeblinkleft"] + winks["eyeblinkright"]).tolist() == [1, 1]


def test_a_file_that_says_what_its_face_shows_is_not_read_by_words() -> None:
    happy = {"happy": Expression("happy", (MorphBind(0, 1.0),))}
    rows = face_rows(face("Joy", "Smile", "Brow_Up", expressions=happy))
    assert "mouthsmileleft" not in rows
    assert rows["happy"].tolist() == [1, 0, 0]


def test_a_name_of_its_own_set_wins_over_a_word_for_it() -> None:
    rows = face_rows(face("Blink", "Eyes_Closed"))
    assert rows["blink"].tolist() == [1, 0]


@given(st.lists(st.one_of(st.text(max_size=20), st.sampled_from(sorted(ARKIT))), max_size=30))
def test_any_names_are_taken_and_mean_the_same_again(names: list[str]) -> None:
    keys = [plain(name) for name in names]
    meant = translated(keys)
    assert meant == translated(keys)
    assert not set(meant) & set(keys)
    rows = face_rows(face(*names))
    assert all(row.shape == (len(names),) and row.max(initial=0.0) <= 2.0 for row in rows.values())


@given(st.sampled_from(sorted({name for names in SETS.values() for name in names})))
def test_a_plain_name_is_its_own_plain_name(name: str) -> None:
    assert plain(name) == name
