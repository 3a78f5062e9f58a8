"""What can sound on this machine, and in plain words what is missing."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any, cast

from avatar_desktop.sound.speakers import Speakers, speakers

NO_LIBRARY = "The sound library PortAudio is not installed."
NO_DEVICE = "No sound output is connected."
NO_MICROPHONE = "No microphone is connected."


@dataclass(frozen=True, slots=True)
class SoundReport:
    """For doctor and the settings."""

    ok: bool
    detail: str
    advice: str
    outputs: tuple[str, ...]
    default_output: str


@dataclass(frozen=True, slots=True)
class MicrophoneReport:
    """For doctor and the settings."""

    ok: bool
    detail: str
    advice: str
    inputs: tuple[str, ...]


def open_library() -> Any:
    """The sounddevice module. Raises OSError where PortAudio is missing."""
    import sounddevice  # pyright: ignore[reportMissingTypeStubs]

    return sounddevice


def report(chosen: str = "") -> SoundReport:
    """Look at the machine's outputs; plays nothing. `chosen` is the person's own choice."""
    try:
        library = open_library()
    except OSError:
        return _nothing(NO_LIBRARY, library_advice())
    try:
        found = speakers(library)
        default = found.default or str(library.query_devices(kind="output")["name"])
    except (library.PortAudioError, ValueError):
        return _nothing(NO_DEVICE, device_advice())
    told, advice = _told(found, chosen, default)
    return SoundReport(True, told, advice, found.names, default)


def _told(found: Speakers, chosen: str, default: str) -> tuple[str, str]:
    if not chosen:
        return f"Sound goes to {default}.", ""
    speaker = found.named(chosen)
    if speaker is not None:
        return f"Sound goes to {speaker.name}, as you chose.", ""
    return (
        f"{chosen}, which you chose, is not connected; sound goes to {default}.",
        "Connect it, or choose another speaker in the list of voices.",
    )


def microphone_report() -> MicrophoneReport:
    """Look at the machine's inputs; records nothing."""
    try:
        library = open_library()
    except OSError:
        return MicrophoneReport(False, NO_LIBRARY, library_advice(), ())
    try:
        found = cast("list[dict[str, Any]]", list(library.query_devices()))
        inputs = tuple(str(d["name"]) for d in found if d["max_input_channels"] > 0)
        default = str(library.query_devices(kind="input")["name"])
    except (library.PortAudioError, ValueError):
        return MicrophoneReport(False, NO_MICROPHONE, "Connect one to speak; typing works.", ())
    return MicrophoneReport(True, f"You are heard through {default}.", "", inputs)


def library_advice() -> str:
    if sys.platform.startswith("linux"):
        return "Install it, for example: apt-get install libportaudio2"
    return "Install the Python package sounddevice again."


def device_advice() -> str:
    if sys.platform.startswith("linux"):
        return (
            "Connect an output, start PulseAudio or PipeWire, and for PulseAudio install "
            "libasound2-plugins; until then the avatar speaks without sound."
        )
    return "Connect an output; until then the avatar speaks without sound."


def _nothing(detail: str, advice: str) -> SoundReport:
    return SoundReport(False, detail, advice, (), "")
