"""What is cancelled is let go of: at every step, by every engine, in the end by force."""

from __future__ import annotations

import asyncio
import queue
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from avatar_desktop.errors import Cancelled
from avatar_desktop.reply.vocabulary import Tone
from avatar_desktop.voice import alignment, speaker
from avatar_desktop.voice.alignment import Times, fitted
from avatar_desktop.voice.clip import Phone, SpeechClip
from avatar_desktop.voice.engine import EngineInfo, SpeechEngine, SpeechRequest
from avatar_desktop.voice.engines import bend
from avatar_desktop.voice.engines.kokoro import KokoroEngine
from avatar_desktop.voice.engines.piper import PiperEngine
from avatar_desktop.voice.engines.sherpa import SherpaEngine
from avatar_desktop.voice.speaker import VoiceWorker
from avatar_desktop.voice.worker import CANCEL, CANCELLED, SPEAK, _answer
from avatar_desktop.workers.channel import Message
from avatar_desktop.workers.child import Child, worker_command
from avatar_desktop.workers.supervisor import Status
from tests.makers import made_up_kokoro, made_up_sherpa
from tests.makers.hanging_voice import COMMAND, HANG
from tests.makers.made_up_piper import Faults, write_voice
from tests.makers.one_espeak import one_espeak
from tests.makers.speech import SENTENCES

Bar = Callable[..., None]
ENGINES = ("espeak", "piper", "piper by ear", "kokoro", "sherpa")
TEXT = "This is a sentence that goes on and on, and then it ends."


def ask(text: str, voice: str = "", reply: str = "r", tone: str = "neutral") -> SpeechRequest:
    return SpeechRequest(text, tuple(range(len(text))), reply, 0, voice=voice, tone=tone)


def voice_of(engine: str, folder: Path) -> str:
    """A made-up voice for an engine."""
    if engine == "espeak":
        return ""
    pytest.importorskip("onnxruntime", reason="neural voices need the extra `voices`")
    if engine == "kokoro":
        return f"kokoro:{made_up_kokoro.write_folder(folder)}#af_amber"
    if engine == "sherpa":
        pytest.importorskip("sherpa_onnx", reason="these voices need the extra `more-voices`")
        return f"sherpa:{made_up_sherpa.write_folder(folder)}"
    return f"piper:{write_voice(folder, 'hum', Faults(tells_no_times='ear' in engine))}"


def engine_of(name: str) -> SpeechEngine:
    kinds = {"kokoro": KokoroEngine, "sherpa": SherpaEngine, "espeak": None}
    kind = kinds.get(name, PiperEngine)
    return one_espeak() if kind is None else kind(one_espeak())


