"""The processor's milliseconds that a speaking avatar takes a frame: what it does, and all of it.

A minute and more of talk with moods and gestures, at 60 frames a second. `performer` is the score,
lips, face, gaze, breath and blinks to weights and turns; `performer-whole` goes on through clips,
constraints and springs to the matrices that are drawn. A performance is the same bits every time,
so each frame is measured in several of them, and what it takes is the least: others on the machine
only ever make it longer. The first seconds, in which clips are read, are told apart. Beside the
whole: three.js with three-vrm and three made clips for the same avatar, by the clock on the wall.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.companion.stage import rig_of
from avatar_desktop.lips.mouth import mouth_track
from avatar_desktop.lips.track import MouthTrack
from avatar_desktop.motion.layers import Mixer
from avatar_desktop.performer.emotions import EMOTIONS
from avatar_desktop.performer.performer import Performer
from avatar_desktop.reply.cue import Cue
from avatar_desktop.voice.clip import SpeechClip
from benchmarks._figure import progress, report, show, worst_hundredth
from benchmarks.rivals import workshop
from benchmarks.rivals.rival import Rival
from tests.makers.speech import MORE_SENTENCES, SENTENCES, spoken

MODELS = Path(__file__).resolve().parents[1] / "assets" / "models"
AVATARS = ("wren", "moss")
FRAME = 1.0 / 60.0
WARM = 300
"""Frames that are not told among the others."""
GESTURES = ("nod", "wave", "shrug", "point")


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of the performance."""

    start: float
    clip: SpeechClip
    track: MouthTrack
    cues: tuple[Cue, ...]


class _TimedMixer(Mixer):
    """Tells how much of a frame is the body's."""

    spent = 0.0

    def evaluate(self, *asked: Any, **more: Any) -> Pose:
        started = time.thread_time()
        pose = super().evaluate(*asked, **more)
        self.spent = time.thread_time() - started
        return pose


def main() -> None:
    """Perform the same several times with each avatar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9, help="performances of each avatar")
    runs = parser.parse_args().runs
    clips = spoken(SENTENCES + MORE_SENTENCES)
    with contextlib.closing(Rival("three.js", workshop.three_command)) as three:
        for name in AVATARS:
            _measure(name, clips, runs, three)


def _measure(name: str, clips: list[SpeechClip], runs: int, three: Rival) -> None:
    path = MODELS / name / "avatar.vrm"
    avatar = read_avatar(path, decode_pixels=False)
    lines = list(_lines(avatar, clips))
    whole, alone = list[list[float]](), list[list[float]]()
    theirs: list[list[float]] = []
    for run in range(runs):
        progress(f"  [{run + 1}/{runs}] performer-{name}")
        frames = _performed(avatar, lines)
        whole.append([spent for spent, _ in frames])
        alone.append([spent - body for spent, body in frames])
        spent = three.milliseconds("move", frames=len(frames) - WARM, file=str(path), whole=True)
        theirs += [spent] if spent else []
    progress("")
    for what, taken, rivals in (("performer", alone, []), ("performer-whole", whole, theirs)):
        frames = [min(frame) for frame in zip(*taken, strict=True)]
        beside = {"three.js": rivals} if rivals else {}
        for end, measure in (("", statistics.median), ("-p99", worst_hundredth)):
            rival = {who: statistics.median(map(measure, each)) for who, each in beside.items()}
            report(
                f"{what}-{name}{end}", "ms of CPU", measure(frames[WARM:]),
                runs=[measure(run[WARM:]) for run in taken], rivals=rival,
            )  # fmt: skip
    show(f"performer-{name}-first", "ms of CPU", [max(run[:WARM]) for run in whole])


def _lines(avatar: Avatar, clips: Iterable[SpeechClip]) -> Iterable[Line]:
    """The sentences one after the other, each with a mood and every other one with a gesture."""
    moods, gestures, at = itertools.cycle(EMOTIONS), itertools.cycle(GESTURES), 1.0
    for number, clip in enumerate(clips):
        words = clip.words[len(clip.words) // 2 :]
        cues = (Cue("emotion", next(moods), 1.0, 0),)
        if number % 2 and words:
            cues += (Cue("gesture", next(gestures), 1.0, words[0].char_start),)
        yield Line(at, clip, mouth_track(clip, rig_of(avatar)), cues)
        at += clip.seconds + clip.pause_after


def _performed(avatar: Avatar, lines: list[Line]) -> list[tuple[float, float]]:
    """Milliseconds of each frame, and how many of them the body took."""
    body = _TimedMixer(avatar)
    performer = Performer(avatar, body)
    for _ in performer.rehearse():
        pass
    coming, found = list(lines), list[tuple[float, float]]()
    for number in range(int((lines[-1].start + 4.0) / FRAME)):
        now = number * FRAME
        while coming and coming[0].start - 1.0 <= now:
            line = coming.pop(0)
            performer.hear(line.start, line.clip, line.track, line.cues)
        started = time.thread_time()
        performer.pose(now)
        found.append(((time.thread_time() - started) * 1000, body.spent * 1000))
    return found


if __name__ == "__main__":
    main()
