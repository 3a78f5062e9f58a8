"""`inspect` tells which motion a name means, and poses an avatar by a motion file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from avatar_desktop.cli.main import main
from avatar_desktop.motion.rotation import euler
from tests.makers import tiny_avatar


@pytest.fixture
def ada(tmp_path: Path) -> Path:
    """An avatar with a clip of its own, a card, and a motion beside it."""
    folder = tmp_path / "ada"
    (folder / "motions").mkdir(parents=True)
    (folder / "ada.vrm").write_bytes(moved("Gesture_Nod", 10.0))
    (folder / "motions" / "gesture_wave.glb").write_bytes(moved("salute", 50.0))
    (folder / "card.toml").write_text('name = "Ada"\n[animations]\ngreet = "gesture_wave"\n')
    return folder / "ada.vrm"


def moved(name: str, angle: float) -> bytes:
    """A humanoid whose head turns to the left in a second."""
    glb = tiny_avatar.humanoid()
    head = [node["name"] for node in glb.document["nodes"]].index("J_head")
    turn = [euler(0.0, 0.0, 0.0), euler(0.0, angle, 0.0)]
    glb.clip(name, [{"node": head, "path": "rotation", "times": [0, 1], "values": turn}])
    return glb.bytes()


def inspected(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["inspect", "--json", *words]) == 0
    return json.loads(capsys.readouterr().out)


def test_every_name_is_told_with_its_source(
    ada: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "me" / "data" / "motions"
    mine.mkdir(parents=True)
    (mine / "idle_loop.vrma").touch()
    found = inspected(capsys, "--profile", str(tmp_path / "me"), str(ada))
    meant = {each["name"]: (each["source"], each["clip"]) for each in found["motions"]}
    assert meant["nod"] == ("the avatar's own", "Gesture_Nod")
    assert meant["wave"] == ("beside the avatar", "gesture_wave")
    assert meant["greet"] == ("beside the avatar", "gesture_wave")
    assert meant["idle"] == ("your own", "idle_loop")
    assert meant["shrug"] == ("built in", "gesture_shrug")


def test_a_person_reads_them_source_by_source(
    ada: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", "--profile", str(tmp_path / "me"), str(ada)]) == 0
    text = capsys.readouterr().out
    assert "by name    the avatar's own: nod\n" in text
    assert "beside the avatar: wave, greet → gesture_wave\n" in text
    assert "built in: shake_head" in text


def asked(tmp_path: Path, request: dict[str, Any]) -> str:
    path = tmp_path / "request.json"
    path.write_text(json.dumps([request]))
    return str(path)


@pytest.mark.parametrize("clip", [None, 0, "salute"])
def test_a_motion_file_poses_the_avatar(
    clip: str | int | None, ada: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(ada.parent / "motions" / "gesture_wave.glb")
    request = asked(tmp_path, {"motion": file, "clip": clip, "at": 0.5})
    found = inspected(capsys, "--samples", request, str(ada))
    (sample,) = found["samples"]
    np.testing.assert_allclose(sample["bones"]["head"]["q"], euler(0, 25, 0), atol=1e-5)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"motion": "none.vrma"}, 1),
        ({"motion": "{beside}", "clip": "bow"}, 2),
        ({"motion": "{beside}", "clip": 7}, 2),
        ({"motion": ["{beside}"]}, 1),
    ],
)
def test_a_motion_that_is_not_there_is_a_sentence(
    request_: dict[str, Any],
    status: int,
    ada: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    beside = str(ada.parent / "motions" / "gesture_wave.glb")
    text = json.dumps([request_]).replace("{beside}", beside)
    path = tmp_path / "request.json"
    path.write_text(text)
    assert main(["inspect", "--samples", str(path), str(ada)]) == status
    said = capsys.readouterr()
    assert "Traceback" not in said.err + said.out


def test_who_is_no_humanoid_cannot_follow(tmp_path: Path, ada: Path) -> None:
    arm = tmp_path / "arm.glb"
    arm.write_bytes(tiny_avatar.skinned_arm().bytes())
    request = asked(tmp_path, {"motion": str(ada), "at": 0.5})
    assert main(["inspect", "--samples", request, str(arm)]) == 2
