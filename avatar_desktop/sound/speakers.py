"""Which outputs a person can choose from, by the names that are written on them.

PortAudio's own list is longer: it has each output once a system interface, and on Linux the
plumbing behind them. Where a sound server is in between, its outputs are the ones people know.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, cast

from avatar_desktop.sound.sinks import Sinks, sinks

BRIDGES: Final = ("pulse", "pipewire")
"""PortAudio's devices that lead to the sound server."""
INTERFACES: Final = ("Windows DirectSound", "Core Audio", "ALSA")
"""The best first: whole names, and any rate of samples is taken."""
_PLUMBING: Final = re.compile(
    r"(sys|lib)?default|pulse|pipewire|jack|oss|null|dmix|dsnoop|[uv]pmix|vdownmix|lavrate|speex.*|"
    r"samplerate|spdif|iec958|hdmi|front|rear|center_lfe|side|modem|phoneline|surround\d+|usbstream"
)
_ADDRESS: Final = re.compile(r"\s*\(hw:\d+,\d+\)$")
_SINK_WISHES: Final = ("PULSE_SINK", "PIPEWIRE_NODE")
_OWN_WISHES: Final = {name: os.environ.get(name) for name in _SINK_WISHES}
"""What the person asked for before us, which holds for the system's own output."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """One output: of the sound server (`sink`), or PortAudio's own of a number."""

    name: str
    sink: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Speakers:
    """All that can be chosen, and the name of the one that the system takes by itself."""

    all: tuple[Speaker, ...]
    default: str

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(speaker.name for speaker in self.all)

    def named(self, wish: str) -> Speaker | None:
        """The one of this name or address, or the only one that has it in its name."""
        for speaker in self.all:
            if wish in (speaker.name, speaker.sink):
                return speaker
        alike = [each for each in self.all if wish.casefold() in each.name.casefold()]
        return alike[0] if len(alike) == 1 else None


def speakers(library: Any) -> Speakers:
    """What is there now; PortAudio's own part is that of its start."""
    found = sinks() if bridge(library) is not None else None
    return _of_portaudio(library) if found is None else _of_server(found)


def is_connected(wish: str, library: Any) -> bool | None:
    """Whether the sound server has it now; None where only a new start of PortAudio could tell."""
    found = sinks() if bridge(library) is not None else None
    return None if found is None else _of_server(found).named(wish) is not None


def bridge(library: Any) -> int | None:
    """PortAudio's way to the sound server, if there is one."""
    devices = _outputs(library)
    return next((at for way in BRIDGES for at, each in devices if each["name"] == way), None)


def aimed_at(speaker: Speaker | None, library: Any) -> int | None:
    """The number to open for a speaker, None for the system's own.

    A sound server reads from our surroundings where a stream that begins now shall go.
    """
    for wish in _SINK_WISHES:
        sink = speaker.sink if speaker is not None else ""
        value = sink or _OWN_WISHES[wish]
        if value is None:
            os.environ.pop(wish, None)
        else:
            os.environ[wish] = value
    if speaker is None:
        return None
    return bridge(library) if speaker.sink else speaker.number


def _of_server(found: Sinks) -> Speakers:
    named = zip(_apart(sink.name for sink in found.all), found.all, strict=True)
    return Speakers(tuple(Speaker(name, sink=sink.address) for name, sink in named), found.default)


def _of_portaudio(library: Any) -> Speakers:
    interfaces = cast("list[dict[str, Any]]", list(library.query_hostapis()))
    order = {name: place for place, name in enumerate(INTERFACES)}
    best = min(
        (number for number, each in enumerate(interfaces) if each["devices"]),
        key=lambda number: order.get(str(interfaces[number]["name"]), len(order)),
        default=None,
    )
    if best is None:
        return Speakers((), "")
    interface = interfaces[best]
    own = interface["default_output_device"]
    stands_for_another = str(interface["name"]) in ("Windows DirectSound",)
    offered = [
        (number, _ADDRESS.sub("", str(each["name"])))
        for number, each in _outputs(library)
        if each["hostapi"] == best
        and not (stands_for_another and number == own)
        and not (interface["name"] == "ALSA" and _PLUMBING.fullmatch(str(each["name"])))
    ]
    names = _apart(name for _, name in offered)
    own_name = _ADDRESS.sub("", str(library.query_devices(kind="output")["name"]))
    # Another interface may cut its names short.
    default = next((name for name in names if name.startswith(own_name)), "")
    return Speakers(
        tuple(
            Speaker(name, number=number) for name, (number, _) in zip(names, offered, strict=True)
        ),
        default,
    )


def _outputs(library: Any) -> list[tuple[int, dict[str, Any]]]:
    devices = cast("list[dict[str, Any]]", list(library.query_devices()))
    return [(at, each) for at, each in enumerate(devices) if each["max_output_channels"] > 0]


def _apart(names: Iterable[str]) -> list[str]:
    """Equal names with a number behind the second and later ones."""
    seen: dict[str, int] = {}
    told: list[str] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        told.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return told
