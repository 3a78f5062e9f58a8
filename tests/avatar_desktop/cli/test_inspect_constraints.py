"""Poses that are asked of `inspect` follow the file's constraints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from avatar_desktop.cli.main import main
from avatar_desktop.motion.rotation import from_vector, multiply
from tests.makers.public_models import expected, folder, needs_models

CUBES = "vrm1/three-vrm/node-constraint/cubes.gltf"


def sampled(tmp_path: Path, capsys: Any, request: Any) -> tuple[int, Any]:
    place = folder()
    assert place is not None
    asked = tmp_path / "request.json"
    asked.write_text(json.dumps([request]), "utf-8")
    status = main(["inspect", str(place / CUBES), "--samples", str(asked)])
    said = capsys.readouterr().out
    return status, json.loads(said)["samples"][0] if status == 0 else None


@needs_models
def test_a_turned_node_turns_those_that_follow_it(tmp_path: Path, capsys: Any) -> None:
    case = expected("vrm-parts")[CUBES]["constraints"][1]
    x, y, z = (from_vector(np.array(axis)) for axis in np.diag(case["premultiplyEulerXYZ"]))
    turn = multiply(multiply(x, y), z).tolist()
    status, sample = sampled(tmp_path, capsys, {"nodes": {"0": turn}})
    assert status == 0
    for entry in case["dest"]:
        qx, qy, qz, qw = entry["q"]
        up = (2 * (qx * qy - qz * qw), 1 - 2 * (qx * qx + qz * qz), 2 * (qy * qz + qx * qw))
        assert sample["world"][str(entry["node"])][4:7] == pytest.approx(up, abs=1e-4)


@needs_models
def test_a_node_that_is_not_there_is_wrong_usage(tmp_path: Path, capsys: Any) -> None:
    assert sampled(tmp_path, capsys, {"nodes": {"99": [0, 0, 0, 1]}})[0] == 2
