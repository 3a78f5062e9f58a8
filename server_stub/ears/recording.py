"""A browser's recording as samples for the ears: Opus in WebM or Ogg."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, Final

import numpy as np

from server_stub.ears.containers import BadSound, OggPackets, Packets, WebmPackets
from server_stub.ears.sound import Pcm, Stream

OPUS_RATE: Final = 48_000
LONGEST_PIECE: Final = 180 * OPUS_RATE
"""Opus packs silence so well that a small piece could unfold into hours."""


def can_be_read() -> bool:
    """Whether what unpacks recordings is installed."""
    return find_spec("av") is not None


class Recording:
    """Owns the unpacking of one recording between its pieces."""

    def __init__(self, container: str) -> None:
        import av

        library: Any = av
        self._packets: Packets = WebmPackets() if container == "webm" else OggPackets()
        self._packet: Any = library.Packet
        self._decoder: Any = library.CodecContext.create("opus", "r")
        self._broken: type[Exception] = library.FFmpegError
        self._sound = Stream(OPUS_RATE)

    def feed(self, data: bytes, *, last: bool = False) -> Pcm:
        """More of it. Raises BadSound."""
        parts: list[Pcm] = []
        length = 0
        for packet in self._packets.feed(data):
            for samples in self._unpacked(packet):
                length += len(samples)
                if length > LONGEST_PIECE:
                    raise BadSound("One piece of the recording holds more than 180 s.")
                parts.append(self._sound.feed(samples.tobytes()))
        if last:
            parts.append(self._sound.feed(b"", last=True))
        return np.concatenate(parts) if parts else np.zeros(0, np.int16)

    def _unpacked(self, packet: bytes) -> list[Pcm]:
        try:
            frames = self._decoder.decode(self._packet(packet))
        except self._broken as error:
            raise BadSound("The recording is damaged: a packet is no Opus.") from error
        return [_mono(frame.to_ndarray()) for frame in frames]


def _mono(channels: Any) -> Pcm:
    mixed = np.asarray(channels, np.float32).mean(axis=0)
    return np.clip(np.rint(mixed * 32767.0), -32768, 32767).astype("<i2")
