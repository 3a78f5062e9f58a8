"""The first moment of the app: what the person chose is read, and the avatar sets out.

Begun before the window's libraries are imported, because they take longer than the avatar does.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from avatar_desktop.companion.arrival import Arrival
from avatar_desktop.library import settings as settings_file
from avatar_desktop.library.folders import Folders, folders
from avatar_desktop.library.settings import Settings
from avatar_desktop.library.store import Store


@dataclass(frozen=True, slots=True)
class Opening:
    """Where everything lies, what was chosen, and who is coming."""

    options: argparse.Namespace
    places: Folders
    settings: Settings
    arrival: Arrival | None
    """None when the person wants text alone."""

    def avatar_name(self) -> str:
        return self.options.avatar or self.settings.avatar

    @property
    def starts_out(self) -> bool:
        """Whether the avatar is to stand on the desktop from the first moment on."""
        return bool(self.options.overlay) or self.settings.overlay


def begin(options: argparse.Namespace) -> Opening:
    """Look up the person's choices and send for the avatar."""
    places = folders(
        profile=Path(options.profile) if options.profile else None, temporary=options.temporary
    )
    settings = settings_file.load(Store(places.config))
    name = options.avatar or settings.avatar
    arrival = Arrival(name, places) if settings.show_avatar else None
    return Opening(options, places, settings, arrival)
