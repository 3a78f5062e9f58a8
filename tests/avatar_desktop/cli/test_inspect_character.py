"""`inspect` tells the character: what one may do with it, what swings, who follows whom."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from avatar_desktop.cli.main import main
from tests.makers import tiny_avatar

STARTER = Path(__file__).resolve().parents[3] / "assets" / "models" / "wren" / "avatar.vrm"


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    glb = tiny_avatar.humanoid()
    extensions = glb.document["extensions"]
    extensions["VRMC_springBone"] = {
        "specVersion": "1.0",
        "colliders": [{"node": 4, "shape": {"capsule": {"tail": [0, 1, 0], "radius": 0.5}}}],
        "colliderGroups": [{"colliders": [0]}],
        "springs": [{"name": "neck", "joints": [{"node": 3}, {"node": 4}], "colliderGroups": [0]}],
    }
    rotation = {"rotation": {"source": 4, "weight": 0.5}}
    glb.document["nodes"][5]["extensions"] = {"VRMC_node_constraint": {"constraint": rotation}}
    annotations = [{"node": 21, "type": "thirdPersonOnly"}]
    extensions["VRMC_vrm"]["firstPerson"] = {"meshAnnotations": annotations}
    red = {"material": 0, "type": "color", "targetValue": [1, 0, 0, 1]}
    extensions["VRMC_vrm"]["expressions"]["preset"]["aa"]["materialColorBinds"] = [red]
    glb.document["materials"] = [{"name": "Skin"}]
    path = tmp_path / "tiny.vrm"
    path.write_bytes(glb.bytes())
    return path


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    return json.loads(capsys.readouterr().out)


def test_json_tells_all_of_the_character(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "--json", str(tiny)]) == 0
    found = told(capsys)
    (spring,) = found["springs"]
    assert (spring["name"], [joint["node"] for joint in spring["joints"]]) == ("neck", [3, 4])
    assert spring["colliders"] == [
        {
            "node": 4,
            "kind": "capsule",
            "offset": [0.0, 0.0, 0.0],
            "tail": [0.0, 1.0, 0.0],
            "radius": 0.5,
            "inside": False,
        }
    ]
    assert found["constraints"] == [
        {"kind": "rotation", "node": 5, "source": 4, "weight": 0.5, "axis": None}
    ]
    assert found["firstPerson"] == {"21": "thirdPersonOnly"}
    assert found["meta"]["permissions"]["commercial"] == "personalNonProfit"
    assert "No commercial use." in found["meta"]["inWords"]
    assert found["expressions"][0]["colours"][0]["kind"] == "base"


def test_samples_tell_which_surfaces_change(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request = tmp_path / "request.json"
    request.write_text(json.dumps([{"expressions": {"aa": 0.5}}, {"expressions": {"blink": 1}}]))
    assert main(["inspect", str(tiny), "--samples", str(request)]) == 0
    half, none = told(capsys)["samples"]
    assert half["materials"]["0"]["colours"] == {"base": [1.0, 0.5, 0.5, 1.0]}
    assert none["materials"] == {}


def test_a_person_reads_what_one_may_do_with_the_starter(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["inspect", str(STARTER)]) == 0
    text = capsys.readouterr().out
    assert "Everybody may appear as this avatar." in text
    assert "Copies may be passed on." in text
    assert "note" not in text


def test_a_file_without_a_character_says_so_with_empty_lists(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "arm.glb"
    path.write_bytes(tiny_avatar.skinned_arm().bytes())
    assert main(["inspect", "--json", str(path)]) == 0
    found = told(capsys)
    assert (found["springs"], found["constraints"], found["firstPerson"]) == ([], [], {})
    assert found["meta"]["permissions"] is None
