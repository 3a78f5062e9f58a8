"""Voices that the person brought: found by name, taken in from a file or an address.

Promise: a voice is in the folder whole or not at all, and only one that can be read.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

from avatar_desktop.errors import VoiceError
from avatar_desktop.voice.catalogue import find_voice
from avatar_desktop.voice.piper_folder import SCHEME, PiperVoice, find_models, read_piper
from avatar_desktop.voice.speech_address import SCHEMES, read_address

if TYPE_CHECKING:
    from avatar_desktop.voice.fetching import Progress

FOLDER: Final = "voices"
"""Below the person's data."""


def brought_voices(folder: Path) -> tuple[PiperVoice, ...]:
    """Every voice in the folder that can be read."""
    found: list[PiperVoice] = []
    for model in find_models(folder):
        try:
            found.append(read_piper(model))
        except VoiceError:
            continue
    return tuple(found)


def located(wish: str, folder: Path) -> str:
    """What to call a wished voice in a request: a brought one by name or path, or as it was."""
    if not wish or wish.startswith((SCHEME, *SCHEMES)):
        return wish
    for voice in brought_voices(folder):
        if wish.casefold() == voice.name.casefold():
            return voice.locator
    if wish.endswith(".onnx") or (os.sep in wish and Path(wish).expanduser().is_dir()):
        return (
            f"{SCHEME}{Path(wish).expanduser().absolute()}"  # whether it is one, its engine tells
        )
    return wish


def check_wish(voice: str) -> None:
    """VoiceError for a located voice that cannot speak at all, before anything is done with it."""
    if voice.startswith(SCHEME):
        read_piper(Path(voice.removeprefix(SCHEME)))
    elif voice.startswith(SCHEMES):
        read_address(voice)
    elif voice:
        find_voice(voice)


def take_in(
    source: str,
    folder: Path,
    *,
    on_progress: Progress = lambda came, whole: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> PiperVoice:
    """Keep the voice at a path or an address (`#sha256=…` holds it to a checksum).

    Its description is expected beside it, with `.json` added to the name. Raises VoiceError, or
    Cancelled; a broken download goes on the next time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if source.startswith(SCHEMES):
        return _from_address(source, folder, on_progress, is_cancelled)
    voice = read_piper(Path(source).expanduser().absolute())
    with tempfile.TemporaryDirectory(prefix=".arriving-", dir=folder) as staging:
        for file in (voice.model, voice.model.with_name(voice.model.name + ".json")):
            shutil.copyfile(file, Path(staging, file.name))
        return _keep(Path(staging, voice.model.name), folder)


def _from_address(
    address: str, folder: Path, on_progress: Progress, is_cancelled: Callable[[], bool]
) -> PiperVoice:
    from avatar_desktop.voice.fetching import check_address, fetch

    host = check_address(address)
    parts = urlsplit(address)
    name = re.sub(r"[^\w.-]+", "-", PurePosixPath(unquote(parts.path)).name)
    if not name.endswith(".onnx"):
        raise VoiceError(f"The address at {host} names no .onnx file.")
    sha256 = parse_qs(parts.fragment).get("sha256", [""])[0]
    # Named for its address, so that another try finds what came before.
    staging = folder / f".coming-{hashlib.sha256(address.encode()).hexdigest()[:12]}"
    staging.mkdir(exist_ok=True)
    described = urlunsplit(parts._replace(path=parts.path + ".json", fragment=""))
    model, description = staging / name, staging / f"{name}.json"
    description.unlink(missing_ok=True)  # small: it comes anew, and true to the model
    fetch(described, description, on_progress=lambda came, whole: None, is_cancelled=is_cancelled)
    plain = urlunsplit(parts._replace(fragment=""))
    fetch(plain, model, sha256=sha256, on_progress=on_progress, is_cancelled=is_cancelled)
    try:
        return _keep(model, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _keep(model: Path, folder: Path) -> PiperVoice:
    """Move a voice that can be read from its staging folder to its own."""
    read_piper(model)
    home = folder / model.stem
    new = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
    try:
        for file in (model, model.with_name(model.name + ".json")):
            file.rename(new / file.name)
        if home.exists():
            home.rename(new / "old")
        new.rename(home)
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(home / "old", ignore_errors=True)
    return read_piper(home / model.name)
