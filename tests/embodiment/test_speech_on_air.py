"""L3 through late devices, S4, M2 and X1: a stage on a counted clock, heard and seen from afar."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_desktop.companion import speaking
from avatar_desktop.performer.score import ScoredClip
from tests.embodiment.mesh_lips import shipped_avatar, shipped_lips
from tests.makers.on_air import FPS, RATE, OnAir
from tests.makers.speech import MORE_SENTENCES, SENTENCES

Floats = NDArray[np.float64]
Bar = Callable[..., None]
LATENCIES = (0.0, 0.04, 0.12, 0.25)
ANCHORED = "Well now, {mark}people often put a big purple map on top of the table. Bob may help."


def _talk(air: OnAir, text: str, seconds: float) -> tuple[Floats, Floats]:
    """Instants, and metres between the lips."""
    air.stage.speaking.say("reply", text)
    frames = [(air.now, weights) for weights in air.live(seconds)]
    lips = shipped_lips("wren").parting(np.array([weights for _, weights in frames]))
    return np.array([instant for instant, _ in frames]), lips


def _lag(latency: float, texts: tuple[str, ...], *, told: bool = True) -> float:
    """Milliseconds by which the lips that are seen follow the sound that is heard."""
    air = OnAir(shipped_avatar("wren"), latency=latency, told=told)
    instants, lips = _talk(air, " ".join(texts), 4.0 * len(texts))
    sound = air.air().astype(np.float64)
    energy = np.concatenate(([0.0], np.cumsum(sound * sound)))
    centre, half = (instants * RATE).astype(np.int64), int(0.065 * RATE)
    low, high = (np.clip(centre + way, 0, len(sound)) for way in (-half, half))
    loud = np.sqrt((energy[high] - energy[low]) / np.maximum(high - low, 1))
    lags = range(-40, 41)
    best = max(
        lags, key=lambda k: float(np.corrcoef(np.roll(lips, -k)[60:-60], loud[60:-60])[0, 1])
    )
    return 1000.0 * best / FPS


def test_the_mouth_follows_what_is_heard_through_any_device(bar: Bar, full_length: bool) -> None:
    texts = SENTENCES if full_length else SENTENCES[:2]
    lags = [_lag(latency, texts) for latency in LATENCIES]
    for latency, lag in zip(LATENCIES, lags, strict=True):
        told = f"L3 lag behind what is heard, device {1000 * latency:.0f} ms late"
        bar(told, lag, at_least=-60.0, at_most=20.0, unit="ms")
    bar("L3 spread over the devices", max(lags) - min(lags), at_most=10.0, unit="ms")


def test_a_mouth_on_the_clock_of_the_queue_shifts_with_the_device() -> None:
    lags = [_lag(latency, SENTENCES[:2], told=False) for latency in (0.0, 0.25)]
    assert abs(lags[1] - lags[0]) > 200.0


def _placed(air: OnAir, text: str, seconds: float) -> tuple[list[ScoredClip], list[float], Floats]:
    """The clips where they sound, and at each instant how much the mouth moves by speech."""
    found: dict[str, ScoredClip] = {}
    instants: list[float] = []
    moved: list[float] = []
    air.stage.speaking.say("reply", text)
    for _ in air.live(seconds):
        found |= {each.clip.id: each for each in air.stage.performer.score.clips}
        mouth = air.stage.performer.score.mouth(air.stage.player.heard())
        instants.append(air.stage.player.heard())
        moved.append(max(mouth.values(), default=0.0))
    return sorted(found.values(), key=lambda each: each.start), instants, np.array(moved)


def _overlong_rests(pace: float) -> list[float]:
    """Seconds of silence between phrases beyond what punctuation asks for."""
    air = OnAir(shipped_avatar("wren"), pace=pace, seen=False)
    clips, _, _ = _placed(air, " ".join(SENTENCES[:6]), 40.0)
    assert len(clips) >= 4
    return [after.start - before.end - before.clip.pause_after for before, after in pairwise(clips)]


def test_a_voice_at_half_of_real_time_leaves_no_hole(bar: Bar) -> None:
    bar("S4 silence beyond punctuation", 1000 * max(_overlong_rests(0.5)), at_most=5.0, unit="ms")


def test_a_voice_that_waits_for_its_turn_leaves_holes(monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = speaking.Speaking._ahead

    def only_when_silent(self: speaking.Speaking) -> int:
        return 99 if self.queue.status().currently_playing else ahead(self)

    monkeypatch.setattr(speaking.Speaking, "_ahead", only_when_silent)
    monkeypatch.setattr(speaking, "PHRASES_AHEAD", 1)
    assert max(_overlong_rests(0.5)) > 0.05


SHORT_RESTS = "Well, maybe, people say, you know, both of them, mind you, may come by, perhaps."


def _still_between_phrases() -> float:
    """Per cent of the frames between phrases less than 350 ms apart in which the mouth rests."""
    air = OnAir(shipped_avatar("wren"), seen=False)
    clips, instants, moved = _placed(air, SHORT_RESTS, 9.0)
    times, resting = np.array(instants), list[NDArray[np.bool_]]()
    for before, after in pairwise(clips):
        if 0.0 <= after.start - before.end < 0.35:
            between = (times >= before.end) & (times <= after.start)
            resting.append(moved[between] < 0.01)
    assert len(resting) >= 1, "the text has short rests"
    return 100.0 * float(np.mean(np.concatenate(resting)))


def test_the_mouth_goes_on_between_phrases(bar: Bar) -> None:
    name = "S4 frames at rest between phrases less than 350 ms apart"
    bar(name, _still_between_phrases(), at_most=0.0, unit="%")


def test_phrases_that_know_nothing_of_each_other_let_the_mouth_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = speaking.mouth_track

    def alone(clip: object, rig: object, **_: object) -> object:
        return whole(clip, rig)  # type: ignore[arg-type]

    monkeypatch.setattr(speaking, "mouth_track", alone)
    monkeypatch.setattr("avatar_desktop.lips.mouth.TAIL", 0.0)
    monkeypatch.setattr("avatar_desktop.lips.mouth.LEAD", 0.0)
    assert _still_between_phrases() > 0.0


def _cue_error(*, latency: float = 0.0, rate: float = 1.0, hold: bool = False) -> float:
    """Milliseconds from the instant at which the anchor word is heard to the cue's frame."""
    air = OnAir(shipped_avatar("wren"), latency=latency, rate=rate)
    air.stage.speaking.say("reply", ANCHORED.format(mark="[emotion:happy]"))
    fired, onset, shift = float("nan"), float("nan"), 0.0
    for frame, _ in enumerate(air.live(4.0)):
        if hold and frame == 40:
            air.stage.speaking.pause()
        if hold and frame == 120:
            air.stage.speaking.resume()
        if np.isnan(fired) and air.stage.performer.emotion == "happy":
            fired = air.now
        for each in air.stage.performer.score.clips:
            for word in each.clip.words:
                if word.text.startswith("people"):
                    onset = air.instant_of(each.start + word.start / each.clip.rate)
    return 1000.0 * abs(fired - onset - shift)


