"""The bars of motions that one humanoid takes over from another, each beside what breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_desktop.avatar.animation import Animation
from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar, read_avatar_bytes
from avatar_desktop.avatar.vrma import MotionFile, read_motion, read_motion_bytes
from avatar_desktop.cli.inspection import samples
from avatar_desktop.motion import retarget, stance
from avatar_desktop.motion.rig import NormalisedRig
from avatar_desktop.motion.rotation import euler
from tests.embodiment.body_measures import SIDES, Performance, as_avatar, performed
from tests.embodiment.joint_limits import beyond
from tests.makers import tiny_avatar
from tests.makers.plain_body import plain_body
from tests.makers.public_models import expected, folder, needs_models

Bar = Callable[..., None]
Doubles = NDArray[np.float64]

WREN = Path(__file__).resolve().parents[2] / "assets" / "models" / "wren" / "avatar.vrm"
BODIES = {
    "Wren": WREN,
    "Godette": Path("vrm0/Godette_vrm_v4.vrm"),
    "Crimsom": Path("vrm0/1734197726347-01_Crimsom_Avatar.vrm"),
    "CesiumMan": Path("khronos/CesiumMan/glTF-Binary/CesiumMan.glb"),
}
MADE = {"plain": 1, "plain, from behind": -1}
SAMPLES = ("idle_loop", "nop", "test", "hips_spine_twisting")
LONGEST = 12.0
FULL = 60
PLANTED = 0.006
"""A foot of the motion this near to its ground, as a share of its hips' height, stands."""
STANDING = 0.1
"""Metres from the ground to the hips of a body that stands; one sample rests with them at zero."""
OURS = Path(__file__).resolve().parents[2] / "assets" / "models" / "motions"
A_FEW = ("idle_1", "talk_calm_1", "gesture_wave", "gesture_shrug")
"""Of our own motions."""


@cache
def body(name: str) -> Avatar:
    if name in MADE:
        return read_avatar_bytes(plain_body(facing=MADE[name]).bytes())
    return read_avatar((folder() or Path()) / BODIES[name], decode_pixels=False)


def bodies() -> list[str]:
    return [*(BODIES if folder() else ("Wren",)), *MADE]


@cache
def motion(name: str) -> MotionFile:
    place = OURS if name in A_FEW else (folder() or Path()) / "vrma"
    return read_motion(place / f"{name}.vrma")


def motions() -> list[str]:
    return [*(SAMPLES if folder() else ()), *A_FEW]


def instants(animation: Animation, count: int) -> Doubles:
    return np.linspace(0.0, min(animation.duration, LONGEST), count)


def taken_over(count: int, names: Iterable[str] = ()) -> Iterator[tuple[Performance, Performance]]:
    """(the motion's own body, the avatar) for motions on every body, or on those named."""
    for name in motions():
        file = motion(name)
        source = as_avatar(file)
        for animation in file.animations:
            times = instants(animation, count)
            own = performed(source, animation, times)
            for each in names or bodies():
                clip = retarget.retarget(file, body(each), animation=animation)
                yield own, performed(body(each), clip, times)


@pytest.fixture
def count(full_length: bool) -> int:
    """Instants of each motion that are looked at."""
    return FULL if full_length else 6


# As the reference ------------------------------------------------------------------------------


def off_reference() -> tuple[float, float]:
    """How far turns and places are from three-vrm's, at most."""
    place = folder()
    assert place is not None
    turns = places = 0.0
    for pair, wanted in expected("vrma").items():
        file, model = pair.split(" -> ")
        avatar = read_avatar(place / model, decode_pixels=False)
        asked = [{"motion": str(place / file), "at": each["t"]} for each in wanted["samples"]]
        found = samples(avatar, asked)
        for sample, reference in zip(found, wanted["samples"], strict=True):
            for bone, known in reference["bones"].items():
                own = np.array(sample["bones"][bone]["q"])
                q = np.array(known["q"])
                turns = max(turns, float(np.abs(own * np.sign(own @ q) - q).max()))
                way = np.subtract(sample["bones"][bone]["world"], known["world"])
                places = max(places, float(np.abs(way).max()))
    return turns, places


