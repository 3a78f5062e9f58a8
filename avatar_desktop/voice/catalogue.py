"""The installed espeak voices, read from their files: for settings, doctor and the engine.

It loads no engine and makes no sound.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from avatar_desktop.errors import VoiceError

_DEFAULT_RANK = 5


@dataclass(frozen=True, slots=True)
class InstalledVoice:
    """One voice, or one variant that can be put on any voice with `+`."""

    id: str
    """What a request may name: `gmw/en-US`, or `f3` for a variant."""
    name: str
    languages: tuple[tuple[str, int], ...]
    """Language and rank; a smaller rank is the better choice for that language."""
    gender: str

    @property
    def language(self) -> str:
        """The language that it speaks first of all."""
        return self.languages[0][0] if self.languages else ""


def espeak_data() -> Path:
    """The folder of espeak's voices. Raises VoiceError where it is missing."""
    try:
        import espeakng_loader  # pyright: ignore[reportMissingTypeStubs]

        return Path(espeakng_loader.get_data_path())
    except (ImportError, RuntimeError, OSError) as error:
        raise VoiceError(
            "The voice engine espeak-ng is not installed.",
            advice="Install the Python package espeakng-loader.",
        ) from error


@cache
def installed_voices(data: Path | None = None) -> tuple[InstalledVoice, ...]:
    """Every voice, by its id."""
    folder = (data or espeak_data()) / "lang"
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return tuple(_read(file, file.relative_to(folder).as_posix()) for file in files)


@cache
def installed_variants(data: Path | None = None) -> tuple[InstalledVoice, ...]:
    """Every variant: other throats for the same languages."""
    folder = (data or espeak_data()) / "voices" / "!v"
    return tuple(_read(file, file.name) for file in sorted(folder.iterdir()) if file.is_file())


def find_voice(wanted: str, data: Path | None = None) -> str:
    """What to call a wished voice in front of espeak. Raises VoiceError for a name nobody has."""
    base, plus, variant = wanted.partition("+")
    voice = _best(base.strip().replace("_", "-").casefold(), installed_voices(data))
    if voice is None:
        raise _no_voice(wanted)
    if not plus:
        return voice.id
    wish = variant.strip().casefold()
    throat = next((v for v in installed_variants(data) if wish in _names(v)), None)
    if throat is None:
        raise _no_voice(wanted)
    return f"{voice.id}+{throat.id}"


def _best(wish: str, voices: tuple[InstalledVoice, ...]) -> InstalledVoice | None:
    for voice in voices:
        if wish in _names(voice):
            return voice
    while wish:
        ranked = [
            (rank, voice.id, voice)
            for voice in voices
            for language, rank in voice.languages
            if language == wish
        ]
        if ranked:
            return min(ranked)[2]
        wish, _, _ = wish.rpartition("-")  # de-at: German will do
    return None


def _names(voice: InstalledVoice) -> tuple[str, str]:
    return voice.id.casefold(), voice.name.casefold()


def _no_voice(wanted: str) -> VoiceError:
    return VoiceError(
        f"There is no voice named {wanted!r}.",
        advice="Name a language such as en-us or de, with a variant if you like: en-us+f3.",
    )


def _read(file: Path, voice_id: str) -> InstalledVoice:
    name, gender = voice_id, ""
    languages: list[tuple[str, int]] = []
    for line in file.read_text("utf-8", "replace").splitlines():
        key, *rest = line.partition("//")[0].split() or [""]
        if key == "name" and rest:
            name = " ".join(rest)
        elif key == "gender" and rest:
            gender = rest[0]
        elif key == "language" and rest:
            rank = int(rest[1]) if len(rest) > 1 and rest[1].isdigit() else _DEFAULT_RANK
            languages.append((rest[0].casefold(), rank))
    return InstalledVoice(voice_id, name, tuple(languages), gender)
