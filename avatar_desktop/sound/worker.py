"""The audio process: opens the device when there is sound, and says when it is heard.

Messages in: `play`, `cut`, `prepare`, `move`. Out: `anchor`, `device`, `underflow`, `late`,
`trouble`, `missing`. It knows nothing of replies, pauses or queues: what shall not sound is
cut, what shall sound again is played again.
"""

from __future__ import annotations

import contextlib
import logging
from typing import Final

from avatar_desktop.errors import SoundError
from avatar_desktop.sound.clock import Anchor, monotonic
from avatar_desktop.sound.devices import open_library
from avatar_desktop.sound.lead import Lead
from avatar_desktop.sound.mixer import RATE
from avatar_desktop.sound.output import LATENCY_SECONDS, Output
from avatar_desktop.sound.priority import go_first
from avatar_desktop.sound.samples import faded, load_resampler, resampled
from avatar_desktop.sound.speakers import is_connected
from avatar_desktop.workers.channel import ChildEnd, Message
from avatar_desktop.workers.journal import inherit_journal

PLAY, CUT, PREPARE, MOVE = "play", "cut", "prepare", "move"
ANCHOR, DEVICE, TROUBLE, UNDERFLOW = "anchor", "device", "trouble", "underflow"
LATE = "late"
"""A sound came when it was to begin already, and the stage waited for it."""
MISSING: Final = "missing"
"""The chosen output is not there, and the system's own sounds."""
DEVICE_UNDERFLOW: Final = "device underflow"
"""What the log calls a device that got its sound too late; `doctor` counts it."""
CLOSE_AFTER_SECONDS: Final = 10.0
STALLED_SECONDS: Final = 3.0
RETRY_SECONDS: Final = 2.0
LOOK_SECONDS: Final = 1.0
"""Between two looks whether the chosen output is there."""
MANY_UNDERFLOWS: Final = 2
"""In one opening; then the next pause of the speech is used to keep more sound in stock."""
LONGEST_LATENCY: Final = 0.2
SHORTEST_PAUSE: Final = 0.1
"""Still to come when all before it is heard: about as long as a device takes to open."""
_TICK_SECONDS: Final = 0.02
_REST_SECONDS: Final = 0.03
"""On top of what the device still has in stock."""

_log = logging.getLogger(__name__)


def main() -> None:
    """Serve until the parent closes the pipe."""
    go_first()  # before any thread
    inherit_journal("sound")
    channel = ChildEnd()
    channel.ready()
    with contextlib.suppress(OSError):
        open_library()  # slow to load: before the first word, not at it
    load_resampler()
    speaker = _Speaker(channel)
    try:
        while True:
            message = channel.receive(_TICK_SECONDS if speaker.is_open else None)
            if message is not None:
                speaker.obey(message)
            speaker.tick()
    except EOFError:
        speaker.close()


