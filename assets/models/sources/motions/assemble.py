"""Every motion of the library, as files in one folder."""

from __future__ import annotations

from pathlib import Path

from .attending import attending
from .gestures import gestures
from .idles import idles
from .moods import moods
from .postures import postures
from .talking import talking
from .vrma import write


def build(folder: Path, fingerprint: str) -> dict[str, int]:
    """Write them all, and take away what is none of them; returns the figures."""
    made = [*idles(), *attending(), *talking(), *gestures(), *moods(), *postures()]
    size = sum(write(each, folder / f"{each.name}.vrma", fingerprint) for each in made)
    names = {f"{each.name}.vrma" for each in made}
    for file in folder.glob("*.vrma"):
        if file.name not in names:
            file.unlink()
    return {"motions": len(made), "bytes": size}
