"""Draw every kept picture into a folder, beside the approved one and their difference.

`python -m tests.pictures FOLDER` writes the sheets; `--approve` makes the new pictures the kept
ones. Avatars given with --avatar are drawn in all their shots as well, for looking only.
`python -m tests.pictures likeness [NAME …]` sets our pictures of the public models beside those of
another engine: a sheet and a score for each, in build/likeness. `samples` sets them beside the
pictures that some models came with, for looking. `sheets [NAME …]` draws the contact sheets of our
own avatars.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.motion.layers import Mixer
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.framing import SHOTS, frame, landmarks
from avatar_desktop.render.renderer import Renderer
from tests.pictures import likeness, samples, sheets
from tests.pictures.scenes import SCENES, SIZE

GOLDENS = Path(__file__).parent / "goldens"
LIKENESS = Path("build/likeness")
Pixels = NDArray[np.uint8]


def main() -> None:
    if sys.argv[1:2] == ["likeness"]:
        likeness.write(LIKENESS, sys.argv[2:])
        return
    if sys.argv[1:] == ["samples"]:
        samples.write(LIKENESS)
        return
    if sys.argv[1:2] == ["sheets"]:
        sheets.write(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--approve", action="store_true")
    parser.add_argument("--avatar", type=Path, action="append", default=[])
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    with OffscreenContext():
        renderer = Renderer()
        sheet = [_compared(renderer, name, approve=wanted.approve) for name in SCENES]
        _save(wanted.folder / "pictures.png", np.concatenate(sheet))
        for path in wanted.avatar:
            _save(wanted.folder / f"{path.parent.name}-{path.stem}.png", _shots(renderer, path))
        renderer.close()


def _compared(renderer: Renderer, name: str, *, approve: bool) -> Pixels:
    scene = SCENES[name]()
    found = renderer.snapshot(scene.avatar, scene.pose, scene.view, SIZE, SIZE)
    renderer.forget(scene.avatar)
    golden = GOLDENS / f"{name}.png"
    if approve:
        GOLDENS.mkdir(exist_ok=True)
        _save(golden, found)
    kept = np.asarray(Image.open(golden).convert("RGBA")) if golden.exists() else found * 0
    difference = np.abs(found.astype(int) - kept) * 8
    difference[..., 3] = 255
    print(f"{name:12} differs by {np.abs(found.astype(int) - kept).mean():.3f} of 255 on average")
    return np.concatenate([kept, found, difference.clip(0, 255).astype(np.uint8)], axis=1)


def _shots(renderer: Renderer, path: Path) -> Pixels:
    avatar = read_avatar(path)
    mixer = Mixer(avatar)
    mixer.play("idle", at=0.0)
    pose = mixer.evaluate(1.0)
    marks = landmarks(avatar, pose)
    shots = [renderer.snapshot(avatar, pose, frame(marks, s, 0.8), 400, 500) for s in SHOTS]
    renderer.forget(avatar)
    return np.concatenate(shots, axis=1)


def _save(path: Path, pixels: Pixels) -> None:
    Image.fromarray(pixels).save(path)
    print(path)


if __name__ == "__main__":
    main()
