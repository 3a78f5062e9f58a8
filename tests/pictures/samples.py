"""Models of the public set beside the pictures that came with them, where their camera is known.

Their light and background are not, so this is for looking: places, cuts, uvs, joints, colours.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from tests.makers import public_models
from tests.pictures import likeness

SIDE, COLUMNS = 128, 8
FOV_DEGREES = 45.83662
"""0.8 radians, the default of the engine that made the pictures."""


def entries() -> Iterator[tuple[str, likeness.Entry, Path]]:
    """Name, what to draw, and the picture that came with it."""
    models = public_models.folder()
    assert models is not None
    for model in public_models.entries():
        if "camera" in model and "screenshot" in model:
            name = Path(model["file"]).stem
            yield name, _entry(model), models / model["screenshot"]


def _entry(model: dict[str, Any]) -> likeness.Entry:
    eye = model["camera"]["translation"]
    camera = {"eye": eye, "target": [0, 0, 0], "fov_degrees_vertical": FOV_DEGREES}
    light = "pictures/soft-studio.hdr"
    entry = {"file": model["file"], "camera": camera, "light": light, "background": "#9a99a2"}
    return entry | ({"clip": 0, "at": 0.0} if model["stats"].get("animations") else {})


def write(folder: Path) -> None:
    """One sheet: pairs of theirs and ours."""
    folder.mkdir(parents=True, exist_ok=True)
    tiles: list[Image.Image] = []
    for name, entry, screenshot in entries():
        tile = Image.new("RGB", (2 * SIDE + 4, SIDE + 14))
        theirs, ours = likeness.opened(screenshot), likeness.drawn(entry)
        for place, picture in enumerate((theirs, ours)):
            seen = Image.fromarray(np.ascontiguousarray(picture[..., :3]))
            tile.paste(seen.resize((SIDE, SIDE)), (place * SIDE, 14))
        ImageDraw.Draw(tile).text((2, 1), name)
        tiles.append(tile)
        print(name, file=sys.stderr, flush=True)
    rows = -(-len(tiles) // COLUMNS)
    width, height = tiles[0].size
    sheet = Image.new("RGB", (COLUMNS * width, rows * height))
    for place, tile in enumerate(tiles):
        sheet.paste(tile, (place % COLUMNS * width, place // COLUMNS * height))
    sheet.save(folder / "samples.png")
    print(folder / "samples.png")
