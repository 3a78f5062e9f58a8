"""Every public file with reference numbers stands, and moves, as the reference does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.cli.inspection import samples
from avatar_desktop.motion import hierarchy
from tests.makers.public_models import expected, folder, needs_models

pytestmark = needs_models

_LISTS = (
    *("asset-generator", "blender-io", "characters", "faces", "khronos", "meshopt"),
    *("meshopt-fallback", "morph", "skeletons", "vrm1"),
)
_CLOSE = 1e-4
_NO_UNIT_KEYS = {"SimpleSkin": 5e-3, "Animation_SamplerType_01": 2e-2}
"""Keys that are no unit quaternions: the reference leaves them so, and we make them unit."""

Json = dict[str, Any]


def frames(reference: Json) -> Iterator[tuple[Json, Json]]:
    """What to ask for and what must come, at rest and in each clip."""
    points = [
        {key: entry[key] for key in ("node", "prim", "idx")}
        for entry in reference["rest"].get("points", [])
    ]
    yield {"clip": None, "at": 0.0, "points": points}, reference["rest"]
    for clip in reference["clips"]:
        for sample in clip["samples"]:
            yield {"clip": clip["index"], "at": sample["t"], "points": points}, sample


def is_step_on_a_key(avatar: Avatar, asked: Json) -> bool:
    """STEP exactly at a key may still show the key before: files leave that open."""
    if asked["clip"] is None:
        return False
    channels = avatar.animations[asked["clip"]].channels
    return any(
        channel.interpolation == "STEP" and np.abs(channel.times - asked["at"]).min() < 1e-6
        for channel in channels
    )


def differences(path: Path, reference: Json, *, at_rest: bool) -> Iterator[str]:
    """Where the product and the reference part, beyond what a file leaves open."""
    avatar = read_avatar(path, decode_pixels=False)
    limit = next((more for name, more in _NO_UNIT_KEYS.items() if name in path.name), _CLOSE)
    asked = [pair for pair in frames(reference) if (pair[0]["clip"] is None) == at_rest]
    found = samples(avatar, [request for request, _ in asked])
    for (request, wanted), sample in zip(asked, found, strict=True):
        if is_step_on_a_key(avatar, request):
            continue
        where = f"{path.name} clip {request['clip']} at {request['at']}"
        size = max(
            (abs(number) for matrix in wanted["world"].values() for number in matrix[12:15]),
            default=0.0,
        )
        for given, entry in zip(sample["points"], wanted.get("points", []), strict=True):
            reach = max(size, float(np.abs(entry["pos"]).max()), 1e-6)
            if np.abs(np.subtract(given["pos"], entry["pos"])).max() > limit * reach:
                yield f"{where}: points of node {entry['node']}"
        for node, matrix in wanted["world"].items():
            off = np.abs(np.subtract(sample["world"][node], matrix))
            axes = float(np.abs(matrix[:12]).max())
            if off[:12].max() > limit * max(1e-6, axes) or off[12:].max() > limit * max(1.0, size):
                yield f"{where}: node {node}"
        for node, weights in wanted.get("weights", {}).items():
            if np.abs(np.subtract(sample["weights"][node], weights)).max() > _CLOSE:
                yield f"{where}: weights of node {node}"


def compared(name: str, *, at_rest: bool) -> tuple[int, list[str]]:
    """How many files agree, and the first difference of each that does not."""
    place = folder()
    assert place is not None
    files = [item for item in expected(name).items() if at_rest or item[1]["clips"]]
    firsts = [
        next(differences(place / file, reference, at_rest=at_rest), "") for file, reference in files
    ]
    return firsts.count(""), [first for first in firsts if first]


@pytest.mark.parametrize("at_rest", [True, False], ids=["rest", "clips"])
def test_public_files_agree_with_the_reference(at_rest: bool, bar: Any) -> None:
    results = [compared(name, at_rest=at_rest) for name in _LISTS]
    parted = [line for _, lines in results for line in lines]
    assert not parted
    agree = sum(count for count, _ in results)
    state = "at rest" if at_rest else "in motion"
    bar(f"avatars: files {state} as the reference", agree, at_least=75 if at_rest else 37)


@pytest.mark.parametrize("part", ["translations", "scales", "weights"])
def test_a_small_error_would_be_noticed(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = hierarchy.Locals.at_rest.__func__  # pyright: ignore[reportFunctionMemberAccess]

    def wrong(kind: type[hierarchy.Locals], avatar: Avatar) -> hierarchy.Locals:
        local = right(kind, avatar)
        values = getattr(local, part)
        values[...] = values * 1.001 + (0.001 if part == "weights" else 0.0)
        return local

    monkeypatch.setattr(hierarchy.Locals, "at_rest", classmethod(wrong))
    parted = [line for name in _LISTS for line in compared(name, at_rest=True)[1]]
    assert parted
