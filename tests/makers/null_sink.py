"""A sound server without a device: what is played can be recorded and compared."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 48000
SINK, OTHER = "spk", "headphones"
"""The system's own output, and one that `another_sink` plugs in."""
_RAW = ("--latency-msec=10", "--raw", "--format=s16le", f"--rate={RATE}", "--channels=1")
_SERVER_OPTIONS = (
    *("-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"),
    *("--realtime=no", "--high-priority=yes"),
)
_NEEDED = ("pulseaudio", "parec", "pactl")
SINK_MODULE = "module-null-sink"


class NoSoundServer(Exception):
    """This machine cannot have one; says why."""


class Recorder:
    """The monitor of the null sink, with the arrival time of every piece."""

    def __init__(self, sink: str = SINK, environment: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            ["parec", "-d", f"{sink}.monitor", *_RAW],
            stdout=subprocess.PIPE,
            env=os.environ | (environment or {}),
        )
        self._pieces: list[tuple[float, bytes]] = []
        self.started = threading.Event()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        while piece := os.read(self._process.stdout.fileno(), 4096):
            self._pieces.append((time.perf_counter(), piece))
            self.started.set()

    def has_heard(self, loud: int = 1000) -> bool:
        """Whether anything sounded until now."""
        came = b"".join(piece for _, piece in tuple(self._pieces))
        samples = np.frombuffer(came[: len(came) // 2 * 2], np.int16)
        return bool((np.abs(samples.astype(np.int32)) > loud).any())

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> tuple[NDArray[np.int16], float]:
        """The samples, and the instant at which the first of them was heard."""
        self._process.terminate()
        self._process.wait()
        self._thread.join()
        assert self._process.stdout is not None
        self._process.stdout.close()
        counts = np.cumsum([len(piece) // 2 for _, piece in self._pieces])
        arrivals = np.array([at for at, _ in self._pieces]) - counts / RATE
        samples = np.frombuffer(b"".join(piece for _, piece in self._pieces), np.int16)
        return samples, float(np.percentile(arrivals, 2))


@contextlib.contextmanager
def recording(environment: Mapping[str, str] | None = None, sink: str = SINK) -> Iterator[Recorder]:
    """What sounds from here on."""
    recorder = Recorder(sink, environment)
    try:
        if not recorder.started.wait(60):
            raise NoSoundServer("nothing can be recorded")
        yield recorder
    finally:
        if recorder.is_running:
            recorder.stop()


@contextlib.contextmanager
def null_sink(folder: Path) -> Iterator[dict[str, str]]:
    """A private PulseAudio with a null sink that is a true clock; its surroundings.

    Raises NoSoundServer where there is none.
    """
    missing = [tool for tool in _NEEDED if shutil.which(tool) is None]
    if missing or not sys.platform.startswith("linux"):
        raise NoSoundServer(f"the null sink needs {', '.join(missing) or 'Linux'}")
    (folder / "home").mkdir()
    config = folder / "asound.conf"
    config.write_text(
        "</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\nctl.!default { type pulse }\n"
        f'pcm.{OTHER} {{ type pulse device {OTHER} hint {{ show on description "{OTHER}" }} }}\n'
    )
    environment = {
        "XDG_RUNTIME_DIR": str(folder),
        "PULSE_RUNTIME_PATH": str(folder / "pulse"),
        "PULSE_SERVER": f"unix:{folder}/pulse/native",
        "HOME": str(folder / "home"),
        "ALSA_CONFIG_PATH": str(config),
    }
    (folder / "pulse").mkdir(mode=0o700)
    socket = f"module-native-protocol-unix socket={folder}/pulse/native auth-anonymous=1"
    server = subprocess.Popen(
        ["pulseaudio", *_SERVER_OPTIONS, "-L", socket, "-L", " ".join(sink_options(SINK))],
        env=os.environ | environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(server, environment)
        _let_go_first(server)
        yield environment
    finally:
        server.terminate()
        server.wait(10)


def _let_go_first(server: subprocess.Popen[bytes]) -> None:
    """In real time, as sound servers run on a desktop: a busy machine does not hold them up."""
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{server.pid}/task").iterdir():
            os.sched_setscheduler(int(thread.name), os.SCHED_RR, os.sched_param(6))


@contextlib.contextmanager
def another_sink(environment: Mapping[str, str], called: str = "") -> Iterator[Callable[[], None]]:
    """A second output, `called` so by its makers; what is yielded unplugs it."""
    around = os.environ | environment
    escaped = called.replace(" ", "\\ ")
    label = (f'sink_properties=device.description="{escaped}"',) if called else ()
    loaded = subprocess.run(
        ["pactl", "load-module", *sink_options(OTHER), *label],
        env=around,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()

    def unplug() -> None:
        subprocess.run(
            ["pactl", "unload-module", loaded], env=around, capture_output=True, check=False
        )

    try:
        yield unplug
    finally:
        unplug()


def sink_options(name: str) -> tuple[str, ...]:
    """What makes a null sink that keeps real time."""
    return (SINK_MODULE, f"sink_name={name}", "rate=48000", "channels=2", "norewinds=1")


def _wait_for(server: subprocess.Popen[bytes], environment: dict[str, str]) -> None:
    for _ in range(100):
        asked = subprocess.run(
            ["pactl", "info"], env=os.environ | environment, capture_output=True, check=False
        )
        if asked.returncode == 0:
            return
        if server.poll() is not None:
            raise NoSoundServer("PulseAudio does not start here")
        time.sleep(0.05)
    raise NoSoundServer("PulseAudio does not answer")


def place_of(sound: NDArray[np.int16], recorded: NDArray[np.int16]) -> tuple[int, float]:
    """Where a sound lies in a recording, and how well it fits there."""
    size = 1 << (len(recorded) + len(sound)).bit_length()
    track, wanted = recorded.astype(np.float64), sound.astype(np.float64)
    product = np.fft.irfft(np.fft.rfft(track, size) * np.conj(np.fft.rfft(wanted, size)), size)
    place = int(np.argmax(product[: len(track)]))
    part = track[place : place + len(wanted)]
    norm = np.linalg.norm(part) * np.linalg.norm(wanted[: len(part)])
    return place, float(part @ wanted[: len(part)] / norm)
