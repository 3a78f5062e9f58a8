"""Milliseconds to sample, mix and solve one avatar's pose.

Prints a JSON line for each figure: {name, unit, ours, rivals, runs}.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.motion.clip import Clip
from avatar_desktop.motion.hierarchy import Locals, PoseBuilder
from avatar_desktop.motion.layers import Mixer
from avatar_desktop.motion.rotation import euler

STARTER = Path(__file__).resolve().parents[1] / "assets" / "models" / "wren" / "avatar.vrm"
FRAME = 1.0 / 60.0
LIVING = ("neck", "head", "spine", "chest", "leftShoulder", "rightShoulder", "leftEye", "rightEye")


def main() -> None:
    """Measure loading, one clip, the whole mixer and a gesture, each several times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--avatar", type=Path, default=STARTER)
    arguments = parser.parse_args()
    runs, path = arguments.runs, arguments.avatar
    avatar = read_avatar(path, decode_pixels=False)
    clip, builder, local = (
        Clip(avatar, avatar.animations[0]),
        PoseBuilder(avatar),
        Locals.at_rest(avatar),
    )

    def one_clip(t: float) -> None:
        clip.sample(t, local, loop=True)
        builder.build(local)

    additive = {bone: euler(1.0, 2.0, 0.5) for bone in LIVING}
    weights = np.zeros(len(avatar.morph_names))
    calm, busy = Mixer(avatar), Mixer(avatar)
    for mixer in (calm, busy):
        mixer.play("idle", 0.0)

    def whole(t: float) -> None:
        calm.evaluate(t, additive, weights)

    def gesturing(t: float) -> None:
        if not busy.is_gesturing(t):
            busy.gesture("wave", t)
        busy.evaluate(t, additive, weights)

    _report("motion-load", _runs(lambda _: read_avatar(path, decode_pixels=False), runs, 3))
    _report("motion-clip", _runs(one_clip, runs))
    _report("motion-mixer", _runs(whole, runs))
    _report("motion-gesture", _runs(gesturing, runs))


def _runs(work: Callable[[float], object], runs: int, frames: int = 300) -> list[float]:
    """The median frame of each run, in milliseconds."""
    medians: list[float] = []
    for run in range(runs + 1):
        times: list[float] = []
        for frame in range(frames):
            started = time.perf_counter()
            work((run * frames + frame) * FRAME)
            times.append((time.perf_counter() - started) * 1000)
        medians.append(statistics.median(times))
    return medians[1:]


def _report(name: str, runs: list[float]) -> None:
    ours = round(statistics.median(runs), 4)
    line = {
        "name": name,
        "unit": "ms",
        "ours": ours,
        "rivals": {},
        "runs": [round(r, 4) for r in runs],
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
