"""The report names what lives in a file, and says in plain words what a missing part costs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from avatar_desktop.avatar.animation import Animation
from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.expression import Expression, MorphBind
from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.avatar.rig.face_vocabularies import ARKIT, OCULUS
from avatar_desktop.avatar.rig.humanoid import find_humanoid
from avatar_desktop.motion.rig_costs import costs, mending
from avatar_desktop.motion.rig_report import BONE_GROUPS, rig_report
from tests.makers import tiny_avatar
from tests.makers.skeletons import DRAWINGS, PLACES, drawn

CLOSED = "No mouth shapes and no jaw: it will speak with a closed mouth."
OPEN_EYES = "No blink shape: the eyes will not close."
FLAT = "No fingers: gestures with flat hands."


def body(
    drawing: str = DRAWINGS["Mixamo"],
    *,
    shapes: tuple[str, ...] = (),
    clips: tuple[str, ...] = (),
    places: dict[str, tuple[float, float, float]] | None = None,
    facing: int = 1,
) -> Avatar:
    """An avatar of bones and names alone."""
    skeleton, _ = drawn(drawing, facing=facing, places=places)
    found = find_humanoid(skeleton)
    thing = read_avatar_bytes(tiny_avatar.morph_face().bytes())
    return replace(
        thing,
        skeleton=skeleton,
        humanoid=found.bones if found else {},
        humanoid_source=found.naming if found else "",
        front=found.front if found else 1,
        meshes=(),
        morph_names=shapes,
        rest_weights=np.zeros(len(shapes), np.float32),
        animations=tuple(Animation(name, 1.0, ()) for name in clips),
    )


def test_bones_are_told_by_group() -> None:
    rig = rig_report(body(DRAWINGS["VRoid"]))
    assert (rig.vocabulary, rig.says_itself) == ("VRoid", False)
    assert rig.bones["leftEye"] == "J_Adj_L_FaceEye"
    assert rig.missing["required"] == rig.missing["eyes"] == rig.missing["toes"] == ()
    assert rig.missing["jaw"] == ("jaw",)
    assert len(rig.missing["fingers"]) == len(BONE_GROUPS["fingers"]) - 12


def test_bones_that_vrm_names_are_no_guess() -> None:
    rig = rig_report(read_avatar_bytes(tiny_avatar.humanoid().bytes()))
    assert (rig.vocabulary, rig.says_itself, rig.guessed) == ("VRM", True, ())


@pytest.mark.parametrize(
    ("degrees", "stance"),
    [(0, "T"), (10, "T"), (40, "A"), (85, "arms down"), (-40, "other")],
)
@pytest.mark.parametrize("facing", [1, -1])
def test_the_rest_pose_is_told_by_the_arms(degrees: float, stance: str, facing: int) -> None:
    down = np.radians(degrees)
    places = dict(PLACES)
    for bone, (x, y, z) in PLACES.items():
        reach = abs(x) - 0.14  # beyond the shoulder joint
        if reach > 0.0:
            aside = np.sign(x) * (0.14 + reach * np.cos(down))
            places[bone] = (float(aside), float(y - reach * np.sin(down)), z)
    rest = rig_report(body(places=places, facing=facing)).rest
    assert rest.stance == stance
    assert rest.arm_angle == pytest.approx(degrees, abs=0.1)


@pytest.mark.parametrize(
    ("shapes", "vocabulary", "coverage"),
    [
        (tuple(ARKIT.values()), "ARKit", 1.0),
        (tuple(name.replace("Left", "_L") for name in ARKIT.values()), "ARKit", 1.0),
        (tuple(OCULUS.values())[:12], "Oculus", 0.8),
        (tuple(f"AU{unit:02}_L" for unit in range(1, 27)), "FACS", 18 / 22),
        (("あ", "い", "う", "え", "お", "まばたき"), "MikuMikuDance", 6 / 21),
        (("smile", "mouth_open"), "free names", 0.0),
        (("Key 1", "Key 2"), "none", 0.0),
        ((), "none", 0.0),
    ],
)
def test_the_face_is_told_by_its_vocabulary(
    shapes: tuple[str, ...], vocabulary: str, coverage: float
) -> None:
    face = rig_report(body(shapes=shapes)).face
    assert face.vocabulary == vocabulary
    assert face.coverage == pytest.approx(coverage, abs=1e-3)


def test_missing_shapes_are_named_in_the_vocabulary_s_spelling() -> None:
    shapes = tuple(name for name in ARKIT.values() if name != "eyeBlinkLeft")
    face = rig_report(body(shapes=(*shapes, *OCULUS.values()))).face
    assert face.missing == ("eyeBlinkLeft",)
    assert face.also == ("Oculus",)


def test_clips_of_the_file_are_told_by_what_they_are_for() -> None:
    clips = ("Armature|Gesture_Wave", "nod", "pose_relaxed", "Idle_02", "Walk", "gesture_bow")
    rig = rig_report(body(clips=clips))
    assert rig.gestures == ("bow", "nod", "wave")
    assert rig.poses == ("relaxed",)
    assert rig.idles == ("Idle_02",)


def test_every_lack_has_its_price_and_its_mending() -> None:
    bare = rig_report(body(DRAWINGS["Unreal"].replace("index", "x").replace("thumb", "x")))
    assert FLAT in costs(bare)
    assert CLOSED in costs(bare)
    assert any("look straight ahead" in cost for cost in costs(bare))
    assert any("shape keys" in advice for advice in mending(bare))
    winking = rig_report(body(shapes=("jawOpen", "smile")))
    assert OPEN_EYES in costs(winking)
    assert CLOSED not in costs(winking)
    assert any("as ARKit does" in advice for advice in mending(winking))


def test_a_whole_avatar_costs_nothing() -> None:
    whole = rig_report(body(shapes=tuple(ARKIT.values())))
    said = costs(replace(whole, missing=dict.fromkeys(whole.missing, ()), spring_joints=4))
    assert said == []


def test_a_thing_without_bones_is_told_what_it_needs() -> None:
    rig = rig_report(body("Lamp\n  Bulb", shapes=("Key 1",)))
    assert (rig.vocabulary, rig.rest.stance) == ("", "unknown")
    assert costs(rig)[0].startswith("No humanoid skeleton")
    assert mending(rig)[0].startswith("Add a VRM humanoid")


def test_a_look_that_the_expressions_lack_is_named() -> None:
    happy = {"happy": Expression("happy", (MorphBind(0, 1.0),))}
    avatar = replace(body(shapes=("Key 1", "jawOpen")), expressions=happy)
    assert "The face cannot look sad, angry or surprised." in costs(rig_report(avatar))
