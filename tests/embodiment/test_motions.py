"""The bars of our motions on our bodies, on others' and on a plain one, beside what breaks them."""

from __future__ import annotations

import importlib.util
import json
import struct
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar, read_avatar_bytes
from avatar_desktop.avatar.vrma import MotionFile, read_motion
from avatar_desktop.motion import clear_hands, footing
from avatar_desktop.motion.clip_names import GESTURES, LOOPS, MOODS, POSES, ClipNames
from avatar_desktop.motion.girth import Girth
from avatar_desktop.motion.retarget import retarget
from tests.embodiment.body_measures import SIDES, Performance, performed
from tests.embodiment.hand_measures import Skin, deepest_hand, skin_of
from tests.embodiment.joint_limits import beyond
from tests.makers.plain_body import plain_body
from tests.makers.public_models import folder, needs_models

Bar = Callable[..., None]
Doubles = NDArray[np.float64]

MODELS = Path(__file__).resolve().parents[2] / "assets" / "models"
MOTIONS = MODELS / "motions"
OURS = {name: MODELS / name / "avatar.vrm" for name in ("wren", "moss")}
OTHERS = {
    "Godette": Path("vrm0/Godette_vrm_v4.vrm"),
    "Crimsom": Path("vrm0/1734197726347-01_Crimsom_Avatar.vrm"),
}
FEW = ("idle_1", "idle_4", "thinking_1", "gesture_wave", "happy", "sit_down")
"""Of all motions, in the short run."""
SHORT, FULL = 7, 12
"""Instants of a motion that are looked at."""
BUDGET = 2_200_000


def names() -> list[str]:
    return sorted(file.stem for file in MOTIONS.glob("*.vrma"))


@cache
def motion(name: str) -> MotionFile:
    return read_motion(MOTIONS / f"{name}.vrma")


@cache
def body(name: str) -> Avatar:
    if name == "plain":
        return read_avatar_bytes(plain_body().bytes())
    file = OURS[name] if name in OURS else (folder() or Path()) / OTHERS[name]
    return read_avatar(file, decode_pixels=False)


@cache
def girth(name: str) -> Girth:
    return Girth.of(body(name))


@cache
def skin(name: str) -> Skin:
    return skin_of(body(name))


def bodies() -> list[str]:
    return [*OURS, *(OTHERS if folder() else ()), "plain"]


def shown(full: bool, on: str, only: tuple[str, ...] = ()) -> Iterator[tuple[str, Performance]]:
    """Motions of ours on a body."""
    for name in only or (names() if full else FEW):
        clip = retarget(motion(name), body(on), girth=girth(on))
        times = np.linspace(0.0, clip.duration, FULL if full else SHORT)
        yield name, performed(body(on), clip, times)


# Feet ------------------------------------------------------------------------------------------


def slide(found: Performance) -> float:
    """Metres that the ball of a foot goes over the ground, at most."""
    worst = 0.0
    for side in SIDES:
        toes = f"{side}Toes"
        place = found.place(toes if toes in found.avatar.humanoid else f"{side}Foot")
        worst = max(worst, float(np.abs(place - np.median(place, axis=0))[:, (0, 2)].max()))
    return worst


def off_ground(found: Performance) -> float:
    return float(np.abs(found.soles().min(axis=1)).max())


@pytest.mark.parametrize("on", bodies())
def test_feet_stay_where_they_stand(on: str, bar: Bar, full_length: bool) -> None:
    found = list(shown(full_length, on))
    worst = max(slide(each) for _, each in found)
    bar(f"motions on {on}: planted feet slide", 1e3 * worst, at_most=10, unit="mm")
    worst = max(off_ground(each) for _, each in found)
    bar(f"motions on {on}: planted feet off the ground", 1e3 * worst, at_most=10, unit="mm")


def test_turns_alone_let_feet_slide_on_other_legs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(footing, "STANDS", -1.0)
    ((_, found),) = shown(False, "moss", ("sit_down",))
    assert slide(found) > 0.012


# Hands -----------------------------------------------------------------------------------------


def deepest(full: bool, on: str, only: tuple[str, ...] = ()) -> tuple[float, str]:
    return max((deepest_hand(found, skin(on))[0], name) for name, found in shown(full, on, only))


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("on", [on for on in bodies() if on != "plain"])
def test_hands_stay_outside(on: str, bar: Bar, full_length: bool) -> None:
    depth, _ = deepest(full_length, on)
    bar(f"motions on {on}: hands in the body", 1e3 * depth, at_most=10, unit="mm")


@needs_models
def test_hands_of_a_slimmer_body_would_be_in_the_clothes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clear_hands, "_ROUNDS", 0)
    assert deepest(False, "Godette", ("idle_1",))[0] > 0.015


# Joints ----------------------------------------------------------------------------------------


