"""What works on this machine and what does not, part by part, as values.

Promise: a check never raises; a driver that crashes or hangs takes only its own process along.
It changes nothing: what it has to start is started in a throw-away folder and ended again.
"""

from __future__ import annotations

import asyncio
import ctypes
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from avatar_desktop.errors import ConversationError, VoiceError
from avatar_desktop.library.folders import Folders

NATIVE_SECONDS = 20.0
MINDS_SECONDS = 8.0
LEAST_FREE_BYTES = 200 << 20
GUIDE = "docs/guide/troubleshooting.md"


@dataclass(frozen=True, slots=True)
class Finding:
    """How one part is: one sentence, and what to do when it is not well."""

    ok: bool
    detail: str
    advice: str = ""


Findings = dict[str, Finding]

NAMES = (
    *("graphics", "frames", "window", "fonts", "sound", "microphones"),
    *("voices", "minds", "folders", "films"),
)
"""Every part that is looked at, in the order in which it is told."""


def check_all(places: Folders, mind: str = "", speaker: str = "") -> Findings:
    """Everything, several parts at a time; `mind` and `speaker` are those that were chosen."""
    checks: tuple[Callable[[], Findings], ...] = (
        lambda: {"minds": check_minds(mind)},
        lambda: {"voices": check_voices(places.data / "voices")},
        lambda: _in_a_process("graphics", ("graphics", "frames")),
        lambda: _in_a_process("sound", ("sound", "microphones"), speaker),
        lambda: {"window": check_window(), "fonts": check_fonts()},
        lambda: {"folders": check_folders(places), "films": check_films()},
    )
    found: Findings = {}
    with ThreadPoolExecutor(len(checks), "doctor") as pool:
        for checked in [pool.submit(check) for check in checks]:
            found |= checked.result()
    found["sound"] = with_holes(found["sound"], places.logs)
    return {name: found[name] for name in NAMES}


def with_holes(sound: Finding, logs: Path) -> Finding:
    """The finding, and how often the device got its sound too late, by the logs."""
    from avatar_desktop.sound.worker import DEVICE_UNDERFLOW
    from avatar_desktop.workers.journal import count

    holes = count(logs, "sound", DEVICE_UNDERFLOW)
    if not holes:
        return sound
    often = "once" if holes == 1 else f"{holes} times"
    advice = "If it stutters, close what keeps the processor busy."
    return replace(
        sound,
        detail=f"{sound.detail} The device got its sound too late {often}, by the logs.",
        advice=f"{sound.advice} {advice}".strip(),
    )


# What loads foreign code into the process: each in a process of its own --------------------


def check_graphics(_chosen: str = "") -> Findings:
    from avatar_desktop.render.graphics import describe_graphics

    report = describe_graphics()
    detail = report.detail
    if report.ok and report.is_software:
        detail += " (drawn by the processor)"
    graphics = Finding(report.ok, detail, report.advice)
    if not report.ok:
        return {"graphics": graphics, "frames": Finding(False, "Nothing can be drawn.")}
    from avatar_desktop.cli import frame_check

    return {"graphics": graphics, "frames": Finding(*frame_check.report())}


def check_sound(speaker: str = "") -> Findings:
    from avatar_desktop.sound import devices

    out, into = devices.report(speaker), devices.microphone_report()
    return {
        "sound": Finding(out.ok, out.detail, out.advice),
        "microphones": Finding(into.ok, into.detail, into.advice),
    }


NATIVE: Mapping[str, Callable[[str], Findings]] = {"graphics": check_graphics, "sound": check_sound}


def _in_a_process(part: str, names: tuple[str, ...], chosen: str = "") -> Findings:
    from avatar_desktop.workers.child import child_environment

    own = [sys.executable]
    if not getattr(sys, "frozen", False):
        own += ["-m", "avatar_desktop"]
    try:
        done = subprocess.run(
            [*own, "doctor", "--json", "--part", part, "--chosen", chosen],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=NATIVE_SECONDS,
            env=child_environment(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _all_bad(names, f"Looking at it took longer than {NATIVE_SECONDS:.0f} s.")
    except OSError as error:
        return _all_bad(names, f"It could not be looked at: {error.strerror or error}.")
    try:
        told = json.loads(done.stdout)
        return {name: Finding(**told[name]) for name in names}
    except (ValueError, KeyError, TypeError):
        return _all_bad(names, f"Its driver ended the check by itself (status {done.returncode}).")


def _all_bad(names: tuple[str, ...], detail: str) -> Findings:
    return dict.fromkeys(names, Finding(False, detail, "Update or reinstall its driver."))


# What the system gives ----------------------------------------------------------------------

WINDOW_LIBRARIES: Mapping[str, str] = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
}
"""What a window of Qt loads on Linux, and the package of Debian that brings it."""

FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
FONT_SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".pfb"})


def check_window() -> Finding:
    """Whether a window can be opened here, and on what screen."""
    if not sys.platform.startswith("linux"):
        return Finding(True, "The system brings everything that a window needs.")
    missing = [name for name in WINDOW_LIBRARIES if not loads(name)]
    if missing:
        packages = " ".join(WINDOW_LIBRARIES[name] for name in missing)
        return Finding(
            False,
            f"A window needs {', '.join(missing)}.",
            f"Install what brings them, on Debian or Ubuntu: apt-get install {packages}",
        )
    from avatar_desktop.cli.open import has_screen

    if not has_screen():
        return Finding(
            False,
            "There is no screen (neither DISPLAY nor WAYLAND_DISPLAY is set).",
            "Start the app from a desktop; without one it leaves its talk as a film.",
        )
    from avatar_desktop.ui.compositor import x11_blends

    there = "A screen and all that a window needs are there"
    if os.environ.get("DISPLAY") and not x11_blends():
        return Finding(
            True,
            f"{there}; this desktop does not blend windows.",
            "To see through the avatar's window on the desktop, start a compositor such as picom.",
        )
    return Finding(True, f"{there}.")


