"""The system's voices in a throw-away process: tried with pyttsx3 and an espeak of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from avatar_desktop.errors import VoiceError
from avatar_desktop.voice import system_speech
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.engines.system import SystemEngine
from avatar_desktop.voice.system_voices import system_voices
from tests.makers.one_espeak import one_espeak

TEXT = "Hello there, Peter and Bob."


def ask(voice: str, text: str = TEXT) -> SpeechRequest:
    return SpeechRequest(text, tuple(range(len(text))), "reply", 0, voice=voice)


def never() -> bool:
    return False


@pytest.fixture
def espeak_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bundled espeak under the name that pyttsx3 looks for."""
    pytest.importorskip("pyttsx3", reason="system voices need the extra `more-voices`")
    if not sys.platform.startswith("linux"):
        pytest.skip("pyttsx3 has the system's own voices here")
    import espeakng_loader

    (tmp_path / "libespeak-ng.so.1").symlink_to(espeakng_loader.get_library_path())
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    monkeypatch.setenv("ESPEAK_DATA_PATH", str(Path(espeakng_loader.get_data_path()).parent))


def test_a_system_voice_speaks_and_is_timed_by_ear(espeak_of_the_system: None) -> None:
    engine = SystemEngine(one_espeak(), driver="espeak")
    clip = engine.speak(ask("system:gmw/en-US#en-US"), never)
    assert clip is not None and clip.seconds > 1.0
    assert clip.timing == "aligned" and clip.phones[-1].end == clip.samples
    assert [word.text for word in clip.words] == ["Hello", "there", "Peter", "and", "Bob"]


def test_the_systems_voices_are_listed(espeak_of_the_system: None) -> None:
    voices = system_voices("espeak")
    assert len(voices) > 50
    assert any(voice.locator.startswith("system:") and "de" in voice.language for voice in voices)


def test_a_system_voice_that_is_not_wanted_any_more_is_ended(espeak_of_the_system: None) -> None:
    engine = SystemEngine(one_espeak(), driver="espeak")
    assert engine.speak(ask("system:#"), lambda: True) is None


def test_a_system_without_voices_says_so() -> None:
    pytest.importorskip("pyttsx3", reason="system voices need the extra `more-voices`")
    with pytest.raises(VoiceError, match="The system's voice"):
        SystemEngine(one_espeak(), driver="nobody").speak(ask("system:#"), never)


def test_nothing_to_say_starts_no_process() -> None:
    clip = SystemEngine(one_espeak(), driver="nobody").speak(ask("system:#", "…"), never)
    assert clip is not None and clip.samples == 0


def test_the_list_of_say_is_read() -> None:
    lines = {
        "Alex                en_US    # Most people recognize me by my voice.": ("Alex", "en-US"),
        "Bad News            en_US    # The light you see…": ("Bad News", "en-US"),
        "Majed (Enhanced)    ar_001   # مرحبًا": ("Majed (Enhanced)", "ar-001"),
        "": None,
    }
    for line, wanted in lines.items():
        found = system_speech._said(line)  # pyright: ignore[reportPrivateUsage]
        assert (found and (found["name"], found["language"])) == wanted
