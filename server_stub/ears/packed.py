"""Packed sound of a client, as browsers record it: a file without end that comes in pieces.

A decoder reads a file when it likes to, and ours comes when the client likes to. So it reads in a
thread of its own, and each piece is handed over in a handshake: `feed` returns when the decoder has
taken all of it and asks for more. What comes out depends on the bytes alone.
"""

from __future__ import annotations

import threading
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

RATE: Final = 48_000
"""At which Opus is decoded, whatever was recorded."""
MOST_SECONDS: Final = 300.0
"""Of one piece: a few bytes of stillness may stand for hours."""
PATIENCE_SECONDS: Final = 30.0
KINDS: Final = {b"\x1a\x45\xdf\xa3": "matroska", b"OggS": "ogg"}
NO_FILE: Final = "The sound is no WebM or Ogg file with Opus in it."
TOO_MUCH: Final = f"A piece of packed sound holds at most {MOST_SECONDS:g} s."

Pcm = NDArray[np.int16]


class BadSound(Exception):
    """The sound cannot be read; the message is one sentence."""


def is_packed(codec: str) -> bool:
    """Whether sound that goes by this name is packed."""
    return any(word in codec.lower() for word in ("opus", "webm", "ogg"))


def is_head(data: bytes) -> bool:
    """Whether a recording begins here."""
    return data[:4] in KINDS and (data[:4] != b"OggS" or bool(data[5:6] and data[5] & 2))


def can_unpack() -> bool:
    """Whether this installation has a decoder."""
    return find_spec("av") is not None


class Unpacker:
    """Owns the thread that decodes one recording."""

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._data = b""
        self._is_over = False
        self._is_waiting = False
        self._is_done = False
        self._failure = ""
        self._sound: list[Pcm] = []
        self._samples = 0
        self._thread: threading.Thread | None = None

    def feed(self, data: bytes, *, last: bool = False) -> Pcm:
        """The sound of a piece at 48 kHz, as far as it can be known. Raises BadSound."""
        with self._turn:
            self._data = b"" if self._is_done else self._data + data
            self._is_over = self._is_over or last
            self._is_waiting = False
            if self._thread is None:
                self._begin()
            self._turn.notify_all()
            if not self._turn.wait_for(self._has_taken_all, PATIENCE_SECONDS):
                raise BadSound(NO_FILE)
            sound, self._sound, self._samples = self._sound, [], 0
            if self._failure:
                raise BadSound(self._failure)
        return np.concatenate(sound) if sound else np.zeros(0, np.int16)

    def _has_taken_all(self) -> bool:
        return self._is_done or (self._is_waiting and not self._data)

    def close(self) -> None:
        """The recording is over or nobody wants it; never waits."""
        with self._turn:
            self._is_over = True
            self._data = b""
            self._turn.notify_all()

    def read(self, size: int) -> bytes:
        """What the decoder gets when it asks for more; waits for the client."""
        with self._turn:
            while not self._data and not self._is_over:
                self._is_waiting = True
                self._turn.notify_all()
                self._turn.wait()
            self._is_waiting = False
            given, self._data = self._data[:size], self._data[size:]
            return given

    def _begin(self) -> None:
        kind = KINDS.get(self._data[:4])
        if kind is None:
            raise BadSound(NO_FILE)
        self._thread = threading.Thread(
            target=self._decode, args=(kind,), name="unpack", daemon=True
        )
        self._thread.start()

    def _decode(self, kind: str) -> None:
        failure = ""
        try:
            self._read_all(kind)
        except BadSound as error:
            failure = str(error)
        except Exception:  # noqa: BLE001 - codecs are foreign code
            failure = NO_FILE
        with self._turn:
            self._failure = failure
            self._is_done = True
            self._turn.notify_all()

    def _read_all(self, kind: str) -> None:
        import av

        library: Any = av
        # Nothing is looked at ahead of time: the first words are wanted at once.
        options = {"probesize": "2048", "analyzeduration": "0", "fflags": "nobuffer"}
        with library.open(self, "r", format=kind, options=options, buffer_size=4096) as file:
            if not file.streams.audio:
                raise BadSound(NO_FILE)
            resampler = library.AudioResampler(format="s16", layout="mono", rate=RATE)
            for frame in file.decode(file.streams.audio[0]):
                for ready in resampler.resample(frame):
                    self._keep(ready.to_ndarray().reshape(-1))
            for ready in resampler.resample(None):
                self._keep(ready.to_ndarray().reshape(-1))

    def _keep(self, sound: Pcm) -> None:
        with self._turn:
            self._samples += len(sound)
            if self._samples > MOST_SECONDS * RATE:
                self._sound.clear()
                raise BadSound(TOO_MUCH)
            self._sound.append(sound)
