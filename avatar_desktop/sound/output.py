"""The open device stream inside the audio process: its callback fills from the mixer.

Promise: the instants it reports are those of `clock.monotonic`, whatever clock the system's sound
uses for itself.
"""

from __future__ import annotations

import logging
from typing import Any, Final

import numpy as np

from avatar_desktop.errors import SoundError
from avatar_desktop.sound.clock import Anchor, monotonic
from avatar_desktop.sound.devices import (
    NO_DEVICE,
    NO_LIBRARY,
    device_advice,
    library_advice,
    open_library,
)
from avatar_desktop.sound.mixer import RATE, Mixer
from avatar_desktop.sound.speakers import Speaker, aimed_at, speakers

BLOCK: Final = 480
LATENCY_SECONDS: Final = 0.05
PRIMING_SECONDS: Final = 0.02
"""The first blocks are asked for all at once, and the device's word on their time is wrong."""

_log = logging.getLogger(__name__)


class Output:
    """One stream from opening to closing."""

    def __init__(
        self, opened: Anchor, device: str | None, latency: float = LATENCY_SECONDS
    ) -> None:
        self.mixer = Mixer(opened)
        self.last_call = monotonic()
        self.first_heard: float | None = None
        """When the first sound that could be placed is heard."""
        self.latency = latency
        self._first_call: float | None = None
        self._stream: Any = _open(device, latency, self._fill)
        try:
            self._stream.start()
        except open_library().PortAudioError as error:
            self._stream.close()
            raise SoundError(f"The sound output cannot start: {error}") from error
        self.latency = float(self._stream.latency)

    @property
    def is_alive(self) -> bool:
        """False once the device is gone."""
        return bool(self._stream.active)

    def close(self) -> None:
        self._stream.close()

    def _fill(self, out: Any, frames: int, instants: Any, status: Any) -> None:
        now = self.last_call = monotonic()
        samples = np.frombuffer(out, np.int16)
        if self._first_call is None:
            self._first_call = now
        if now - self._first_call < PRIMING_SECONDS:
            self.mixer.prime(samples)
            return
        heard_at = now + self.latency
        if instants.outputBufferDacTime > 0:
            heard_at = instants.outputBufferDacTime - (self._stream.time - now)
        if self.first_heard is None:
            self.first_heard = heard_at
        self.mixer.fill(samples, heard_at, bool(status.output_underflow))


def _open(device: str | None, latency: float, fill: Any) -> Any:
    try:
        library = open_library()
    except OSError as error:
        raise SoundError(NO_LIBRARY, advice=library_advice()) from error
    for attempt in range(2):
        try:
            return library.RawOutputStream(
                samplerate=RATE,
                channels=1,
                dtype="int16",
                blocksize=BLOCK,
                latency=latency,
                device=aimed_at(_chosen(device, library), library),
                callback=fill,
            )
        except (library.PortAudioError, ValueError) as error:
            if attempt:
                _log.info("no output: %s", error)
                raise SoundError(NO_DEVICE, advice=device_advice()) from error
            # PortAudio sees the devices of its own start only: look again.
            library._terminate()
            library._initialize()
    raise SoundError(NO_DEVICE, advice=device_advice())


def _chosen(name: str | None, library: Any) -> Speaker | None:
    """The output of this name. Raises ValueError when it is not there."""
    if name is None:
        return None
    speaker = speakers(library).named(name)
    if speaker is None:
        raise ValueError(f"no output is called {name}")
    return speaker
