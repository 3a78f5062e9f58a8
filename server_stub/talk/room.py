"""The rules of one room, without I/O: what a message means, what is said about it and what must be
kept.

Every verb answers with an Outcome. The shell keeps its changes and events first and sends
afterwards;
the room itself never waits, writes, sends or asks for the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from avatar_desktop.wire.errors import ErrorCode
from avatar_desktop.wire.instants import iso
from avatar_desktop.wire.messages import (
    AvatarAnimate,
    Message,
    PhonemeData,
    ProcessingStatus,
    StreamChunk,
    StreamEnd,
    StreamError,
    StreamStart,
    TextMessage,
    TextResponse,
    Transcript,
    Typing,
)
from avatar_desktop.wire.replay import RoomLog
from server_stub.history.changes import (
    Change,
    Heard,
    MessageAdded,
    ReplyBegan,
    ReplyEnded,
    StatusChanged,
)
from server_stub.history.records import Room as RoomRecord
from server_stub.history.records import StoredMessage, StreamStatus
from server_stub.talk.animations import Animations, last_gesture
from server_stub.talk.mood import Mood, actions_for, intent_of, mood_of
from server_stub.talk.shown import seen_message
from server_stub.voice.speaking import words_of

STREAM_PREFIX: Final = "stream-"
AUDIO_PREFIX: Final = "audio_"
SPEECH_FAILED: Final = "TTS generation failed"

MindOrder = Literal["think", "stop", "hold", "go on"]
Speech = Literal["elsewhere", "text only"]
"""Of a finished reply: spoken or not wanted, or shown as text."""


@dataclass(frozen=True)
class Outcome:
    """What follows from a verb: kept first, then said to the joined connections, then the mind."""

    changes: tuple[Change, ...] = ()
    said: tuple[Message, ...] = ()
    mind: MindOrder | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing follows."""
        return not (self.changes or self.said or self.mind)

    def then(self, other: Outcome) -> Outcome:
        """This outcome followed by another; the later order to the mind holds."""
        return Outcome(
            self.changes + other.changes, self.said + other.said, other.mind or self.mind
        )


@dataclass
class Reply:
    """The reply that is being sent."""

    message_id: str
    stream_id: str
    answers: StoredMessage
    began_at: int
    chunks: list[str] = field(default_factory=list[str])

    @property
    def content(self) -> str:
        """What was sent of it."""
        return "".join(self.chunks)


NOTHING = Outcome()