@pytest.fixture(autouse=True)
def nobody_works_on() -> Iterator[None]:
    """Whatever was left alone ends, and soon."""
    yield
    for thread in threading.enumerate():
        if thread.name == "voice-work":
            thread.join(30)
            assert not thread.is_alive(), "work that nobody wants goes on"


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_gives_nothing_however_late_it_is_cancelled(name: str, tmp_path: Path) -> None:
    """From its first question to its last one: what is asked last is asked when all but the clip
    is made."""
    engine, request = engine_of(name), ask(TEXT, voice_of(name, tmp_path), tone="excited")
    asked: list[int] = []
    assert engine.speak(request, lambda: bool(asked.append(0))) is not None
    whole = len(asked)
    assert whole > 3
    for late in {1, 2, whole // 2, whole - whole // 4}:
        count = 0

        def is_cancelled(late: int = late) -> bool:
            nonlocal count
            count += 1
            return count >= late

        assert engine.speak(request, is_cancelled) is None


def test_a_clip_that_is_made_too_late_is_not_handed_over() -> None:
    """Mutation: an engine that never asks. The process asks before it answers."""
    cancelled = False

    class Deaf:
        info = EngineInfo("deaf", "exact", "none")

        def speak(
            self, request: SpeechRequest, is_cancelled: Callable[[], bool]
        ) -> SpeechClip | None:
            nonlocal cancelled
            cancelled = True
            return one_espeak().speak(request, lambda: False)

    answer = _answer(Deaf(), "", ask("Hello."), lambda: cancelled)
    assert answer == {"kind": CANCELLED, "reply_id": "r", "seq": 0}


def test_a_comparison_that_nobody_wants_ends_in_its_midst(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise it would hold the next phrase up, on the same core."""
    rate, asked = 16_000, 0
    sound = np.random.default_rng(1).normal(0, 0.1, 4 * rate).astype(np.float32)
    times = Times((Phone(0, len(sound), "a", 0),), ())

    def after(looks: int) -> Callable[[], bool]:
        def is_cancelled() -> bool:
            nonlocal asked
            asked += 1
            return asked > looks

        return is_cancelled

    fitted(sound, rate, sound, rate, times, is_cancelled=after(10_000))
    whole = asked
    assert whole > 10
    for looks in (0, 1, whole // 2):
        asked = 0
        with pytest.raises(Cancelled):
            fitted(sound, rate, sound, rate, times, is_cancelled=after(looks))
        assert asked == looks + 1, "it is not asked twice"
    monkeypatch.setattr(alignment, "DIAGONALS_A_LOOK", 10**9)
    asked = 0
    fitted(sound, rate, sound, rate, times, is_cancelled=after(whole // 2))
    assert asked < 10, "without looks it goes on to its end"


def test_a_bent_sound_that_nobody_wants_ends_in_its_midst() -> None:
    sound = np.random.default_rng(1).normal(0, 0.1, 200_000).astype(np.float32)
    asked: list[int] = []

    def is_cancelled() -> bool:
        asked.append(0)
        return len(asked) > 2

    with pytest.raises(Cancelled):
        bend.bent(sound, 22_050, Tone(1.2, 1.0), is_cancelled)
    assert len(asked) == 3


def until_there(file: Path) -> None:
    deadline = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < deadline, f"{file} never came"
        threading.Event().wait(0.01)


def test_a_voice_that_hangs_over_what_was_cancelled_is_ended_and_the_next_speaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs = tmp_path / "hangs"

    async def scene() -> tuple[list[SpeechClip], list[Status], list[str]]:
        clips: list[SpeechClip] = []
        failed: list[str] = []
        statuses: list[Status] = []
        news = asyncio.Event()

        def note(_news: object) -> None:
            news.set()

        async def until(condition: Callable[[], bool]) -> None:
            async with asyncio.timeout(60):
                while not condition():
                    news.clear()
                    await news.wait()

        voice = VoiceWorker(
            lambda clip: note(clips.append(clip)),
            lambda reply, seq, why: note(failed.append(why)),
            lambda status: note(statuses.append(status)),
            command=COMMAND,
        )
        voice.start()
        try:
            await until(lambda: voice.status == "up")
            first = voice.pid
            voice.request(ask(f"{HANG}{hangs}", reply="hung"))
            voice.request(ask("This is waiting.", reply="next"))
            await asyncio.to_thread(until_there, hangs)
            voice.cancel("hung")
            await until(lambda: bool(clips))
            assert voice.pid != first
            monkeypatch.setattr(speaker, "LETTING_GO_SECONDS", 50.0)  # however busy it is here
            for number in range(3):  # what was let go of in time costs nobody anything
                voice.request(ask(TEXT * 20, reply=f"quick {number}"))
                voice.cancel(f"quick {number}")
            voice.request(ask("And this.", reply="last"))
            await until(lambda: len(clips) == 2)
        finally:
            voice.close()
        return clips, statuses, failed

    clips, statuses, failed = asyncio.run(scene())
    assert [clip.reply_id for clip in clips] == ["next", "last"] and failed == []
    assert statuses == ["starting", "up", "down", "starting", "up"]


@pytest.mark.parametrize("name", ENGINES)
def test_every_voice_process_lets_go_within_a_blink(
    name: str, tmp_path: Path, full_length: bool, bar: Bar
) -> None:
    """A time of the machine: held in the long run only, on a machine that does nothing else."""
    answers: queue.SimpleQueue[Message | int] = queue.SimpleQueue()
    child = Child("voice", worker_command("voice"), answers.put, answers.put)
    voice, text, waited = voice_of(name, tmp_path), " ".join(SENTENCES[:4]), list[float]()
    chance = random.Random(1)

    def answer_to(reply: str) -> Message:
        while True:
            answer = answers.get(timeout=60)
            assert not isinstance(answer, int), "the voice ended"
            if answer.get("reply_id", answer.get("clip", {}).get("reply_id")) == reply:
                return answer

    try:
        child.send({"kind": SPEAK, "request": ask(text, voice, "whole")})
        answer_to("whole")
        began = time.perf_counter()
        child.send({"kind": SPEAK, "request": ask(text, voice, "again")})
        answer_to("again")
        whole = time.perf_counter() - began
        for number in range(60 if full_length else 5):
            reply = f"cut {number}"
            child.send({"kind": SPEAK, "request": ask(text, voice, reply)})
            threading.Event().wait(chance.uniform(0, 0.9 * whole))
            cut_at = time.perf_counter()
            child.send({"kind": CANCEL, "reply_id": reply})
            answer_to(reply)
            waited.append(1000 * (time.perf_counter() - cut_at))
    finally:
        child.end()
    told = f"{name}: {np.median(waited):.1f} ms, at most {max(waited):.1f} ms"
    print(told)
    if full_length:
        bar(f"cancel to an idle voice, {name}", max(waited), at_most=50.0, unit="ms")
