"""More in stock after a hole, less again after a long while, and nothing of the speech is lost."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from avatar_desktop.sound import worker
from avatar_desktop.sound.clock import Anchor
from avatar_desktop.sound.device import LONGEST_MARGIN, MARGIN_SECONDS, LivePlayer
from avatar_desktop.sound.lead import CALM_SECONDS, STEP, Lead
from avatar_desktop.sound.mixer import RATE, Mixer
from avatar_desktop.sound.output import LATENCY_SECONDS

BLOCK, TICK_SECONDS = 480, 0.02
OPENING_SECONDS, HOLE_SECONDS = 0.1, 0.01


@given(st.lists(st.none() | st.floats(0.0, 500.0), max_size=60))
def test_it_keeps_between_its_limits_whatever_comes(days: list[float | None]) -> None:
    lead = Lead(0.05, 0.2)
    for day in days:
        before = lead.seconds
        if day is None:
            lead.was_too_short()
            assert lead.seconds == pytest.approx(min(0.2, before * STEP))
        else:
            lead.went_well(day)
            assert lead.seconds <= before
        assert 0.05 <= lead.seconds <= 0.2


def test_it_grows_at_once_and_shrinks_slowly() -> None:
    lead = Lead(0.05, 0.2)
    for _ in range(9):
        lead.was_too_short()
    assert lead.seconds == 0.2
    lead.went_well(CALM_SECONDS - 1.0)
    lead.was_too_short()
    lead.went_well(CALM_SECONDS - 1.0)
    assert lead.seconds == 0.2, "a hole begins the calm anew"
    lead.went_well(1.0)
    assert lead.seconds == pytest.approx(0.2 / STEP)
    lead.went_well(20 * CALM_SECONDS)
    assert lead.seconds == 0.05


class Scene:
    """The audio process on a counted clock, with a device that leaves holes when it is told to."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.told: list[dict[str, Any]] = []
        self.openings: list[float] = []
        self.played: list[tuple[float, NDArray[np.int16]]] = []
        self.device: Device | None = None
        patch.setattr(worker, "monotonic", lambda: self.now)
        patch.setattr(worker, "Output", self._open)
        self.speaker = worker._Speaker(self)  # pyright: ignore

    def send(self, message: dict[str, Any]) -> None:
        self.told.append(message | {"told_at": self.now})

    def _open(self, stage: Anchor, name: str | None, latency: float) -> Device:
        self.openings.append(latency)
        self.device = Device(self, stage, latency)
        return self.device

    def play(self, place: float, samples: NDArray[np.int16]) -> None:
        self.speaker.obey(
            {
                "kind": "play",
                "place": place,
                "rate": RATE,
                "pcm": samples.tobytes(),
                "fade_in": 0.0,
                "stage": self.now - 100.0,
                "now": self.now,
                "device": None,
            }
        )

    def live(self, seconds: float, *, holes: int = 0) -> None:
        for _ in range(round(seconds / TICK_SECONDS)):
            self.now += TICK_SECONDS
            if self.device is not None:
                self.device.turn(lost=HOLE_SECONDS if holes > 0 else 0.0)
                holes -= 1
            self.speaker.tick()

    def sound(self) -> NDArray[np.int16]:
        """All that came out of every device, the silence left out."""
        whole = np.concatenate([block for _, block in self.played])
        return whole[whole != 0]

    def heard_at(self, sample: int) -> float:
        """The instant at which the only sample of this value was heard."""
        for at, block in self.played:
            found = np.flatnonzero(block == sample)
            if len(found):
                return at + int(found[0]) / RATE
        raise AssertionError(f"{sample} never sounded")

    def stage_at(self, instant: float) -> float:
        """Where the stage is at an instant, by what the process had said of it until then."""
        said = [each for each in self.told if each["kind"] == "anchor"]
        anchors = [each for each in said if each["told_at"] <= instant] or said[:1]
        return float(anchors[-1]["stage"] + instant - anchors[-1]["at"])


class Device:
    """As much of an output as the audio process uses."""

    def __init__(self, scene: Scene, stage: Anchor, latency: float) -> None:
        self.mixer, self.latency, self.is_alive = Mixer(stage), latency, True
        self.first_heard: float | None = None
        self._scene, self._starts_at = scene, scene.now + OPENING_SECONDS
        self._frames, self._lost, self.last_call = 0, 0.0, scene.now
        self._is_open = True

    def close(self) -> None:
        self._is_open = False

    def turn(self, *, lost: float) -> None:
        scene = self._scene
        if not self._is_open or scene.now < self._starts_at:
            return
        self.last_call = scene.now
        self._lost += lost
        while self._starts_at + self._lost + self._frames / RATE <= scene.now:
            heard_at = self._starts_at + self._lost + self._frames / RATE + self.latency
            self.first_heard = self.first_heard or heard_at
            block = np.zeros(BLOCK, np.int16)
            self.mixer.fill(block, heard_at, lost > 0)
            lost = 0.0
            self._frames += BLOCK
            scene.played.append((heard_at, block))


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    return Scene(monkeypatch)


