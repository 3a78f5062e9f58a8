"""What a person writes for the background, the same in the window and in a film."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from avatar_desktop.errors import UsageError
from avatar_desktop.render.background import Picture, Sky
from avatar_desktop.render.view import Background, Colour, Gradient

MOST_PIXELS: Final = 4096
"""A side of a picture; larger ones are shrunk as they are read."""
GRADIENT_GLOW: Final = 0.12
ADVICE: Final = "Say transparent, #rrggbb, #rrggbb-#rrggbb, a picture's file, or a .hdr file."


def parse_background(text: str, cache: Path) -> Background:
    """None for `transparent`; `cache` keeps what was made of a .hdr file.

    A colour, a gradient from top to bottom, a picture that covers the frame, or the blurred place
    of a picture of light.
    """
    word = text.strip()
    if word.lower() == "transparent":
        return None
    colours = [_colour(part) for part in word.split("-")] if word.startswith("#") else []
    match colours:
        case [tuple() as one]:
            return one
        case [tuple() as top, tuple() as bottom]:
            return Gradient(top, bottom, glow=GRADIENT_GLOW)
        case _:
            pass
    file = Path(word).expanduser()
    if not _is_file(file):
        raise UsageError(f"{text!r} is no background.", advice=ADVICE)
    return _sky(file, cache) if file.suffix.lower() == ".hdr" else read_picture(file)


def read_picture(file: Path) -> Picture:
    """A picture of any common kind, turned as its camera was held."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(file) as opened:
            opened.draft("RGB", (MOST_PIXELS, MOST_PIXELS))
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
            upright.thumbnail((MOST_PIXELS, MOST_PIXELS))
            return Picture(np.asarray(upright))
    except (OSError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise UsageError(f"The background {file.name} cannot be read as a picture.") from error


def _sky(file: Path, cache: Path) -> Sky:
    from avatar_desktop.film.surroundings import parse_light

    shining = parse_light(str(file), cache)
    assert shining is not None
    return Sky(shining.environment)


def _colour(text: str) -> Colour | None:
    word = text.strip()
    if len(word) != 7 or not word.startswith("#"):
        return None
    try:
        red, green, blue = (int(word[at : at + 2], 16) / 255 for at in (1, 3, 5))
    except ValueError:
        return None
    return red, green, blue


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
