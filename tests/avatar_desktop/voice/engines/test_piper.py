"""Neural voices from a folder: exact where the model tells, and plain words where it is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from avatar_desktop.errors import VoiceError
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.engines.onnx_graph import value_of_only, with_output
from avatar_desktop.voice.engines.piper import PiperEngine
from avatar_desktop.voice.piper_folder import read_piper
from avatar_desktop.voice.synthesis import BlockingVoice
from tests.makers.made_up_piper import RATE, VOWELS, Faults, write_voice
from tests.makers.one_espeak import one_espeak

pytest.importorskip("onnxruntime", reason="Piper voices need the extra `voices`")
TEXT = "Hello there, Peter and Bob. You are one of the 3 people!"


def ask(model: Path, text: str = TEXT, **wishes: object) -> SpeechRequest:
    origin = tuple(range(len(text)))
    return SpeechRequest(text, origin, "reply", 0, voice=f"piper:{model}", **wishes)  # type: ignore[arg-type]


def never() -> bool:
    return False


@pytest.fixture(scope="module")
def engine() -> PiperEngine:
    return PiperEngine(one_espeak())


@pytest.fixture(scope="module")
def hum(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_voice(tmp_path_factory.mktemp("voices"))


def test_times_are_exact_to_the_frame_and_fill_the_sound(engine: PiperEngine, hum: Path) -> None:
    clip = engine.speak(ask(hum), never)
    assert clip is not None and clip.timing == "exact" and clip.rate == RATE
    assert clip.phones[0].start == 0 and clip.phones[-1].end == clip.samples
    assert all(a.end == b.start for a, b in pairwise(clip.phones))
    sound = np.abs(np.frombuffer(clip.pcm, "<i2").astype(float))
    for phone in clip.phones:
        # Vowels are four times as loud as the rest, so times of other sounds would be seen here.
        loudest = sound[phone.start : phone.end].max()
        if any(sign in VOWELS for sign in phone.ipa):
            assert loudest > 3000
        else:
            assert loudest < 2000


def test_every_word_is_there_with_its_place_in_the_text(engine: PiperEngine, hum: Path) -> None:
    clip = engine.speak(ask(hum), never)
    assert clip is not None
    assert [word.text for word in clip.words] == [word.strip(",.!") for word in TEXT.split()]
    assert all(a.end <= b.start for a, b in pairwise(clip.words))
    assert all(word.start < word.end for word in clip.words)


def test_the_model_reads_what_espeak_would_write(engine: PiperEngine, hum: Path) -> None:
    clip = engine.speak(ask(hum), never)
    assert clip is not None
    assert "".join(p.ipa for p in clip.phones[:7]) == "həloʊðɛɹ"


def test_the_same_request_gives_the_same_clip(hum: Path) -> None:
    clips = [PiperEngine(one_espeak()).speak(ask(hum, tone="excited"), never) for _ in range(2)]
    assert clips[0] == clips[1]


def test_a_model_that_tells_no_times_is_still_spoken(engine: PiperEngine, tmp_path: Path) -> None:
    mute_about_times = write_voice(tmp_path, faults=Faults(tells_no_times=True))
    clip = engine.speak(ask(mute_about_times), never)
    assert clip is not None and clip.timing in ("aligned", "estimated")
    assert clip.phones[-1].end == clip.samples and len(clip.words) == 12


def test_nothing_to_say_is_a_clip_without_sound(engine: PiperEngine, hum: Path) -> None:
    clip = engine.speak(ask(hum, "..."), never)
    assert clip is not None and clip.samples == 0 and clip.words == ()


def test_what_is_not_wanted_any_more_is_left_alone(engine: PiperEngine, hum: Path) -> None:
    assert engine.speak(ask(hum), lambda: True) is None


@pytest.mark.parametrize(
    ("faults", "sentence"),
    [(Faults(silent=True), "gave silence"), (Faults(not_a_number=True), "are no sound")],
)
def test_a_broken_voice_fails_in_words(
    engine: PiperEngine, tmp_path: Path, faults: Faults, sentence: str
) -> None:
    with pytest.raises(VoiceError, match=sentence):
        engine.speak(ask(write_voice(tmp_path, faults=faults)), never)


def cut_model(model: Path) -> None:
    model.write_bytes(model.read_bytes()[:-900])


def no_model(model: Path) -> None:
    model.write_bytes(b"not a model at all " * 60)


def empty_model(model: Path) -> None:
    model.write_bytes(b"")


def no_description(model: Path) -> None:
    model.with_name(model.name + ".json").unlink()


def cut_description(model: Path) -> None:
    description = model.with_name(model.name + ".json")
    description.write_text(description.read_text("utf-8")[:100], "utf-8")


def other_description(model: Path) -> None:
    model.with_name(model.name + ".json").write_text('{"audio": []}', "utf-8")


def reads_letters(model: Path) -> None:
    description = model.with_name(model.name + ".json")
    told = json.loads(description.read_text("utf-8"))
    description.write_text(json.dumps({**told, "phoneme_type": "text"}), "utf-8")


def nothing_there(model: Path) -> None:
    model.unlink()


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (cut_model, "cut short or is no voice"),
        (no_model, "cut short or is no voice"),
        (empty_model, "is cut short"),
        (no_description, "no description beside it"),
        (cut_description, "cannot be read"),
        (other_description, "not that of a Piper voice"),
        (reads_letters, "not understood here"),
        (nothing_there, "There is no voice at"),
    ],
)
def test_what_is_no_voice_is_refused_in_one_sentence(
    engine: PiperEngine, tmp_path: Path, damage: Callable[[Path], None], sentence: str
) -> None:
    model = write_voice(tmp_path)
    damage(model)
    with pytest.raises(VoiceError, match=sentence):
        engine.speak(ask(model), never)


def test_a_folder_is_as_good_as_the_file_in_it(hum: Path, tmp_path: Path) -> None:
    assert read_piper(hum.parent).model == hum
    with pytest.raises(VoiceError, match="holds no voice"):
        read_piper(tmp_path)


def test_the_next_phrase_is_spoken_after_a_voice_that_fails(hum: Path, tmp_path: Path) -> None:
    broken = write_voice(tmp_path, faults=Faults(not_a_number=True))
    with BlockingVoice() as voice:
        with pytest.raises(VoiceError, match="no sound"):
            voice.speak(ask(broken))
        assert voice.speak(ask(hum)).timing == "exact"


def test_one_more_output_is_added_only_where_one_node_asks_for_it(hum: Path) -> None:
    model = hum.read_bytes()
    assert value_of_only("Ceil", model) == "frames"
    assert value_of_only("Gather", model) is None
    assert value_of_only("Conv", model) is None
    assert with_output(model, "frames").startswith(model)
    with pytest.raises(ValueError):
        value_of_only("Ceil", model[:-3])
