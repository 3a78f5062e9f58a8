"""An hour of talk: clips and mouth tracks far faster than they are heard, in memory that stays."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable

import psutil
import pytest

from avatar_desktop.lips.mouth import mouth_track
from avatar_desktop.reply.phrases import ReplyReader
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.synthesis import BlockingVoice
from tests.makers.speech import SENTENCES

MIB = 1 << 20


@pytest.mark.timeout(900)
def test_an_hour_of_text_is_voiced_in_a_minute_and_leaves_nothing_behind(
    full_length: bool, bar: Callable[..., None]
) -> None:
    wanted = 3600.0 if full_length else 60.0
    heard, resident = 0.0, list[float]()
    started = time.process_time()
    with BlockingVoice() as voice:
        (child,) = _voices()
        reader, seq, previous = ReplyReader(), 0, None
        for sentence in itertools.cycle(SENTENCES):
            for phrase in reader.feed(f"{sentence} "):
                if not phrase.text.strip():
                    continue
                seq += 1
                clip = voice.speak(SpeechRequest(phrase.text, phrase.origin, "r", seq))
                track = mouth_track(clip, "arkit", previous=previous)
                assert len(track.weights) > 0
                heard, previous = heard + clip.seconds, clip
            resident.append((_resident(os.getpid()) + _resident(child.pid)) / MIB)
            if heard >= wanted:
                break
        worked = time.process_time() - started + sum(child.cpu_times()[:2])
    early = resident[len(resident) // 10]
    print(f"{heard:.0f} s in {worked:.1f} s of one core, {early:.0f} to {max(resident):.0f} MiB")
    if full_length:
        bar("an hour of text, times real time on one core", heard / worked, at_least=100)
        grown = max(abs(each - early) for each in resident[len(resident) // 10 :])
        bar("an hour of text, memory moves by", grown, at_most=20, unit=" MB")


def _voices() -> list[psutil.Process]:
    return [each for each in psutil.Process().children() if "voice" in " ".join(each.cmdline())]


def _resident(pid: int) -> int:
    return psutil.Process(pid).memory_info().rss
