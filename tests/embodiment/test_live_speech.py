"""Sound and picture of one talking avatar, through a real device and its recorder.

A short sample shows that all of it works here; the full length holds the bars.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.companion.states import AvatarState
from avatar_desktop.performer.score import ScoredClip
from avatar_desktop.sound.samples import resampled
from avatar_desktop.wire import messages as wire
from tests.makers import tiny_avatar
from tests.makers.device_lead import measure
from tests.makers.live_talk import LiveTalk, live_talk
from tests.makers.null_sink import RATE, Recorder, place_of, recording
from tests.makers.speech import SENTENCES

WORDS = "one two three four five six seven eight nine ten eleven twelve"
VISIBLE = frozenset("pbmfvwuoaeiʃʒ")
"""Sounds whose beginning is seen."""
SILENCE = 60


@dataclass(frozen=True)
class Watched:
    """What one clip was like for the ear and for the eye."""

    correlation: float
    shown_after_heard: tuple[float, ...]
    """Seconds, of each visible sound."""


def watched(
    talk: LiveTalk, placed: ScoredClip, recorded: NDArray[np.int16], began: float, offset: float
) -> Watched:
    sound = resampled(placed.clip.pcm, placed.clip.rate, RATE)
    promised = talk.instant_of(placed.start)
    low = max(0, round((promised - 0.5 - began) * RATE))
    place, likeness = place_of(sound, recorded[low : low + len(sound) + RATE])
    heard = began + (low + place) / RATE - offset
    instants, stages = (np.array(each) for each in zip(*talk.looks, strict=True))
    late: list[float] = []
    for phone in placed.clip.phones:
        if phone.ipa[:1] in VISIBLE:
            at = phone.start / placed.clip.rate
            frame = int(np.searchsorted(stages, placed.start + at))
            if frame < len(instants):
                late.append(float(instants[frame]) - (heard + at))
    return Watched(likeness, tuple(late))


@contextlib.contextmanager
def both_cores_busy() -> Iterator[None]:
    work = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    try:
        yield
    finally:
        for each in work:
            each.kill()
            each.wait()


async def talk_for(seconds: float) -> tuple[LiveTalk, list[ScoredClip], int]:
    """Sentence after sentence, until so much was said; and how often the device ran dry."""
    placed: dict[str, ScoredClip] = {}
    async with live_talk(read_avatar_bytes(tiny_avatar.humanoid().bytes())) as talk:
        number = 0
        while talk.player.heard() < seconds:
            name = f"st-{number}"
            talk.begin(name)
            talk.grow(f"{SENTENCES[number % len(SENTENCES)]} ", 0, name)
            talk.end(1, name)
            number += 1

            def is_said() -> bool:
                for each in talk.stage.performer.score.clips:
                    placed[each.clip.id] = each
                return not talk.stage.speaking.is_busy

            await talk.until(is_said)
        await talk.live(0.5)
        assert talk.companion.notices.current == ()
        underflows = talk.player.underflows
    return talk, list(placed.values()), underflows


@pytest.mark.timeout(900)
def test_the_mouth_is_seen_when_its_sound_is_heard(
    null_sink: None, full_length: bool, bar: Callable[..., None]
) -> None:
    lead = measure(dict(os.environ))
    with both_cores_busy() if full_length else contextlib.nullcontext(), recording() as recorder:
        talk, placed, underflows = asyncio.run(talk_for(600.0 if full_length else 9.0))
        recorded, began = recorder.stop()
    seen = [watched(talk, each, recorded, began, lead.recorder_offset) for each in placed]
    alike = [each.correlation for each in seen]
    late = np.array([each for clip in seen for each in clip.shown_after_heard]) * 1000
    print(f"{len(seen)} clips, {len(late)} sounds, alike {min(alike):.3f} to {max(alike):.3f}")
    print(f"underflows {underflows}, at a load of {os.getloadavg()[0]:.1f}")
    within = float(np.percentile(np.abs(late), 95))
    print(f"shown after heard: median {np.median(late):.1f} ms, 95 % within {within:.1f} ms")
    assert len(seen) >= 3 and float(np.median(alike)) >= 0.98
    if full_length:
        bar("live: sound like the clip", min(alike), at_least=0.98)
        middle = float(np.median(late))
        bar("live: mouth after sound, median", middle, at_least=-20, at_most=20, unit=" ms")
        spread = float(np.percentile(np.abs(late), 95))
        bar("live: mouth beside sound, 95th percentile", spread, at_most=45, unit=" ms")
        bar("live: underflows in ten minutes, both cores busy", underflows, at_most=0)


@dataclass(frozen=True)
class CutIn:
    """One interruption as the ear had it."""

    silent_after: float
    told: int
    heard: float
    """Words whose end had sounded, by the recording."""
    stale: int


async def cut_in(times: int) -> list[CutIn]:
    chance, found = random.Random(11), list[CutIn]()
    async with live_talk(read_avatar_bytes(tiny_avatar.humanoid().bytes())) as talk:
        for number in range(times):
            with recording() as recorder:
                found.append(await _cut_in(talk, f"st-{number}", chance, recorder))
    return found


async def _cut_in(talk: LiveTalk, name: str, chance: random.Random, recorder: Recorder) -> CutIn:
    text = "".join(f"[emotion:happy]{word} " for word in WORDS.split()) + ". "
    talk.begin(name)
    talk.grow(text, 0, name)
    await talk.until(lambda: talk.companion.machine.state is AvatarState.PLAYING)
    score = talk.stage.performer.score
    first = next(each for each in score.clips if each.clip.reply_id == name)
    moment = first.start + chance.uniform(0.1, 1.8)
    await talk.until(lambda: talk.player.heard() >= moment)
    clips = [each for each in score.clips if each.clip.reply_id == name]
    decided = time.perf_counter()
    talk.companion.interrupt()
    silence_due = talk.player.heard()
    stale = len(score.cues_between(silence_due + 0.2, float("inf")))
    await talk.live(0.35)
    recorded, began = recorder.stop()
    told = [each for each in talk.line.sent if isinstance(each, wire.StreamInterrupt)][-1]
    sound = resampled(first.clip.pcm, first.clip.rate, RATE)
    place, _ = place_of(sound[: RATE // 2], recorded)
    last = int(np.flatnonzero(np.abs(recorded.astype(np.int32)) > SILENCE)[-1])
    sounded = (last - place) / RATE
    words = [
        (each.start - first.start + word.end / each.clip.rate, word.char_end)
        for each in clips
        for word in each.clip.words
    ]
    ends = [char for end, char in words if end <= sounded]
    chars = [char for _, char in words]
    return CutIn(
        silent_after=began + last / RATE - decided,
        told=chars.index(told.heard_chars) + 1 if told.heard_chars else 0,
        heard=len(ends),
        stale=stale,
    )


@pytest.mark.timeout(900)
def test_cutting_in_falls_silent_and_tells_what_was_heard(
    null_sink: None, full_length: bool, bar: Callable[..., None]
) -> None:
    lead = measure(dict(os.environ))
    cuts = asyncio.run(cut_in(200 if full_length else 3))
    assert all(each.stale == 0 for each in cuts)
    right = 100 * sum(abs(each.told - each.heard) <= 1 for each in cuts) / len(cuts)
    beyond = [(each.silent_after - lead.write_to_ear) * 1000 for each in cuts]
    print(f"right {right} %, silent beyond the lead: {np.percentile(beyond, (50, 95, 100))} ms")
    assert right == 100
    if full_length:
        bar("live: heard text right within a word", right, at_least=100, unit=" %")
        latest = float(np.percentile(beyond, 95))
        bar("live: silence after the decision beyond the lead", latest, at_most=60, unit=" ms")
        bar("live: cues left", sum(each.stale for each in cuts), at_most=0)
