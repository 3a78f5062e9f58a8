"""An avatar that talks through a real device in real time, without window and server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

import numpy as np

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.companion.companion import Companion
from avatar_desktop.companion.live import live_stage
from avatar_desktop.companion.stage import Stage
from avatar_desktop.companion.states import AvatarState
from avatar_desktop.library.settings import Settings
from avatar_desktop.sound.device import LivePlayer
from avatar_desktop.wire import messages as wire
from tests.makers.played_companion import MOMENT

FRAME_SECONDS = 1 / 60


class NoLine:
    """Keeps what would go to the server."""

    def __init__(self) -> None:
        self.sent: list[wire.Message] = []

    def say(self, text: str, client_message_id: str) -> None:
        """Nobody answers."""

    def send(self, message: wire.Message) -> None:
        self.sent.append(message)

    def retry_now(self) -> None:
        """It is not tried."""


class LiveTalk:
    """One avatar on a real device; frames pass sixty times a second while it is waited for."""

    def __init__(self, companion: Companion, stage: Stage, line: NoLine) -> None:
        self.companion = companion
        self.stage = stage
        self.line = line
        self.looks: list[tuple[float, float]] = []
        """Instant and stage second of each frame."""

    @property
    def player(self) -> LivePlayer:
        assert isinstance(self.stage.player, LivePlayer)
        return self.stage.player

    async def until(self, condition: Callable[[], bool], patience: float = 30.0) -> None:
        async with asyncio.timeout(patience):
            while not condition():
                self.frame()
                await asyncio.sleep(FRAME_SECONDS)

    async def live(self, seconds: float) -> None:
        ending = time.perf_counter() + seconds
        await self.until(lambda: time.perf_counter() >= ending, seconds + 30)

    def frame(self) -> None:
        heard = self.companion.tick()
        assert heard is not None
        self.looks.append((time.perf_counter(), heard))
        self.stage.pose(heard)

    def begin(self, stream: str = "st") -> None:
        self.companion.receive(
            wire.StreamStart(
                stream_id=stream, message_id=f"m-{stream}", agent_id="a", started_at=MOMENT
            )
        )

    def grow(self, chunk: str, index: int = 0, stream: str = "st") -> None:
        self.companion.receive(
            wire.StreamChunk(stream_id=stream, chunk=chunk, chunk_index=index, timestamp=MOMENT)
        )

    def end(self, chunks: int = 1, stream: str = "st") -> None:
        self.companion.receive(
            wire.StreamEnd(
                stream_id=stream, total_chunks=chunks, ended_at=MOMENT, reason="complete"
            )
        )

    def instant_of(self, stage: float) -> float:
        """When the clock said that this position is heard."""
        instants, stages = zip(*self.looks, strict=True)
        return float(np.interp(stage, stages, instants))


@asynccontextmanager
async def live_talk(avatar: Avatar, **choices: Any) -> Any:
    """The avatar with its processes up; nothing has been said."""
    companion, line = Companion(new_id=lambda: "one", wall_ms=lambda: 0), NoLine()
    companion.use_link(line)
    companion.avatar_opens()
    stage = live_stage(avatar, None, companion, Settings(**choices), seed=1)
    companion.avatar_ready(stage)
    stage.open_voice()
    talk = LiveTalk(companion, stage, line)
    try:
        await talk.until(lambda: talk.player.is_up)
        assert companion.machine.state is AvatarState.READY
        yield talk
    finally:
        companion.close_avatar()
