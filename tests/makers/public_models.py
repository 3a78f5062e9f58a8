"""The public set of models, where it lies beside the checkout or where a variable says."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

VARIABLE = "AVATAR_DESKTOP_MODELS"


def folder() -> Path | None:
    """Where the set lies, or None."""
    named = os.environ.get(VARIABLE)
    beside = Path(__file__).resolve().parents[3] / "shared" / "models"
    place = Path(named) if named else beside
    return place if (place / "models.json").is_file() else None


needs_models = pytest.mark.skipif(
    folder() is None, reason=f"the public model set is absent; {VARIABLE} may name its folder"
)


@cache
def entries() -> list[dict[str, Any]]:
    """What models.json says of each file."""
    place = folder()
    return [] if place is None else json.loads((place / "models.json").read_text("utf-8"))["models"]


def expected(name: str) -> dict[str, Any]:
    """Reference numbers by file, from one of the lists in `expected`."""
    place = folder()
    assert place is not None
    return json.loads((place / "expected" / f"{name}.json").read_text("utf-8"))["files"]
