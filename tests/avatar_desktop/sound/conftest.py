"""A sound server without a device: what is played can be recorded and compared."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_desktop.sound.devices import report

RATE = 48000
_RAW = ("--latency-msec=10", "--raw", "--format=s16le", f"--rate={RATE}", "--channels=1")
_SERVER_OPTIONS = (
    *("-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"),
    *("--realtime=no", "--high-priority=no"),
)
_NULL_SINK = "module-null-sink sink_name=spk rate=48000 channels=2 norewinds=1"
_NEEDED = ("pulseaudio", "parec", "pactl")


class Recorder:
    """The monitor of the null sink, with the arrival time of every piece."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["parec", "-d", "spk.monitor", *_RAW],
            stdout=subprocess.PIPE,
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


@pytest.fixture(scope="session")
def pulse_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A private PulseAudio with a null sink that is a true clock."""
    missing = [tool for tool in _NEEDED if shutil.which(tool) is None]
    if missing or not sys.platform.startswith("linux"):
        pytest.skip(f"the null sink needs {', '.join(missing) or 'Linux'}")
    folder = tmp_path_factory.mktemp("pulse")
    (folder / "home").mkdir()
    config = folder / "asound.conf"
    config.write_text(
        "</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\nctl.!default { type pulse }\n"
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
        ["pulseaudio", *_SERVER_OPTIONS, "-L", socket, "-L", _NULL_SINK],
        env=os.environ | environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(server, environment)
        yield environment
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(server: "subprocess.Popen[bytes]", environment: dict[str, str]) -> None:
    for _ in range(100):
        asked = subprocess.run(
            ["pactl", "info"], env=os.environ | environment, capture_output=True, check=False
        )
        if asked.returncode == 0:
            return
        if server.poll() is not None:
            pytest.skip("PulseAudio does not start here")
        time.sleep(0.05)
    pytest.skip("PulseAudio does not answer")


@pytest.fixture
def null_sink(pulse_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Sound of this test goes to the null sink."""
    for name, value in pulse_environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def recorder(null_sink: None) -> Iterator[Recorder]:
    recorder = Recorder()
    assert recorder.started.wait(10)
    yield recorder
    if recorder._process.poll() is None:  # pyright: ignore[reportPrivateUsage]
        recorder.stop()


@pytest.fixture
def no_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which nothing can sound."""
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    if report().ok:
        pytest.skip("this machine has a sound output")