class _Speaker:
    """The device, open only while somebody speaks."""

    def __init__(self, channel: ChildEnd) -> None:
        self._channel = channel
        self._output: Output | None = None
        self._device: str | None = None
        self._busy_at = 0.0
        self._refused_at = -RETRY_SECONDS
        self._opened_at = 0.0
        self._told_device = False
        self._told_underflows: int = 0
        self._told_late: int = 0
        self._stock = Lead(LATENCY_SECONDS, LONGEST_LATENCY)
        self._opened_with = LATENCY_SECONDS
        self._sounding_at = 0.0
        self._ticked_at = 0.0
        self._is_missing = False
        self._is_back = False
        self._looked_at = 0.0

    @property
    def is_open(self) -> bool:
        return self._output is not None

    def obey(self, message: Message) -> None:
        kind = message.get("kind")
        if kind == CUT and self._output is not None:
            self._output.mixer.cut(message["at"], message["fade"])
        elif kind == MOVE:
            self.close()  # what shall still sound is played again, on the other device
            self._refused_at = -RETRY_SECONDS
        elif kind in (PLAY, PREPARE):
            self._device = message.get("device") or None
            output = self._ensure(Anchor(message["stage"], message["now"]))
            if output is not None and kind == PLAY:
                samples = resampled(message["pcm"], message["rate"], RATE)
                fade_in = round(message["fade_in"] * RATE)
                output.mixer.play(message["place"], faded(samples, fade_in, 0))

    def tick(self) -> None:
        """Tell what is new; close what nobody needs."""
        output = self._output
        if output is None:
            return
        now = monotonic()
        anchor = output.mixer.news()
        if anchor is not None:
            self._channel.send({"kind": ANCHOR, "stage": anchor.stage, "at": anchor.at})
        if output.first_heard is not None and not self._told_device:
            self._told_device = True
            opening = max(0.0, output.first_heard - self._opened_at)
            self._tell_device(output.latency, opening)
        self._count(output, now)
        if not output.mixer.is_silent():
            self._busy_at = now
        if not output.is_alive or now - output.last_call > STALLED_SECONDS:
            raise SystemExit("the device stalled")  # a fresh process sees the devices afresh
        if self._device is not None and now - self._looked_at > LOOK_SECONDS:
            self._looked_at = now
            self._look_for(self._device)
        heard_out = output.latency + _REST_SECONDS
        is_pause = (
            now - self._sounding_at > heard_out and output.mixer.quiet_seconds() >= SHORTEST_PAUSE
        )
        if is_pause and self._is_back:
            self._reopen(output)
        elif now - self._busy_at > (heard_out if self._is_too_tight else CLOSE_AFTER_SECONDS):
            self.close()
            self._channel.send({"kind": DEVICE, "is_open": False})
        elif is_pause and self._is_too_tight and self._told_underflows >= MANY_UNDERFLOWS:
            self._reopen(output)

    @property
    def _is_too_tight(self) -> bool:
        return self._stock.seconds > self._opened_with

    def _count(self, output: Output, now: float) -> None:
        """What came in time and what did not, and what follows for the next opening."""
        mixer = output.mixer
        if mixer.underflows != self._told_underflows:
            self._told_underflows = mixer.underflows
            self._channel.send({"kind": UNDERFLOW})
            _log.warning(DEVICE_UNDERFLOW, extra={"count": self._told_underflows})
            was_heard = self._sounding_at >= self._opened_at
            if was_heard and not self._is_too_tight:  # more say nothing new until it is deeper
                self._stock.was_too_short()
                _log.info("deeper buffer wanted", extra={"latency": self._stock.seconds})
        if mixer.late_sounds != self._told_late:
            self._told_late = mixer.late_sounds
            self._channel.send({"kind": LATE})
        if mixer.quiet_seconds() == 0.0:
            if self._sounding_at == self._ticked_at:
                self._stock.went_well(now - self._ticked_at)
            self._sounding_at = now
        self._ticked_at = now

    def _reopen(self, output: Output) -> None:
        """In a pause of the speech: its rest with more in stock, or on the chosen device."""
        left, stage = output.mixer.left(), output.mixer.stage()
        if stage is None:
            return
        self.close()
        opened = self._ensure(stage)
        if opened is None:
            self._channel.send({"kind": DEVICE, "is_open": False})
            return
        for place, samples in left:
            opened.mixer.play(place, samples)

    def close(self) -> None:
        if self._output is not None:
            self._output.close()
            self._output = None

    def _ensure(self, now_heard: Anchor) -> Output | None:
        """The open output, or None and a sentence about what is missing."""
        self._busy_at = now = monotonic()
        if self._output is None and now - self._refused_at >= RETRY_SECONDS:
            self._opened_at = now
            self._told_device = False
            self._told_underflows = self._told_late = 0
            self._opened_with = self._stock.seconds
            try:
                self._output = self._open(now_heard)
            except SoundError as error:
                self._refused_at = monotonic()
                self._channel.send({"kind": TROUBLE, "sentence": str(error)})
        return self._output

    def _open(self, now_heard: Anchor) -> Output:
        """The chosen device; where that is gone, the system's own."""
        self._is_back = False
        try:
            output = Output(now_heard, self._device, self._opened_with)
            self._is_missing = False
            return output
        except SoundError:
            if self._device is None:
                raise
        output = Output(now_heard, None, self._opened_with)
        self._miss()
        return output

    def _look_for(self, device: str) -> None:
        """A sound server moves a stream by itself when its output goes, and tells nobody."""
        is_there = is_connected(device, open_library())
        if is_there is False and not self._is_missing:
            self._miss()
        elif is_there and self._is_missing:
            self._is_back = True

    def _miss(self) -> None:
        self._is_missing = True
        self._channel.send({"kind": MISSING, "device": self._device})

    def _tell_device(self, latency: float, opening: float) -> None:
        self._channel.send(
            {
                "kind": DEVICE,
                "is_open": True,
                "latency": latency,
                "opening": opening,
                "device": None if self._is_missing else self._device,
            }
        )
        _log.info("device open", extra={"latency": latency, "opening": opening})
