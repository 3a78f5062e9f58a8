"""From the first phrase of a streamed reply to its first audible sample, in milliseconds.

A reply streams into the living app (companion, voice and sound processes, sixty poses of Wren a
second; no window) and is recorded from a null sink of PulseAudio. What the engine takes for the
phrase, the silence that it begins with, and the lead of the device (a bare stream's way from the
callback to the ear, in the same run) are taken off: what is left is ours. The rival waits for the
end of the sentence, and plays it with a player of its own, as simple programs do.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.library.avatars import resolve
from avatar_desktop.library.folders import folders
from avatar_desktop.reply.phrases import ReplyReader
from avatar_desktop.sound.samples import resampled
from avatar_desktop.sound.worker import CLOSE_AFTER_SECONDS
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.engines.espeak import EspeakEngine
from benchmarks import _figure as figure
from tests.makers.device_lead import Lead, measure
from tests.makers.live_talk import LiveTalk, live_talk
from tests.makers.null_sink import RATE, NoSoundServer, null_sink, recording

THOUGHT_SECONDS = 0.3
"""From the start of the stream to its first word, as a quick mind takes it."""
CHARACTERS_A_SECOND = 160.0
AUDIBLE = 150
"""Of 32767."""
MOST_SECONDS = 30.0
"""Nobody waits longer for a sound."""
REPLIES = (
    "Well, I think that we could go to the lake today. It is warm.",
    "Sure! The train leaves at noon, and we will be there before one. Bring water.",
    "[emotion:happy]That is wonderful news, tell me all about it. I want to know everything.",
    "Hmm, let me think about that for a moment, it is not so easy. There are two ways.",
    "The first thing that you need is a good pair of shoes. The second is time.",
)
RIVAL_REPLIES = 2 * len(REPLIES)


@dataclass(frozen=True)
class Opening:
    """Where a reply's first phrase is complete, and what its engine takes for it."""

    chunks: tuple[str, ...]
    completing: int
    engine_seconds: float
    sentence_end: int
    """The chunk with which the first sentence is complete."""
    sentence: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replies", type=int, default=5 * len(REPLIES))
    parser.add_argument(
        "--cold", type=int, default=2, help="replies after a long silence, a quarter minute each"
    )
    options = parser.parse_args()
    openings = [_opening(text) for text in REPLIES]
    with tempfile.TemporaryDirectory(prefix="avatar-desktop-bench-") as folder:
        try:
            with null_sink(Path(folder)) as environment:
                os.environ.update(environment)
                lead = measure(dict(os.environ))
                rival = _rival(openings, RIVAL_REPLIES, lead)
                asyncio.run(_replies(openings, options.replies, options.cold, lead, rival))
        except NoSoundServer as why:
            sys.exit(f"This benchmark cannot run: {why}.")


def _opening(text: str) -> Opening:
    chunks = tuple(text[at : at + 4] for at in range(0, len(text), 4))
    reader = ReplyReader()
    phrases = [reader.feed(chunk) for chunk in chunks]
    completing = next(at for at, found in enumerate(phrases) if found)
    phrase = phrases[completing][0]
    end = text.index(". ")
    engine = EspeakEngine()
    request = SpeechRequest(phrase.text, phrase.origin, "r", 0)
    engine.speak(request, lambda: False)
    spent: list[float] = []
    for _ in range(5):
        started = time.perf_counter()
        clip = engine.speak(request, lambda: False)
        spent.append(time.perf_counter() - started)
        assert clip is not None
        sound = np.abs(resampled(clip.pcm, clip.rate, RATE).astype(np.int32))
    leading = int(np.argmax(sound > AUDIBLE)) / RATE
    return Opening(
        chunks, completing, statistics.median(spent) + leading, end // 4, text[: end + 1]
    )


