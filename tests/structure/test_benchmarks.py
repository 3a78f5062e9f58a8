"""The benchmarks without running one: their names, their rivals' pins, what they say of absence."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from avatar_desktop.avatar.read import read_avatar_bytes
from benchmarks import __main__ as bench
from benchmarks import _figure as figure
from benchmarks.rivals import workshop
from benchmarks.rivals.rival import Rival
from tests.makers import big_avatar

RIVALS = Path(workshop.__file__).parent
ECHO = """
import json, sys
for line in sys.stdin:
    asked = json.loads(line)
    if asked["op"] == "die":
        sys.exit(1)
    print(json.dumps({"ms": [asked["times"]]} if asked["op"] == "load" else {"error": "no"}))
    sys.stdout.flush()
"""


def test_every_benchmark_is_offered_and_nothing_else() -> None:
    assert {
        "first-sound",
        "frame",
        "load",
        "motion",
        "performer",
        "relay",
        "server",
        "start",
    } <= set(bench.names())
    assert not [name for name in bench.names() if name.startswith("_") or name == "rivals"]


def test_a_figure_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    figure.show("walk", "ms", [3.0, 1.0, 2.0], rivals={"hare": 1.0, "gone": None}, note="uphill")
    line = capsys.readouterr().out
    assert json.loads(line) == {
        "name": "walk",
        "unit": "ms",
        "ours": 2.0,
        "rivals": {"hare": 1.0},
        "runs": [3.0, 1.0, 2.0],
        "note": "uphill",
    }


def test_the_locks_of_the_rivals_pin_everything_and_name_no_registry() -> None:
    npm = [(RIVALS / each / "package-lock.json").read_text("utf-8") for each in ("three", "relay")]
    packages = [json.loads(lock)["packages"] for lock in npm]
    assert all("integrity" in each for lock in packages for name, each in lock.items() if name)
    pip = (RIVALS / "pygfx" / "requirements.lock").read_text("utf-8")
    assert "--hash=sha256:" in pip
    assert "://" not in "".join([*npm, pip])


def test_without_node_three_js_is_left_out_and_said_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    three = Rival("three.js", workshop.three_command)
    assert "node and npm are not installed" in three.why_absent
    assert "node and npm are not installed" in capsys.readouterr().err
    assert three.milliseconds("load", file="any", times=1) is None


def test_a_rival_answers_refuses_and_lives_again_after_it_died() -> None:
    echo = Rival("echo", lambda: [sys.executable, "-c", ECHO])
    try:
        assert echo.milliseconds("load", times=7) == [7]
        assert echo.milliseconds("unknown") is None
        assert echo.milliseconds("die") is None
        assert echo.milliseconds("load", times=8) == [8]
    finally:
        echo.close()


def test_the_big_avatar_is_what_it_is_said_to_be() -> None:
    file = big_avatar.big_avatar(pictures=2, side=16)
    assert file == big_avatar.big_avatar(pictures=2, side=16)
    avatar = read_avatar_bytes(file)
    assert avatar.warnings == ()
    assert [len(skin.joints) for skin in avatar.skins] == [big_avatar.JOINTS]
    assert sum(name.startswith("shape_") for name in avatar.morph_names) == big_avatar.SHAPES
    assert [image.rgba.shape for image in avatar.images] == [(16, 16, 4)] * 2
