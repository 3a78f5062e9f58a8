"""A humanoid is read from names where tree and rest pose agree, and from nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar, read_avatar_bytes
from avatar_desktop.avatar.rig import humanoid as rig_humanoid
from avatar_desktop.avatar.rig import limbs
from avatar_desktop.avatar.rig.bone_words import BoneWord, bone_word, bone_words
from avatar_desktop.avatar.rig.humanoid import find_humanoid
from avatar_desktop.avatar.vrm.bones import BONES
from avatar_desktop.errors import AvatarError
from tests.makers import public_models, tiny_avatar
from tests.makers.skeletons import DRAWINGS, MORE, PLACES, drawn, from_world

MIXAMO = DRAWINGS["Mixamo"]


@pytest.mark.parametrize("facing", [1, -1])
@pytest.mark.parametrize("name", DRAWINGS)
def test_the_bones_of_each_convention_are_found_and_the_convention_named(
    name: str, facing: int
) -> None:
    skeleton, bones = drawn(DRAWINGS[name], facing=facing)
    found = find_humanoid(skeleton)
    assert found is not None
    assert dict(found.bones) == bones
    assert (found.naming, found.front, found.sides_swapped) == (name, facing, False)


@pytest.mark.parametrize("name", MORE)
def test_other_names_are_understood_by_their_words_and_places(name: str) -> None:
    skeleton, bones = drawn(MORE[name])
    found = find_humanoid(skeleton)
    assert found is not None
    assert dict(found.bones) == bones


def test_what_was_found_by_place_alone_is_said() -> None:
    skeleton, _ = drawn(MORE["numbered joints"])
    found = find_humanoid(skeleton)
    assert found is not None
    assert found.guessed == ("hips", "head")


def test_sides_named_as_a_viewer_sees_them_are_put_right() -> None:
    """Toes and eyes say where the front is; then left is on the avatar's left."""
    swapped = MIXAMO.replace("<Left|Right>", "<Right|Left>")
    skeleton, bones = drawn(swapped)
    found = find_humanoid(skeleton)
    assert found is not None
    assert found.sides_swapped
    assert dict(found.bones) == bones
    assert skeleton.names[found.bones["leftHand"]] == "mixamorig:RightHand"


def test_a_skeleton_without_places_is_known_by_its_names() -> None:
    skeleton, bones = drawn(MIXAMO, places=dict.fromkeys(PLACES, (0.0, 0.0, 0.0)))
    found = find_humanoid(skeleton)
    assert found is not None
    assert dict(found.bones) == bones
    assert found.front == 1


def _beast() -> dict[str, tuple[float, float, float]]:
    """The same bones as a body on four legs."""
    beast = {bone: (x, 0.6 + 0.02 * z, (y - 0.9) * 1.5) for bone, (x, y, z) in PLACES.items()}
    for side, x in (("left", 0.1), ("right", -0.1)):
        for limb, z in (("Arm", 0.7), ("Leg", 0.0)):
            beast[f"{side}Upper{limb}"] = (x, 0.55, z)
            beast[f"{side}Lower{limb}"] = (x, 0.3, z)
        beast[f"{side}Hand"] = (x, 0.05, 0.7)
        beast[f"{side}Foot"] = (x, 0.05, 0.0)
    return beast


def test_four_legs_make_no_humanoid() -> None:
    beast = _beast()
    assert find_humanoid(drawn(MIXAMO, places=beast)[0]) is None
    reared = {**beast, "head": (0.0, 1.4, 0.5)}
    assert find_humanoid(drawn(MIXAMO, places=reared)[0]) is None, "a horse holds its head high"


def test_only_the_stance_keeps_a_beast_from_being_a_humanoid(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rig_humanoid, "_UPRIGHT", -1.0)
    monkeypatch.setattr(rig_humanoid, "_ON_ALL_FOURS", -1.0)
    assert find_humanoid(drawn(MIXAMO, places=_beast())[0]) is not None


