"""The process that tells which speakers there are, each time that this changes.

It is apart from the one that sounds: PortAudio sees new devices only when it is started again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, Final

from avatar_desktop.sound.devices import open_library
from avatar_desktop.sound.speakers import Speakers, bridge, speakers
from avatar_desktop.workers.channel import ChildEnd
from avatar_desktop.workers.journal import inherit_journal

SPEAKERS: Final = "speakers"
LOOK_SECONDS: Final = 0.5
"""Shorter than a heartbeat, which is answered between two looks."""
LOOKS_A_START: Final = 6
"""A new start of PortAudio is dear."""

_log = logging.getLogger(__name__)
_NOBODY: Final = Speakers((), "")


def main() -> None:
    """Look until the parent closes the pipe."""
    inherit_journal("speakers")
    channel = ChildEnd()
    channel.ready()
    told: Speakers | None = None
    for seen in _looks():
        if seen != told:
            told = seen
            channel.send({"kind": SPEAKERS, "names": seen.names, "default": seen.default})
        try:
            channel.receive(LOOK_SECONDS)
        except EOFError:
            return


def _looks() -> Iterator[Speakers]:
    try:
        library = open_library()
    except OSError:
        while True:
            yield _NOBODY
    while True:
        for _ in range(1 if bridge(library) is not None else LOOKS_A_START):
            yield _seen(library)
        if bridge(library) is None:
            library._terminate()
            library._initialize()


def _seen(library: Any) -> Speakers:
    try:
        return speakers(library)
    except (library.PortAudioError, ValueError) as error:
        _log.info("no speakers: %s", error)
        return _NOBODY
