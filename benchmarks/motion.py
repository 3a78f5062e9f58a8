"""Milliseconds of motion a frame beside three.js and pygfx: one clip, three, a crowd, everything.

Ours and three.js' times hold world and joint matrices; pygfx' mixer makes none. All take turns in
the same run. Prints JSON lines: {name, unit, ours, rivals, runs}, medians of medians; a name
that ends in p99 is the slowest hundredth of a turn, the median of all turns: one that the machine
took away for others does not count. One with cpu is the processor's time in place of the wall's.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import statistics
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.motion.clip import Clip
from avatar_desktop.motion.crowd import Crowd
from avatar_desktop.motion.hierarchy import Locals, PoseBuilder
from avatar_desktop.motion.layers import Mixer
from avatar_desktop.performer.performer import Performer
from avatar_desktop.performer.roles import Role
from avatar_desktop.reply.cue import Cue
from benchmarks._figure import milliseconds, progress, report, show, worst_hundredth
from benchmarks.rivals.rival import Rival, three_and_pygfx
from tests.makers import public_models

ROOT = Path(__file__).resolve().parents[1]
STARTER = ROOT / "assets" / "models" / "wren" / "avatar.vrm"
FRAME = 1.0 / 60.0
CROWD = 64
FRAMES = 300
"""In one turn; a crowd takes fewer."""
WARM = 50
CLIPS = {
    "Fox": "khronos/Fox/glTF-Binary/Fox.glb",
    "player": "characters/player.glb",
    "CesiumMan": "khronos/CesiumMan/glTF-Binary/CesiumMan.glb",
    "NestedSkeleton": "skeletons/NestedSkeletonReproCaseV2Animated.glb",
}
THREE_CLIPS = ("Fox", "player")
WHOLE = {"Godette": "vrm0/Godette_vrm_v4.vrm"}
MINUTES = 10

Frame = Callable[[], object]
Turns = list[list[float]]
"""Milliseconds of each frame, turn by turn"""


@dataclass(slots=True)
class Case:
    """One thing to measure, on our side and on theirs."""

    name: str
    frame: Frame
    three: dict[str, Any] | None = None
    pygfx: dict[str, Any] | None = None
    frames: int = FRAMES
    avatars: int = 1
    """How many one frame moves; figures are for one of them."""
    whole: bool = False
    """Everything an avatar does; the processor's time is told as well."""
    ours: Turns = field(default_factory=list[list[float]])
    computed: Turns = field(default_factory=list[list[float]])
    """The processor's milliseconds, where they are told"""
    theirs: dict[str, Turns] = field(default_factory=dict[str, list[list[float]]])


