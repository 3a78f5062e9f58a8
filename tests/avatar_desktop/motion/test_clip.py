"""Clips move exactly as the file says, at any time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.deform import deformed_points
from avatar_desktop.avatar.read import read_avatar, read_avatar_bytes
from avatar_desktop.motion.clip import Clip
from avatar_desktop.motion.hierarchy import Locals, PoseBuilder
from avatar_desktop.motion.rotation import conjugate, multiply, slerp, to_vector
from tests.makers import tiny_avatar
from tests.makers.public_models import expected, folder, needs_models
from tests.makers.tiny_avatar import Glb


def moved(channels: list[dict[str, Any]]) -> Avatar:
    glb = tiny_avatar.skinned_arm()
    glb.document["animations"] = []
    glb.clip("made", channels)
    return read_avatar_bytes(glb.bytes())


def at(avatar: Avatar, t: float, *, loop: bool = False) -> Locals:
    local = Locals.at_rest(avatar)
    Clip(avatar, avatar.animations[0]).sample(t, local, loop=loop)
    return local


def slide(interpolation: str, values: list[list[float]], times: list[float]) -> Avatar:
    channel = {"node": 1, "path": "translation", "times": times, "values": values}
    return moved([{**channel, "interpolation": interpolation}])


@pytest.mark.parametrize(
    ("t", "x"), [(-1.0, 0.0), (0.0, 0.0), (0.25, 1.0), (0.5, 2.0), (1.0, 4.0), (9.0, 4.0)]
)
def test_linear_keys_are_joined_and_the_ends_are_held(t: float, x: float) -> None:
    avatar = slide("LINEAR", [[0, 0, 0], [4, 0, 0]], [0.0, 1.0])
    assert at(avatar, t).translations[1, 0] == pytest.approx(x)


@pytest.mark.parametrize(("t", "x"), [(0.0, 1.0), (0.49, 1.0), (0.5, 2.0), (0.99, 2.0), (1.0, 3.0)])
def test_steps_hold_until_the_next_key(t: float, x: float) -> None:
    avatar = slide("STEP", [[1, 0, 0], [2, 0, 0], [3, 0, 0]], [0.0, 0.5, 1.0])
    assert at(avatar, t).translations[1, 0] == pytest.approx(x)


def test_splines_follow_their_tangents() -> None:
    keys = [[0, 0, 0], [0, 0, 0], [4, 0, 0], [0, 0, 0], [1, 0, 0], [0, 0, 0]]
    avatar = slide("CUBICSPLINE", keys, [0.0, 2.0])
    # Hermite at the middle: (p0 + p1) / 2 + span * (m0 - m1) / 8
    assert at(avatar, 1.0).translations[1, 0] == pytest.approx(0.5 + 2.0 * 4.0 / 8.0)


def test_rotations_take_the_shorter_way() -> None:
    half = np.sqrt(0.5)
    values = [[0, 0, 0, 1], [0, 0, -half, -half]]
    avatar = moved([{"node": 1, "path": "rotation", "times": [0, 1], "values": values}])
    turned = at(avatar, 0.5).rotations[1]
    np.testing.assert_allclose(np.abs(turned), [0, 0, np.sin(np.pi / 8), np.cos(np.pi / 8)])


def test_a_loop_begins_again() -> None:
    avatar = slide("LINEAR", [[0, 0, 0], [4, 0, 0]], [0.0, 1.0])
    assert at(avatar, 7.25, loop=True).translations[1, 0] == pytest.approx(1.0)


def test_tracks_with_different_keys_do_not_disturb_each_other() -> None:
    avatar = moved(
        [
            {"node": 0, "path": "translation", "times": [0.2], "values": [[5, 0, 0]]},
            {"node": 1, "path": "translation", "times": [0, 2], "values": [[0, 0, 0], [2, 0, 0]]},
            {"node": 1, "path": "scale", "times": [1, 3], "values": [[1, 1, 1], [3, 3, 3]]},
        ]
    )
    local = at(avatar, 2.0)
    assert local.translations[0, 0] == 5.0
    assert local.translations[1, 0] == pytest.approx(2.0)
    assert local.scales[1, 0] == pytest.approx(2.0)


def test_morph_weights_are_keyed_together() -> None:
    avatar = read_avatar_bytes(tiny_avatar.morph_face().bytes())
    np.testing.assert_allclose(at(avatar, 0.25).weights, [0.5, 0.25])


def test_a_clip_of_no_length_holds_its_key() -> None:
    avatar = slide("LINEAR", [[3, 0, 0]], [0.0])
    assert at(avatar, 5.0, loop=True).translations[1, 0] == 3.0


def test_an_empty_clip_moves_nothing() -> None:
    glb = Glb()
    glb.add("nodes", {})
    glb.add("animations", {"channels": [], "samplers": []})
    assert at(read_avatar_bytes(glb.bytes()), 1.0).translations.tolist() == [[0, 0, 0]]


def swing(keys: int, seed: int = 0, interpolation: str = "LINEAR") -> Avatar:
    """A bone that is thrown about wildly, at uneven times."""
    rng = np.random.default_rng(seed)
    turns = rng.normal(size=(keys, 4))
    turns /= np.linalg.norm(turns, axis=1, keepdims=True)
    times = np.cumsum(rng.uniform(0.05, 0.6, keys))
    channel = {"node": 1, "path": "rotation", "times": times.tolist(), "values": turns.tolist()}
    return moved([{**channel, "interpolation": interpolation}])


def worst_turn(avatar: Avatar) -> float:
    """The largest angle between the clip and the arcs between its keys, in radians."""
    channel = avatar.animations[0].channels[0]
    clip, local, worst = Clip(avatar, avatar.animations[0]), Locals.at_rest(avatar), 0.0
    for t in np.linspace(0.0, avatar.animations[0].duration, 400):
        clip.sample(float(t), local)
        place = int(np.clip(np.searchsorted(channel.times, t) - 1, 0, len(channel.times) - 2))
        start, end = channel.times[place], channel.times[place + 1]
        share = float(np.clip((t - start) / (end - start), 0.0, 1.0))
        keys = channel.values[place : place + 2].astype(np.float64)
        right = slerp(keys[0], keys[1], share)
        astray = to_vector(multiply(local.rotations[1], conjugate(right)))
        worst = max(worst, float(np.linalg.norm(astray)))
    return worst


def test_arcs_are_followed_to_a_hundred_thousandth() -> None:
    assert worst_turn(swing(20)) < 1e-5


def test_coarser_chords_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avatar_desktop.motion.clip_table.FINE", 0.5)
    assert worst_turn(swing(20)) > 1e-4


def test_a_clip_too_long_for_a_table_moves_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    avatar = swing(30)
    quick = [at(avatar, t).rotations[1] for t in (0.0, 1.3, 2.9)]
    monkeypatch.setattr("avatar_desktop.motion.clip_table.MOST_NUMBERS", 10)
    exact = [at(avatar, t).rotations[1] for t in (0.0, 1.3, 2.9)]
    np.testing.assert_allclose(np.abs(quick), np.abs(exact), atol=1e-5)


def test_two_keys_at_one_time_are_a_jump() -> None:
    avatar = slide("LINEAR", [[0, 0, 0], [1, 0, 0], [5, 0, 0], [6, 0, 0]], [0.0, 1.0, 1.0, 2.0])
    found = [at(avatar, t).translations[1, 0] for t in (0.5, 0.999, 1.0, 1.5)]
    assert found == pytest.approx([0.5, 0.999, 5.0, 5.5])


def test_a_step_beside_lines_still_holds() -> None:
    avatar = moved(
        [
            {
                "node": 0,
                "path": "translation",
                "times": [0, 1],
                "values": [[0, 0, 0], [9, 0, 0]],
                "interpolation": "STEP",
            },
            {
                "node": 1,
                "path": "translation",
                "times": [0, 0.3, 2],
                "values": [[0, 0, 0], [3, 0, 0], [3, 0, 0]],
            },
        ]
    )
    assert at(avatar, 0.99).translations[0, 0] == 0.0
    assert at(avatar, 1.0).translations[0, 0] == 9.0


def test_a_bent_arm_takes_its_skin_along() -> None:
    avatar = read_avatar_bytes(tiny_avatar.skinned_arm().bytes())
    pose = PoseBuilder(avatar).build(at(avatar, 1.0))
    # the square hangs on the second bone, whose joint is at x = 1 and turns by a quarter
    np.testing.assert_allclose(
        deformed_points(avatar, pose, 0, 0),
        [[1, -1, 0], [1, 0, 0], [0, 0, 0], [0, -1, 0]],
        atol=1e-6,
    )


_OPEN_READINGS = ("Animation_SamplerType_01", "SimpleSkin")
"""Keys that are no unit quaternions: the reference does not normalise, we do."""
_LISTS = (
    *("asset-generator", "characters", "khronos", "morph", "skeletons", "blender-io"),
    *("faces", "meshopt", "meshopt-fallback", "vrm1"),
)


@needs_models
@pytest.mark.parametrize("name", _LISTS)
def test_public_models_move_as_the_reference(name: str) -> None:
    place = folder()
    assert place is not None
    wrong: list[str] = []
    for file, reference in expected(name).items():
        if any(word in file for word in _OPEN_READINGS):
            continue
        avatar = read_avatar(place / file, decode_pixels=False)
        builder = PoseBuilder(avatar)
        frames: list[tuple[int | None, dict[str, Any]]] = [(None, reference["rest"])]
        frames += [(c["index"], s) for c in reference["clips"] for s in c["samples"]]
        for clip, sample in frames:
            local = Locals.at_rest(avatar)
            if clip is not None:
                Clip(avatar, avatar.animations[clip]).sample(sample["t"], local)
            pose = builder.build(local)
            size = max(1e-6, *(abs(m[12 + i]) for m in sample["world"].values() for i in range(3)))
            for points in sample.get("points", []):
                mesh = [item.node for item in avatar.meshes].index(points["node"])
                found = deformed_points(avatar, pose, mesh, points["prim"], points["idx"])
                reach = max(size, float(np.abs(points["pos"]).max()))
                if np.abs(found - points["pos"]).max() > 1e-4 * reach:
                    wrong.append(f"{file} clip {clip}: points of node {points['node']}")
            for node, weights in sample.get("weights", {}).items():
                item = next(each for each in avatar.meshes if each.node == int(node))
                if not np.allclose(pose.weights[item.morphs], weights, atol=1e-4):
                    wrong.append(f"{file} clip {clip}: weights of node {node}")
            for node, matrix in sample["world"].items():
                columns = pose.world[int(node)].T.reshape(16)
                if np.abs(columns - matrix).max() > 1e-4 * max(1.0, np.abs(matrix).max()):
                    wrong.append(f"{file} clip {clip}: node {node}")
    assert not wrong
