"""The pipe between the app and a child process: length-prefixed MessagePack frames.

Promise: a child that uses `ChildEnd` never outlives its parent and never mixes prints into frames.
"""

from __future__ import annotations

import os
import queue
import signal
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final, TypeVar

import msgspec

Message = dict[str, Any]
Value = TypeVar("Value")

MAX_FRAME_BYTES: Final = 256 * 1024 * 1024
PING: Final = "worker.ping"
PONG: Final = "worker.pong"
UP: Final = "worker.up"
_LENGTH = struct.Struct(">I")
_GRACE_SECONDS = 0.3


class ChannelError(Exception):
    """The other end wrote something that is not a frame."""


def frame(message: object) -> bytes:
    """One message (a map, a dataclass or a struct) as bytes for the pipe."""
    body = msgspec.msgpack.encode(message)
    return _LENGTH.pack(len(body)) + body


def read_message(stream: BinaryIO) -> Message | None:
    """The next message; None where the stream ends, also in the middle of a frame."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > MAX_FRAME_BYTES:
        raise ChannelError(f"A frame of {length} bytes is longer than any worker sends.")
    body = stream.read(length)
    if len(body) < length:
        return None
    try:
        return msgspec.msgpack.decode(body, type=Message)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise ChannelError(f"A frame cannot be read: {error}") from error


def as_value(part: object, kind: type[Value]) -> Value:
    """A part of a message as the dataclass or struct it was sent as."""
    try:
        return msgspec.convert(part, kind)
    except msgspec.ValidationError as error:
        raise ChannelError(f"A message is no {kind.__name__}: {error}") from error


class ChildEnd:
    """The child's side: messages in from standard input, messages out on standard output.

    `on_arrival` sees each message on the reader thread at once, for what cannot wait (a cancel);
    everything also comes through `receive` on the main thread, which answers heartbeats: a child
    whose main thread hangs is noticed. The end of standard input ends the process.
    """

    def __init__(self, on_arrival: Callable[[Message], None] | None = None) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
        self._on_arrival = on_arrival
        self._inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._write_lock = threading.Lock()
        self._in, self._out = _claim_pipes()
        threading.Thread(target=self._read, name="worker-reader", daemon=True).start()

    def ready(self) -> None:
        """Say that the child can take work now."""
        self.send({"kind": UP})

    def send(self, message: object) -> None:
        """Write one message; ends the process quietly when the parent is gone."""
        data = frame(message)
        try:
            with self._write_lock:
                self._out.write(data)
                self._out.flush()
        except (OSError, ValueError):
            os._exit(0)

    def receive(self, timeout: float | None = None) -> Message | None:
        """The next message, or None after `timeout` seconds. Raises EOFError at the end."""
        while True:
            try:
                message = self._inbox.get(timeout=timeout)
            except queue.Empty:
                return None
            if message is None:
                raise EOFError
            if message.get("kind") != PING:
                return message
            self.send({"kind": PONG})

    def messages(self) -> Iterator[Message]:
        """All messages until the parent closes the pipe."""
        while True:
            try:
                message = self.receive()
            except EOFError:
                return
            if message is not None:
                yield message

    def _read(self) -> None:
        while True:
            try:
                message = read_message(self._in)
            except (ChannelError, OSError):
                message = None
            if message is None:
                break
            if self._on_arrival is not None:
                self._on_arrival(message)
            self._inbox.put(message)
        self._inbox.put(None)
        # The main thread may be deep in a library: it gets a moment, then the process ends.
        threading.Event().wait(_GRACE_SECONDS)
        os._exit(0)


def _claim_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the pipes for frames alone; whatever a library prints goes to standard error."""
    incoming, outgoing = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(incoming, os.O_BINARY)
        msvcrt.setmode(outgoing, os.O_BINARY)
    return os.fdopen(incoming, "rb"), os.fdopen(outgoing, "wb")