@pytest.mark.parametrize(
    ("told", "latency", "rate", "hold"),
    [
        ("plain", 0.0, 1.0, False),
        ("device 250 ms late", 0.25, 1.0, False),
        ("speech at 1.4", 0.0, 1.4, False),
        ("speech at 0.8", 0.12, 0.8, False),
        ("held and resumed", 0.12, 1.0, True),
    ],
)
def test_a_marker_fires_when_its_word_is_heard(
    told: str, latency: float, rate: float, hold: bool, bar: Bar
) -> None:
    error = _cue_error(latency=latency, rate=rate, hold=hold)
    bar(f"M2 marker beside its word, {told}", error, at_most=100.0, unit="ms")


def test_a_marker_that_fires_with_its_phrase_is_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avatar_desktop.performer.score.cue_time", lambda clip, cue: 0.0)
    assert _cue_error() > 100.0


def _performed(seed: int) -> NDArray[np.float32]:
    """Every weight of a short performance."""
    air = OnAir(shipped_avatar("wren"), seed=seed)
    air.stage.speaking.say("reply", f"[emotion:happy] {MORE_SENTENCES[0]} [gesture:nod] Yes.")
    return np.array([frame.copy() for frame in air.live(5.0)])


def test_the_same_seed_performs_the_same_bits(bar: Bar) -> None:
    first, second, other = _performed(7), _performed(7), _performed(8)
    bar("X1 weights that differ for the same seed", int((first != second).sum()), at_most=0)
    assert not np.array_equal(first, other)