@needs_models
def test_motion_files_move_vrm_avatars_as_the_reference_does(bar: Bar) -> None:
    turns, places = off_reference()
    bar("retargeting: turns of .vrma beside three-vrm's", turns, at_most=1e-3)
    bar("retargeting: places of .vrma beside three-vrm's", places, at_most=1e-3, unit="m")


def copied(rig: NormalisedRig, bone: str, turns: Doubles, **_: object) -> Doubles:
    return turns


_raw = NormalisedRig.raw


def without_facing(rig: NormalisedRig, bone: str, turns: Doubles, **_: object) -> Doubles:
    return _raw(rig, bone, turns, faces_viewer=False)


@needs_models
@pytest.mark.parametrize(
    ("room", "name", "wrong"),
    [
        (retarget.NormalisedRig, "raw", without_facing),
        (stance.Body, "facing", lambda self, vectors: vectors),
        (retarget._Target, "copied_hips", lambda self, shot, source: shot.own_hips),
        (retarget.NormalisedRig, "raw", copied),
    ],
    ids=["turns not faced", "places not faced", "hips not scaled", "raw turns copied"],
)
def test_the_reference_notices(
    room: Any, name: str, wrong: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, name, wrong)
    assert max(off_reference()) > 1e-2


# Feet ------------------------------------------------------------------------------------------


def worst_sole(count: int, names: Iterable[str] = ()) -> float:
    """Metres between a planted sole and the ground, at most."""
    worst = 0.0
    for own, taken in taken_over(count, names):
        hips = float(own.rest[own.avatar.humanoid["hips"], 1, 3])
        if hips < STANDING:
            continue
        stands = np.abs(own.soles()) < PLANTED * hips
        # the lower foot carries; the other one may swing
        carries = taken.soles().min(axis=1)[stands.any(axis=1)]
        worst = max(worst, float(np.abs(carries).max(initial=0.0)))
    return worst


def test_planted_feet_stay_on_the_ground(bar: Bar, count: int) -> None:
    bar("retargeting: planted soles off the ground", 1e3 * worst_sole(count), at_most=10, unit="mm")


@needs_models
@pytest.mark.parametrize(
    ("name", "wrong", "on"),
    [
        ("hips", lambda self, shot, source: shot.hips, "plain"),
        ("copied_hips", lambda self, shot, source: shot.own_hips, "Crimsom"),
    ],
    ids=["compared", "by the book"],
)
def test_hips_at_their_old_height_lift_the_feet(
    name: str, wrong: Any, on: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retarget._Target, name, wrong)
    assert worst_sole(2, [on]) > 0.05


def test_knees_bent_on_longer_legs_need_the_feet_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sole_of_a_bow() < 0.01
    monkeypatch.setattr(retarget, "clearance", lambda legs, hips, turns: np.zeros(len(hips)))
    assert sole_of_a_bow() > 0.012


def sole_of_a_bow() -> float:
    """A T-posed body goes down on its knees; how far the plain body's soles leave the ground."""
    glb = tiny_avatar.humanoid()
    names = [node["name"].removeprefix("J_") for node in glb.document["nodes"]]
    channels: list[dict[str, Any]] = []
    for side in SIDES:
        for bone, bend in (("UpperLeg", -60.0), ("LowerLeg", 120.0), ("Foot", -60.0)):
            turns = [euler(0.0, 0.0, 0.0), euler(bend, 0.0, 0.0)]
            node = names.index(f"{side}{bone}")
            channels.append({"node": node, "path": "rotation", "times": [0, 1], "values": turns})
    hips = glb.document["nodes"][names.index("hips")]["translation"]
    legs = glb.document["nodes"][names.index("leftLowerLeg")]["translation"][1]
    legs += glb.document["nodes"][names.index("leftFoot")]["translation"][1]
    low = [hips[0], hips[1] + legs * 0.5, hips[2]]
    channels.append(
        {"node": names.index("hips"), "path": "translation", "times": [0, 1], "values": [hips, low]}
    )
    glb.clip("bow", channels)
    avatar = body("plain")
    clip = retarget.retarget(read_motion_bytes(glb.bytes()), avatar)
    return float(np.abs(performed(avatar, clip, np.array([0.0, 1.0])).soles()).max())


