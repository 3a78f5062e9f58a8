"""A companion on a counted stage, with a made-up voice and a link that only records."""

from __future__ import annotations

import itertools
from pathlib import Path

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.companion.companion import Companion
from avatar_desktop.companion.snapshot import Message
from avatar_desktop.companion.speaking import SpeechStyle
from avatar_desktop.companion.stage import Stage, set_stage
from avatar_desktop.sound.clock import CountedClock
from avatar_desktop.sound.counted import CountedPlayer
from avatar_desktop.wire import messages as wire
from avatar_desktop.wire.parts import Agent, AgentAvatar
from tests.makers.made_up_voice import MadeUpVoice
from tests.makers.recording_link import ROOM, RecordingLink

STEP = 0.02
MOMENT = "2026-01-31T12:00:00.000Z"


class Played:
    """One companion; `live` lets stage time pass, the other verbs are what a server says."""

    def __init__(self, avatar: Avatar, folder: Path, *, is_served: bool = False) -> None:
        names = itertools.count(1)
        moments = itertools.count(1_000)
        self.changes = 0
        self.companion = Companion(
            new_id=lambda: f"typed-{next(names)}",
            wall_ms=lambda: next(moments),
            on_change=self._changed,
            is_served=is_served,
        )
        self.link = RecordingLink(folder)
        self.voice = MadeUpVoice()
        self.clock = CountedClock()
        self.states: list[str] = []
        self._avatar = avatar

    def _changed(self) -> None:
        self.changes += 1

    @property
    def rows(self) -> tuple[Message, ...]:
        return self.companion.snapshot().messages

    def connect(self, welcome: str = "", initial: str = "", session: str = "s-1") -> None:
        """The line stands and the server greets."""
        self.companion.use_link(self.link)
        self.link.online = True
        agent = Agent(
            id="companion",
            name="Wren",
            avatar=AgentAvatar(initial_animation=initial or None),
            welcome_message=welcome or None,
        )
        self.companion.link_changed("online", "Connected.")
        self.companion.receive(
            wire.Connected(
                session_id=session, room=ROOM, resumed=False, last_seq=0, epoch="e", agent=agent
            )
        )

    def open_avatar(self) -> Stage:
        machine = self.companion.avatar_opens()
        machine.on_transition(lambda source, trigger, target: self.states.append(target.name))
        stage = set_stage(
            self._avatar,
            machine=machine,
            player=CountedPlayer(self.clock),
            voice=self.voice,
            close_voice=lambda: None,
            on_heard=self.companion.clip_heard,
            style=SpeechStyle(),
            animations={},
            seed=7,
        )
        self.voice.deliver = stage.speaking.voiced
        self.voice.fail = stage.speaking.not_voiced
        self.companion.avatar_ready(stage)
        return stage

    def live(self, seconds: float | None = None) -> None:
        """Let time pass: so many seconds, or until everything is said."""
        stage = self.companion.stage
        assert stage is not None
        ending = None if seconds is None else self.clock.heard() + seconds
        while stage.speaking.is_busy if ending is None else self.clock.heard() < ending - 1e-9:
            self.clock.move_to(self.clock.heard() + STEP)
            heard = self.companion.tick()
            assert heard is not None
            stage.pose(heard)

    def reply(self, *chunks: str, stream: str = "st", answers: str | None = None) -> None:
        """A whole reply of the server."""
        self.begin(stream, answers)
        for at, chunk in enumerate(chunks):
            self.grow(chunk, at, stream)
        self.end(len(chunks), stream)

    def begin(self, stream: str = "st", answers: str | None = None) -> None:
        self.companion.receive(
            wire.StreamStart(
                stream_id=stream,
                message_id=f"m-{stream}",
                agent_id="companion",
                started_at=MOMENT,
                client_message_id=answers,
            )
        )

    def grow(self, chunk: str, index: int = 0, stream: str = "st") -> None:
        self.companion.receive(
            wire.StreamChunk(stream_id=stream, chunk=chunk, chunk_index=index, timestamp=MOMENT)
        )

    def end(self, chunks: int = 1, stream: str = "st", reason: str = "complete") -> None:
        self.companion.receive(
            wire.StreamEnd(
                stream_id=stream,
                total_chunks=chunks,
                ended_at=MOMENT,
                reason=reason,  # pyright: ignore[reportArgumentType]
            )
        )
