"""File → avatar value beside three.js and pygfx, and a big made-up avatar ready for upload.

No pictures are decoded in the first part, on no side; reading the file is part of the time. Ours
and the rivals take turns at every file. Prints a JSON line for each figure:
{name, unit, ours, rivals, runs}, some with a note.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.errors import AvatarError
from benchmarks import _big_avatar
from benchmarks._figure import median, milliseconds, progress, report, show
from benchmarks.rivals.rival import Rival, three_and_pygfx
from tests.makers import public_models

SMALL = 4 * 2**20
OURS, THREE, PYGFX = 8, 8, 1
"""Readings in one turn, as many of ours as of three.js: the first of a turn finds cold caches."""
LIMITS = (1.0, 1.5, 3.0)
KNOWN = (
    "khronos/Fox/glTF-Binary/Fox.glb",
    "characters/player.glb",
    "faces/facecap-plain/facecap.glb",
    "khronos/CesiumMan/glTF-Binary/CesiumMan.glb",
    "skeletons/NestedSkeletonReproCaseV2Animated.glb",
    "vrm0/Godette_vrm_v4.vrm",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """Milliseconds to read one file; none where it was refused or nobody was there."""

    file: str
    ours: list[float]
    three: list[float]
    fetching: list[float]
    """three.js, with the buffers beside the file fetched in its own manner"""
    pygfx: list[float]

    def against(self, theirs: Sequence[float]) -> float:
        """Our time as a share of theirs."""
        return statistics.median(self.ours) / statistics.median(theirs)


def main() -> None:
    """Read every public file in turn with every reader, then the big avatar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="turns at each file")
    parser.add_argument("--only", default="", help="files whose name holds this")
    parser.add_argument("--each", action="store_true", help="a figure for every file")
    given = parser.parse_args()
    place = public_models.folder()
    if place is None:
        absent = f"the public models are absent; {public_models.VARIABLE} may name their folder"
        report("load-files", "files", 0, note=absent)
    else:
        files = [file for file in _small_files(place) if given.only in file]
        with three_and_pygfx() as rivals:
            readings = _readings(place, files, rivals, given.rounds)
            _known(readings, KNOWN if not given.each else tuple(files))
            _against_three(readings, rivals[0])
            _against_pygfx(readings, rivals[1])
    if not given.only:
        _big_avatar.measure()


def _small_files(place: Path) -> list[str]:
    wanted = [item for item in public_models.entries() if item["expect"] in ("load", "warn")]
    return [item["file"] for item in wanted if (place / item["file"]).stat().st_size < SMALL]


def _readings(
    place: Path, files: list[str], rivals: tuple[Rival, Rival], rounds: int
) -> list[Reading]:
    three, pygfx = rivals
    readings = [Reading(file, [], [], [], []) for file in files]
    for file in files[:20]:  # what is compiled or imported at first need
        _ours(place / file, 1)
        three.milliseconds("load", file=str(place / file), times=THREE)
        pygfx.milliseconds("load", file=str(place / file), times=1)
    for number, reading in enumerate(readings, 1):
        progress(f"  [{number}/{len(readings)}] {reading.file}")
        path = place / reading.file
        for _ in range(rounds):
            reading.ours.extend(_ours(path, OURS))
            reading.three.extend(_theirs(three, path, THREE))
            if path.suffix == ".gltf":
                reading.fetching.extend(_theirs(three, path, THREE, fetching=True))
            reading.pygfx.extend(_theirs(pygfx, path, PYGFX))
    progress("")
    return readings


def _ours(path: Path, times: int) -> list[float]:
    try:
        return milliseconds(lambda: read_avatar(path, decode_pixels=False), times)
    except AvatarError:
        return []


def _theirs(rival: Rival, path: Path, times: int, **more: bool) -> list[float]:
    return rival.milliseconds("load", file=str(path), times=times, **more) or []


def _known(readings: list[Reading], files: Sequence[str]) -> None:
    for each in readings:
        if each.file in files and each.ours:
            name = each.file if len(files) > len(KNOWN) else Path(each.file).stem.split("_")[0]
            rivals = {"three.js": median(each.three), "pygfx": median(each.pygfx)}
            show(f"load-{name}", "ms", each.ours, rivals=rivals)
    read = [each for each in readings if each.ours]
    slowest = max(read, key=lambda each: statistics.median(each.ours))
    show("load-slowest", "ms", slowest.ours, note=slowest.file)
    refused = [each.file for each in readings if not each.ours]
    report("load-refused", "files", len(refused), note=", ".join(refused))


def _against_three(readings: list[Reading], three: Rival) -> None:
    ratios = _ratios(readings, lambda each: each.three)
    if not ratios:
        report("load-against-three", "×", 0, note=three.why_absent)
        return
    show("load-against-three", "×", list(ratios.values()), note=f"{len(ratios)} files")
    worst = max(ratios, key=lambda file: ratios[file])
    report("load-against-three-worst", "×", ratios[worst], note=worst)
    for limit in LIMITS:
        above = {file: ratio for file, ratio in ratios.items() if ratio > limit}
        named = _named(above, most_first=True) if limit == LIMITS[-1] else ""
        report(f"load-above-{limit:g}-three", "files", len(above), note=named)
    fetched = ratios | _ratios(readings, lambda each: each.fetching)
    above = {file: ratio for file, ratio in fetched.items() if ratio > LIMITS[-1]}
    named = _named(above, most_first=True)
    report(f"load-above-{LIMITS[-1]:g}-three-fetching", "files", len(above), note=named)


def _against_pygfx(readings: list[Reading], pygfx: Rival) -> None:
    ratios = _ratios(readings, lambda each: each.pygfx)
    if not ratios:
        report("load-pygfx-takes", "× ours", 0, note=pygfx.why_absent)
        return
    slower = {file: 1.0 / ratio for file, ratio in ratios.items()}
    show("load-pygfx-takes", "× ours", list(slower.values()), note=f"{len(slower)} files")
    least = min(slower, key=lambda file: slower[file])
    report("load-pygfx-takes-at-least", "× ours", slower[least], note=least)
    below = {file: times for file, times in slower.items() if times < 10.0}
    report("load-pygfx-below-10", "files", len(below), note=_named(below))


def _ratios(readings: list[Reading], theirs: Callable[[Reading], list[float]]) -> dict[str, float]:
    return {
        each.file: each.against(theirs(each)) for each in readings if each.ours and theirs(each)
    }


def _named(ratios: dict[str, float], *, most_first: bool = False) -> str:
    order = sorted(ratios, key=lambda file: ratios[file], reverse=most_first)
    return ", ".join(f"{file} {ratios[file]:.1f}" for file in order)


if __name__ == "__main__":
    main()
