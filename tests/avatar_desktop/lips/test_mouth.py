from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import numpy as np
import pytest

from avatar_desktop.lips.mouth import mouth_track
from avatar_desktop.lips.rigs import RIGS, RigName
from avatar_desktop.voice.clip import SpeechClip
from tests.makers.speech import silent_clip, spoken


@pytest.fixture(scope="module")
def clip() -> SpeechClip:
    return spoken(["Peter makes five big blue maps, please."])[0]


@pytest.mark.parametrize("rig", list(RIGS))
def test_weights_stay_between_zero_and_one_and_end_at_rest(clip: SpeechClip, rig: RigName) -> None:
    track = mouth_track(clip, rig)
    assert track.channels == RIGS[rig].channels
    assert track.weights.shape == (len(track.weights), len(track.channels))
    assert np.isfinite(track.weights).all()
    assert track.weights.min() >= 0.0
    assert track.weights.max() <= 1.0
    assert not track.weights[-1].any()
    assert not track.at(clip.seconds + 1.0).any()
    assert track.weights.max() > 0.2


def test_the_same_clip_gives_the_same_mouth(clip: SpeechClip) -> None:
    one, two = mouth_track(clip, "arkit"), mouth_track(clip, "arkit")
    assert np.array_equal(one.weights, two.weights)


def test_left_and_right_move_alike(clip: SpeechClip) -> None:
    track = mouth_track(clip, "arkit")
    left = track.weights[:, track.channels.index("mouthStretchLeft")]
    assert np.array_equal(left, track.weights[:, track.channels.index("mouthStretchRight")])


def test_a_clip_of_silence_leaves_the_mouth_alone() -> None:
    assert not mouth_track(silent_clip(["", "", ""]), "oculus").weights.any()


def test_a_clip_without_phones_leaves_the_mouth_alone() -> None:
    assert not mouth_track(silent_clip([]), "arkit").weights.any()


def test_a_breathed_h_takes_the_shape_of_its_vowel() -> None:
    track = mouth_track(silent_clip(["h", "uː"]), "oculus")
    assert track.at(0.05)[track.channels.index("viseme_U")] > 0.8


def test_tongue_sounds_leave_the_lips_to_their_neighbours() -> None:
    track = mouth_track(silent_clip(["uː", "t", "uː"]), "arkit")
    assert track.at(0.15)[track.channels.index("mouthPucker")] > 0.5


@pytest.mark.parametrize("pause", [0.0, 0.15, 0.3])
def test_the_mouth_does_not_snap_at_a_seam(pause: float) -> None:
    first, second = spoken(["I saw you", "over there."])
    first = replace(first, pause_after=pause)
    before = mouth_track(first, "arkit", following=second)
    after = mouth_track(second, "arkit", previous=first)
    place = first.seconds + pause
    times = np.arange(place - 0.5, place + 0.4, 0.01)
    both = np.array([np.maximum(before.at(t), after.at(t - place)) for t in times])
    assert np.abs(np.diff(both, axis=0)).max() < 0.3
    at_seam, alone = before.at(place - 0.01), after.at(-0.01)
    assert np.allclose(at_seam, alone, atol=0.15)


def test_a_long_pause_lets_the_mouth_rest() -> None:
    first, second = spoken(["I saw you.", "Over there."])
    first = replace(first, pause_after=0.7)
    track = mouth_track(first, "arkit", following=second)
    assert not track.at(first.seconds + 0.4).any()


def test_a_second_of_speech_costs_less_than_ten_milliseconds(clip: SpeechClip) -> None:
    mouth_track(clip, "arkit")
    best = min(_timed(clip) for _ in range(5))
    assert best / clip.seconds < 0.010


def _timed(clip: SpeechClip) -> float:
    before = perf_counter()
    mouth_track(clip, "arkit")
    return perf_counter() - before
