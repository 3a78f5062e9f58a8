"""Our avatars as others read them: the Khronos validator, and three-vrm with all that it finds.

Needs node and the packages that the benchmarks install; AVATAR_DESKTOP_FULL=1 installs them.
"""

from __future__ import annotations

import json
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.rivals.workshop import Absent, three_command
from tests.assets.test_starter_avatar import ARKIT, BONES, PRESETS, VISEMES

MODELS = Path(__file__).resolve().parents[2] / "assets" / "models"
AVATARS = {file.parent.name: file for file in sorted(MODELS.glob("*/avatar.vrm"))}
LOOKS = {"lookUp", "lookDown", "lookLeft", "lookRight"}
Judge = Callable[[Path], dict[str, Any]]


@pytest.fixture(scope="module")
def judge() -> Judge:
    import os

    try:
        command = three_command("judge.mjs", install=bool(os.environ.get("AVATAR_DESKTOP_FULL")))
    except Absent as reason:
        pytest.skip(str(reason))
    known: dict[Path, dict[str, Any]] = {}

    def answer(file: Path) -> dict[str, Any]:
        if file not in known:
            done = subprocess.run(
                [*command, str(file)], capture_output=True, text=True, check=True, timeout=60
            )
            known[file] = json.loads(done.stdout)
        return known[file]

    return answer


def written(file: Path) -> dict[str, Any]:
    """The JSON of a binary glTF."""
    raw = file.read_bytes()
    return json.loads(raw[20 : 20 + struct.unpack_from("<I", raw, 12)[0]])


def rewritten(file: Path, document: dict[str, Any], to: Path) -> Path:
    """The same file with another JSON."""
    raw = file.read_bytes()
    rest = raw[20 + struct.unpack_from("<I", raw, 12)[0] :]
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    head = struct.pack("<IIIII", 0x46546C67, 2, 20 + len(text) + len(rest), len(text), 0x4E4F534A)
    to.write_bytes(head + text + rest)
    return to


@pytest.mark.parametrize("name", AVATARS)
def test_the_validator_finds_neither_error_nor_warning(name: str, judge: Judge) -> None:
    found = judge(AVATARS[name])["validator"]
    assert (found["errors"], found["warnings"], found["messages"]) == (0, 0, [])


@pytest.mark.parametrize("name", AVATARS)
def test_three_vrm_finds_every_bone_and_expression(name: str, judge: Judge) -> None:
    said = judge(AVATARS[name])
    assert said["complaints"] == []
    assert set(BONES) == set(said["vrm"]["bones"])
    wanted = {*ARKIT, *(f"viseme_{v}" for v in VISEMES), *PRESETS, *LOOKS}
    assert wanted == set(said["vrm"]["expressions"])
    assert said["vrm"]["gaze"] == "bone"


@pytest.mark.parametrize("name", AVATARS)
def test_three_vrm_finds_every_spring_and_constraint(name: str, judge: Judge) -> None:
    said, document = judge(AVATARS[name])["vrm"], written(AVATARS[name])
    springs = document["extensions"]["VRMC_springBone"]
    nodes = document["nodes"]
    swinging = {
        nodes[joint["node"]]["name"]
        for spring in springs["springs"]
        for joint in spring["joints"][:-1]  # the last is only where a chain ends
    }
    assert swinging <= set(said["springJoints"])
    assert said["colliders"] == len(springs["colliders"])
    follows = [node for node in nodes if "VRMC_node_constraint" in node.get("extensions", {})]
    assert said["constraints"] == len(follows)


@pytest.mark.parametrize("name", AVATARS)
def test_both_looks_reach_a_reader_that_knows_toon_surfaces(name: str, judge: Judge) -> None:
    said, document = judge(AVATARS[name])["vrm"], written(AVATARS[name])
    toon = ["VRMC_materials_mtoon" in m.get("extensions", {}) for m in document["materials"]]
    assert said["materials"] == ["toon" if drawn else "lit" for drawn in toon]
    assert {True, False} == set(toon)
    shown = {p["material"] for mesh in document["meshes"] for p in mesh["primitives"]}
    assert not any(toon[material] for material in shown)  # without outfits it is the lit look
    assert len(shown) <= 5


def test_a_lost_bone_and_a_wrong_bound_are_noticed(judge: Judge, tmp_path: Path) -> None:
    document = written(AVATARS["wren"])
    del document["extensions"]["VRMC_vrm"]["humanoid"]["humanBones"]["leftToes"]
    place = document["meshes"][0]["primitives"][0]["attributes"]["POSITION"]
    document["accessors"][place]["min"][0] -= 1.0
    said = judge(rewritten(AVATARS["wren"], document, tmp_path / "broken.vrm"))
    assert said["validator"]["errors"] > 0
    assert "leftToes" not in said["vrm"]["bones"]
