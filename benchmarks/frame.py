"""Milliseconds to draw one frame of a busy avatar, whole and by pass.

Prints a JSON line for each figure: {name, unit, ours, rivals, runs}.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.motion.hierarchy import rest_pose
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.framing import frame, landmarks
from avatar_desktop.render.opengl import load_gl
from avatar_desktop.render.quality import SOFTWARE, Quality
from avatar_desktop.render.renderer import Renderer
from avatar_desktop.render.view import View
from tests.makers import figures

WIDTH, HEIGHT = 500, 600
ACTIVE_TARGETS = 8

CASES: dict[str, Quality] = {
    "": SOFTWARE,
    "-msaa": replace(SOFTWARE, msaa=4),
    "-stairs": replace(SOFTWARE, smooth_edges=False),
    "-no-shadow": replace(SOFTWARE, shadow_size=0),
}


def main() -> None:
    """Measure every case in turn, several times, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    _measure("frame", figures.busy_head(), runs)
    own = Path("assets/models/wren/avatar.vrm")
    if own.exists():
        _measure("frame-wren", read_avatar(own), runs)


def _measure(prefix: str, figure: Avatar, runs: int) -> None:
    at_rest = rest_pose(figure)
    poses = [_talking(figure, at_rest, step) for step in range(8)]
    marks = landmarks(figure, at_rest)
    view = frame(marks, "portrait", WIDTH / HEIGHT)
    with OffscreenContext():
        for name, quality in CASES.items():
            renderer = Renderer(quality)
            target = _framebuffer()
            _report(prefix + name, _times(_draws(renderer, figure, poses, view, target), runs))
            if not name:
                still = _draws(renderer, figure, poses[:1], view, target)
                _report(prefix + "-same-pose", _times(still, runs))
            renderer.close()


def _talking(figure: Avatar, at_rest: Pose, step: int) -> Pose:
    weights = np.zeros(len(figure.rest_weights), np.float32)
    weights[step : step + ACTIVE_TARGETS] = 0.5
    return Pose(at_rest.world, at_rest.joints, weights)


def _framebuffer() -> int:
    gl = load_gl()
    name, colour = int(gl.glGenFramebuffers(1)), int(gl.glGenRenderbuffers(1))
    gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, name)
    gl.glBindRenderbuffer(gl.GL_RENDERBUFFER, colour)
    gl.glRenderbufferStorage(gl.GL_RENDERBUFFER, gl.GL_RGBA8, WIDTH, HEIGHT)
    gl.glFramebufferRenderbuffer(
        gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0, gl.GL_RENDERBUFFER, colour
    )
    return name


def _draws(
    renderer: Renderer, figure: Avatar, poses: list[Pose], view: View, target: int
) -> Callable[[int], None]:
    gl = load_gl()

    def draw(step: int) -> None:
        renderer.draw(figure, poses[step % len(poses)], view, target, WIDTH, HEIGHT)
        gl.glFinish()

    return draw


def _times(draw: Callable[[int], None], runs: int) -> list[float]:
    for step in range(3):
        draw(step)
    times: list[float] = []
    for step in range(runs):
        started = time.perf_counter()
        draw(step)
        times.append((time.perf_counter() - started) * 1000)
    return times


def _report(name: str, times: list[float]) -> None:
    ours = round(statistics.median(times), 2)
    runs = [round(value, 2) for value in times]
    print(json.dumps({"name": name, "unit": "ms", "ours": ours, "rivals": {}, "runs": runs}))


if __name__ == "__main__":
    main()