def main() -> None:
    """Take turns at every case, several times, and print medians and the slowest hundredths."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="turns at each case")
    rounds = parser.parse_args().rounds
    place = public_models.folder()
    cases = [*_public_cases(place)] if place else []
    starter = read_avatar(STARTER, decode_pixels=False)
    cases.append(Case("motion-full-wren", _full(starter), whole=True))
    with three_and_pygfx() as rivals:
        for case in cases:
            milliseconds(case.frame, WARM if case.avatars == 1 else 2)
        for turn, case in itertools.product(range(rounds), cases):
            progress(f"  [{turn + 1}/{rounds}] {case.name}")
            _take_turns(case, *rivals)
        progress("")
        for case in cases:
            _report(case)
        _report_against_pygfx(cases)
    _report_memory()


def _public_cases(place: Path) -> Generator[Case]:
    for name, file in CLIPS.items():
        path = str(place / file)
        avatar = read_avatar(place / file, decode_pixels=False)
        asked = {"file": path, "clips": [0]}
        yield Case(f"motion-clip-{name}", _one_clip(avatar), asked, asked)
        if name in THREE_CLIPS:
            asked = {"file": path, "clips": [0, 1, 2]}
            yield Case(f"motion-three-clips-{name}", _three_clips(avatar), asked, asked)
        crowd = {"file": path, "clips": [0], "crowd": CROWD}
        few = FRAMES // 10
        frame = _crowd(avatar)
        yield Case(f"motion-crowd-{name}", frame, crowd, frames=few, avatars=CROWD)
    for name, file in WHOLE.items():
        avatar = read_avatar(place / file, decode_pixels=False)
        asked = {"file": str(place / file), "whole": True}
        yield Case(f"motion-full-{name}", _full(avatar), asked, whole=True)


# What is measured on our side ---------------------------------------------------------------


def _one_clip(avatar: Avatar) -> Frame:
    clip, builder = Clip(avatar, avatar.animations[0]), PoseBuilder(avatar)
    local, times = Locals.at_rest(avatar), itertools.count()

    def frame() -> None:
        clip.sample(next(times) * FRAME, local, loop=True)
        builder.build(local)

    return frame


def _three_clips(avatar: Avatar) -> Frame:
    """A base, a posture and a gesture that is made again whenever it is over."""
    mixer, times = Mixer(avatar), itertools.count()
    base, posture, gesture = (animation.name for animation in avatar.animations[:3])
    assert mixer.play(base, 0.0) and mixer.pose(posture, 0.0)

    def frame() -> None:
        t = next(times) * FRAME
        if not mixer.is_gesturing(t):
            mixer.gesture(gesture, t)
        mixer.evaluate(t)

    return frame


def _crowd(avatar: Avatar) -> Frame:
    """Each at its own time of the clip, all in one update."""
    clip, crowd, numbers = Clip(avatar, avatar.animations[0]), Crowd(avatar), itertools.count()
    ahead = np.arange(CROWD) * clip.duration / CROWD

    def frame() -> None:
        crowd.pose(clip, ahead + next(numbers) * FRAME, loop=True)

    return frame


def _full(avatar: Avatar) -> Frame:
    """A whole performance: clips, humanoid, expressions, gaze, and what hangs on the bones."""
    performer, times = Performer(avatar, Mixer(avatar)), itertools.count()
    performer.take_role(Role.LISTENING)
    performer.do(Cue("pose", "relaxed", 1.0, 0), 0.0)
    performer.do(Cue("emotion", "happy", 1.0, 0), 0.0)

    def frame() -> None:
        number = next(times)
        if number % 60 == 0:
            performer.do(Cue("gesture", "wave", 1.0, 0), number * FRAME)
        performer.pose(number * FRAME)

    return frame


# Turns and figures --------------------------------------------------------------------------


def _take_turns(case: Case, three: Rival, pygfx: Rival) -> None:
    case.ours.append(milliseconds(case.frame, case.frames))
    if case.whole:
        case.computed.append(milliseconds(case.frame, case.frames, time.process_time))
    for rival, asked in ((three, case.three), (pygfx, case.pygfx)):
        if asked is not None:
            spent = rival.milliseconds("move", frames=case.frames, **asked)
            if spent:
                case.theirs.setdefault(rival.name, []).append(spent)


def _report(case: Case) -> None:
    for name, measure in ((case.name, statistics.median), (f"{case.name}-p99", worst_hundredth)):
        turns = [measure(turn) / case.avatars for turn in case.ours]
        rivals = {
            who: statistics.median(map(measure, theirs)) / case.avatars
            for who, theirs in case.theirs.items()
        }
        show(name, "ms", turns, rivals=rivals)
    if case.whole:
        show(f"{case.name}-cpu", "ms", list(map(statistics.median, case.computed)))
        show(f"{case.name}-cpu-p99", "ms", list(map(worst_hundredth, case.computed)))


def _report_against_pygfx(cases: list[Case]) -> None:
    slower = {
        case.name: _usual(case.theirs["pygfx"]) / _usual(case.ours)
        for case in cases
        if case.name.startswith("motion-clip") and "pygfx" in case.theirs
    }
    if slower:
        least = min(slower, key=lambda name: slower[name])
        show("motion-clip-pygfx-takes", "× ours", list(slower.values()))
        report("motion-clip-pygfx-takes-at-least", "× ours", slower[least], note=least)


def _usual(turns: Turns) -> float:
    return statistics.median(map(statistics.median, turns))


def _report_memory() -> None:
    """How much a performance keeps of every minute, after its first one."""
    frame, process = _full(read_avatar(STARTER, decode_pixels=False)), psutil.Process()
    sizes: list[float] = []
    for _ in range(MINUTES + 1):
        progress(f"  memory [{len(sizes)}/{MINUTES}]")
        for _ in range(3600):
            frame()
        gc.collect()
        sizes.append(process.memory_info().rss / 1e6)
    progress("")
    growth = [after - before for before, after in itertools.pairwise(sizes)]
    report("motion-memory", "MB/minute", (sizes[-1] - sizes[0]) / MINUTES, runs=growth)


if __name__ == "__main__":
    main()
