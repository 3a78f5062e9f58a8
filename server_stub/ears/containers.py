"""The Opus packets in what a browser's recorder sends: WebM or Ogg, in pieces of any size.

Only as much of the two formats as a live recording of one voice needs; what is passed over is
skipped, not kept.
"""

from __future__ import annotations

from typing import Final, Protocol

WEBM_MAGIC: Final = b"\x1a\x45\xdf\xa3"
OGG_MAGIC: Final = b"OggS"
LONGEST_ELEMENT: Final = 1 << 20

_SEGMENT, _CLUSTER, _GROUP = 0x18538067, 0x1F43B675, 0xA0
_OPENED: Final = frozenset((_SEGMENT, _CLUSTER, _GROUP))
_TRACKS: Final = 0x1654AE6B
_BLOCKS: Final = frozenset((0xA3, 0xA1))
_LACING: Final = 0x06


class BadSound(Exception):
    """The bytes are no such sound; the message is one sentence."""


class Packets(Protocol):
    """Bytes in, packets out."""

    def feed(self, data: bytes) -> list[bytes]:
        """The packets that are whole now. Raises BadSound."""
        ...


def container_in(data: bytes) -> str:
    """The container that begins here, or nothing."""
    if data.startswith(WEBM_MAGIC):
        return "webm"
    return "ogg" if data.startswith(OGG_MAGIC) else ""


class WebmPackets:
    """The blocks of a WebM recording."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The packets that are whole now. Raises BadSound."""
        self._held += data
        packets: list[bytes] = []
        at = 0
        while (head := self._head(at)) is not None:
            name, size, start = head
            if name in _OPENED:
                at = start
                continue
            if size is None or size > LONGEST_ELEMENT:
                raise BadSound("The WebM recording is damaged: an element has no end.")
            if len(self._held) < start + size:
                break
            body = bytes(self._held[start : start + size])
            at = start + size
            if name == _TRACKS and b"A_OPUS" not in body:
                raise BadSound("The WebM recording holds no Opus.")
            if name in _BLOCKS:
                packets.append(_packet_of(body))
        del self._held[:at]
        return packets

    def _head(self, at: int) -> tuple[int, int | None, int] | None:
        """Name, size and start of the element here; None when its head is not whole yet."""
        found = self._number(at, most=4, keeps_marker=True)
        if found is None:
            return None
        name, after = found
        sized = self._number(after, most=8, keeps_marker=False)
        if sized is None:
            return None
        size, start = sized
        is_open = size == (1 << 7 * (start - after)) - 1
        return name, None if is_open else size, start

    def _number(self, at: int, *, most: int, keeps_marker: bool) -> tuple[int, int] | None:
        if at >= len(self._held):
            return None
        first = self._held[at]
        length = 9 - first.bit_length()
        if length > most:
            raise BadSound("The WebM recording is damaged: a length is no length.")
        if at + length > len(self._held):
            return None
        value = int.from_bytes(self._held[at : at + length], "big")
        return value if keeps_marker else value & ((1 << 7 * length) - 1), at + length


def _packet_of(block: bytes) -> bytes:
    """A block: the number of its track, two bytes of time, flags, the packet."""
    head = 9 - block[0].bit_length() + 3 if block else 0
    if not 4 <= head < len(block) or block[head - 1] & _LACING:
        raise BadSound("The WebM recording is damaged: a block is none.")
    return block[head:]


class OggPackets:
    """The packets of an Ogg stream, without the two that describe it."""

    HEAD: Final = 27

    def __init__(self) -> None:
        self._held = bytearray()
        self._begun = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The packets that are whole now. Raises BadSound."""
        self._held += data
        packets: list[bytes] = []
        while len(self._held) >= self.HEAD:
            if not self._held.startswith(OGG_MAGIC):
                raise BadSound("The Ogg recording is damaged: a page is none.")
            sizes = self._held[self.HEAD : self.HEAD + self._held[26]]
            start = self.HEAD + self._held[26]
            if len(self._held) < start + sum(sizes) or len(sizes) < self._held[26]:
                break
            packets += self._page(bytes(self._held[start : start + sum(sizes)]), bytes(sizes))
            del self._held[: start + sum(sizes)]
        return [one for one in packets if not one.startswith((b"OpusHead", b"OpusTags"))]

    def _page(self, body: bytes, sizes: bytes) -> list[bytes]:
        packets: list[bytes] = []
        at = 0
        for size in sizes:
            self._begun += body[at : at + size]
            at += size
            if size < 255:
                packets.append(self._begun)
                self._begun = b""
        if len(self._begun) > LONGEST_ELEMENT:
            raise BadSound("The Ogg recording is damaged: a packet has no end.")
        return packets
