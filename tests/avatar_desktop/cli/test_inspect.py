"""`inspect` tells people and programs what a file holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.cli.inspection import samples
from avatar_desktop.cli.main import main
from tests.makers import tiny_avatar
from tests.makers.public_models import expected, folder, needs_models


@pytest.fixture
def arm(tmp_path: Path) -> Path:
    path = tmp_path / "arm.glb"
    path.write_bytes(tiny_avatar.skinned_arm().bytes())
    return path


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_person_reads_a_few_short_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tiny.vrm"
    path.write_bytes(tiny_avatar.humanoid().bytes())
    assert main(["inspect", str(path)]) == 0
    text = capsys.readouterr().out
    assert "tiny.vrm: VRM 1.0, Tiny by Test" in text
    assert "21 humanoid bones" in text
    assert "aa, blink, happy" in text
    assert "wave" in text


def test_json_holds_everything(arm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "--json", str(arm)]) == 0
    (found,) = lines(capsys)
    assert found["format"] == "gltf"
    assert found["nodes"][1] == {"name": "lower", "parent": 0, "children": []}
    assert found["clips"] == [{"name": "bend", "duration": 1.0, "channels": 1}]
    assert found["stats"] == {
        "meshes": 1,
        "vertices": 4,
        "triangles": 2,
        "joints": 2,
        "targets": 0,
        "bounds": {"min": [0.0, 0.0, 0.0], "max": [1.0, 1.0, 0.0]},
        "textureBytes": 0,
    }
    assert found["pose"]["1"][12:15] == [1.0, 0.0, 0.0]


@pytest.mark.parametrize("clip", ["bend", "0"])
def test_a_clip_poses_the_avatar(clip: str, arm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "--json", str(arm), "--clip", clip, "--at", "1"]) == 0
    (found,) = lines(capsys)
    np.testing.assert_allclose(found["pose"]["1"][:3], [0, 1, 0], atol=1e-6)


def test_each_file_gets_its_line_and_a_failure_its_reason(
    arm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.glb"
    broken.write_bytes(arm.read_bytes()[:40])
    assert main(["inspect", str(arm), str(broken), str(tmp_path / "none.glb")]) == 1
    good, bad, missing = lines(capsys)
    assert good["file"] == str(arm)
    assert bad["error"].keys() == {"kind", "message", "place"}
    assert missing["error"]["kind"] == "missing"


def test_a_clip_that_one_of_several_files_lacks_costs_only_its_line(
    arm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    still = tmp_path / "still.glb"
    still.write_bytes(tiny_avatar.morph_face().bytes())
    assert main(["inspect", str(still), str(arm), "--clip", "bend"]) == 1
    lacking, posed = lines(capsys)
    assert lacking["file"] == str(still) and lacking["error"]["kind"] == "usage"
    assert posed["file"] == str(arm) and "pose" in posed


def test_one_broken_file_is_one_sentence_on_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(tmp_path / "none.glb")]) == 1
    assert capsys.readouterr().err == "There is no file none.glb.\n"


@pytest.mark.parametrize(
    "request_text",
    [
        *("{}", "[3]", "nonsense", '[{"clip": "walk"}]', '[{"at": NaN}]'),
        '[{"points": [{"node": 2, "prim": -1, "idx": [0]}]}]',
    ],
)
def test_a_request_that_means_nothing_is_wrong_usage(
    request_text: str, arm: Path, tmp_path: Path
) -> None:
    path = tmp_path / "request.json"
    path.write_text(request_text)
    assert main(["inspect", str(arm), "--samples", str(path)]) == 2


def test_samples_give_points_after_morphing_and_skinning(
    arm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "request.json"
    points = [{"node": 2, "prim": 0, "idx": [0, 1]}]
    path.write_text(json.dumps([{"clip": 0, "at": 1.0, "points": points}]))
    assert main(["inspect", str(arm), "--samples", str(path)]) == 0
    (sample,) = lines(capsys)[0]["samples"]
    np.testing.assert_allclose(sample["points"][0]["pos"], [[1, -1, 0], [1, 0, 0]], atol=1e-6)


def test_expressions_silence_each_other_as_the_file_asks(tmp_path: Path) -> None:
    path = tmp_path / "tiny.vrm"
    path.write_bytes(tiny_avatar.humanoid().bytes())
    avatar = read_avatar(path)
    asked = [{"aa": 1.0}, {"aa": 1.0, "happy": 0.6}, {"aa": 1.0, "happy": 0.4}]
    plate = str(avatar.meshes[0].node)
    found = [s["weights"][plate] for s in samples(avatar, [{"expressions": e} for e in asked])]
    assert found == [[1.0, 0.0], [0.0, 0.25], [1.0, 0.0]]


def test_expressions_leave_what_a_clip_does_with_other_shapes(tmp_path: Path) -> None:
    glb = tiny_avatar.humanoid()
    preset = glb.document["extensions"]["VRMC_vrm"]["expressions"]["preset"]
    del preset["blink"], preset["happy"]  # they show the other shape
    plate = next(i for i, node in enumerate(glb.document["nodes"]) if "mesh" in node)
    values = [[0.0], [0.75]]
    glb.clip("wink", [{"node": plate, "path": "weights", "times": [0.0], "values": values}])
    path = tmp_path / "tiny.vrm"
    path.write_bytes(glb.bytes())
    asked = {"clip": "wink", "at": 0.0, "expressions": {"aa": 0.5}}
    (sample,) = samples(read_avatar(path), [asked])
    assert sample["weights"][str(plate)] == [0.5, 0.75]


def test_turns_that_are_asked_for_need_not_have_length_one(tmp_path: Path) -> None:
    path = tmp_path / "tiny.vrm"
    path.write_bytes(tiny_avatar.humanoid().bytes())
    (sample,) = samples(read_avatar(path), [{"humanoid": {"head": [0.0, 3.0, 0.0, 4.0]}}])
    np.testing.assert_allclose(sample["bones"]["head"]["q"], [0.0, 0.6, 0.0, 0.8], atol=1e-9)


def test_a_gaze_by_textures_changes_surfaces(tmp_path: Path) -> None:
    glb = tiny_avatar.humanoid()
    vrm = glb.document["extensions"]["VRMC_vrm"]
    glb.document["materials"] = [{"name": "Eye"}]
    bind = {"material": 0, "offset": [0.25, 0.0]}
    vrm["expressions"]["preset"]["lookLeft"] = {"textureTransformBinds": [bind]}
    vrm["lookAt"] = {"type": "expression"}
    path = tmp_path / "tiny.vrm"
    path.write_bytes(glb.bytes())
    (sample,) = samples(read_avatar(path), [{"lookAt": {"yaw": 90.0, "pitch": 0.0}}])
    assert sample["materials"]["0"]["textureOffset"] == [0.25, 0.0]


def _quaternion(x: float, y: float, z: float) -> list[float]:
    """Euler angles of the reference: radians, x first, then y, then z of the turned axes."""
    (cx, cy, cz), (sx, sy, sz) = np.cos([x / 2, y / 2, z / 2]), np.sin([x / 2, y / 2, z / 2])
    return [
        sx * cy * cz + cx * sy * sz,
        cx * sy * cz - sx * cy * sz,
        cx * cy * sz + sx * sy * cz,
        cx * cy * cz - sx * sy * sz,
    ]


def _same_turn(a: list[float], b: list[float], limit: float) -> bool:
    return abs(abs(float(np.dot(a, b))) - 1.0) < limit**2 or bool(
        min(np.abs(np.subtract(a, b)).max(), np.abs(np.add(a, b)).max()) < limit
    )


@needs_models
def test_public_characters_pose_and_look_as_the_reference() -> None:
    place = folder()
    assert place is not None
    wrong: list[str] = []
    for file, reference in expected("vrm").items():
        avatar = read_avatar(place / file, decode_pixels=False)
        if dict(avatar.humanoid) != reference["bones"]:
            wrong.append(f"{file}: bones")
        turns = {bone: _quaternion(*e) for bone, e in reference["pose"]["eulerXYZ"].items()}
        looks = [
            {"yaw": item["yaw"], "pitch": item["pitch"]} for item in reference.get("lookAt", [])
        ]
        posed, *gazes = samples(
            avatar, [{"humanoid": turns}, *({"lookAt": look} for look in looks)]
        )
        for bone, raw in reference["pose"]["raw"].items():
            found = posed["bones"][bone]
            close = np.abs(np.subtract(found["world"], raw["world"])).max() < 1e-4
            if not close or not _same_turn(found["q"], raw["q"], 1e-4):
                wrong.append(f"{file}: pose of {bone}")
        for gaze, item in zip(gazes, reference.get("lookAt", []), strict=True):
            for eye in ("leftEye", "rightEye"):
                if eye in item and not _same_turn(gaze["bones"][eye]["q"], item[eye], 1e-3):
                    wrong.append(f"{file}: {eye}")
        for name, item in reference.get("expressions", {}).items():
            (found,) = samples(avatar, [{"expressions": {name: 1.0}}])
            for node, weights in found["weights"].items():
                wanted = [item["morph"].get(node, {}).get(str(i), 0.0) for i in range(len(weights))]
                if np.abs(np.subtract(weights, wanted)).max() > 1e-5:
                    wrong.append(f"{file}: expression {name}")
    assert not wrong


def test_what_a_clip_makes_of_looks_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    glb = tiny_avatar.skinned_arm()
    glb.document["materials"] = [{"pbrMetallicRoughness": {"roughnessFactor": 1.0}}]
    rough = "/materials/0/pbrMetallicRoughness/roughnessFactor"
    seen = "/nodes/2/extensions/KHR_node_visibility/visible"
    moves = [
        {"pointer": rough, "times": [0, 1], "values": [0.0, 0.5]},
        {"pointer": seen, "times": [0], "values": [0.0], "interpolation": "STEP"},
    ]
    glb.pointing_clip("dim", moves)
    path = tmp_path / "dim.glb"
    path.write_bytes(glb.bytes())
    assert main(["inspect", "--json", "--clip", "dim", "--at", "0.5", str(path)]) == 0
    (found,) = lines(capsys)
    assert found["looks"]["materials"]["0"]["fields"] == {"roughness": 0.25}
    assert found["looks"]["hidden"] == [2] and found["looks"]["lamps"] == {}
    (sample,) = samples(read_avatar(path), [{"clip": "dim", "at": 1.0}])
    assert sample["materials"]["0"]["fields"] == {"roughness": 0.5}
    assert sample["hidden"] == [2]
