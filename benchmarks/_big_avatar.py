"""A made-up avatar of twelve large pictures: how long, who has to wait, what stays in memory."""

from __future__ import annotations

import gc
import hashlib
import io
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray
from PIL import Image

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.motion.layers import Mixer
from benchmarks._figure import median, milliseconds, progress, report, show
from tests.makers import big_avatar

ROOT = Path(__file__).resolve().parents[1]
STARTER = ROOT / "assets" / "models" / "wren" / "avatar.vrm"
CORES = os.cpu_count() or 1
TURNS = 5
TICK = 0.001
SWITCHES = 20
_PNG, _END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"


def measure() -> None:
    """Print every figure of the big avatar."""
    path = _file()
    _ready_for_upload(path)
    _main_thread_held(path)
    _memory_of_switches(path)


def _file() -> Path:
    """The avatar, made once for each state of its maker."""
    made_by = hashlib.sha256(Path(big_avatar.__file__).read_bytes()).hexdigest()[:12]
    path = ROOT / "build" / "benchmarks" / f"big-{made_by}.vrm"
    if not path.is_file():
        progress("  making the big avatar …")
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_bytes(big_avatar.big_avatar())
        part.replace(path)
    return path


def _ready_for_upload(path: Path) -> None:
    pictures = _pictures_in(path.read_bytes())
    whole: list[float] = []
    bare: list[float] = []
    decoding: dict[int, list[float]] = {1: [], CORES: []}
    for _ in range(TURNS):
        whole += milliseconds(lambda: read_avatar(path), 1)
        bare += milliseconds(lambda: read_avatar(path, decode_pixels=False), 1)
        for threads in decoding:
            decoding[threads] += milliseconds(lambda n=threads: _decode(pictures, n), 1)
    rivals = {
        f"png-alone-{threads}-threads": (median(times) or 0.0) / 1000
        for threads, times in decoding.items()
    }
    size = f"{path.stat().st_size / 2**20:.1f} MiB, {len(pictures)} pictures"
    show("load-big", "s", [each / 1000 for each in whole], rivals=rivals, note=size)
    show("load-big-without-pictures", "ms", bare)


def _pictures_in(data: bytes) -> list[bytes]:
    starts: list[int] = []
    at = data.find(_PNG)
    while at >= 0:
        starts.append(at)
        at = data.find(_PNG, at + 1)
    return [data[start : data.find(_END, start) + len(_END)] for start in starts]


def _decode(pictures: list[bytes], threads: int) -> None:
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(_pixels, pictures))


def _pixels(png: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(png)) as picture:
        return np.array(picture.convert("RGBA"))


def _main_thread_held(path: Path) -> None:
    """While a thread reads, this one asks for its turn every millisecond."""
    held: list[float] = []
    calm: list[float] = []
    for _ in range(TURNS):
        loading = threading.Thread(target=read_avatar, args=(path,))
        loading.start()
        started = time.perf_counter()
        held.append(_longest_gap(loading))
        waiting = threading.Thread(target=time.sleep, args=(time.perf_counter() - started,))
        waiting.start()
        calm.append(_longest_gap(waiting))
    note = "the longest of each turn; the rival loads nothing"
    rivals = {"nothing": max(calm)}
    report("load-big-main-thread-held", "ms", max(held), runs=held, rivals=rivals, note=note)


def _longest_gap(thread: threading.Thread) -> float:
    longest, last = 0.0, time.perf_counter()
    while thread.is_alive():
        time.sleep(TICK)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    return longest * 1000


def _memory_of_switches(path: Path) -> None:
    """Growth from the fourth switch on: what libraries keep for good is there by then."""
    files = (path, STARTER)
    on_stage = None
    sizes: list[int] = []
    for number in range(4 + SWITCHES):
        coming = _shown(files[number % 2])  # the old one stands there until the new one is ready
        on_stage, coming = coming, None
        if number % 2 and number >= 3:
            sizes.append(_resident())
    growth = [100.0 * (size / sizes[0] - 1.0) for size in sizes[1:]]
    note = f"{SWITCHES} switches between {len(files)} avatars, from {sizes[0] / 2**20:.0f} MiB"
    report("load-switches-growth", "%", growth[-1], runs=growth, note=note)
    del on_stage


def _shown(file: Path) -> tuple[Avatar, Mixer]:
    avatar = read_avatar(file)
    mixer = Mixer(avatar)
    mixer.play("idle", 0.0)
    for frame in range(10):
        mixer.evaluate(frame / 60.0)
    return avatar, mixer


def _resident() -> int:
    gc.collect()
    return psutil.Process().memory_info().rss