# Joints ----------------------------------------------------------------------------------------


def worst_joint(count: int, names: Iterable[str] = ()) -> float:
    """Degrees beyond what joints allow, at most, and beyond what the motion itself asks for."""
    worst = 0.0
    for own, taken in taken_over(count, names):
        asked = {bone: max(0.0, beyond(bone, turns)) for bone, turns in own.joints().items()}
        for bone, turns in taken.joints().items():
            worst = max(worst, beyond(bone, turns) - asked.get(bone, 0.0))
    return worst


def test_no_joint_leaves_what_people_can_do(bar: Bar, count: int) -> None:
    bar("retargeting: joints beyond human limits", worst_joint(count), at_most=1, unit="°")


def test_copied_turns_break_joints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retarget.NormalisedRig, "raw", copied)
    assert worst_joint(2, ["plain"]) > 20.0


# Directions ------------------------------------------------------------------------------------


def worst_arm(names: list[str]) -> float:
    """Degrees between an arm of a motion and the avatar's, at most."""
    worst = 0.0
    for ours in A_FEW:
        file = motion(ours)
        animation = file.animations[0]
        times = instants(animation, 6)
        own = performed(as_avatar(file), animation, times)
        for each in names:
            taken = performed(body(each), retarget.retarget(file, body(each)), times)
            for side in SIDES:
                for bones in ((f"{side}UpperArm", f"{side}LowerArm"),
                              (f"{side}LowerArm", f"{side}Hand")):  # fmt: skip
                    cosine = (own.direction(*bones) * taken.direction(*bones)).sum(axis=1)
                    angle = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))).max()
                    worst = max(worst, float(angle))
    return worst


def test_arms_point_where_the_motion_points(bar: Bar) -> None:
    bar("retargeting: arms from an A-pose", worst_arm([*MADE]), at_most=1, unit="°")


def test_an_a_pose_taken_for_a_t_pose_lets_arms_point_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retarget, "t_pose_turns", lambda body: {})
    assert worst_arm([*MADE]) > 30.0


@cache
def raised_left() -> MotionFile:
    """A T-posed body that raises its left hand in a second."""
    glb = tiny_avatar.humanoid()
    names = [node["name"].removeprefix("J_") for node in glb.document["nodes"]]
    turn = [euler(0.0, 0.0, 0.0), euler(0.0, 0.0, 75.0)]
    arm = {"node": names.index("leftUpperArm"), "path": "rotation", "times": [0, 1]}
    glb.clip("raise", [{**arm, "values": turn}])
    return read_motion_bytes(glb.bytes())


def raised(name: str) -> dict[str, float]:
    """How far above its shoulder each hand ends, as a share of the arm; outwards is positive x."""
    avatar = body(name)
    end = performed(avatar, retarget.retarget(raised_left(), avatar), np.array([1.0]))
    found: dict[str, float] = {}
    for side, sign in SIDES.items():
        way = (end.place(f"{side}Hand") - end.place(f"{side}UpperArm"))[0]
        assert sign * way[0] > 0.0, "each hand is on its own side"
        found[side] = float(way[1] / np.linalg.norm(way))
    return found


@pytest.mark.parametrize("name", bodies())
def test_left_is_left(name: str) -> None:
    hands = raised(name)
    assert hands["left"] > 0.8
    assert hands["right"] < 0.1


def test_sides_taken_by_the_viewers_view_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stance.Body, "facing_turns", lambda self, turns: turns * (-1, 1, -1, 1))
    assert raised("plain")["left"] < 0.9