def test_a_body_that_lies_or_contradicts_itself_is_no_humanoid() -> None:
    lying = {bone: (x, -z, y) for bone, (x, y, z) in PLACES.items()}
    assert find_humanoid(drawn(MIXAMO, places=lying)[0]) is None
    crossed = {
        bone: (-x, y, z) if bone.endswith("Leg") else (x, y, z)
        for bone, (x, y, z) in PLACES.items()
    }
    assert find_humanoid(drawn(MIXAMO, places=crossed)[0]) is None


def test_things_are_no_humanoids() -> None:
    lamp = ["Lamp", "Base", "LowerArm", "UpperArm", "Head", "Neck", "LeftLeg", "RightLeg", "Foot"]
    places = [(0.0, 0.1 * number, 0.0) for number in range(len(lamp))]
    chain = list(range(-1, len(lamp) - 1))
    assert find_humanoid(from_world(lamp, chain, places)) is None
    hair = [f"Hair_Head_L_{number}" for number in range(20)]
    assert find_humanoid(from_world(hair, list(range(-1, 19)), [(0, 1, 0)] * 20)) is None


def test_arms_on_a_leg_are_no_arms() -> None:
    strange = MIXAMO.replace("          mixamorig:<Left|Right>Shoulder", "  x<Left|Right>Shoulder")
    assert find_humanoid(drawn(strange)[0]) is None


def test_the_loader_fills_the_humanoid_and_says_where_it_comes_from() -> None:
    vrm = tiny_avatar.humanoid(version=0)
    assert read_avatar_bytes(vrm.bytes()).humanoid_source == "file"
    for node in vrm.document["nodes"]:
        node["name"] = node["name"].removeprefix("J_")
    del vrm.document["extensions"]
    plain = read_avatar_bytes(vrm.bytes())
    assert plain.skeleton.names[plain.humanoid["leftHand"]] == "leftHand"
    assert (plain.humanoid_source, plain.front) == ("VRM", -1)
    nothing = read_avatar_bytes(tiny_avatar.morph_face().bytes())
    assert (dict(nothing.humanoid), nothing.humanoid_source) == ({}, "")


# What the names of real files give, beside what VRM itself says --------------------------------


@pytest.fixture(scope="module")
def readable() -> list[tuple[str, Avatar]]:
    folder = public_models.folder()
    assert folder is not None
    found: list[tuple[str, Avatar]] = []
    for entry in public_models.entries():
        if entry["file"].startswith(("vrm", "khronos/Fox", "khronos/Cesium", "characters")):
            try:
                avatar = read_avatar(folder / entry["file"], decode_pixels=False)
                found.append((entry["file"], avatar))
            except AvatarError:
                continue
    return found


def _against_vrm(readable: list[tuple[str, Avatar]]) -> tuple[float, int]:
    """(percent of VRM's bones that the names give as well, bones on the wrong side)"""
    right = total = crossed = 0
    for _, avatar in readable:
        if avatar.humanoid_source == "file":
            found = find_humanoid(avatar.skeleton)
            guessed = dict(found.bones) if found else {}
            total += len(avatar.humanoid)
            right += sum(guessed.get(bone) == node for bone, node in avatar.humanoid.items())
            said = {node: bone for bone, node in avatar.humanoid.items()}
            sides = ((_side(bone), _side(said.get(node, ""))) for bone, node in guessed.items())
            crossed += sum({"left", "right"} == set(pair) for pair in sides)
    return 100.0 * right / total, crossed


def _side(bone: str) -> str:
    return next((side for side in ("left", "right") if bone.startswith(side)), "")


@public_models.needs_models
def test_names_tell_what_vrm_says(readable: list[tuple[str, Avatar]], bar: Any) -> None:
    percent, crossed = _against_vrm(readable)
    bar("bones found by name, of those VRM files name", percent, at_least=95, unit="%")
    bar("bones found on the wrong side", crossed, at_most=0)


