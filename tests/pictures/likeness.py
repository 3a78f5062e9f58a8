"""How alike our pictures are to those another engine drew of the same files, camera and light.

Shape is the overlap of the silhouettes (IoU of alpha); colour the mean ΔE76 where both cover, after
fitting one exposure gain in linear light; patch the ΔE76 between the mean colours of the 16 × 16
pixels that differ most, which one wrong mark on a test card does not escape.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from avatar_desktop.cli.main import main
from tests.makers import public_models

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]
Entry = dict[str, Any]

GOOD_SHAPE, GOOD_COLOUR = 0.95, 8.0
PATCH = 16
_XYZ_FROM_RGB = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])


@dataclass(frozen=True)
class Score:
    """Of one picture."""

    name: str
    shape: float
    colour: float
    gain: float
    patch: float = 0.0

    @property
    def is_good(self) -> bool:
        return self.shape >= GOOD_SHAPE and self.colour <= GOOD_COLOUR


@cache
def entries() -> list[Entry]:
    """What pictures.json says of each reference picture."""
    place = public_models.folder()
    file = place / "pictures" / "pictures.json" if place else None
    if file is None or not file.is_file():
        return []
    return json.loads(file.read_text("utf-8"))["pictures"]


def name_of(entry: Entry) -> str:
    return entry["png"].removesuffix(".png")


def command(entry: Entry, models: Path, out: Path) -> list[str]:
    """The words of `render` that draw an entry."""
    camera = entry["camera"]
    eye, target = (",".join(f"{v:.9g}" for v in camera[key]) for key in ("eye", "target"))
    light = str(models / entry["light"])
    if "sun" in entry:
        light += ":" + ",".join(f"{v:g}" for v in entry["sun"])
    words = ["render", "-", "-o", str(out), "--avatar", str(models / entry["file"])]
    words += ["--size", "256x256", f"--camera={eye}:{target}:{camera['fov_degrees_vertical']}"]
    words += ["--light", light, "--tone-map", "none", "--background", entry["background"]]
    words += ["--exposure", str(entry.get("exposure", 1))]
    if "clip" in entry:
        words += ["--clip", str(entry["clip"]), "--at", str(entry["at"])]
    return words


def drawn(entry: Entry) -> Pixels:
    """The picture that the command writes, made in this process."""
    models = public_models.folder()
    assert models is not None
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "picture.png")
        with mock.patch.object(sys, "stdin", io.StringIO()), redirect_stdout(io.StringIO()):
            status = main(command(entry, models, out))
        assert status == 0, f"render ended with {status} for {entry['file']}"
        return opened(out)


def reference(entry: Entry) -> Pixels:
    """The picture of the other engine."""
    models = public_models.folder()
    assert models is not None
    return opened(models / "pictures" / entry["png"])


def opened(file: Path) -> Pixels:
    with Image.open(file) as picture:
        return np.asarray(picture.convert("RGBA"))


def compared(name: str, ours: Pixels, theirs: Pixels) -> Score:
    """Shape and colour of two pictures."""
    cover, wanted = ours[..., 3] > 127, theirs[..., 3] > 127
    common, either = cover & wanted, cover | wanted
    if not common.any():
        return Score(name, 0.0, 100.0, 1.0)
    gain = fitted_gain(ours, theirs, common)
    colour = float(difference(ours, theirs, gain)[common].mean())
    patch = worst_patch(ours, theirs, common, gain)
    return Score(name, float(common.sum() / either.sum()), colour, gain, patch)


def worst_patch(ours: Pixels, theirs: Pixels, where: NDArray[np.bool_], gain: float) -> float:
    """The largest ΔE76 between mean colours; patches that are mostly free do not count."""
    height, width = (side // PATCH for side in where.shape)

    def sums(values: NDArray[Any]) -> NDArray[Any]:
        kept = values[: height * PATCH, : width * PATCH]
        return kept.reshape(height, PATCH, width, PATCH, -1).sum(axis=(1, 3))

    counts = sums(where)
    a, b = (
        sums(linear(each) * where[..., None]) / np.maximum(counts, 1) for each in (ours, theirs)
    )
    steps = np.linalg.norm(lab(np.clip(a * gain, 0.0, 1.0)) - lab(b), axis=-1)
    return float(steps.max(initial=0.0, where=counts[..., 0] > PATCH * PATCH // 2))


def fitted_gain(ours: Pixels, theirs: Pixels, where: NDArray[np.bool_]) -> float:
    a, b = linear(ours[where]), linear(theirs[where])
    return float((a * b).sum() / max((a * a).sum(), 1e-9))


def difference(ours: Pixels, theirs: Pixels, gain: float) -> Floats:
    """ΔE76 of each pixel."""
    a, b = lab(np.clip(linear(ours) * gain, 0.0, 1.0)), lab(linear(theirs))
    return np.linalg.norm(a - b, axis=-1)


def linear(pixels: Pixels) -> Floats:
    srgb = pixels[..., :3] / 255.0
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def lab(light: Floats) -> Floats:
    xyz = light @ _XYZ_FROM_RGB.T / _WHITE
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (xyz * 24389 / 27 + 16) / 116)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def sheet(score: Score, ours: Pixels, theirs: Pixels) -> Image.Image:
    """Reference, ours and their difference side by side, with the score above."""
    height, width = theirs.shape[:2]
    cover = (ours[..., 3] > 127) & (theirs[..., 3] > 127)
    either = (ours[..., 3] > 127) | (theirs[..., 3] > 127)
    heat = np.zeros((height, width, 3), np.uint8)
    steps = np.clip(difference(ours, theirs, score.gain) * 8, 0, 255).astype(np.uint8)
    heat[cover] = steps[cover, None]
    heat[either & ~cover] = (255, 40, 40)  # one of them covers what the other leaves free
    checks = np.where(np.add.outer(np.arange(height) // 8, np.arange(width) // 8) % 2, 90, 110)
    whole = Image.new("RGB", (width * 3, height + 14), (20, 20, 20))
    for place, picture in enumerate((theirs, ours)):
        share = picture[..., 3:] / 255.0
        seen = picture[..., :3] * share + checks[..., None] * (1 - share)
        whole.paste(Image.fromarray(seen.astype(np.uint8)), (place * width, 14))
    whole.paste(Image.fromarray(heat), (2 * width, 14))
    text = f"{score.name}  IoU {score.shape:.3f}  dE {score.colour:.1f}  gain {score.gain:.2f}"
    ImageDraw.Draw(whole).text(
        (3, 1), text, fill=(255, 255, 255) if score.is_good else (255, 90, 90)
    )
    return whole


def summary(scores: list[Score]) -> dict[str, float]:
    return {
        "median IoU": float(np.median([score.shape for score in scores])),
        "median dE": float(np.median([score.colour for score in scores])),
        "share within": float(np.mean([score.is_good for score in scores])),
    }


def table(scores: list[Score]) -> str:
    """One line a picture, the worst first, and the sums."""
    lines = [f"{'picture':54} {'IoU':>6} {'dE':>6} {'patch':>6} {'gain':>6}"]
    for s in sorted(scores, key=lambda s: (s.is_good, -s.colour)):
        mark = "" if s.is_good else "  *"
        lines.append(
            f"{s.name:54} {s.shape:6.3f} {s.colour:6.2f} {s.patch:6.2f} {s.gain:6.2f}{mark}"
        )
    lines += [f"{name:54} {value:6.3f}" for name, value in summary(scores).items()]
    return "\n".join(lines)


def write(folder: Path, names: list[str]) -> None:
    """Draw every entry whose name holds one of `names`; a sheet for each, and the table."""
    folder.mkdir(parents=True, exist_ok=True)
    scores: list[Score] = []
    for entry in entries():
        name = name_of(entry)
        if names and not any(each in name for each in names):
            continue
        ours, theirs = drawn(entry), reference(entry)
        score = compared(name, ours, theirs)
        scores.append(score)
        sheet(score, ours, theirs).save(folder / f"{name}.png")
        print(f"{name:54} {score.shape:6.3f} {score.colour:6.2f}", file=sys.stderr, flush=True)
    if not scores:
        raise SystemExit("There is no such picture, or the public model set is absent.")
    text = table(scores)
    (folder / "table.txt").write_text(text + "\n", "utf-8")
    print(text)
