"""Clips of another engine, flite, with its own labels; for machines that have it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import wave
from collections.abc import Sequence
from pathlib import Path

from avatar_desktop.voice.clip import Phone, SpeechClip

HAS_FLITE = shutil.which("flite") is not None
_IPA = {
    "aa": "ɑː", "ae": "æ", "ah": "ʌ", "ao": "ɔː", "aw": "aʊ", "ax": "ə", "ay": "aɪ", "eh": "ɛ",
    "er": "ɚ", "ey": "eɪ", "ih": "ɪ", "iy": "iː", "ow": "oʊ", "oy": "ɔɪ", "uh": "ʊ", "uw": "uː",
    "ch": "tʃ", "dh": "ð", "hh": "h", "jh": "dʒ", "ng": "ŋ", "r": "ɹ", "sh": "ʃ", "th": "θ",
    "y": "j", "zh": "ʒ", "g": "ɡ", "pau": "", "ssil": "", "brth": "",
}  # fmt: skip


def flite_clips(texts: Sequence[str], voice: str = "slt") -> list[SpeechClip]:
    """One clip a text; a label of flite's spans the silence of a stop and its burst."""
    with tempfile.TemporaryDirectory() as folder:
        return [_clip(text, voice, Path(folder, "said.wav"), at) for at, text in enumerate(texts)]


def _clip(text: str, voice: str, path: Path, number: int) -> SpeechClip:
    command = ["flite", "-voice", voice, "-t", text, "-o", str(path), "-psdur"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    with wave.open(str(path)) as file:
        rate, pcm = file.getframerate(), file.readframes(file.getnframes())
    phones: list[Phone] = []
    start = 0
    for name, _, end in (each.partition(":") for each in told):
        last = min(len(pcm) // 2, round(float(end) * rate))
        phones.append(Phone(start, last, _IPA.get(name, name), 0))
        start = last
    if start < len(pcm) // 2:
        phones.append(Phone(start, len(pcm) // 2, "", 0))
    return SpeechClip(
        f"flite:{number}", "flite", number, True, rate, pcm, tuple(phones), (), "exact", 0.1
    )
