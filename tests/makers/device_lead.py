"""How long a sample takes from the device's callback to the ear, and where the recorder puts it.

Run as a program: plays noise through a bare stream, twice, and prints for each the instant of the
callback that wrote it and the instant at which the device said that it is heard.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

RATE, BLOCK, LATENCY = 48000, 480, 0.05
PAUSE_SECONDS, BURSTS = 0.7, 4


def burst() -> np.ndarray[Any, np.dtype[np.int16]]:
    """A sound that is like itself at one place only."""
    return np.random.default_rng(3).normal(0, 5000, RATE // 10).astype(np.int16)


@dataclass(frozen=True)
class Lead:
    """Seconds."""

    write_to_ear: float
    recorder_offset: float
    """How much later than the device says the recording has it."""


def measure(environment: dict[str, str]) -> Lead:
    """Play through a bare stream and look for it in the recording of the null sink."""
    from tests.makers.null_sink import place_of, recording

    with recording(environment) as recorder:
        told = subprocess.run(
            [sys.executable, "-m", "tests.makers.device_lead"],
            check=True,
            capture_output=True,
            text=True,
            env=environment,
        ).stdout
        time.sleep(0.3)
        recorded, began = recorder.stop()
    leads: list[float] = []
    offsets: list[float] = []
    for line in told.splitlines():
        written, promised = json.loads(line)
        low = max(0, round((written - began) * RATE))
        part = recorded[low : low + RATE // 2]
        place, _ = place_of(burst(), part)
        heard = began + (low + place) / RATE
        leads.append(heard - written)
        offsets.append(heard - promised)
    return Lead(statistics.median(leads), statistics.median(offsets))


def main() -> None:
    import sounddevice

    sound, state = burst(), {"at": len(burst()), "next": 0.0, "stream": None}
    told: list[tuple[float, float]] = []

    def fill(out: Any, frames: int, instants: Any, status: Any) -> None:
        now = time.perf_counter()
        samples = np.frombuffer(out, np.int16)
        samples[:] = 0
        if now >= state["next"] and len(told) < BURSTS and state["next"]:
            state["at"], state["next"] = 0, now + PAUSE_SECONDS
            stream: Any = state["stream"]
            told.append((now, instants.outputBufferDacTime - (stream.time - now)))
        part = sound[state["at"] : state["at"] + frames]
        samples[: len(part)] = part
        state["at"] += frames

    with sounddevice.RawOutputStream(
        samplerate=RATE, channels=1, dtype="int16", blocksize=BLOCK, latency=LATENCY, callback=fill
    ) as stream:
        state["stream"] = stream
        state["next"] = time.perf_counter() + PAUSE_SECONDS
        time.sleep(PAUSE_SECONDS * (BURSTS + 1))
    for each in told:
        print(json.dumps(each))


if __name__ == "__main__":
    main()
