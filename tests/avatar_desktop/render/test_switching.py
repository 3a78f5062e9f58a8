"""One avatar after the other on the same stage: what the last one took is given back."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil

from avatar_desktop.companion.arrival import Arrival
from avatar_desktop.library.folders import folders
from avatar_desktop.render.framing import frame
from avatar_desktop.render.renderer import Renderer

SIZE = 96
SWITCHES = 20
WARM_UP = 4


def test_twenty_switches_of_avatar_cost_no_memory(
    renderer: Renderer, tmp_path: Path, bar: Callable[..., None]
) -> None:
    places = folders(profile=tmp_path)

    def switch() -> None:
        arrival = Arrival("wren", places)
        arrived = arrival.result()
        arrival.finish()
        here = arrived.prepared
        view = frame(here.marks, arrived.shot, 1.0)
        smiling = replace(here.pose, weights=np.full_like(here.pose.weights, 0.1))
        renderer.snapshot(here.avatar, smiling, view, SIZE, SIZE, supersample=1)
        renderer.forget(here.avatar)

    process = psutil.Process()
    for _ in range(WARM_UP):
        switch()
    gc.collect()
    before = process.memory_info().rss
    for _ in range(SWITCHES):
        switch()
    gc.collect()
    growth = 100 * (process.memory_info().rss - before) / before
    bar("memory after twenty switches of avatar", max(0.0, growth), at_most=5, unit="%")
