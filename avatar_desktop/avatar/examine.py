"""Hold a file that opens against the rules of glTF and name what breaks them.

Reading stays fast and forgiving: it tells what it leaves out, and this tells why. Examining walks
the JSON as it is written and looks at every number, so it is for `inspect` and for tests.
"""

from __future__ import annotations

import json
from pathlib import Path

from avatar_desktop.avatar.gltf.container import open_contents
from avatar_desktop.avatar.gltf.document import read_document
from avatar_desktop.avatar.gltf.examination.case import Case
from avatar_desktop.avatar.gltf.examination.envelope import examine_container, examine_head
from avatar_desktop.avatar.gltf.examination.extension_shapes import BROUGHT, EXTENSIONS
from avatar_desktop.avatar.gltf.examination.figures import examine_figures
from avatar_desktop.avatar.gltf.examination.findings import Findings, Json, as_object
from avatar_desktop.avatar.gltf.examination.layout import examine_layout
from avatar_desktop.avatar.gltf.examination.meshes import examine_meshes
from avatar_desktop.avatar.gltf.examination.motions import examine_motions
from avatar_desktop.avatar.gltf.examination.pictures import examine_pictures
from avatar_desktop.avatar.gltf.examination.rules import Walk
from avatar_desktop.avatar.gltf.examination.shapes import CORE
from avatar_desktop.avatar.gltf.examination.tree import examine_tree
from avatar_desktop.avatar.gltf.source import Source


def examine(path: Path) -> tuple[str, ...]:
    """What breaks the rules in a file that `read_avatar` has opened, a sentence each."""
    return examine_bytes(path.read_bytes(), folder=path.parent)


def examine_bytes(data: bytes, *, folder: Path | None = None) -> tuple[str, ...]:
    """The same from memory; raises the AvatarError of reading where even the JSON is broken."""
    contents = open_contents(data, folder)
    findings = Findings()
    source = Source(read_document(contents.text), contents.binary, contents.beside)
    examine_container(contents.data, findings)
    raw = _as_written(contents.text, findings)
    if raw is None:
        return findings.sentences()
    case = Case(source, raw, findings)
    Walk(raw, findings, CORE | BROUGHT, EXTENSIONS).visit("document", raw, "$")
    examine_head(case, contents.binary)
    for step in (
        examine_layout,
        examine_tree,
        examine_meshes,
        examine_motions,
        examine_pictures,
        examine_figures,
    ):
        step(case)
    return findings.sentences()


def _as_written(text: bytes, findings: Findings) -> Json | None:
    """The JSON, whatever stands in the fields that reading has no use for."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        findings.add(f"byte {error.start}", "the JSON is not valid UTF-8.")
    try:
        return as_object(json.loads(text.decode("utf-8", "replace")))
    except (ValueError, RecursionError) as error:
        findings.add("$", f"the JSON is broken: {error}.")
        return None
