"""Cutting in, holding and muting: what was heard is told truly, and nothing stale is shown."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.companion import speaking
from avatar_desktop.companion.stage import Stage
from avatar_desktop.companion.states import AvatarState
from avatar_desktop.reply.cue import Cue
from avatar_desktop.sound.counted import LEAD_SECONDS, CountedPlayer
from avatar_desktop.wire import messages as wire
from tests.makers.made_up_voice import WORD_SECONDS
from tests.makers.played_companion import STEP, Played

EMOTIONS = ("happy", "sad", "angry", "surprised", "calm", "excited", "concerned")
WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
SENTENCES = " ".join(
    f"[emotion:{EMOTIONS[at % 7]}]{word}{'.' if at % 4 == 3 else ''}"
    for at, word in enumerate(WORDS)
)
RATE = 48_000


def stage_of(played: Played) -> Stage:
    assert played.companion.stage is not None
    return played.companion.stage


def heard_words(played: Played) -> float:
    """How many words sounded, told by the sound alone."""
    player = stage_of(played).player
    assert isinstance(player, CountedPlayer)
    sound = np.abs(player.mix().astype(np.int32)).reshape(-1, RATE // 100).max(axis=1)
    return float((sound > 300).sum()) / 100 / WORD_SECONDS


def words_of(heard_chars: int | None) -> int:
    told = SENTENCES[: heard_chars or 0]
    return sum(1 for word in WORDS if f"]{word}" in told)


def coming(played: Played) -> list[Cue]:
    """What the face and the hands are still to show."""
    stage = stage_of(played)
    now = stage.player.heard()
    return [each.cue for each in stage.performer.score.cues_between(now + 0.03, float("inf"))]


def cut_in(tiny: Avatar, folder: Path, times: int) -> tuple[int, int]:
    """At random moments: how often the words told were right within one, and cues left over."""
    chance, right, stale = random.Random(4), 0, 0
    for each in range(times):
        played = Played(tiny, folder / str(each))
        played.connect()
        played.open_avatar()
        played.begin()
        played.grow(SENTENCES)
        played.live(LEAD_SECONDS)
        played.live(chance.uniform(0.0, 2.6))
        if chance.random() < 0.3:  # the ear was not sure at first
            played.companion.pause()
            played.live(chance.uniform(0.05, 0.6))
        if chance.random() < 0.5:
            played.companion.resume()
            played.live(chance.uniform(0.05, 0.5))
        played.companion.interrupt()
        (told,) = played.link.told(wire.StreamInterrupt)
        # A word that was broken off by a pause sounds once more, at most one for each.
        repeated = played.states.count("PAUSED")
        right += -1 - repeated <= words_of(told.heard_chars) - heard_words(played) <= 0.01
        stale += len(coming(played))
        played.live(0.2)
        assert played.companion.machine.state is AvatarState.READY
    return right, stale


def test_whenever_the_person_cuts_in_the_words_told_are_those_heard(
    tiny: Avatar, tmp_path: Path, full_length: bool, bar: Callable[..., None]
) -> None:
    times = 200 if full_length else 40
    right, stale = cut_in(tiny, tmp_path, times)
    bar("cutting in: heard text right within a word", 100 * right / times, at_least=100, unit=" %")
    bar("cutting in: cues left", stale, at_most=0)


def test_words_that_were_only_sent_would_be_noticed(
    tiny: Avatar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speaking, "heard_chars", lambda clips, reply, at: len(SENTENCES))
    right, _ = cut_in(tiny, tmp_path, 10)
    assert right < 10


def test_what_was_heard_long_ago_is_still_told(wren: Played) -> None:
    wren.begin()
    wren.grow("One two three. Four five. ")
    wren.live(60.0)
    wren.companion.interrupt()
    (told,) = wren.link.told(wire.StreamInterrupt)
    assert told.heard_chars == len("One two three. Four five")


def test_a_false_alarm_goes_on_with_the_word_that_it_broke_off(wren: Played) -> None:
    wren.reply("One two three four.")
    wren.live(LEAD_SECONDS + 2.5 * WORD_SECONDS)
    wren.companion.pause()
    wren.live(0.7)
    before = heard_words(wren)
    assert 2.5 < before < 2.8
    wren.companion.resume()
    wren.live(LEAD_SECONDS + 0.05)
    assert heard_words(wren) > before, "it goes on at once"
    wren.live()
    assert heard_words(wren) == pytest.approx(4 + before - 2, abs=0.06)
    assert wren.link.told(wire.AudioControl)[-1].heard_chars == len("One two three four")


def test_another_speaker_says_the_word_under_way_from_its_start(wren: Played) -> None:
    """The old one is closed at once: what it had in stock is heard nowhere."""
    wren.reply("One two three four.")
    wren.live(LEAD_SECONDS + 2.5 * WORD_SECONDS)
    stage_of(wren).speaking.use_device("headphones")
    assert wren.companion.machine.state is AvatarState.PLAYING
    wren.live()
    again = heard_words(wren) - 4.0
    assert 0.45 < again < 0.75, "the third word sounds once more from its start, and no other"
    assert wren.link.told(wire.AudioControl)[-1].heard_chars == len("One two three four")
    assert wren.companion.machine.state is AvatarState.READY


def test_another_speaker_in_silence_or_in_a_pause_changes_nothing(wren: Played) -> None:
    stage_of(wren).speaking.use_device("headphones")
    wren.reply("One two.")
    wren.live(LEAD_SECONDS + 0.5 * WORD_SECONDS)
    wren.companion.pause()
    stage_of(wren).speaking.use_device(None)
    assert wren.companion.machine.state is AvatarState.PAUSED
    wren.companion.resume()
    wren.live()
    assert wren.companion.machine.state is AvatarState.READY and heard_words(wren) < 2.8


def mouth_at_work(wren: Played, seconds: float) -> bool:
    stage = stage_of(wren)
    shown: list[float] = []
    for _ in range(round(seconds / STEP)):
        wren.live(STEP)
        shown.append(sum(stage.performer.score.mouth(stage.player.heard()).values()))
    return any(a != b for a, b in pairwise(shown))


def test_lips_and_face_wait_with_the_voice_however_long(wren: Played) -> None:
    wren.reply("One two three [emotion:sad]four five.")
    wren.live(LEAD_SECONDS + 2.2 * WORD_SECONDS)
    wren.companion.pause()
    wren.live(0.3)
    assert not mouth_at_work(wren, 1.0)
    wren.live(40.0)
    assert stage_of(wren).performer.emotion == "neutral"
    wren.companion.resume()
    assert mouth_at_work(wren, 0.5)
    wren.live()
    assert stage_of(wren).performer.emotion == "sad"


def test_muting_in_the_middle_takes_the_voice_and_leaves_the_face(wren: Played) -> None:
    wren.begin()
    wren.grow("[emotion:happy]One two [gesture:nod]three four. [emotion:surprised]Five six. ")
    wren.live(LEAD_SECONDS + 1.5 * WORD_SECONDS)
    wren.companion.mute(True)
    assert wren.companion.machine.state is AvatarState.READY
    sounded = heard_words(wren)
    wren.grow("[emotion:sad]Seven eight.", 1)
    wren.end(2)
    assert [cue.name for cue in coming(wren)] == ["nod", "surprised", "sad"]
    seen: list[str] = []
    for _ in range(200):
        wren.live(STEP)
        emotion = stage_of(wren).performer.emotion
        if emotion not in ("neutral", *seen):
            seen.append(emotion)
    assert seen == ["happy", "surprised", "sad"]
    assert heard_words(wren) == pytest.approx(sounded, abs=0.3)
    assert wren.states == ["PLAYING", "READY"]
    assert wren.rows[0].state == "complete"


def test_muting_while_held_goes_on_without_the_voice(wren: Played) -> None:
    wren.reply("One two three [emotion:sad]four five.")
    wren.live(LEAD_SECONDS + 1.5 * WORD_SECONDS)
    wren.companion.pause()
    wren.live(2.0)
    wren.companion.mute(True)
    wren.live(1.0)
    assert stage_of(wren).performer.emotion == "sad"
    assert wren.companion.machine.state is AvatarState.READY


def test_what_is_mimed_ends_with_an_interrupt_as_well(wren: Played) -> None:
    wren.companion.mute(True)
    wren.begin()
    wren.grow("One two three four five six seven. [emotion:sad]Eight nine. ")
    wren.live(0.1)
    wren.companion.interrupt()
    wren.grow("[emotion:angry]Ten. ", 1)
    assert coming(wren) == []
    wren.live(1.0)
    assert stage_of(wren).performer.emotion == "neutral"
