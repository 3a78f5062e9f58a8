"""The starter avatar as it lies in the house: names, bones, weights, a face that closes."""

import importlib.util
import json
import struct
import tomllib
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

MODELS = Path(__file__).resolve().parents[2] / "assets" / "models"
AVATAR = MODELS / "wren" / "avatar.vrm"
FORMATS = {5121: "u1", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
VISEMES = ["sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U"]
SIDED = [
    "eyeBlink",
    "eyeLookDown",
    "eyeLookIn",
    "eyeLookOut",
    "eyeLookUp",
    "eyeSquint",
    "eyeWide",
    "mouthSmile",
    "mouthFrown",
    "mouthDimple",
    "mouthStretch",
    "mouthPress",
    "mouthLowerDown",
    "mouthUpperUp",
    "browDown",
    "browOuterUp",
    "cheekSquint",
    "noseSneer",
    "jaw",
    "mouth",
]
SINGLE = [
    "jawForward",
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "browInnerUp",
    "cheekPuff",
    "tongueOut",
]
ARKIT = SINGLE + [name + side for name in SIDED for side in ("Left", "Right")]
PRESETS = [
    "aa",
    "ih",
    "ou",
    "ee",
    "oh",
    "blink",
    "blinkLeft",
    "blinkRight",
    "happy",
    "angry",
    "sad",
    "relaxed",
    "surprised",
    "neutral",
]
FINGERS = ["Index", "Middle", "Ring", "Little"]
BONES = [
    "hips", "spine", "chest", "upperChest", "neck", "head", "jaw", "leftEye", "rightEye",
    *(
        side + bone
        for side in ("left", "right")
        for bone in (
            "Shoulder", "UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot", "Toes",
            "ThumbMetacarpal", "ThumbProximal", "ThumbDistal",
            *(f + part for f in FINGERS for part in ("Proximal", "Intermediate", "Distal")),
        )
    ),
]  # fmt: skip


class Document:
    """The file, read with nothing but json and numpy."""

    def __init__(self, path: Path) -> None:
        raw = path.read_bytes()
        (length,) = struct.unpack_from("<I", raw, 12)
        self.json: dict[str, Any] = json.loads(raw[20 : 20 + length])
        self.binary = raw[28 + length :]

    def _rows(self, view: int, kind: int, count: int, width: int) -> np.ndarray:
        start = self.json["bufferViews"][view]["byteOffset"]
        data = np.frombuffer(self.binary, FORMATS[kind], count * width, start)
        return data.reshape(count, width)

    def read(self, index: int) -> np.ndarray:
        a = self.json["accessors"][index]
        width = WIDTHS[a["type"]]
        if "bufferView" in a:
            return self._rows(a["bufferView"], a["componentType"], a["count"], width)
        whole = np.zeros((a["count"], width), dtype=np.float32)
        s = a["sparse"]
        at = self._rows(s["indices"]["bufferView"], s["indices"]["componentType"], s["count"], 1)
        whole[at[:, 0]] = self._rows(s["values"]["bufferView"], 5126, s["count"], width)
        return whole

    @property
    def vrm(self) -> dict[str, Any]:
        return self.json["extensions"]["VRMC_vrm"]

    @property
    def face(self) -> dict[str, Any]:
        return next(m for m in self.json["meshes"] if m["name"] == "Face")

    def shape(self, primitive: int, **weights: float) -> np.ndarray:
        """Points of a face primitive with some morphs on."""
        part = self.face["primitives"][primitive]
        points = self.read(part["attributes"]["POSITION"]).astype(float)
        names = self.face["extras"]["targetNames"]
        for name, weight in weights.items():
            points = points + weight * self.read(part["targets"][names.index(name)]["POSITION"])
        return points


@cache
def wren() -> Document:
    return Document(AVATAR)


@cache
def _moved_by(name: str) -> np.ndarray:
    return np.linalg.norm(wren().shape(0, **{name: 1.0}) - wren().shape(0), axis=1)


def _primitives() -> list[dict[str, Any]]:
    return [p for mesh in wren().json["meshes"] for p in mesh["primitives"]]


def _lips() -> tuple[np.ndarray, np.ndarray]:
    """Rows of the upper and the lower lip near the contact line, away from the corners."""
    rest, drop = wren().shape(0), wren().shape(0, jawOpen=1.0) - wren().shape(0)
    funnel = _moved_by("mouthFunnel")
    red = (funnel > funnel.max() * 0.55) & (np.abs(rest[:, 0]) < 0.012)
    lower = red & (drop[:, 1] < -0.025)
    upper = red & (drop[:, 1] > -0.004)
    return upper, lower


def _gap(points: np.ndarray) -> float:
    """Clear height between the lips in the middle of the mouth, as seen from the front."""
    upper, lower = _lips()
    front = 0.004
    upper_front = upper & (points[:, 2] > points[upper, 2].max() - front * 3)
    lower_front = lower & (points[:, 2] > points[lower, 2].max() - front * 3)
    return float(points[upper_front, 1].min() - points[lower_front, 1].max())


def test_all_fifteen_visemes_and_all_fifty_two_shapes_are_there_by_name() -> None:
    names = wren().face["extras"]["targetNames"]
    assert len(names) == len(set(names)) == 67
    assert set(names) == {f"viseme_{v}" for v in VISEMES} | set(ARKIT)
    assert all(len(p["targets"]) == 67 for p in wren().face["primitives"])
    assert wren().face["weights"] == [0.0] * 67


@pytest.mark.parametrize("name", ARKIT)
def test_a_shape_moves_the_face_and_only_a_little_way(name: str) -> None:
    furthest = _moved_by(name).max()
    assert 0.0005 < furthest < 0.06


def test_left_and_right_shapes_mirror_each_other() -> None:
    for name in SIDED:
        left, right = _moved_by(name + "Left"), _moved_by(name + "Right")
        assert left.max() == pytest.approx(right.max(), rel=0.02), name


def test_the_bones_are_human_and_rest_without_rotation() -> None:
    bones = wren().vrm["humanoid"]["humanBones"]
    assert set(BONES) <= set(bones)
    nodes = wren().json["nodes"]
    assert all("rotation" not in n and "scale" not in n and "matrix" not in n for n in nodes)
    assert all(nodes[bone["node"]]["name"] == name for name, bone in bones.items())


def test_expressions_name_real_morphs_and_no_emotion_opens_the_jaw() -> None:
    presets = wren().vrm["expressions"]["preset"]
    assert set(PRESETS) <= set(presets)
    names = wren().face["extras"]["targetNames"]
    jaw = names.index("jawOpen")
    for mood in ("happy", "angry", "sad", "relaxed", "surprised", "neutral"):
        binds = presets[mood].get("morphTargetBinds", [])
        assert all(bind["index"] != jaw for bind in binds)
    for preset in presets.values():
        assert all(0 <= bind["index"] < 67 for bind in preset.get("morphTargetBinds", []))


def test_she_stands_in_a_t_pose_facing_forward() -> None:
    nodes = wren().json["nodes"]
    place: dict[int, np.ndarray] = {}

    def walk(index: int, base: np.ndarray) -> None:
        place[index] = base + np.array(nodes[index].get("translation", [0, 0, 0]))
        for child in nodes[index].get("children", []):
            walk(child, place[index])

    bones = {k: v["node"] for k, v in wren().vrm["humanoid"]["humanBones"].items()}
    walk(bones["hips"], np.zeros(3))
    at = {name: place[node] for name, node in bones.items()}
    assert at["leftHand"][0] > at["leftLowerArm"][0] > at["leftUpperArm"][0] > 0
    assert at["leftHand"][1] == pytest.approx(at["leftUpperArm"][1], abs=1e-4)
    assert at["rightHand"][0] == pytest.approx(-at["leftHand"][0], abs=1e-4)
    assert at["leftEye"][2] > at["head"][2]
    assert 0 < at["leftToes"][1] < 0.05
    assert 0.9 < at["head"][1] < 1.6


def test_her_soles_stand_on_the_ground_and_she_is_no_grown_up() -> None:
    places = [wren().read(p["attributes"]["POSITION"]) for p in _primitives()]
    assert min(place[:, 1].min() for place in places) == pytest.approx(0.0, abs=0.001)
    top = max(place[:, 1].max() for place in places)
    face = wren().shape(0)
    chin = face[(face[:, 2] > 0.06), 1].min()
    assert 3.5 < top / (top - chin) < 4.8


def test_bending_joints_share_their_skin_with_a_helper_that_goes_half_the_way() -> None:
    nodes = wren().json["nodes"]
    index = {node["name"]: number for number, node in enumerate(nodes)}
    held = {
        joint
        for primitive in _primitives()
        for joint in wren().read(primitive["attributes"]["JOINTS_0"]).ravel().tolist()
    }
    for limb in ("UpperArm", "LowerArm", "UpperLeg", "LowerLeg"):
        for side in ("left", "right"):
            helper = index[f"{side}{limb}Half"]
            follows = nodes[helper]["extensions"]["VRMC_node_constraint"]["constraint"]["rotation"]
            assert follows == {"source": index[side + limb], "weight": 0.5}
            assert nodes[helper]["translation"] == nodes[index[side + limb]]["translation"]
            assert helper in held


def test_skin_weights_are_normalised_and_name_real_joints() -> None:
    joints = len(wren().json["skins"][0]["joints"])
    for primitive in _primitives():
        weights = wren().read(primitive["attributes"]["WEIGHTS_0"])
        assert np.abs(weights.sum(axis=1) - 1).max() < 1e-5
        assert weights.min() >= 0
        assert wren().read(primitive["attributes"]["JOINTS_0"]).max() < joints


def test_points_normals_and_colours_are_sound() -> None:
    for primitive in _primitives():
        attributes = primitive["attributes"]
        normal = wren().read(attributes["NORMAL"])
        assert np.isfinite(wren().read(attributes["POSITION"])).all()
        assert np.abs(np.linalg.norm(normal, axis=1) - 1).max() < 1e-3
        colour = wren().read(attributes["COLOR_0"])
        assert colour.min() >= 0
        assert colour.max() <= 1


def test_she_brings_no_clips_because_the_motions_are_everybodys() -> None:
    assert "animations" not in wren().json


def test_the_lips_rest_closed_part_with_the_jaw_and_meet_under_mouth_close() -> None:
    assert -0.002 < _gap(wren().shape(0)) < 0.0005
    for value in (0.25, 0.5, 1.0):
        assert _gap(wren().shape(0, jawOpen=value)) > 0.02 * value
        closed = wren().shape(0, jawOpen=value, mouthClose=value)
        assert -0.002 < _gap(closed) < 0.0008, value


@pytest.mark.parametrize("closed", [0.25, 0.5, 0.75, 1.0])
def test_closing_lids_never_cut_the_eye(closed: float) -> None:
    lids = _moved_by("eyeBlinkLeft") > 0.018  # the edge of the upper lid travels furthest
    skin = wren().shape(0, eyeBlinkLeft=closed)[lids]
    ball = wren().shape(1, eyeBlinkLeft=closed)
    ball = ball[ball[:, 0] > 0]
    for point in skin:
        flat = np.linalg.norm(ball[:, :2] - point[:2], axis=1)
        near = flat < 0.006
        if near.any():
            assert point[2] > ball[near, 2].mean() - 0.0025


def test_a_blink_covers_the_pupil() -> None:
    open_, shut = wren().shape(0), wren().shape(0, eyeBlinkLeft=1.0)
    upper = _moved_by("eyeBlinkLeft") > 0.018
    middle = upper & (np.abs(open_[:, 0] - open_[upper, 0].mean()) < 0.008)
    assert open_[middle, 1].min() - shut[middle, 1].min() > 0.018


def test_hair_and_cords_swing_on_springs_that_hold_real_points() -> None:
    springs = wren().json["extensions"]["VRMC_springBone"]
    nodes = wren().json["nodes"]
    human = {bone["node"] for bone in wren().vrm["humanoid"]["humanBones"].values()}
    kinds = {spring["name"][:4] for spring in springs["springs"]}
    assert kinds == {"hair", "cord"}
    for spring in springs["springs"]:
        chain = [joint["node"] for joint in spring["joints"]]
        assert spring["colliderGroups"]
        assert not human & set(chain)
        for parent, child in pairwise(chain):
            assert child in nodes[parent]["children"]
    held = {
        joint
        for primitive in _primitives()
        for joint in wren().read(primitive["attributes"]["JOINTS_0"]).ravel().tolist()
    }
    assert {spring["joints"][0]["node"] for spring in springs["springs"]} <= held


def test_the_file_is_light() -> None:
    assert AVATAR.stat().st_size < 8_000_000
    triangles = sum(wren().json["accessors"][p["indices"]]["count"] // 3 for p in _primitives())
    assert 25_000 <= triangles <= 60_000
    views = wren().json["bufferViews"]
    pictures = sum(views[image["bufferView"]]["byteLength"] for image in wren().json["images"])
    assert pictures < 300_000


def test_the_file_is_what_its_sources_make() -> None:
    place = MODELS / "sources" / "build.py"
    spec = importlib.util.spec_from_file_location("wren_build", place)
    assert spec is not None
    assert spec.loader is not None
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    recorded = wren().json["asset"]["extras"]["sources"]
    assert recorded == build.fingerprint("wren"), "run: python3 assets/models/sources/build.py wren"


def test_the_card_says_who_made_her() -> None:
    card = tomllib.loads((MODELS / "wren" / "card.toml").read_text(encoding="utf-8"))
    assert (card["name"], card["avatar"], card["licence"]) == ("Wren", "avatar.vrm", "CC-BY-4.0")
    assert card["persona"]["welcome"].startswith("[emotion:happy,gesture:wave]")
