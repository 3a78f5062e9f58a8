"""One file under examination: its typed document, its JSON as written, its bytes, its problems."""

from __future__ import annotations

from typing import NamedTuple

from avatar_desktop.avatar.gltf.document import Document
from avatar_desktop.avatar.gltf.examination.findings import Findings, Json
from avatar_desktop.avatar.gltf.source import Source


class Case(NamedTuple):
    """What every examiner works on; an examiner only adds to the findings."""

    source: Source
    raw: Json
    findings: Findings

    @property
    def document(self) -> Document:
        """The typed document."""
        return self.source.document

    def has_accessor(self, index: int) -> bool:
        """Whether an index points to an accessor; the shape of the JSON is checked elsewhere."""
        return 0 <= index < len(self.document.accessors)