class Room:
    """Owns the numbers of one room, its open reply and the line of messages that wait for
    theirs.
    """

    def __init__(
        self,
        record: RoomRecord,
        *,
        log: RoomLog,
        last_position: int,
        unanswered: Sequence[StoredMessage],
        new_id: Callable[[], str],
        animations: Animations,
    ) -> None:
        self.id = record.id
        self.user_id = record.user_id
        self.agent_id = record.agent_id
        self.log = log
        self.is_paused = record.status == "paused"
        self.reply: Reply | None = None
        self._position = last_position
        self._waiting = list(unanswered)
        self._new_id = new_id
        self._animations = animations
        self.is_watched = False
        """Whether a connection wants to be told of animations."""
        self.is_over = False
        """Whether nothing new begins here: the room ends or the server goes down."""

    @property
    def waiting(self) -> int:
        """How many messages wait for their reply to begin."""
        return len(self._waiting)

    @property
    def questions(self) -> frozenset[str]:
        """The messages that are being answered or in line."""
        answered = [] if self.reply is None else [self.reply.answers.id]
        return frozenset([*answered, *(message.id for message in self._waiting)])

    def say(
        self,
        message: TextMessage,
        client_message_id: str | None,
        now: int,
        kind: Literal["text", "voice"] = "text",
    ) -> Outcome:
        """The user says something new: everybody in the room sees it, and it gets in line."""
        self._position += 1
        mood, intent = mood_of(message.content), intent_of(message.content)
        stored = StoredMessage(
            id=f"msg-{self._new_id()}",
            room_id=self.id,
            position=self._position,
            sender_id=self.user_id,
            sender_type="human",
            content=message.content,
            type=kind,
            created_at=now,
            client_message_id=client_message_id,
            sentiment=mood.sentiment,
            confidence=mood.confidence,
            intent=intent,
            suggested_actions=actions_for(intent),
            metadata=message.metadata,
        )
        self._waiting.append(stored)
        seen = (self.log.number(seen_message(stored)), *self._shown(self._animations.waiting()))
        return Outcome((MessageAdded(stored),), seen).then(self.begin_next(now))

    def begin_next(self, now: int) -> Outcome:
        """Begins the reply to the next message in line, unless one is open or the room rests."""
        if self.reply is not None or self.is_paused or self.is_over or not self._waiting:
            return NOTHING
        answers = self._waiting.pop(0)
        reply_id = f"msg-{self._new_id()}"
        self._position += 1
        self.reply = Reply(reply_id, f"{STREAM_PREFIX}{reply_id}", answers, now)
        stored = StoredMessage(
            id=reply_id,
            room_id=self.id,
            position=self._position,
            sender_id=self.agent_id,
            sender_type="agent",
            content="",
            created_at=now,
            stream_id=self.reply.stream_id,
            stream_status="active",
        )
        start = StreamStart(
            stream_id=self.reply.stream_id,
            message_id=reply_id,
            agent_id=self.agent_id,
            started_at=iso(now),
            client_message_id=answers.client_message_id,
        )
        # TYPING repeats the number before it, so it comes first: it must not hide a missed START.
        typing = self.log.number(Typing(active=True))
        said = (typing, self.log.number(start), *self._shown(self._animations.talking(0)))
        return Outcome((ReplyBegan(stored, answers.id),), said, "think")

    def chunks(self, pieces: Iterable[str], now: int) -> Outcome:
        """The mind gave the next pieces of the open reply."""
        reply = self.reply
        if reply is None:
            return NOTHING
        texts = list(filter(None, pieces))
        if not texts:
            return NOTHING
        said: list[Message] = []
        if not reply.chunks:
            said.append(self.log.number(Typing(active=False)))
        timestamp = iso(now)
        # A gesture comes right after its chunk; where nobody watches, all go together.
        runs = [[text] for text in texts] if self.is_watched else [texts]
        for run in runs:
            said.extend(self._numbered_chunks(reply, run, timestamp))
            said.extend(self._shown(self._animations.talking(len(reply.chunks))))
        return Outcome(said=tuple(said))

    def _numbered_chunks(
        self, reply: Reply, texts: list[str], timestamp: str
    ) -> Sequence[StreamChunk]:
        next_seq, next_index, stream_id = self.log.last_seq + 1, len(reply.chunks), reply.stream_id
        chunks = [
            StreamChunk(
                stream_id=stream_id,
                chunk=text,
                chunk_index=next_index + place,
                timestamp=timestamp,
                seq=next_seq + place,
            )
            for place, text in enumerate(texts)
        ]
        reply.chunks.extend(texts)
        self.log.keep(chunks)
        return chunks

    def finish(self, now: int, speech: Speech = "elsewhere") -> Outcome:
        """The mind came to its end."""
        reply = self.reply
        if reply is None:
            return NOTHING
        ended = self._end("completed", "complete", now)
        if speech == "text only":
            ended = ended.then(self.show(reply.message_id, reply.content, now))
        return ended.then(self.begin_next(now))

    def show(self, message_id: str, content: str, now: int, *, failed: bool = False) -> Outcome:
        """A reply that cannot be heard is shown as text."""
        text = TextResponse(
            message_id=message_id,
            text=words_of(content),
            timestamp=now,
            error=SPEECH_FAILED if failed else None,
        )
        return Outcome(said=(self.log.number(text),))

    def speak(self, piece: PhonemeData) -> Outcome:
        """A piece of a reply was voiced."""
        return Outcome(said=(self.log.number(piece),))

    def fail(self, sentence: str, now: int, code: ErrorCode | None = None) -> Outcome:
        """The mind broke off; the next message in line is answered all the same."""
        reply = self.reply
        if reply is None:
            return NOTHING
        quiet = self._typing_over(reply)
        said = self.log.number(
            StreamError(
                stream_id=reply.stream_id,
                error=sentence,
                timestamp=iso(now),
                code=code.value if code else None,
            )
        )
        ended = self._reply_ended(reply, "error", now, mood_of(reply.content))
        self.reply = None
        told = (*quiet, said, *self._shown(self._animations.failed()))
        return Outcome((ended,), told).then(self.begin_next(now))

    def understood(self, transcript: Transcript) -> Outcome:
        """The ears wrote down what the user said, or what it seems to be so far."""
        return Outcome(said=(self.log.number(transcript),))

    def cut_in(self, now: int) -> Outcome:
        """The user speaks: the open reply ends where it is."""
        reply = self.reply
        return NOTHING if reply is None else self.interrupt(reply.stream_id, None, now)

    def interrupt(self, stream_id: str, heard_chars: int | None, now: int) -> Outcome:
        """The user cut in. Of a reply that is over only what was heard is kept."""
        reply = self.reply
        if reply is not None and stream_id in (reply.stream_id, reply.message_id):
            ended = self._end("interrupted", "interrupted", now, heard_chars)
            following = self.begin_next(now)
            return ended.then(Outcome(mind="stop")).then(following)
        if heard_chars is None:
            return NOTHING
        return Outcome((Heard(stream_id.removeprefix(STREAM_PREFIX), max(0, heard_chars)),))

    def heard(self, audio_id: str, heard_chars: int) -> Outcome:
        """The client played a reply so far."""
        message_id = audio_id.removeprefix(AUDIO_PREFIX)
        if self.reply is not None and self.reply.message_id == message_id:
            return NOTHING
        return Outcome((Heard(message_id, max(0, heard_chars)),))

    def animate(self, shown: AvatarAnimate) -> Outcome:
        """Something happened that the avatar answers with a movement."""
        return Outcome(said=self._shown(shown))

    def pause(self) -> Outcome:
        """The room rests: the open reply is held, nothing new begins."""
        rest = self.log.number(ProcessingStatus(stage="idle"))
        if self.is_paused:
            return Outcome(said=(rest,))
        self.is_paused = True
        return Outcome((StatusChanged("paused"),), (rest,), "hold")

    def resume(self, now: int) -> Outcome:
        """The room goes on where it was."""
        was_paused, self.is_paused = self.is_paused, False
        before = self.log.last_seq  # the status is told first: it must not hide a missed START
        following = self.begin_next(now)
        stage = "thinking" if self.reply is not None else "idle"
        status = Outcome(
            (StatusChanged("active"),) if was_paused else (),
            (ProcessingStatus(stage=stage, seq=before),),
            "go on" if was_paused else None,
        )
        return status.then(following)

    def stop(self, now: int) -> Outcome:
        """The room or the server ends: what was sent of the open reply is the reply."""
        self.is_over = True
        if self.reply is None:
            return NOTHING
        return self._end("interrupted", "interrupted", now).then(Outcome(mind="stop"))

    # --- within

    def _end(
        self,
        status: StreamStatus,
        reason: Literal["complete", "interrupted"],
        now: int,
        heard_chars: int | None = None,
    ) -> Outcome:
        reply = self.reply
        if reply is None:
            return NOTHING
        quiet, mood = self._typing_over(reply), mood_of(reply.content)
        end = self.log.number(
            StreamEnd(
                stream_id=reply.stream_id,
                total_chunks=len(reply.chunks),
                ended_at=iso(now),
                reason=reason,
                sentiment=mood.sentiment,
                final_animation=last_gesture(mood),
            )
        )
        ended = self._reply_ended(reply, status, now, mood, heard_chars)
        self.reply = None
        last = self._shown(self._animations.last(mood))
        return Outcome((ended,), (*quiet, end, *last))

    def _reply_ended(
        self,
        reply: Reply,
        status: StreamStatus,
        now: int,
        mood: Mood,
        heard_chars: int | None = None,
    ) -> ReplyEnded:
        content = reply.content
        heard = None if heard_chars is None else max(0, min(heard_chars, len(content)))
        return ReplyEnded(
            message_id=reply.message_id,
            status=status,
            content=content,
            chunk_count=len(reply.chunks),
            processing_time=max(0, now - reply.began_at),
            heard_chars=heard,
            sentiment=mood.sentiment,
            confidence=mood.confidence,
            animation=last_gesture(mood),
        )

    def _shown(self, animation: AvatarAnimate | None) -> tuple[Message, ...]:
        """Numbered only if somebody wants it: others would take the gap for a loss."""
        if animation is None or not self.is_watched:
            return ()
        return (self.log.number(animation),)

    def _typing_over(self, reply: Reply) -> tuple[Message, ...]:
        return () if reply.chunks else (self.log.number(Typing(active=False)),)
