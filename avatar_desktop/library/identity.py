"""Who this installation is: a visitor id, made once and kept. It says nothing about the person."""

import re
import uuid
from typing import Final

from avatar_desktop.library.store import Store

FILE: Final = "visitor"
_FORM: Final = re.compile(r"visitor-[0-9a-f]{32}")


def visitor_id(store: Store) -> str:
    """The id of this installation; the first call makes it."""
    known = store.read(FILE, _parse)
    if known is None:
        known = f"visitor-{uuid.uuid4().hex}"
        store.write(FILE, known.encode())
    return known


def _parse(content: bytes) -> str:
    text = content.decode("ascii").strip()
    if not _FORM.fullmatch(text):
        raise ValueError("no visitor id")
    return text


class MessageIds:
    """Names what this visitor types, never twice the same."""

    def __init__(self, visitor: str) -> None:
        self._visitor = visitor

    def __call__(self) -> str:
        return f"{self._visitor}.{uuid.uuid4().hex}"