def check_fonts() -> Finding:
    """Linux leaves the fonts to whoever set the machine up; elsewhere they are always there."""
    if not sys.platform.startswith("linux"):
        return Finding(True, "The system brings its fonts.")
    if not loads("libfontconfig.so.1"):
        return Finding(
            False, "The font library fontconfig is missing.", "Install libfontconfig1, or similar."
        )
    folders = [Path(name).expanduser() for name in FONT_FOLDERS]
    count = sum(_fonts_in(folder) for folder in folders)
    if not count:
        return Finding(
            False, "No fonts are installed.", "Install some, for example: fonts-dejavu-core"
        )
    return Finding(True, f"{count} font files are installed.")


def loads(library: str) -> bool:
    """Whether the system finds this shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _fonts_in(folder: Path) -> int:
    return sum(1 for file in folder.rglob("*") if file.suffix.lower() in FONT_SUFFIXES)


# What the app brings ------------------------------------------------------------------------


def check_voices(folder: Path | None = None) -> Finding:
    """Count the voices, those in the person's folder too, and let one say a word to nobody."""
    from avatar_desktop.voice.brought import brought_voices
    from avatar_desktop.voice.catalogue import installed_voices
    from avatar_desktop.voice.engine import SpeechRequest
    from avatar_desktop.voice.synthesis import BlockingVoice

    word = "Hello."
    try:
        voices = installed_voices()
        with BlockingVoice() as voice:
            clip = voice.speak(SpeechRequest(word, tuple(range(len(word))), "doctor", 0))
    except VoiceError as error:
        return Finding(False, error.message, error.advice or "Install the app again.")
    except OSError as error:
        return Finding(False, f"The voices cannot be read ({error}).", "Install the app again.")
    if not clip.pcm:
        return Finding(False, "The voice speaks, but says nothing.", "Install the app again.")
    languages = {voice.language.partition("-")[0] for voice in voices}
    told = f"espeak-ng speaks: {len(voices)} voices, {len(languages)} languages."
    brought = brought_voices(folder) if folder else ()
    if not brought:
        return Finding(True, told)
    told += f" Yours: {', '.join(voice.name for voice in brought)}."
    if importlib.util.find_spec("onnxruntime") is None:
        return Finding(False, told, "Your voices need onnxruntime: install avatar-desktop[voices].")
    return Finding(True, told)


def check_minds(mind: str = "") -> Finding:
    """Start a server of its own and ask it over HTTP which minds it finds."""
    with tempfile.TemporaryDirectory(prefix="avatar-desktop-doctor-") as folder:
        try:
            minds = asyncio.run(asyncio.wait_for(_ask_minds(Path(folder), mind), MINDS_SECONDS))
        except TimeoutError:
            detail = f"The conversation server did not answer within {MINDS_SECONDS:.0f} s."
            return Finding(False, detail, "Try again when the machine is less busy.")
        except ConversationError as error:
            detail = f"{error.message} It was to use the mind {mind!r}." if mind else error.message
            return Finding(False, detail, "Run `avatar-desktop serve --port 0` to see why.")
    if not minds:
        return Finding(False, "The conversation server knows no mind.", "Install the app again.")
    detail = "; ".join(_mind(each) for each in minds)
    if any(each.get("kind") == "openai" for each in minds):
        return Finding(True, detail)
    return Finding(True, detail, "For a larger mind start Ollama, LM Studio or llama.cpp here.")


async def _ask_minds(data: Path, mind: str) -> tuple[dict[str, Any], ...]:
    from avatar_desktop.link.bundled_server import BundledServer, serve_command
    from avatar_desktop.link.rooms import Rooms

    server = BundledServer(
        [*serve_command(data, mind=mind), "--profile", str(data)],
        on_address=lambda address: None,
        on_trouble=lambda sentence: None,
    )
    try:
        address = await server.start()
        async with Rooms(http=address.http, token=address.token) as rooms:
            return await rooms.minds()
    finally:
        await server.close()


def _mind(told: Mapping[str, Any]) -> str:
    models = ", ".join(str(model) for model in told.get("models") or ())
    name = str(told.get("name") or told.get("id"))
    chosen = " (in use)" if told.get("selected") else ""
    return f"{name}{chosen}: {models}" if models else f"{name}{chosen}"


def check_folders(places: Folders) -> Finding:
    """Whether what the person owns can be kept; makes no folder."""
    for place in dict.fromkeys(
        (places.config, places.data, places.cache, places.state, places.logs)
    ):
        if why := _why_not_writable(place):
            return Finding(
                False,
                f"Nothing can be kept in {place}: {why}.",
                "Make it writable, or start the app with --profile and a folder of yours.",
            )
    free = shutil.disk_usage(_nearest(places.data)).free
    if free < LEAST_FREE_BYTES:
        detail = f"The disk of {places.data} has only {free >> 20} MiB left."
        return Finding(False, detail, "Make room, or conversations cannot be kept.")
    return Finding(True, f"Everything of yours lies in {places.data} and can be written.")


def _why_not_writable(folder: Path) -> str:
    try:
        with tempfile.TemporaryFile(dir=_nearest(folder)) as file:
            file.write(b"?")
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return ""


def _nearest(folder: Path) -> Path:
    """The folder itself, or what is there already on the way to it."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def check_films() -> Finding:
    if importlib.util.find_spec("av") is None:
        return Finding(
            False,
            "Films cannot be written.",
            "Install the film extra: pip install 'avatar-desktop[film]'",
        )
    return Finding(True, "Films can be written.")
