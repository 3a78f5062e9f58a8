"""Cut in at random moments on a counted clock: soon silent, nothing stale, the words told true.

The ear is the sound that leaves a late device, the eye is the face of each frame; neither knows
what the app says of itself.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.companion import speaking
from avatar_desktop.performer.emotions import EMOTIONS
from avatar_desktop.performer.score import Score
from avatar_desktop.sound.counted import CountedPlayer
from tests.makers import tiny_avatar
from tests.makers.on_air import FPS, RATE, OnAir

Floats = NDArray[np.float64]
Bar = Callable[..., None]
LATENCIES = (0.0, 0.04, 0.12, 0.25)
WORDS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen",
)  # fmt: skip
REPLY = " ".join(
    f"[emotion:{mood}]{word}{'.' if at % 5 == 4 else ''}"
    for at, (word, mood) in enumerate(zip(WORDS, cycle(EMOTIONS)))
)
AUDIBLE = 60
"""Of 32767."""
QUIET = 0.8
"""Seconds that are watched after an interrupt."""
CLOSED = 0.2
"""Seconds after the last sound from which on nothing may be seen of what was cut off."""


@dataclass(frozen=True, slots=True)
class CutIn:
    """One interruption as it was decided and told."""

    decided: float
    words: tuple[tuple[float, int], ...]
    """When each would have been heard to its end, and the character it ends with."""
    told: int
    stale: int
    """Moods that came up, and frames with a mouth that moves, when all should be over."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The same for an ear and an eye."""

    silent_after: float
    """Seconds from the decision to the last sound, beyond the lead of the device."""
    told: int
    heard: int
    """Words that ended before it was silent."""
    stale: int


def cut_in(air: OnAir, name: str, chance: random.Random) -> CutIn:
    """Let it speak, cut in, and watch."""
    air.stage.speaking.say(name, REPLY)
    for _ in air.live(chance.uniform(0.25, 5.5)):
        pass
    words = sorted(
        (air.instant_of(each.start + word.end / each.clip.rate), word.char_end)
        for each in air.stage.performer.score.clips
        if each.clip.reply_id == name
        for word in each.clip.words
    )
    decided = air.now
    told = air.stage.speaking.interrupt()[name]
    mood, stale = "", 0
    for frame, _ in enumerate(air.live(QUIET)):
        shown = air.stage.performer.emotion
        if frame / FPS > air.latency + CLOSED:
            mouth = air.stage.performer.score.mouth(air.stage.player.heard())
            stale += max(mouth.values(), default=0.0) > 0.01
            stale += shown not in (mood, "neutral")
        mood = shown
    return CutIn(decided, tuple(words), told, stale)


def perceived(cut: CutIn, loud: Floats, latency: float) -> Heard:
    """`loud` are the seconds at which anything is heard."""
    before = int(np.searchsorted(loud, cut.decided + QUIET))
    last = float(loud[before - 1]) if before else 0.0
    chars = [char for _, char in cut.words]
    return Heard(
        silent_after=last - cut.decided - latency,
        told=chars.index(cut.told) + 1 if cut.told else 0,
        heard=sum(end <= last for end, _ in cut.words),
        stale=cut.stale,
    )


def cut_ins(times: int) -> list[Heard]:
    """As many with each device."""
    found, chance = list[Heard](), random.Random(11)
    for latency in LATENCIES:
        air = OnAir(read_avatar_bytes(tiny_avatar.humanoid().bytes()), latency=latency)
        cuts = [cut_in(air, f"reply-{at}", chance) for at in range(times // len(LATENCIES))]
        loud = np.flatnonzero(np.abs(air.air().astype(np.int32)) > AUDIBLE) / RATE
        found += [perceived(each, loud, latency) for each in cuts]
    return found


def right(found: list[Heard]) -> float:
    """Per cent whose words told are those heard, within one."""
    return 100.0 * float(np.mean([abs(each.told - each.heard) <= 1 for each in found]))


@pytest.mark.timeout(900)
def test_cutting_in_at_any_moment(full_length: bool, bar: Bar) -> None:
    found = cut_ins(200 if full_length else 8)
    assert len({each.heard for each in found}) >= 4, "they are spread over the reply"
    late = 1000.0 * float(np.percentile([each.silent_after for each in found], 95))
    bar("cut in: silence after the decision beyond the lead", late, at_most=60.0, unit="ms")
    bar("cut in: heard text right within a word", right(found), at_least=100.0, unit="%")
    bar("cut in: stale moods and moving lips", sum(each.stale for each in found), at_most=0)


def test_sound_that_plays_on_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = CountedPlayer.stop
    monkeypatch.setattr("tests.makers.on_air.LateDevice.stop", lambda player: stop(player, 0.4))
    found = cut_ins(4)
    assert max(each.silent_after for each in found) > 0.06


def test_cues_and_lips_that_stay_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Score, "cut", lambda score, at: None)
    assert sum(each.stale for each in cut_ins(4)) > 0


def test_words_that_were_only_placed_are_not_told_as_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = speaking.heard_chars
    monkeypatch.setattr(
        speaking, "heard_chars", lambda clips, reply, at: heard(clips, reply, at + 60.0)
    )
    assert right(cut_ins(4)) < 100.0
