"""What the server counts and times of itself, told in the text format of Prometheus when asked.

Counting is a number in a dict; the library that writes the format comes in at the first question.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from avatar_desktop.wire.messages import Message, StreamChunk, StreamEnd, StreamError

if TYPE_CHECKING:
    from prometheus_client.core import Metric

Count = Literal[
    "rooms_made", "streams_started", "streams_complete", "streams_interrupted", "streams_error",
    "chunks", "messages", "errors", "connections_opened", "reconnections", "bytes_received",
    "bytes_sent", "tts_generated", "tts_played", "slow_readers_cut", "requests", "refused",
    "audio_chunks", "utterances",
]  # fmt: skip
Time = Literal["first_token", "chunk", "reply", "session", "stt", "intent", "mind", "tts", "whole"]

COUNTS: Final[dict[Count, str]] = {
    "rooms_made": "Rooms that were made.",
    "streams_started": "Replies that began.",
    "streams_complete": "Replies that came to their end.",
    "streams_interrupted": "Replies that the user cut short.",
    "streams_error": "Replies that broke off.",
    "chunks": "Pieces of replies.",
    "messages": "Frames of clients.",
    "errors": "Refusals and failures told to clients.",
    "connections_opened": "WebSockets that were opened.",
    "reconnections": "Sessions that were taken up again.",
    "bytes_received": "Bytes of frames received.",
    "bytes_sent": "Bytes of frames sent.",
    "tts_generated": "Phrases of speech made.",
    "tts_played": "Phrases of speech played by clients.",
    "slow_readers_cut": "Connections cut because they did not read.",
    "requests": "HTTP requests.",
    "refused": "HTTP requests refused.",
    "audio_chunks": "Pieces of users' voices.",
    "utterances": "Utterances of users that were written down.",
}
TIMES: Final[dict[Time, str]] = {
    "first_token": "From a message to the first piece of its reply.",
    "chunk": "From the mind's piece to the line of every reader.",
    "reply": "From a message to the end of its reply.",
    "session": "How long a connection lasted.",
    "stt": "From the end of an utterance to its text.",
    "intent": "Finding what a message wants.",
    "mind": "From asking the mind to its first piece.",
    "tts": "Text to speech, per phrase.",
    "whole": "From the end of what the user said to the first sound of the answer.",
}
BOUNDS: Final = (
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
    1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0,
)  # fmt: skip
PREFIX: Final = "conversations_"


class Spread:
    """How durations are spread, in buckets."""

    __slots__ = ("buckets", "number", "total")

    def __init__(self) -> None:
        self.buckets = [0] * (len(BOUNDS) + 1)
        self.total = 0.0
        self.number = 0

    def add(self, seconds: float) -> None:
        """One more duration."""
        self.buckets[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds
        self.number += 1

    @property
    def mean_ms(self) -> float:
        """The mean in milliseconds, 0 before the first."""
        return 1000.0 * self.total / self.number if self.number else 0.0


class Figures:
    """Owns every count and time of one server."""

    def __init__(self) -> None:
        self._counts: Counter[Count] = Counter()
        self._spreads: dict[Time, Spread] = {name: Spread() for name in TIMES}
        self._gauges: dict[str, tuple[str, Callable[[], float]]] = {}
        self._began = time.time()

    def count(self, name: Count, by: int = 1) -> None:
        """Something happened."""
        self._counts[name] += by

    def took(self, name: Time, seconds: float) -> None:
        """Something lasted so long."""
        self._spreads[name].add(seconds)

    def watch(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """From now on this number is read whenever somebody asks."""
        self._gauges[name] = (meaning, value)

    def said(self, messages: Iterable[Message]) -> None:
        """What leaves for a room: some of it counts."""
        for message in messages:
            if isinstance(message, StreamChunk):  # by far the most of them
                continue
            if isinstance(message, StreamError):
                self.count("streams_error")
            elif isinstance(message, StreamEnd):
                whole = message.reason == "complete"
                self.count("streams_complete" if whole else "streams_interrupted")

    def counted(self, name: Count) -> int:
        """How often it happened."""
        return self._counts[name]

    def means(self) -> Mapping[str, float]:
        """The mean times of what happened at all, in milliseconds."""
        known = self._spreads.items()
        return {name: round(spread.mean_ms, 3) for name, spread in known if spread.number}

    def text(self) -> tuple[bytes, str]:
        """All of it in the text format, and that format's content type."""
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Told(self._metrics))
        return generate_latest(registry), CONTENT_TYPE_LATEST

    def _metrics(self) -> Iterator[Metric]:
        from prometheus_client.core import (
            CounterMetricFamily,
            GaugeMetricFamily,
            HistogramMetricFamily,
        )

        for count, meaning in COUNTS.items():
            yield CounterMetricFamily(PREFIX + count, meaning, value=self._counts[count])
        for name, meaning in TIMES.items():
            spread, running = self._spreads[name], 0
            buckets: list[tuple[str, float]] = []
            for bound, number in zip((*map(str, BOUNDS), "+Inf"), spread.buckets, strict=True):
                running += number
                buckets.append((bound, running))
            yield HistogramMetricFamily(
                f"{PREFIX}{name}_seconds", meaning, buckets=buckets, sum_value=spread.total
            )
        for name, (meaning, value) in self._gauges.items():
            yield GaugeMetricFamily(PREFIX + name, meaning, value=value())
        yield CounterMetricFamily(
            "process_cpu_seconds", "CPU time of this process.", value=time.process_time()
        )
        yield GaugeMetricFamily(
            "process_resident_memory_bytes", "Memory of this process.", value=resident_bytes()
        )
        if (handles := open_handles()) is not None:
            yield GaugeMetricFamily(
                "process_open_fds", "Files and sockets that are open.", value=handles
            )
        yield GaugeMetricFamily(PREFIX + "tasks", "Tasks of the server's loop.", value=tasks())
        yield GaugeMetricFamily(
            PREFIX + "threads", "Threads of this process.", value=threading.active_count()
        )
        yield GaugeMetricFamily(
            "process_start_time_seconds", "When this process began.", value=self._began
        )


class _Told:
    """What the registry asks."""

    def __init__(self, metrics: Callable[[], Iterator[Metric]]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        return self._metrics()


def tasks() -> int:
    """How many tasks the loop that asks has in hand."""
    try:
        return len(asyncio.all_tasks())
    except RuntimeError:  # asked outside of a loop
        return 0


def open_handles() -> int | None:
    """How many files and sockets this process holds; None where that cannot be told."""
    for place in ("/proc/self/fd", "/dev/fd"):
        try:
            return len(list(Path(place).iterdir())) - 1  # without the one that this very look takes
        except OSError:
            continue
    return None


def resident_bytes() -> int:
    """The memory that this process holds now, or held at most where only that can be told."""
    try:
        held = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return held * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        pass
    if sys.platform == "win32":
        return 0
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
