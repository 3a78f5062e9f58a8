"""Engines that misbehave: each costs its own phrase, told in a sentence, and the next is spoken."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import web

from avatar_desktop.voice import worker
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import EngineInfo, SpeechRequest
from avatar_desktop.voice.engines.watched import watched
from avatar_desktop.voice.speaker import VoiceWorker
from avatar_desktop.voice.worker import FAILED_INSIDE
from avatar_desktop.workers.channel import PONG, ChildEnd, Message
from tests.makers.made_up_piper import Faults, write_voice
from tests.makers.speech_server import speech_server


def ask(text: str, seq: int = 0, voice: str = "") -> SpeechRequest:
    return SpeechRequest(text, tuple(range(len(text))), "r", seq, voice=voice)


class Breaks:
    """An engine that ends in an error of its own."""

    info = EngineInfo("breaks", "exact", "none")

    def speak(self, request: SpeechRequest, is_cancelled: Callable[[], bool]) -> SpeechClip | None:
        raise ZeroDivisionError


class Ear:
    """The worker's end of the pipe."""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    def send(self, message: object) -> None:
        self.sent.append(cast(Message, message))


def test_an_error_inside_an_engine_is_a_sentence() -> None:
    answer = worker._answer(Breaks(), "", ask("Hello."), lambda: False)  # pyright: ignore
    assert answer == {"kind": "failed", "why": FAILED_INSIDE, "reply_id": "r", "seq": 0}


def test_who_asks_whether_it_is_wanted_shows_that_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    now, ear, cancelled = [100.0], Ear(), deque[str]()
    monkeypatch.setattr(worker.time, "monotonic", lambda: now[0])
    watch = worker._Watch(ask("Hello."), cancelled, cast(ChildEnd, ear))  # pyright: ignore
    assert not watch() and ear.sent == []
    now[0] += worker.LIFE_SECONDS + 0.1
    assert not watch() and not watch() and ear.sent == [{"kind": PONG}]
    cancelled.append("r")
    assert watch()


def test_work_that_is_not_wanted_is_left_within_a_blink() -> None:
    release, gave_up = threading.Event(), threading.Event()
    asked: list[int] = []

    def wanted_twice() -> bool:
        asked.append(0)
        return len(asked) > 2

    found = watched(release.wait, wanted_twice, give_up=gave_up.set, most_seconds=30)
    release.set()
    assert found is None and gave_up.is_set() and len(asked) == 3


def test_one_bad_voice_after_the_other_and_the_next_phrase_is_spoken(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="Piper voices need the extra `voices`")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        silent = write_voice(tmp_path, "silent", Faults(silent=True))
        nan = write_voice(tmp_path, "nan", Faults(not_a_number=True))
        voices = (f"piper:{silent}", f"piper:{nan}", "piper:/no/such.onnx", nobody, "dolphin")
        clips, failed = asyncio.run(_speak_all(voices))
    assert [seq for seq, _ in failed] == list(range(len(voices)))
    assert all(why.endswith(".") and "\n" not in why for _, why in failed)
    assert [clip.seq for clip in clips] == [len(voices)] and clips[0].timing == "exact"


async def _speak_all(voices: tuple[str, ...]) -> tuple[list[SpeechClip], list[tuple[int, str]]]:
    clips: list[SpeechClip] = []
    failed: list[tuple[int, str]] = []
    done = asyncio.Event()

    def told(clip: SpeechClip) -> None:
        clips.append(clip)
        done.set()

    voice = VoiceWorker(told, lambda _, seq, why: failed.append((seq, why)))
    voice.start()
    try:
        for seq, name in enumerate(voices):
            voice.request(ask("Something is said.", seq, name))
        voice.request(ask("And this is heard.", len(voices)))
        async with asyncio.timeout(30):
            await done.wait()
    finally:
        voice.close()
    return clips, failed


def test_a_server_that_hangs_is_cancelled_and_the_next_reply_is_spoken() -> None:
    async def hangs(wish: dict[str, Any]) -> web.Response:
        await asyncio.sleep(60)
        return web.Response()

    async def scene(url: str, is_asked: threading.Event) -> list[SpeechClip]:
        clips: list[SpeechClip] = []
        done = asyncio.Event()

        def told(clip: SpeechClip) -> None:
            clips.append(clip)
            done.set()

        voice = VoiceWorker(told, lambda *_: done.set())
        voice.start()
        try:
            voice.request(ask("Nobody says this.", 0, url))
            assert await asyncio.to_thread(is_asked.wait, 20)
            voice.cancel("r")
            text = "This is heard."
            voice.request(SpeechRequest(text, tuple(range(len(text))), "next", 0))
            async with asyncio.timeout(20):
                await done.wait()
        finally:
            voice.close()
        return clips

    with speech_server(hangs) as (url, asked):
        (clip,) = asyncio.run(scene(url, asked.is_asked))
    assert clip.reply_id == "next"


def test_the_built_in_voice_waits_for_no_heavy_library() -> None:
    asks = "import sys, avatar_desktop.voice.engines.choice as _; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", asks], check=True, capture_output=True, text=True, timeout=60
    ).stdout.split()
    assert not {"numpy", "soxr", "aiohttp", "onnxruntime", "urllib.request"} & set(loaded)
