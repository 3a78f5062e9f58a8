"""A Kokoro voice as it lies on the disk: a folder with the model, its styles and its signs.

Promise: what cannot be a voice is refused in one plain sentence, without any engine.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from avatar_desktop.errors import VoiceError

SCHEME: Final = "kokoro:"
"""A request names such a voice as `kokoro:`, the folder, `#` and the style."""
RATE: Final = 24_000
_ADVICE: Final = (
    "A Kokoro folder holds a .onnx model, a voices file (.bin or .npz) or folder, and config.json "
    "or tokenizer.json."
)
_LANGUAGES: Final = {
    "a": "en-us",
    "b": "en-gb",
    "e": "es",
    "f": "fr-fr",
    "h": "hi",
    "i": "it",
    "j": "ja",
    "p": "pt-br",
    "z": "cmn",
}
"""By the first letter of a style's name."""


@dataclass(frozen=True, slots=True)
class KokoroVoice:
    """One style of a model."""

    model: Path
    styles: Path
    """A file that holds them all, or a folder with a file for each."""
    style: str
    ids: dict[str, tuple[int, ...]]

    @property
    def name(self) -> str:
        return self.style

    @property
    def language(self) -> str:
        return _LANGUAGES.get(self.style[:1], "en-us")

    @property
    def locator(self) -> str:
        return f"{SCHEME}{self.model.parent}#{self.style}"


def is_kokoro(folder: Path) -> bool:
    """Whether somebody meant this folder as one; it may still be broken."""
    return folder.is_dir() and _styles(folder) is not None and any(folder.glob("*.onnx"))


def kokoro_voices(folder: Path) -> tuple[KokoroVoice, ...]:
    """Every style of a folder. Raises VoiceError."""
    styles = _styles(folder)
    model = next(iter(sorted(folder.glob("*.onnx"))), None)
    if model is None or styles is None:
        raise VoiceError(f"The folder {folder} holds no Kokoro voice.", advice=_ADVICE)
    ids = _ids(folder)
    try:
        names = _names(styles)
    except (OSError, zipfile.BadZipFile) as error:
        raise VoiceError(f"The file {styles.name} is cut short.", advice=_ADVICE) from error
    return tuple(KokoroVoice(model, styles, name, ids) for name in names)


def read_kokoro(locator: str) -> KokoroVoice:
    """The voice that a request names; without a style the first one. Raises VoiceError."""
    place, _, style = locator.removeprefix(SCHEME).partition("#")
    voices = kokoro_voices(Path(place))
    found = [voice for voice in voices if not style or voice.style == style]
    if not found:
        raise VoiceError(f"The folder {place} holds no style named {style!r}.", advice=_ADVICE)
    return found[0]


def _styles(folder: Path) -> Path | None:
    files = (*sorted(folder.glob("voices*.bin")), *sorted(folder.glob("voices*.npz")))
    inside = folder / "voices"
    return next(iter(files), inside if any(inside.glob("*.bin")) else None)


def _names(styles: Path) -> list[str]:
    if styles.is_dir():
        return sorted(file.stem for file in styles.glob("*.bin"))
    with zipfile.ZipFile(styles) as packed:
        return sorted(name.removesuffix(".npy") for name in packed.namelist())


def _ids(folder: Path) -> dict[str, tuple[int, ...]]:
    try:
        for name in ("config.json", "tokenizer.json"):
            if (folder / name).is_file():
                told = cast("dict[str, Any]", json.loads((folder / name).read_text("utf-8")))
                signs: dict[str, int] = told.get("vocab") or told["model"]["vocab"]
                ids = {str(sign): (int(number),) for sign, number in signs.items()}
                return ids | {"$": (0,)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise VoiceError(f"The signs in {folder} cannot be read.", advice=_ADVICE) from error
    raise VoiceError(f"The folder {folder} does not tell its signs.", advice=_ADVICE)