def worst_joint(full: bool, on: str) -> float:
    return max(
        max(beyond(bone, turns) for bone, turns in found.joints().items())
        for _, found in shown(full, on)
    )


@pytest.mark.parametrize("on", bodies())
def test_no_joint_leaves_what_people_can_do(on: str, bar: Bar, full_length: bool) -> None:
    bar(f"motions on {on}: joints beyond human limits", worst_joint(full_length, on), at_most=5,
        unit="°")  # fmt: skip


# Ends ------------------------------------------------------------------------------------------


def ends_apart(name: str) -> float:
    """Degrees between the turns at the start and at the end of a loop, at most."""
    clip = retarget(motion(name), body("plain"), girth=girth("plain"))
    found = performed(body("plain"), clip, np.array([0.0, clip.duration]))
    cosine = np.abs((found.rotations[0] * found.rotations[1]).sum(axis=1)).clip(0.0, 1.0)
    return float(np.degrees(2.0 * np.arccos(cosine)).max())


def test_every_loop_ends_where_it_begins_and_gestures_come_home() -> None:
    for name in names():
        if name not in ("sit_down", "stand_up"):
            assert ends_apart(name) < 1.0, name
    assert ends_apart("sit_down") > 20.0


# The files -------------------------------------------------------------------------------------


def document(name: str) -> dict[str, Any]:
    raw = (MOTIONS / f"{name}.vrma").read_bytes()
    (length,) = struct.unpack_from("<I", raw, 12)
    return json.loads(raw[20 : 20 + length])


def test_the_files_are_what_their_sources_make_and_small() -> None:
    place = MODELS / "sources" / "build.py"
    spec = importlib.util.spec_from_file_location("motions_build", place)
    assert spec is not None and spec.loader is not None
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    wanted = build.fingerprint("motions")
    for name in names():
        told = document(name)["asset"]["extras"]["sources"]
        assert told == wanted, "run: python3 assets/models/sources/build.py motions"
    assert sum(file.stat().st_size for file in MOTIONS.iterdir()) < BUDGET


def test_everything_that_is_promised_by_name_is_there() -> None:
    found = ClipNames(names())
    assert set(found.having("gesture_")) == set(GESTURES)
    assert set(found.having("pose_")) == set(POSES)
    assert all(found.find(name) for name in (*LOOPS, *MOODS, "sit_down", "stand_up"))
    several = {"idle": 5, "listening": 2, "thinking": 2}
    several |= {f"talk_{manner}": 3 for manner in ("calm", "explain", "gesture")}
    assert all(len(found.variants(name)) >= count for name, count in several.items())


def gestures() -> list[str]:
    return [name for name in names() if name.startswith("gesture_") or name in MOODS]


@pytest.mark.parametrize("name", gestures())
def test_gestures_mark_their_parts_and_are_fastest_before_the_accent(name: str) -> None:
    animation = motion(name).animations[0]
    phases, accent = animation.phases, animation.stroke
    assert phases is not None and accent is not None
    assert 0.0 < phases.stroke < accent <= phases.hold < phases.retraction < animation.duration
    clip = retarget(motion(name), body("plain"), girth=girth("plain"))
    assert (clip.phases, clip.stroke) == (phases, accent), "the marks come along"
    times = np.arange(phases.stroke + 0.07, phases.hold, 0.01)
    found = performed(body("plain"), clip, times)
    head = name.removeprefix("gesture_") in ("nod", "shake_head", "look_around", "laugh")
    early = accent - float(times[speeds(found, head=head).argmax()])
    assert -0.05 <= early <= 0.25


def speeds(found: Performance, *, head: bool) -> Doubles:
    """How fast the hand goes, or the face turns, from instant to instant."""
    if head:
        node = found.avatar.humanoid["head"]
        ways = np.diff(found.world[:, node, :3, 2], axis=0)
    else:
        ways = np.diff(found.place("rightHand"), axis=0)
    return np.linalg.norm(ways, axis=1)


# Arcs ------------------------------------------------------------------------------------------


def bulge(name: str) -> float:
    """How far the wrist leaves the straight line of its stroke, as a share of its length."""
    animation = motion(name).animations[0]
    assert animation.phases is not None
    clip = retarget(motion(name), body("plain"), girth=girth("plain"))
    times = np.linspace(0.0, animation.phases.hold, 40)
    way = performed(body("plain"), clip, times).place("rightHand")
    line = way[-1] - way[0]
    along = ((way - way[0]) @ line / (line @ line))[:, None] * line
    return float(np.linalg.norm(way - way[0] - along, axis=1).max() / np.linalg.norm(line))


@pytest.mark.parametrize("name", ["gesture_wave", "gesture_point", "gesture_hand_raise", "happy"])
def test_hands_go_in_arcs(name: str) -> None:
    assert bulge(name) > 0.12
