"""One frame of two avatars beside three.js in headless Chromium: how long, and how much memory.

The same file, camera, size, four samples a pixel, one soft shadow of the key light, light from
all around and Khronos' neutral tone mapping on both sides; both draw in turn. Chromium is measured
twice: on the same rasteriser as we, and as it comes. Without Chromium our own figures are shown.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.quality import Quality
from benchmarks._app_memory import app_memory
from benchmarks._figure import median, progress, report, show
from benchmarks._stage import Stage
from benchmarks.rivals.browser import SAME_RASTERISER, STOCK, Browser
from benchmarks.rivals.workshop import Absent
from tests.makers import stage_figure

ROOT = Path(__file__).resolve().parents[1]
WREN = ROOT / "assets" / "models" / "wren" / "avatar.vrm"
SIDE = 800
QUALITY = Quality(msaa=4, shadow_size=1024, shadow_taps=5, anisotropy=1.0, sky_step=0)
"""What three.js draws too: it has no ambient occlusion by itself."""
RIVALS = {"chromium-same-rasteriser": SAME_RASTERISER, "chromium-stock": STOCK}
SUBMISSIONS = 240
_REST_SECONDS = 0.4
"""So long a browser may still be busy with what it was asked for."""


def main() -> None:
    """Measure both avatars, then the memory of the app and of the browsers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--frames", type=int, default=8, help="of each side in a pair")
    parser.add_argument("--pictures", type=Path, help="a folder for what each side has drawn")
    given = parser.parse_args()
    models = {"wren": WREN, "made-up": _made_up()}
    memory: dict[str, float] = {}
    for name, file in models.items():
        with ExitStack() as stack:
            stack.enter_context(OffscreenContext())
            browsers = _browsers(stack, models)
            stage = Stage(file, SIDE, QUALITY)
            stack.callback(stage.close)
            _open_stages(browsers, stage, name)
            stage.draw(3, 0)
            _side_by_side(name, stage, browsers, given.pairs, given.frames)
            submitting = stage.submit(SUBMISSIONS)
            note = f"{stage.draws} surfaces; every count is 0; median of {SUBMISSIONS} frames"
            report(f"frame-{name}-submit", "ms", statistics.median(submitting), note=note)
            if name == "wren":
                memory = {who: each.memory() / 2**20 for who, each in browsers.items()}
            if given.pictures:
                _keep_pictures(given.pictures, name, stage, browsers)
    if (ours := app_memory()) is not None:
        note = "the whole app with window, server, voice and sound; PSS"
        report("frame-memory", "MiB", ours / 2**20, rivals=memory, note=note)


def _browsers(stack: ExitStack, models: Mapping[str, Path]) -> dict[str, Browser]:
    found: dict[str, Browser] = {}
    for who, flags in RIVALS.items():
        try:
            found[who] = stack.enter_context(Browser(flags, models))
        except Absent as absent:
            print(f"{who}: {absent}", file=sys.stderr)
    return found


def _open_stages(browsers: dict[str, Browser], stage: Stage, name: str) -> None:
    view = stage.view
    near, far = view.planes()
    order: dict[str, Any] = {
        "file": f"/models/{name}",
        "side": SIDE,
        "samples": QUALITY.msaa,
        "shadowSize": QUALITY.shadow_size,
        "eye": view.eye,
        "target": view.target,
        "fov": view.fov_degrees,
        "near": near,
        "far": far,
    }
    for who, browser in list(browsers.items()):
        try:
            opened = browser.ask("load", **order)
            progress(f"  {who}: {opened['driver']}, {opened['samples']} samples")
            browser.ask("draw", frames=3, first=0)
        except Absent as absent:
            print(f"{who}: {absent}", file=sys.stderr)
            del browsers[who]


def _side_by_side(
    name: str, stage: Stage, browsers: Mapping[str, Browser], pairs: int, frames: int
) -> None:
    ours: list[float] = []
    theirs: dict[str, list[float]] = {who: [] for who in browsers}
    for pair in range(pairs):
        first = pair * frames
        progress(f"  frame-{name}: {pair + 1} of {pairs}")
        ours.append(statistics.median(stage.draw(frames, first)))
        for who, browser in browsers.items():
            said = browser.ask("draw", frames=frames, first=first)
            theirs[who].append(statistics.median(said["times"]))
            time.sleep(_REST_SECONDS)
    show(f"frame-{name}", "ms", ours, rivals={who: median(t) for who, t in theirs.items()})
    for who, times in theirs.items():
        ratios = [mine / other for mine, other in zip(ours, times, strict=True)]
        show(f"frame-{name}-of-{who}", "×", ratios)


def _keep_pictures(folder: Path, name: str, stage: Stage, browsers: Mapping[str, Browser]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    stage.picture().save(folder / f"{name}-ours.png")
    for who, browser in browsers.items():
        (folder / f"{name}-{who}.png").write_bytes(browser.picture())


def _made_up() -> Path:
    """The made-up VRM, written once for each state of its maker."""
    made_by = hashlib.sha256(Path(stage_figure.__file__).read_bytes()).hexdigest()[:12]
    path = ROOT / "build" / "benchmarks" / f"stage-{made_by}.vrm"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_bytes(stage_figure.stage_figure())
        part.replace(path)
    return path


if __name__ == "__main__":
    main()
