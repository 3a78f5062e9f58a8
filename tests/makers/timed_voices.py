"""A made-up Piper voice, and another throat whose times are known, found by ear or guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from avatar_desktop.voice import alignment
from avatar_desktop.voice.clip import SpeechClip, Timing
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.engines.finish import times_by_ear
from avatar_desktop.voice.engines.piper import PiperEngine
from tests.makers.made_up_piper import write_voice
from tests.makers.one_espeak import one_espeak

THROAT, SPEED = "f3", 160


def _never() -> bool:
    return False


def piper_clips(
    folder: Path, texts: Sequence[str], language: str = "en-us", *, articulates: bool = False
) -> list[SpeechClip]:
    """A made-up neural voice, which tells its own times."""
    pytest.importorskip("onnxruntime", reason="Piper voices need the extra `voices`")
    model = write_voice(folder, language=language, articulates=articulates)
    engine = PiperEngine(one_espeak())
    asked = [
        SpeechRequest(text, tuple(range(len(text))), "reply", at, voice=f"piper:{model}")
        for at, text in enumerate(texts)
    ]
    return [clip for each in asked if (clip := engine.speak(each, _never))]


def throat_clips(texts: Sequence[str], language: str = "en-us") -> list[SpeechClip]:
    """Another throat at another speed, with its true times."""
    clips: list[SpeechClip] = []
    for number, text in enumerate(texts):
        said = one_espeak().read(text, f"{language}+{THROAT}", _never, speed=SPEED)
        assert said is not None
        clips.append(
            SpeechClip(
                f"throat:{number}", "throat", number, True, said.rate, said.pcm, said.phones, (),
                "exact", 0.1,
            )
        )  # fmt: skip
    return clips


def retimed(
    true: list[SpeechClip], texts: Sequence[str], timing: Timing, language: str = "en-us"
) -> list[SpeechClip]:
    """The same sounds with times found without the voice's help: by ear, or where that fails."""
    clips: list[SpeechClip] = []
    with pytest.MonkeyPatch.context() as patch:
        if timing == "estimated":
            patch.setattr(alignment, "_path", lambda *_: None)
        for clip, text in zip(true, texts, strict=True):
            sound = np.frombuffer(clip.pcm, "<i2").astype(np.float32) / np.float32(32768)
            times = times_by_ear(
                one_espeak(), text, language, sound, clip.rate, is_cancelled=_never
            )
            assert times is not None and times.timing == timing
            clips.append(replace(clip, phones=times.phones, timing=timing))
    return clips