@public_models.needs_models
def test_the_bar_falls_when_shoulders_are_taken_for_upper_arms(
    readable: list[tuple[str, Avatar]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limbs, "UPPER_ARMS", ("clavicle", "shoulder", "upperArm"))
    assert _against_vrm(readable)[0] < 95


@public_models.needs_models
def test_the_bar_falls_when_sides_are_mistaken(
    readable: list[tuple[str, Avatar]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def mirrored(names: tuple[str, ...]) -> dict[int, BoneWord]:
        other: dict[str, Any] = {"left": "right", "right": "left", "": ""}
        words = bone_words(names)
        return {node: replace(word, side=other[word.side]) for node, word in words.items()}

    monkeypatch.setattr(rig_humanoid, "bone_words", mirrored)
    assert _against_vrm(readable)[1] > 0


@public_models.needs_models
def test_a_man_is_found_and_a_fox_is_not(readable: list[tuple[str, Avatar]]) -> None:
    found = {name.split("/")[-1]: avatar for name, avatar in readable}
    assert len(found["CesiumMan.glb"].humanoid) >= 19
    robot = found["player.glb"]
    assert robot.front == 1, "its knees point to +Z, whatever its sides are called"
    assert robot.skeleton.names[robot.humanoid["leftUpperArm"]] == "r-arm"
    assert not found["Fox.glb"].humanoid


# Any names ---------------------------------------------------------------------------------------

_WORDS = st.sampled_from(
    [
        "Left",
        "Right",
        "L",
        "R",
        "l",
        "r",
        "_",
        ".",
        "-",
        ":",
        "upper",
        "lower",
        "arm",
        "leg",
        "hips",
        "spine",
        "head",
        "neck",
        "hand",
        "foot",
        "thigh",
        "shin",
        "Finger",
        "0",
        "01",
        "2",
        "12",
        "twist",
        "DEF-",
        "mixamorig",
        "左",
        "右",
        "腕",
        "ひじ",
        "足",
        "首",
        "頭",
        "センター",
        "bone",
        "é",
        "🙂",
    ]
)
_NAMES = st.one_of(st.lists(_WORDS, max_size=6).map("".join), st.text(max_size=12))


@given(names=st.lists(_NAMES, max_size=60), seed=st.integers(0, 2**32 - 1))
def test_any_names_and_trees_give_a_sane_answer_and_the_same_again(
    names: list[str], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    parents = [int(rng.integers(-1, number)) if number else -1 for number in range(len(names))]
    places = [(float(x), float(y), float(z)) for x, y, z in rng.normal(size=(len(names), 3))]
    skeleton = from_world(names, parents, places)
    found = find_humanoid(skeleton)
    assert found == find_humanoid(skeleton)
    if found is not None:
        _is_sane(found.bones, parents)


@given(
    drawing=st.sampled_from([*DRAWINGS.values(), *MORE.values()]),
    renamed=st.dictionaries(st.integers(0, 60), _NAMES, max_size=12),
)
def test_spoilt_names_never_break_it(drawing: str, renamed: dict[int, str]) -> None:
    skeleton, _ = drawn(drawing)
    names = [renamed.get(node, name) for node, name in enumerate(skeleton.names)]
    found = find_humanoid(replace(skeleton, names=tuple(names)))
    if found is not None:
        _is_sane(found.bones, skeleton.parents.tolist())


def _is_sane(bones: Any, parents: list[int]) -> None:
    def way(node: int) -> list[int]:
        return [node, *way(parents[node])] if parents[node] >= 0 else [node]

    assert set(bones) <= set(BONES)
    assert len(set(bones.values())) == len(bones)
    for side in ("left", "right"):
        for above, below in (("UpperArm", "LowerArm"), ("UpperLeg", "LowerLeg")):
            assert bones[f"{side}{above}"] in way(bones[f"{side}{below}"])[1:]
        assert bones["spine"] in way(bones[f"{side}UpperArm"])[1:]
    assert bones["hips"] in way(bones["spine"])[1:]
    assert bones["spine"] in way(bones["head"])[1:]


@given(st.text(max_size=80))
def test_any_text_is_a_name(text: str) -> None:
    assert bone_word(text) == bone_word(text)
