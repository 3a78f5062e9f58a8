"""What a Linux system must bring that no wheel carries, and how each package manager calls it.

Promise: finds what is missing in a few milliseconds, by loading it as the app would. Stdlib only;
it never installs anything itself: it gives the line to run. Other systems need nothing from here.
"""

from __future__ import annotations

import ctypes
import importlib.util
import shutil
import sys
import sysconfig
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import services

Probe = Callable[[], bool]


@dataclass(frozen=True)
class Need:
    """One thing the system must have: why, which commands want it, and its name per manager."""

    gives: str
    commands: frozenset[str]
    is_there: Probe
    apt: str
    dnf: str
    pacman: str
    zypper: str
    required: bool = True


@dataclass(frozen=True)
class PackageManager:
    """How one package manager refreshes its lists and installs without asking."""

    program: str
    install: tuple[str, ...]
    refresh: tuple[str, ...] | None = None


MANAGERS = {
    "apt": PackageManager(
        "apt-get",
        ("apt-get", "install", "-y", "--no-install-recommends"),
        ("apt-get", "update"),
    ),
    "dnf": PackageManager("dnf", ("dnf", "install", "-y", "--setopt=install_weak_deps=False")),
    "pacman": PackageManager("pacman", ("pacman", "-S", "--needed", "--noconfirm")),
    "zypper": PackageManager(
        "zypper", ("zypper", "--non-interactive", "install", "--no-recommends")
    ),
}


def library(name: str) -> Probe:
    """Is this shared library there, as the loader sees it?"""

    def probe() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return probe


def either(*names: str) -> Probe:
    return lambda: any(library(name)() for name in names)


def program(name: str) -> Probe:
    return lambda: shutil.which(name) is not None


def module(name: str) -> Probe:
    return lambda: importlib.util.find_spec(name) is not None


def gl_driver() -> bool:
    """libGL and libEGL only dispatch; a Mesa or vendor driver has to stand behind them."""
    places = ("/usr/lib/*/dri", "/usr/lib64/dri", "/usr/lib/dri", "/usr/lib/*/libgallium*.so")
    here = Path("/")
    drivers = any(any(here.glob(place.lstrip("/"))) for place in places)
    return drivers or either("libEGL_nvidia.so.0", "libgallium.so")()


def shared_python() -> bool:
    """PyInstaller puts libpython into the bundle; Debian keeps it in a package of its own."""
    name = "libpython{}.{}.so.1.0".format(*sys.version_info)
    beside = Path(sysconfig.get_config_var("LIBDIR") or "/usr/lib", name)
    return library(name)() or beside.exists()


def sound_server() -> bool:
    """A real device to test with: PulseAudio, unless PipeWire already does its work."""
    return bool(shutil.which("pulseaudio") or shutil.which("pipewire-pulse"))


def alsa_reaches_the_sound_server() -> bool:
    folders = ("usr/lib/*/alsa-lib", "usr/lib64/alsa-lib", "usr/lib/alsa-lib")
    return any(any(Path("/").glob(f"{each}/*_pcm_p*e*.so")) for each in folders)


APP = frozenset({"run", "doctor", "env", "test", "bench", "bars", "pictures", "package"})
SCREEN = frozenset({"test", "bars", "pictures"})
BUNDLE = frozenset({"package"})
SERVICES = frozenset({"services"})

_PYTHON = "python{}.{}".format(*sys.version_info)

