"""Each tone, every engine: as long and as high as it asks for, or the clip says what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from avatar_desktop.reply.vocabulary import TONES, Tone
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.engines.bend import bent
from avatar_desktop.voice.synthesis import BlockingVoice
from tests.makers import made_up_kokoro, made_up_sherpa
from tests.makers.made_up_piper import write_voice
from tests.makers.pitch import pitch
from tests.makers.speech import SENTENCES
from tests.makers.speech_server import said, speaks, speech_server

OTHERS = [name for name in TONES if name != "neutral"]


@dataclass
class Spoken:
    """One engine's clips, and how they would be without any tone."""

    name: str
    engine: BlockingVoice
    voice: str
    texts: tuple[str, ...]
    plain: list[SpeechClip] = field(default_factory=list[SpeechClip])

    def clips(
        self, tone: str = "neutral", *, rate: float = 1.0, pitch: float = 1.0
    ) -> list[SpeechClip]:
        found: list[SpeechClip] = []
        for text in self.texts:
            origin = tuple(range(len(text)))
            request = SpeechRequest(
                text, origin, "r", 0, voice=self.voice, tone=tone, rate=rate, pitch=pitch
            )
            found.append(self.engine.speak(request))
        return found


@pytest.fixture(scope="module", params=["espeak", "piper", "kokoro", "sherpa", "server"])
def spoken(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    full_length: bool,
) -> Iterator[Spoken]:
    texts = SENTENCES if full_length else SENTENCES[:3]
    engine = BlockingVoice()
    if request.param == "piper":
        pytest.importorskip("onnxruntime", reason="Piper voices need the extra `voices`")
        model: Path = write_voice(tmp_path_factory.mktemp("voices"))
        yield _with_plain(request.param, engine, f"piper:{model}", texts)
    elif request.param == "kokoro":
        pytest.importorskip("onnxruntime", reason="Kokoro voices need the extra `voices`")
        folder = made_up_kokoro.write_folder(tmp_path_factory.mktemp("voices") / "kokoro")
        yield _with_plain(request.param, engine, f"kokoro:{folder}", texts)
    elif request.param == "sherpa":
        pytest.importorskip("sherpa_onnx", reason="its voices need the extra `more-voices`")
        folder = made_up_sherpa.write_folder(tmp_path_factory.mktemp("voices") / "hum")
        yield _with_plain(request.param, engine, f"sherpa:{folder}", texts)
    elif request.param == "server":
        with speech_server(speaks({text: said(text, "en-us") for text in texts})) as (url, _):
            yield _with_plain(request.param, engine, url, texts)
    else:
        yield _with_plain(request.param, engine, "en-us", texts)
    engine.close()


def _with_plain(name: str, engine: BlockingVoice, voice: str, texts: tuple[str, ...]) -> Spoken:
    spoken = Spoken(name, engine, voice, texts)
    spoken.plain = spoken.clips()
    return spoken


@pytest.mark.parametrize("tone", OTHERS)
def test_a_tone_is_as_long_and_as_high_as_it_asks_for(
    spoken: Spoken, tone: str, bar: Callable[..., None]
) -> None:
    clips, asked = spoken.clips(tone), TONES[tone]
    long = sum(clip.seconds for clip in clips) / sum(clip.seconds for clip in spoken.plain)
    high = float(np.median([pitch(a) / pitch(b) for a, b in zip(clips, spoken.plain, strict=True)]))
    assert all(clip.unbent == () for clip in clips)
    told = f"{spoken.name}, {tone}"
    bar(f"tone: {told}, length", long * asked.rate, at_least=0.95, at_most=1.05)
    bar(f"tone: {told}, pitch", high / asked.pitch, at_least=0.95, at_most=1.05)


def test_times_go_with_the_tone(spoken: Spoken) -> None:
    for plain, clip in zip(spoken.plain, spoken.clips("excited"), strict=True):
        assert clip.phones[-1].end == clip.samples
        starts = [word.start / clip.samples for word in clip.words]
        before = [word.start / plain.samples for word in plain.words]
        assert starts == pytest.approx(before, abs=0.04)


def test_all_voices_are_about_as_loud(spoken: Spoken) -> None:
    assert all(0.05 < clip.loudness < 0.2 for clip in spoken.plain)


def test_a_wish_beyond_an_engine_is_told(spoken: Spoken) -> None:
    (clip, *_) = spoken.clips(rate=0.1, pitch=5.0)
    assert "pitch" in clip.unbent
    assert ("rate" in clip.unbent) is not spoken.voice.startswith(("piper:", "kokoro:", "sherpa:"))


def test_a_sound_is_bent_without_a_crack() -> None:
    hum = np.sin(np.arange(48_000) * (2 * np.pi * 150 / 24_000)).astype(np.float32)
    for tone in (*TONES.values(), Tone(0.6, 1.4), Tone(1.9, 0.7)):
        sound, unbent = bent(hum, 24_000, tone)
        assert unbent == () and len(sound) == pytest.approx(48_000 / tone.rate, rel=0.01)
        inner = sound[2400:-2400]
        steepest = np.abs(np.diff(inner)).max()
        assert steepest < 1.6 * 2 * np.pi * 150 * tone.pitch / 24_000, "a crack between windows"
