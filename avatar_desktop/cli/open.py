"""Open the app: a window with the companion, or without a screen the same talk as a film."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from importlib import import_module

LONG_TURN = 0.03
"""Seconds for which a thread may run while another waits, until the first frame."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--avatar", metavar="FILE", help="the avatar to open, or an installed name")
    parser.add_argument(
        "--mind",
        metavar="MIND",
        help="builtin, an OpenAI-compatible address URL[#MODEL], or script:FILE",
    )
    parser.add_argument("--server", metavar="URL", help="use a server that runs already")
    parser.add_argument("--token", metavar="TOKEN", help="the token for --server")
    parser.add_argument("--muted", action="store_true", help="start without a voice")
    parser.add_argument(
        "--overlay",
        action="store_true",
        help="let the avatar stand on the desktop, without a frame",
    )
    parser.add_argument("--smoke", metavar="TEXT", help=argparse.SUPPRESS)


def has_screen() -> bool:
    """Whether a window can be opened at all."""
    if not sys.platform.startswith("linux"):
        return True
    if os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _go_by_x11() -> None:
    """Wayland lets no window stand where it wants, X11 beside it does."""
    if os.environ.get("WAYLAND_DISPLAY") and os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "xcb")


def run(options: argparse.Namespace) -> int:
    if has_screen():
        # until the first frame nothing made is litter, and two threads that import should take long
        # turns; `run_desktop` ends both
        gc.disable()
        sys.setswitchinterval(LONG_TURN)
        from avatar_desktop.companion.opening import begin

        opening = begin(options)
        if options.overlay or opening.settings.overlay:
            _go_by_x11()
        import_module("avatar_desktop.ui")  # before any other that knows Qt: it keeps imports quick
        from avatar_desktop.desktop import run_desktop

        return run_desktop(opening)
    from avatar_desktop.cli.headless import run_headless

    return run_headless(options)