# fmt: off
VENV = Need(
    "the environment (venv)", APP | {"check"}, module("ensurepip"),
    "python3-venv", "python3-libs", "python", "python3-base",
)
NEEDS: tuple[Need, ...] = (
    VENV,
    Need("OpenGL", APP, library("libGL.so.1"), "libgl1", "libglvnd-glx", "libglvnd", "Mesa-libGL1"),
    Need(
        "pictures without a screen (EGL)", APP, library("libEGL.so.1"),
        "libegl1", "libglvnd-egl", "libglvnd", "Mesa-libEGL1",
    ),
    Need("a GL driver", APP, gl_driver, "libgl1-mesa-dri", "mesa-dri-drivers", "mesa", "Mesa-dri"),
    Need(
        "Qt's core (GLib)", APP, library("libglib-2.0.so.0"),
        "libglib2.0-0", "glib2", "glib2", "libglib-2_0-0",
    ),
    Need(
        "Qt's threads (GLib)", APP, library("libgthread-2.0.so.0"),
        "libglib2.0-0", "glib2", "glib2", "libgthread-2_0-0",
    ),
    Need(
        "D-Bus", APP, library("libdbus-1.so.3"),
        "libdbus-1-3", "dbus-libs", "dbus", "libdbus-1-3",
    ),
    Need(
        "fonts", APP, library("libfontconfig.so.1"),
        "libfontconfig1", "fontconfig", "fontconfig", "libfontconfig1",
    ),
    Need(
        "keyboards", APP, library("libxkbcommon.so.0"),
        "libxkbcommon0", "libxkbcommon", "libxkbcommon", "libxkbcommon0",
    ),
    Need(
        "keyboards in a window", APP, library("libxkbcommon-x11.so.0"),
        "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11", "libxkbcommon-x11-0",
    ),
    Need(
        "a window's cursor", APP, library("libxcb-cursor.so.0"),
        "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor", "libxcb-cursor0",
    ),
    Need(
        "a window's icon", APP, library("libxcb-icccm.so.4"),
        "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm", "libxcb-icccm4",
    ),
    Need(
        "a window's keys", APP, library("libxcb-keysyms.so.1"),
        "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms", "libxcb-keysyms1",
    ),
    Need(
        "a window's shape", APP, library("libxcb-shape.so.0"),
        "libxcb-shape0", "libxcb", "libxcb", "libxcb-shape0",
    ),
    Need(
        "sound (PortAudio)", APP, library("libportaudio.so.2"),
        "libportaudio2", "portaudio", "portaudio", "libportaudio2", required=False,
    ),
    Need(
        "a Wayland window's cursor", APP, library("libwayland-cursor.so.0"),
        "libwayland-cursor0", "libwayland-cursor", "wayland", "libwayland-cursor0", required=False,
    ),
    Need(
        "a Wayland window", APP, library("libwayland-egl.so.1"),
        "libwayland-egl1", "libwayland-egl", "wayland", "libwayland-egl1", required=False,
    ),
    Need(
        "a screen for window tests", SCREEN | BUNDLE, program("Xvfb"),
        "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb", "xorg-x11-server-Xvfb",
        required=False,
    ),
    Need(
        "keys and clicks for window tests", SCREEN, program("xdotool"),
        "xdotool", "xdotool", "xdotool", "xdotool", required=False,
    ),
    Need(
        "a desktop that blends, for overlay tests", SCREEN, program("picom"),
        "picom", "picom", "picom", "picom", required=False,
    ),
    Need(
        "a look at a whole screen, for overlay tests", SCREEN, program("import"),
        "imagemagick", "ImageMagick", "imagemagick", "ImageMagick", required=False,
    ),
    Need(
        "a sound device for tests", SCREEN, sound_server,
        "pulseaudio", "pulseaudio", "pulseaudio", "pulseaudio", required=False,
    ),
    Need(
        "ears for sound tests", SCREEN, program("pactl"),
        "pulseaudio-utils", "pulseaudio-utils", "libpulse", "pulseaudio-utils", required=False,
    ),
    Need(
        "ALSA's way to that device", SCREEN, alsa_reaches_the_sound_server,
        "libasound2-plugins", "alsa-plugins-pulseaudio", "alsa-plugins", "alsa-plugins-pulse",
        required=False,
    ),
    Need(
        "the linker's tools (objdump)", BUNDLE, program("objdump"),
        "binutils", "binutils", "binutils", "binutils",
    ),
    Need(
        "Python as a shared library", BUNDLE, shared_python,
        f"lib{_PYTHON}", "python3-libs", "python", "libpython3",
    ),
    Need(
        "PostgreSQL, for the server's tests", SERVICES, lambda: bool(services.postgres_programs()),
        "postgresql", "postgresql-server", "postgresql", "postgresql-server", required=False,
    ),
    Need(
        "Redis, for the server's tests", SERVICES, lambda: bool(services.redis_program()),
        "redis-server", "redis", "redis", "redis", required=False,
    ),
)
# fmt: on


def missing(command: str) -> list[Need]:
    """What this command needs and this Linux has not got; nothing elsewhere."""
    if not sys.platform.startswith("linux"):
        return []
    return [need for need in NEEDS if command in need.commands and not need.is_there()]


def manager() -> str | None:
    """The package manager of this machine, by the name the table uses."""
    for name, known in MANAGERS.items():
        if shutil.which(known.program):
            return name
    return None


def packages(needs: Iterable[Need], name: str) -> list[str]:
    """The packages that bring these things, each once, in the table's order."""
    named: dict[str, str] = {}
    for need in needs:
        columns = {"apt": need.apt, "dnf": need.dnf, "pacman": need.pacman, "zypper": need.zypper}
        named.setdefault(columns[name], need.gives)
    return list(named)


def install_line(needs: Iterable[Need], name: str) -> list[str]:
    return [*MANAGERS[name].install, *packages(needs, name)]
