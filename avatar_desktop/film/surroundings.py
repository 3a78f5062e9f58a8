"""Light of a take: the built-in studio, or a picture of the whole sphere with a sun if wanted."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from avatar_desktop.errors import UsageError
from avatar_desktop.film.hdr_picture import decode_hdr, read_hdr_bytes
from avatar_desktop.library.cache import Cache
from avatar_desktop.render.environment import MAKING, Environment, environment_of
from avatar_desktop.render.view import Vector

STUDIO: Final = "studio"
FOLDER: Final = "light"
MOST_BYTES: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What shines in place of the studio."""

    environment: Environment
    sun: Vector | None = None
    """The direction towards a white sun of irradiance π."""


def parse_light(text: str, cache: Path) -> Surroundings | None:
    """`studio` (None), or FILE.hdr[:SUNX,SUNY,SUNZ]; `cache` keeps what was made of the file."""
    if text.strip().lower() == STUDIO:
        return None
    name, sun = text.strip(), None
    before, colon, after = name.rpartition(":")
    if colon and "," in after:
        name, sun = before, _sun(after)
    if not name.lower().endswith(".hdr"):
        raise UsageError(
            f"{text!r} is no light.", advice="Say studio, or FILE.hdr[:SUNX,SUNY,SUNZ]."
        )
    return Surroundings(_environment(Path(name), Cache(cache / FOLDER, most_bytes=MOST_BYTES)), sun)


def _sun(text: str) -> Vector:
    try:
        x, y, z = (float(part) for part in text.split(","))
    except ValueError:
        x = y = z = math.nan
    if not 0.0 < math.hypot(x, y, z) < math.inf:
        raise UsageError(f"{text!r} is no direction of a sun.", advice="Say for example 0.4,0.7,1.")
    return x, y, z


def _environment(file: Path, cache: Cache) -> Environment:
    """From the cache if these very bytes were smoothed before."""
    content = read_hdr_bytes(file)
    name, stamp = hashlib.sha256(content).hexdigest()[:32], f"light {MAKING}"
    kept = cache.find(name, stamp)
    if isinstance(kept, Environment):
        return kept
    made = environment_of(decode_hdr(content, str(file)))
    cache.keep(name, made, stamp)
    return made
