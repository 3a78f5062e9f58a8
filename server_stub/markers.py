"""A reply without its stage directions, where a quick look is enough: what is searched and felt."""

from __future__ import annotations

import re
from typing import Final

MARKER: Final = re.compile(r"\[[a-z]+:[^\]\n]{0,120}\]", re.IGNORECASE)


def without_markers(text: str) -> str:
    """The text with a space for each marker."""
    return MARKER.sub(" ", text)