async def _replies(
    openings: list[Opening], warm: int, cold: int, lead: Lead, rival: list[float]
) -> None:
    """Tells each figure as soon as it is known."""
    home = folders(temporary=True)
    note = f"beyond the engine and the device's {lead.write_to_ear * 1000:.0f} ms"
    theirs = {"sentence-then-player": statistics.median(rival) if rival else None}
    found: list[float] = []
    try:
        async with live_talk(read_avatar(resolve("wren", home))) as talk:
            await _reply(talk, openings[0], lead, "warming")
            for each in range(warm):
                figure.progress(f"first-sound: reply {each + 1} of {warm}")
                opening = openings[each % len(openings)]
                found.append(await _reply(talk, opening, lead, f"warm-{each}"))
            figure.show("first-sound", "ms", found, rivals=theirs, note=note)
            figure.report("first-sound-95th", "ms", _ninety_fifth(found), runs=found, note=note)
            found = []
            for each in range(cold):
                figure.progress(f"first-sound: long silence {each + 1} of {cold}")
                await talk.live(CLOSE_AFTER_SECONDS + 1.0)
                opening = openings[each % len(openings)]
                found.append(await _reply(talk, opening, lead, f"cold-{each}"))
            if found:
                told = f"{note}; it must open first"
                figure.show("first-sound-device-closed", "ms", found, note=told)
    finally:
        home.discard()


async def _reply(talk: LiveTalk, opening: Opening, lead: Lead, name: str) -> float:
    """Milliseconds of our own."""
    with recording() as recorder:
        talk.begin(name)
        await talk.live(THOUGHT_SECONDS)
        for at, chunk in enumerate(opening.chunks[: opening.completing + 1]):
            complete_at = time.perf_counter()
            talk.grow(chunk, at, name)
            await talk.live(len(chunk) / CHARACTERS_A_SECOND)
        await talk.until(lambda: recorder.has_heard(AUDIBLE), MOST_SECONDS)
        talk.companion.interrupt()
        await talk.live(0.3)
        heard = _first_sound(*recorder.stop(), after=complete_at)
    return (heard - complete_at - opening.engine_seconds - lead.write_to_ear) * 1000


def _rival(openings: list[Opening], times: int, lead: Lead) -> list[float]:
    """Reads the stream to the end of the sentence, makes a file of it and starts a player."""
    import wave

    engine = EspeakEngine()
    spent: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for each in range(times):
            opening = openings[each % len(openings)]
            with recording() as recorder:
                time.sleep(0.2)
                complete_at = time.perf_counter()
                waits = sum(map(len, opening.chunks[opening.completing : opening.sentence_end]))
                time.sleep(waits / CHARACTERS_A_SECOND)
                text = opening.sentence
                request = SpeechRequest(text, tuple(range(len(text))), "r", 0)
                clip = engine.speak(request, lambda: False)
                assert clip is not None
                path = Path(folder, "said.wav")
                with wave.open(str(path), "wb") as file:
                    file.setnchannels(1)
                    file.setsampwidth(2)
                    file.setframerate(clip.rate)
                    file.writeframes(clip.pcm)
                with subprocess.Popen(["paplay", str(path)]) as player:
                    ending = time.perf_counter() + MOST_SECONDS
                    while not recorder.has_heard(AUDIBLE) and time.perf_counter() < ending:
                        time.sleep(0.02)  # the recorder tells nobody
                    player.kill()
                heard = _first_sound(*recorder.stop(), after=complete_at)
            spent.append((heard - complete_at - opening.engine_seconds - lead.write_to_ear) * 1000)
    return spent


def _first_sound(recorded: np.ndarray, began: float, *, after: float) -> float:
    low = max(0, round((after - began) * RATE))
    loud = np.abs(recorded[low:].astype(np.int32)) > AUDIBLE
    if not loud.any():
        sys.exit("Nothing was heard.")
    return began + (low + int(np.argmax(loud))) / RATE


def _ninety_fifth(values: list[float]) -> float:
    return float(np.percentile(values, 95))


if __name__ == "__main__":
    main()
