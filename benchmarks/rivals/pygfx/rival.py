"""pygfx answers requests, a JSON line each: {op, …} in, {…} or {error} out.

It runs in an environment of its own, without ours. Pictures are never decoded.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
import time

import numpy as np
import pygfx
from pygfx.utils import load_gltf

FRAME = 1.0 / 60.0
_PICTURE = np.zeros((1, 1, 4), np.uint8)
load_gltf._GLTF._load_image = lambda self, index: _PICTURE

_mixers = {}


def _load(file, times):
    ms = []
    for _ in range(times):
        started = time.perf_counter()
        pygfx.load_gltf(file, quiet=True, remote_ok=False)
        ms.append((time.perf_counter() - started) * 1000)
    gc.collect()
    return {"ms": ms}


def _move(file, clips, frames):
    key = (file, tuple(clips))
    if key not in _mixers:
        gltf = pygfx.load_gltf(file, quiet=True, remote_ok=False)
        mixer = pygfx.AnimationMixer()
        for index in clips:
            action = mixer.clip_action(gltf.animations[index])
            action.weight = 1.0 / len(clips)
            action.play()
        for _ in range(50):
            mixer.update(FRAME)
        _mixers[key] = mixer, gltf
    mixer, _ = _mixers[key]
    ms = []
    for _ in range(frames):
        started = time.perf_counter()
        mixer.update(FRAME)
        ms.append((time.perf_counter() - started) * 1000)
    return {"ms": ms}


def main():
    answers = os.fdopen(os.dup(1), "w")
    operations = {"load": _load, "move": _move}
    with contextlib.redirect_stdout(sys.stderr):
        for line in sys.stdin:
            request = json.loads(line)
            try:
                answer = operations[request.pop("op")](**request)
            except Exception as error:  # noqa: BLE001 - whatever a rival trips over is its answer
                answer = {"error": f"{type(error).__name__}: {error}"}
            print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
