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
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

from avatar_desktop.errors import VoiceError
from avatar_desktop.voice.catalogue import find_voice
from avatar_desktop.voice.kokoro_folder import SCHEME as KOKORO
from avatar_desktop.voice.kokoro_folder import is_kokoro, kokoro_voices, read_kokoro
from avatar_desktop.voice.piper_folder import SCHEME as PIPER
from avatar_desktop.voice.piper_folder import PiperVoice, find_models, read_piper
from avatar_desktop.voice.sherpa_folder import SCHEME as SHERPA
from avatar_desktop.voice.sherpa_folder import is_sherpa, read_sherpa
from avatar_desktop.voice.speech_address import SCHEMES, read_address
from avatar_desktop.voice.system_speech import SCHEME as SYSTEM

if TYPE_CHECKING:
    from avatar_desktop.voice.fetching import Progress

_KINDS: Final = (PIPER, KOKORO, SHERPA, SYSTEM)
FOLDER: Final = "voices"
"""Below the person's data."""


class BroughtVoice(Protocol):
    """What is known of a voice of any kind."""

    @property
    def name(self) -> str: ...

    @property
    def language(self) -> str: ...

    @property
    def locator(self) -> str: ...


def brought_voices(folder: Path) -> tuple[BroughtVoice, ...]:
    """Every voice in the folder that can be read."""
    found: list[BroughtVoice] = []
    for model in find_models(folder):
        with suppress(VoiceError):
            found.append(read_piper(model))
    for place in (folder, *sorted(folder.glob("[!.]*/"))):
        with suppress(VoiceError):
            found += _voices_in(place)
    return tuple(found)


def _voices_in(folder: Path) -> tuple[BroughtVoice, ...]:
    """Those of the kinds that are a folder each."""
    if find_models(folder):
        return ()  # Piper's, also where its folder holds a tokens.txt
    if is_sherpa(folder):
        return (read_sherpa(str(folder)),)
    return kokoro_voices(folder) if is_kokoro(folder) else ()


def located(wish: str, folder: Path) -> str:
    """What to call a wished voice in a request: a brought one by name or path, or as it was."""
    if not wish or wish.startswith((*_KINDS, *SCHEMES)):
        return wish
    for voice in brought_voices(folder):
        if wish.casefold() == voice.name.casefold():
            return voice.locator
    place = Path(wish).expanduser()
    if os.sep in wish and place.is_dir():
        voices = _in_folder(place.absolute())
        return voices[0].locator if voices else f"{PIPER}{place.absolute()}"
    if wish.endswith(".onnx"):
        return f"{PIPER}{place.absolute()}"  # whether it is one, its engine tells
    return wish


def _in_folder(folder: Path) -> tuple[BroughtVoice, ...]:
    try:
        return _voices_in(folder)
    except VoiceError:
        return ()


def check_wish(voice: str) -> None:
    """VoiceError for a located voice that cannot speak at all, before anything is done with it."""
    if voice.startswith(PIPER):
        read_piper(Path(voice.removeprefix(PIPER)))
    elif voice.startswith(KOKORO):
        read_kokoro(voice)
    elif voice.startswith(SHERPA):
        read_sherpa(voice)
    elif voice.startswith(SYSTEM):
        return
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
) -> BroughtVoice:
    """Keep the voice at a path or an address (`#sha256=…` holds it to a checksum).

    A path may be a folder of any kind. Of a Piper voice the description is expected beside it, with
    `.json` added to the name. Raises VoiceError, or
    Cancelled; a broken download goes on the next time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if source.startswith(SCHEMES):
        return _from_address(source, folder, on_progress, is_cancelled)
    place = Path(source).expanduser().absolute()
    if place.is_dir() and (is_kokoro(place) or is_sherpa(place)) and not find_models(place):
        return _keep_folder(place, folder)
    voice = read_piper(place)
    with tempfile.TemporaryDirectory(prefix=".arriving-", dir=folder) as staging:
        for file in (voice.model, voice.model.with_name(voice.model.name + ".json")):
            shutil.copyfile(file, Path(staging, file.name))
        return _keep(Path(staging, voice.model.name), folder)


def _keep_folder(source: Path, folder: Path) -> BroughtVoice:
    """A copy of a voice that is a folder, there as a whole."""
    voices = _voices_in(source)
    if not voices:
        raise VoiceError(f"The folder {source} holds no voice.")
    home = folder / source.name
    if home == source:
        return voices[0]
    new = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
    try:
        shutil.copytree(source, new / "whole")
        if home.exists():
            home.rename(new / "old")
        (new / "whole").rename(home)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return _voices_in(home)[0]


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
