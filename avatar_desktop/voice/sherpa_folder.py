"""A voice for sherpa-onnx as it lies on the disk: a folder with a model and its tokens.txt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from avatar_desktop.errors import VoiceError

SCHEME: Final = "sherpa:"
"""A request names such a voice as `sherpa:`, the folder, and `#` with a speaker's number."""
_LANGUAGE: Final = re.compile(r"(?<![a-z])([a-z]{2,3})[_-]([A-Z]{2})(?![A-Za-z])")
_NAMED: Final = re.compile(r"(?<![a-z])(en|de|es|fr|it|zh|ja|ko|ru|pt|pl|nl)(?![a-z])")
_ADVICE: Final = "A folder for sherpa-onnx holds a .onnx model and tokens.txt."


@dataclass(frozen=True, slots=True)
class SherpaVoice:
    """What a folder holds."""

    model: Path
    tokens: Path
    lexicon: str
    """Where the words stand that the model knows; empty: it reads sounds."""
    styles: str
    """Where a Kokoro model's speakers are; empty: it is none."""
    speaker: int = 0

    @property
    def name(self) -> str:
        return self.model.parent.name

    @property
    def language(self) -> str:
        ground = f"{self.name} {self.model.stem}"
        found = _LANGUAGE.search(ground)
        named = _NAMED.search(ground)
        code = f"{found[1]}-{found[2].lower()}" if found else named[1] if named else "en-us"
        return {"zh": "cmn", "zh-cn": "cmn"}.get(code, code)

    @property
    def locator(self) -> str:
        return f"{SCHEME}{self.model.parent}" + (f"#{self.speaker}" if self.speaker else "")


def is_sherpa(folder: Path) -> bool:
    return (folder / "tokens.txt").is_file() and any(folder.glob("*.onnx"))


def read_sherpa(locator: str) -> SherpaVoice:
    """The voice that a request or a path names. Raises VoiceError."""
    place, _, speaker = locator.removeprefix(SCHEME).partition("#")
    folder = Path(place)
    if not is_sherpa(folder):
        raise VoiceError(f"The folder {folder} holds no voice for sherpa-onnx.", advice=_ADVICE)
    if speaker and not speaker.isdecimal():
        raise VoiceError("The speaker of a voice for sherpa-onnx is a number.")
    lexicons = ",".join(map(str, sorted(folder.glob("lexicon*.txt"))))
    styles = folder / "voices.bin"
    model = min(folder.glob("*.onnx"), key=lambda file: (".int8" in file.name, file.name))
    return SherpaVoice(
        model,
        folder / "tokens.txt",
        lexicons,
        str(styles) if styles.is_file() else "",
        int(speaker or 0),
    )
