"""`inspect` shows the rig report to people in calm lines and to programs under `rig`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from avatar_desktop.cli.main import main
from tests.makers import tiny_avatar


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """The tiny humanoid as a glTF that says nothing about bones but their names."""
    glb = tiny_avatar.humanoid()
    for node in glb.document["nodes"]:
        node["name"] = node["name"].removeprefix("J_")
    del glb.document["extensions"]
    path = tmp_path / "plain.glb"
    path.write_bytes(glb.bytes())
    return path


def test_a_person_reads_what_lives_in_a_file_and_what_it_lacks(
    plain: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(plain)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  body       22 nodes, 21 humanoid bones, by VRM names; without fingers, toes" in lines
    assert "  stands     T-pose, facing +Z, eyes turn by bones" in lines
    assert "  face       2 shapes: free names; speaks with a jaw that opens" in lines
    assert "  lacks      No fingers: gestures with flat hands." in lines
    assert any(line.startswith("  to mend    ") for line in lines)
    assert all(len(line) <= 100 for line in lines)


def test_a_program_reads_the_same(plain: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "--json", str(plain)]) == 0
    found = json.loads(capsys.readouterr().out)
    rig = found["rig"]
    assert rig["vocabulary"] == "VRM"
    assert rig["source"] == "names"
    assert rig["bones"].keys() == found["humanoid"].keys()
    assert rig["missing"]["toes"] == ["leftToes", "rightToes"]
    assert rig["rest"] == {"stance": "T", "armAngle": 0.0, "front": "+Z"}
    assert rig["face"].keys() == {"vocabulary", "coverage", "missing", "also", "mouth"}
    assert rig["costs"]
    assert rig["mending"]


def test_a_thing_has_a_report_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "arm.glb"
    path.write_bytes(tiny_avatar.skinned_arm().bytes())
    assert main(["inspect", "--json", str(path)]) == 0
    rig = json.loads(capsys.readouterr().out)["rig"]
    assert (rig["vocabulary"], rig["bones"], rig["face"]["vocabulary"]) == (None, {}, "none")