def ramp(first: int, seconds: float) -> NDArray[np.int16]:
    """Samples that are told apart, every tenth of a second one, and ones between."""
    samples = np.ones(round(seconds * RATE), np.int16)
    samples[:: RATE // 10] = np.arange(first, first + len(samples[:: RATE // 10]))
    return samples


def test_a_pause_of_the_speech_is_used_to_keep_more_in_stock(scene: Scene) -> None:
    """Nothing of the speech is lost, and the stage is told truly before, between and after."""
    sentences = [ramp(100, 1.0), ramp(200, 1.0), ramp(300, 1.0)]
    for place, samples in zip((0.3, 1.8, 3.3), sentences, strict=True):
        scene.play(place, samples)
    scene.live(0.8)
    scene.live(0.1, holes=3)
    scene.live(6.0)
    assert scene.openings == [LATENCY_SECONDS, pytest.approx(LATENCY_SECONDS * STEP)]
    assert np.array_equal(scene.sound(), np.concatenate(sentences))
    for first, place in ((100, 0.3), (200, 1.8), (300, 3.3)):
        assert scene.stage_at(scene.heard_at(first)) == pytest.approx(place, abs=2e-3)
    starts = [scene.heard_at(first) for first in (100, 200, 300)]
    assert all(1.45 < after - before < 1.85 for before, after in pairwise(starts))


def test_sounds_that_are_not_carried_over_are_missed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Mixer, "left", lambda self: [])
    for place, samples in ((0.3, ramp(100, 1.0)), (1.8, ramp(200, 1.0))):
        scene.play(place, samples)
    scene.live(0.8)
    scene.live(0.1, holes=3)
    scene.live(4.0)
    assert len(scene.sound()) == RATE


def test_in_the_midst_of_a_sentence_the_device_stays_open(scene: Scene) -> None:
    scene.play(0.3, ramp(100, 3.0))
    scene.live(0.8)
    scene.live(0.2, holes=9)
    scene.live(1.5)
    assert scene.openings == [LATENCY_SECONDS]
    assert [each["kind"] for each in scene.told].count("underflow") == 9


def test_after_a_long_while_without_a_hole_the_stock_is_small_again(scene: Scene) -> None:
    scene.play(0.3, ramp(100, 1.0))
    scene.live(0.8)
    scene.live(0.1, holes=2)
    scene.live(2.0)
    deeper = pytest.approx(LATENCY_SECONDS * STEP)
    long = CALM_SECONDS + 20.0
    scene.play(scene.now - 100.0 + 0.3, np.ones(round(long * RATE), np.int16))
    scene.live(long + 20.0)
    scene.play(scene.now - 100.0 + 0.3, ramp(100, 0.2))
    scene.live(0.5)
    assert scene.openings == [LATENCY_SECONDS, deeper, pytest.approx(LATENCY_SECONDS)]


def test_holes_that_nobody_hears_ask_for_nothing(scene: Scene) -> None:
    scene.speaker.obey(
        {"kind": "prepare", "stage": 0.0, "now": scene.now, "device": None},
    )
    scene.live(0.3)
    scene.live(0.1, holes=3)
    scene.live(1.0)
    assert scene.speaker.is_open
    scene.play(scene.now - 100.0 + 0.3, ramp(100, 0.2))
    scene.live(1.0)
    assert scene.openings == [LATENCY_SECONDS]


def test_a_sound_that_comes_too_late_is_told(scene: Scene) -> None:
    scene.play(0.3, ramp(100, 0.2))
    scene.live(1.0)
    assert "late" not in [each["kind"] for each in scene.told], "the opening is no lateness"
    scene.play(0.9, ramp(200, 0.2))
    scene.live(0.5)
    assert [each["kind"] for each in scene.told].count("late") == 1


def test_the_player_gives_sounds_that_came_late_more_time() -> None:
    player = LivePlayer(lambda sentence: None, now=lambda: 50.0, starts=False)
    first = player.append("first", RATE, b"\0\0", 0.0)
    for _ in range(20):
        player._hear({"kind": worker.LATE})  # pyright: ignore
    second = player.append("second", RATE, b"\0\0", 0.0)
    assert second - first == pytest.approx(LONGEST_MARGIN - MARGIN_SECONDS)
