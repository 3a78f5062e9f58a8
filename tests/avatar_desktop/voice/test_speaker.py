"""The voice process from the app's side: each request is answered once, through any kill."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable

import psutil
import pytest

from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.speaker import KILLED_THE_VOICE, VoiceWorker
from avatar_desktop.workers.supervisor import Status

SENTENCE = "This is a sentence that goes on and on. "
LONG = SENTENCE * 50
ENDLESS = SENTENCE * 1000
unix_only = pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 on Windows")


def ask(text: str, seq: int = 0, reply: str = "r", voice: str = "") -> SpeechRequest:
    return SpeechRequest(text, tuple(range(len(text))), reply, seq, voice=voice)


class Heard:
    def __init__(self) -> None:
        self.clips: list[SpeechClip] = []
        self.failed: list[tuple[str, int, str]] = []
        self.statuses: list[Status] = []
        self.news = asyncio.Event()
        self.voice = VoiceWorker(self.clip, self.fail, self.status)

    def clip(self, clip: SpeechClip) -> None:
        self.clips.append(clip)
        self.news.set()

    def fail(self, reply: str, seq: int, why: str) -> None:
        self.failed.append((reply, seq, why))
        self.news.set()

    def status(self, status: Status) -> None:
        self.statuses.append(status)
        self.news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not condition():
                self.news.clear()
                await self.news.wait()

    def kill(self) -> None:
        assert self.voice.pid is not None
        os.kill(self.voice.pid, signal.SIGKILL)


def with_voice(scene: Callable[[Heard], Awaitable[None]]) -> Heard:
    async def play() -> Heard:
        heard = Heard()
        heard.voice.start()
        pid = heard.voice.pid
        try:
            await scene(heard)
        finally:
            heard.voice.close()
        assert pid is None or not psutil.pid_exists(pid)
        return heard

    return asyncio.run(play())


def test_requests_made_before_the_voice_is_up_are_answered_in_order() -> None:
    async def scene(heard: Heard) -> None:
        for seq in range(5):
            heard.voice.request(ask(f"Number {seq}.", seq))
        await heard.until(lambda: len(heard.clips) == 5)
        assert [clip.seq for clip in heard.clips] == list(range(5))

    assert with_voice(scene).statuses == ["starting", "up"]


@unix_only
def test_a_kill_in_the_middle_is_survived_and_nothing_is_lost() -> None:
    async def scene(heard: Heard) -> None:
        await heard.until(lambda: heard.voice.status == "up")
        heard.voice.request(ask(LONG, 0))
        heard.voice.request(ask("And then this.", 1))
        heard.kill()
        await heard.until(lambda: len(heard.clips) == 2)
        assert [clip.seq for clip in heard.clips] == [0, 1]

    assert with_voice(scene).statuses == ["starting", "up", "down", "starting", "up"]


@unix_only
def test_a_request_that_ends_the_voice_twice_fails_and_the_others_are_spoken() -> None:
    async def scene(heard: Heard) -> None:
        await heard.until(lambda: heard.voice.status == "up")
        heard.voice.request(ask(LONG, 0))
        heard.voice.request(ask("And then this.", 1))
        for kills in (1, 2):
            await heard.until(lambda: heard.voice.status == "up")
            heard.kill()
            await heard.until(lambda kills=kills: heard.statuses.count("down") == kills)
        await heard.until(lambda: len(heard.clips) == 1)
        assert heard.failed == [("r", 0, KILLED_THE_VOICE)]
        assert heard.clips[0].seq == 1

    with_voice(scene)


@unix_only
def test_a_voice_that_stands_still_misses_its_heartbeats_and_another_says_the_phrase() -> None:
    async def scene(heard: Heard) -> None:
        await heard.until(lambda: heard.voice.status == "up")
        assert heard.voice.pid is not None
        os.kill(heard.voice.pid, signal.SIGSTOP)
        heard.voice.request(ask("This is said by the next one."))
        await heard.until(lambda: len(heard.clips) == 1)
        assert heard.failed == []

    assert with_voice(scene).statuses[:5] == ["starting", "up", "down", "starting", "up"]


def test_a_cancelled_reply_is_dropped_unspoken() -> None:
    async def scene(heard: Heard) -> None:
        heard.voice.request(ask("Warm up.", 0, "first"))
        await heard.until(lambda: len(heard.clips) == 1)
        heard.voice.request(ask(ENDLESS, 0, "second"))
        heard.voice.request(ask(ENDLESS, 1, "second"))
        heard.voice.cancel("second")
        heard.voice.request(ask("Next.", 0, "third"))
        await heard.until(lambda: len(heard.clips) == 2)
        assert heard.clips[1].reply_id == "third" and heard.failed == []

    with_voice(scene)


def test_a_phrase_that_cannot_be_spoken_fails_alone() -> None:
    async def scene(heard: Heard) -> None:
        heard.voice.request(ask("No.", 0, voice="dolphin"))
        heard.voice.request(ask("Yes.", 1))
        await heard.until(lambda: len(heard.clips) == 1 and len(heard.failed) == 1)
        assert "dolphin" in heard.failed[0][2]

    with_voice(scene)
