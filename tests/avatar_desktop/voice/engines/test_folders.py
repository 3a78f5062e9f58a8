"""Voices that are a folder each (Kokoro, sherpa-onnx): spoken, timed, refused in plain words."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from avatar_desktop.errors import VoiceError
from avatar_desktop.voice.brought import brought_voices, check_wish, located, take_in
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.engines.kokoro import KokoroEngine
from avatar_desktop.voice.engines.sherpa import SherpaEngine
from tests.makers import made_up_kokoro, made_up_sherpa
from tests.makers.made_up_piper import VOWELS
from tests.makers.one_espeak import one_espeak
from tests.makers.pitch import pitch

TEXT = "Hello there, Peter and Bob. You are one of the 3 people!"
WORDS = ["Hello", "there", "Peter", "and", "Bob", "You", "are", "one", "of", "the", "3", "people"]


def ask(voice: str, text: str = TEXT, **wishes: float) -> SpeechRequest:
    return SpeechRequest(text, tuple(range(len(text))), "reply", 0, voice=voice, **wishes)


def never() -> bool:
    return False


def assert_whole(clip: SpeechClip | None) -> SpeechClip:
    assert clip is not None
    assert clip.phones[0].start == 0 and clip.phones[-1].end == clip.samples
    assert all(a.end == b.start for a, b in pairwise(clip.phones))
    assert [word.text for word in clip.words] == WORDS
    return clip


# Kokoro -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kokoro() -> KokoroEngine:
    pytest.importorskip("onnxruntime", reason="neural voices need the extra `voices`")
    return KokoroEngine(one_espeak())


@pytest.mark.parametrize("packed", [True, False], ids=["one file", "a file each"])
def test_a_kokoro_folder_speaks_with_exact_times(
    packed: bool, kokoro: KokoroEngine, tmp_path: Path
) -> None:
    folder = made_up_kokoro.write_folder(tmp_path / "kokoro", packed=packed)
    clip = assert_whole(kokoro.speak(ask(f"kokoro:{folder}#af_amber"), never))
    assert (clip.timing, clip.rate) == ("exact", made_up_kokoro.RATE)
    sound = np.abs(np.frombuffer(clip.pcm, "<i2").astype(float))
    for phone in clip.phones:
        loudest = sound[phone.start : phone.end].max()
        is_vowel = any(sign in VOWELS for sign in phone.ipa)
        assert loudest > 3000 if is_vowel else loudest < 2000


def test_a_style_is_another_voice_and_pace_is_the_models(
    kokoro: KokoroEngine, tmp_path: Path
) -> None:
    folder = made_up_kokoro.write_folder(tmp_path / "kokoro")
    amber = kokoro.speak(ask(f"kokoro:{folder}#af_amber"), never)
    basil = kokoro.speak(ask(f"kokoro:{folder}#bm_basil"), never)
    quick = kokoro.speak(ask(f"kokoro:{folder}#af_amber", rate=2.0), never)
    assert amber is not None and basil is not None and quick is not None
    assert pitch(basil) / pitch(amber) == pytest.approx(2.0, rel=0.05)
    assert 0.4 < quick.seconds / amber.seconds < 0.75 and quick.timing == "exact"


def test_a_kokoro_model_that_tells_no_times_is_heard_by_ear(
    kokoro: KokoroEngine, tmp_path: Path
) -> None:
    folder = made_up_kokoro.write_folder(tmp_path / "kokoro", tells_times=False)
    clip = assert_whole(kokoro.speak(ask(f"kokoro:{folder}"), never))
    assert clip.timing in ("aligned", "estimated")


def test_what_is_no_kokoro_voice_is_refused_in_one_sentence(
    kokoro: KokoroEngine, tmp_path: Path
) -> None:
    good = made_up_kokoro.write_folder(tmp_path / "good")
    broken = {}
    for name in ("model", "styles", "signs", "none"):
        broken[name] = made_up_kokoro.write_folder(tmp_path / name)
    (broken["model"] / "model.onnx").write_bytes(b"onnx?")
    (broken["styles"] / "voices-v1.0.bin").write_bytes(b"PK")
    (broken["signs"] / "config.json").write_text("[]")
    (broken["none"] / "config.json").unlink()
    wishes = [*(f"kokoro:{place}" for place in broken.values()), f"kokoro:{good}#nobody"]
    for wish in (*wishes, "kokoro:/nowhere"):
        with pytest.raises(VoiceError) as refused:
            kokoro.speak(ask(wish), never)
        assert refused.value.message.endswith(".") and "\n" not in str(refused.value)


# sherpa-onnx --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sherpa() -> SherpaEngine:
    pytest.importorskip("sherpa_onnx", reason="its voices need the extra `more-voices`")
    return SherpaEngine(one_espeak())


def test_a_sherpa_folder_speaks_and_is_timed_by_ear(sherpa: SherpaEngine, tmp_path: Path) -> None:
    folder = made_up_sherpa.write_folder(tmp_path / "vits-en_US-hum")
    clip = assert_whole(sherpa.speak(ask(f"sherpa:{folder}"), never))
    assert clip.timing in ("aligned", "estimated") and clip.seconds > 1.0
    quick = sherpa.speak(ask(f"sherpa:{folder}", rate=2.0), never)
    assert quick is not None and quick.seconds < 0.85 * clip.seconds
    assert sherpa.speak(ask(f"sherpa:{folder}"), lambda: True) is None


def test_what_is_no_sherpa_voice_is_refused(sherpa: SherpaEngine, tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="holds no voice"):
        sherpa.speak(ask(f"sherpa:{tmp_path}"), never)
    with pytest.raises(VoiceError, match="number"):
        sherpa.speak(ask(f"sherpa:{made_up_sherpa.write_folder(tmp_path / 'v')}#amy"), never)


# Found --------------------------------------------------------------------------------------


def test_folders_are_found_by_name_and_by_path(tmp_path: Path) -> None:
    home = tmp_path / "voices"
    kokoro = made_up_kokoro.write_folder(home / "kokoro-v1")
    sherpa = made_up_sherpa.write_folder(home / "vits-piper-de_DE-hum")
    names = {voice.name: voice.language for voice in brought_voices(home)}
    assert names == {
        "af_amber": "en-us",
        "bm_basil": "en-gb",
        "vits-piper-de_DE-hum": "de-de",
    }
    assert located("BM_basil", home) == f"kokoro:{kokoro}#bm_basil"
    assert located(str(sherpa), home) == f"sherpa:{sherpa}"
    assert located(str(kokoro), home) == f"kokoro:{kokoro}#af_amber"
    check_wish(f"kokoro:{kokoro}")
    with pytest.raises(VoiceError):
        check_wish("sherpa:/nowhere")


def test_a_folder_is_taken_in_whole(tmp_path: Path) -> None:
    home = tmp_path / "voices"
    source = made_up_kokoro.write_folder(tmp_path / "download" / "kokoro-v1", packed=False)
    assert take_in(str(source), home).name == "af_amber"
    assert take_in(str(source), home).name == "af_amber", "a second time it is replaced"
    assert {voice.name for voice in brought_voices(home)} == {"af_amber", "bm_basil"}
    assert sorted(each.name for each in home.iterdir()) == ["kokoro-v1"]
