"""A room at work: rules, history, mind and listening connections, one verb at a time: decided by
the room, kept by the history, then sent. What is sent is on disk.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Literal, TypeVar

import msgspec

from avatar_desktop.wire.errors import CloseCode, ErrorCode
from avatar_desktop.wire.limits import REPLAY_MESSAGES
from avatar_desktop.wire.messages import (
    Message,
    Resume,
    StreamInterrupt,
    TextMessage,
    Transcript,
    Typing,
)
from avatar_desktop.wire.replay import RoomLog
from avatar_desktop.wire.session import numbered, refusal
from server_stub.door.limits import WAITING_MESSAGES
from server_stub.figures import Figures
from server_stub.history.errors import HistoryError, StorageFailed
from server_stub.history.messages import Told
from server_stub.history.records import Agent
from server_stub.history.replay import events_of, messages_of
from server_stub.history.store import History
from server_stub.talk.animations import Animations, Touch
from server_stub.talk.answering import Answers
from server_stub.talk.audience import Audience, Listener
from server_stub.talk.broadcast import Broadcast
from server_stub.talk.guard import Guard
from server_stub.talk.replying import Replying
from server_stub.talk.returning import Returning
from server_stub.talk.room import AUDIO_PREFIX, NOTHING, STREAM_PREFIX, Outcome, Reply, Room
from server_stub.talk.shown import seen_message
from server_stub.voice.pieces import SpokenPiece, Wish
from server_stub.voice.speaking import Voice
from server_stub.voice.voicing import Voicing

T = TypeVar("T")
Forms = Mapping[Wish, Message]

_log = logging.getLogger("server.rooms")


class Conversation:
    """Owns one room's life in this process."""

    def __init__(
        self,
        room_id: str,
        agent: Agent,
        *,
        history: History,
        answers: Answers,
        figures: Figures,
        voice: Voice,
        now_ms: Callable[[], int],
        guard: Guard | None = None,
    ) -> None:
        """`guard` is asked where other servers might have the room."""
        self.room_id = room_id
        self._guard = guard
        self.agent = agent
        self._animations = Animations(agent.animations)
        self.audience = Audience()
        self._history = history
        self._now_ms = now_ms
        self._figures = figures
        self._room: Room | None = None
        self._over: ErrorCode | None = None
        self._said_seq = 0
        self._lock = asyncio.Lock()
        voicing = Voicing(
            voice,
            figures,
            ears=lambda: self.audience.ears(time.monotonic()),
            tell=self._tell_piece,
            fall_back=self._show_as_text,
            now_ms=now_ms,
        )
        self._replying = Replying(
            room_id,
            answers,
            voicing,
            figures,
            act=self._act_on,
            listeners=lambda: self.audience.listeners,
        )
        self._returning = Returning(self._stands_again)

    def use_agent(self, agent: Agent) -> None:
        """The agent as it is now; its next reply is like that."""
        self.agent = agent
        self._animations.use(agent.animations)

    @property
    def is_idle(self) -> bool:
        """Whether nobody is connected or may still return, and nothing is being answered."""
        is_busy = self._replying.is_busy or self._lock.locked()
        return not is_busy and not self.audience.is_anybody_there(time.monotonic())

    @property
    def is_answering(self) -> bool:
        """Whether a reply is being thought or spoken."""
        return self._replying.is_busy

    @property
    def is_held_for_nobody(self) -> bool:
        """Whether the room is paused in the midst of a reply that nobody is there to go on with."""
        is_held = self._room is not None and self._room.is_paused and self._replying.is_busy
        return is_held and not self.audience.is_anybody_there(time.monotonic())

    # --- the connections

    async def log(self) -> RoomLog:
        """The room's numbering, for the greeting. Raises StorageFailed."""
        async with self._lock:
            return (await self._standing_room()).log

    async def join(self, listener: Listener) -> None:
        """From now on the listener hears the room; what waited for somebody is answered."""
        async with self._lock:
            room = await self._standing_room()
            listener.join()
            self.audience.listeners.add(listener)
            now = self._now_ms()
            await self._settle(room.begin_next(now), now)

    async def take_up(self, listener: Listener, asked: Resume) -> None:
        """Answers RESUME; nothing can slip between the replay and what follows."""
        async with self._lock:
            room = await self._standing_room()
            now = self._now_ms()
            answers = listener.take_up(asked, room.log, self.audience.bodies.take(asked.session_id))
            for message in answers:
                listener.hear(Broadcast(message, now))
            if getattr(answers[0], "resumed", False):
                self.audience.listeners.add(listener)
                await self._settle(room.begin_next(now), now)

    def numbered(self, message: Message) -> Message:
        """A message to one connection alone, with the room's last number."""
        return message if self._room is None else numbered(message, self._room.log)

    @property
    def waiting(self) -> int:
        """How many messages wait for their reply to begin."""
        return self._room.waiting if self._room else 0

    # --- the verbs

    async def say(
        self, listener: Listener, message: TextMessage, kind: Literal["text", "voice"] = "text"
    ) -> None:
        """The user says something; said again, it is only shown again."""
        client_id = message.client_message_id or message.op_id
        async with self._lock:
            room = await self._standing_room()
            now = self._now_ms()
            if client_id is not None:
                known = await self._asked(self._history.said_before(self.room_id, client_id))
                if known is not None:
                    # Without a number: a client that counts must not take it for an old one.
                    listener.hear(Broadcast(seen_message(known), now))
                    return
            refused = ErrorCode.BUSY if room.waiting >= WAITING_MESSAGES else self._over
            if refused is not None:
                listener.hear(Broadcast(refusal(refused, answers=message), now))
                return
            began = time.perf_counter()
            said = room.say(message, client_id, now, kind)
            self._figures.took("intent", time.perf_counter() - began)
            await self._settle(said, now)

    async def understood(self, transcript: Transcript) -> None:
        """What the user said by voice, or seems to say, as everybody here sees it."""
        await self._act(lambda room, now: room.understood(transcript))

    async def cut_in(self) -> None:
        """Whatever is being said is over: the user speaks, or is gone for good."""
        self._replying.silence()
        await self._act(lambda room, now: room.cut_in(now))

    async def interrupt(self, listener: Listener, message: StreamInterrupt) -> None:
        """The user cuts in; a reply that is over only learns what was heard of it."""
        async with self._lock:
            room = await self._standing_room()
            now = self._now_ms()
            outcome = room.interrupt(message.stream_id, message.heard_chars, now)
            message_id = message.stream_id.removeprefix(STREAM_PREFIX)
            self._replying.silence(message_id)
            if outcome.mind is None:
                found = await self._asked(self._history.message(self.room_id, message_id))
                if found is None:
                    told = refusal(ErrorCode.UNKNOWN_STREAM, answers=message)
                    listener.hear(Broadcast(self.numbered(told), now))
                    return
            await self._settle(outcome, now)

    async def heard(self, audio_id: str, chars: int) -> None:
        """The client played a reply so far."""
        message_id = audio_id.removeprefix(AUDIO_PREFIX)
        await self._act(lambda room, now: room.heard(message_id, chars))

    async def pause(self) -> None:
        """The room rests."""
        await self._act(lambda room, now: room.pause())

    async def resume(self) -> None:
        """The room goes on."""
        await self._act(lambda room, now: room.resume(now))

    async def unpause(self) -> None:
        """Somebody opened the room again."""
        await self._act(lambda room, now: room.resume(now) if room.is_paused else NOTHING)

    async def delete_message(self, message_id: str, user: str) -> bool | None:
        """Takes a message away; the numbering begins anew, so that no replay brings it back."""
        async with self._lock:
            room = await self._standing_room()
            if room.reply is not None or room.waiting:
                return None
            epoch, self._room = secrets.token_hex(8), None
            return await self._asked(
                self._history.delete_message(self.room_id, message_id, user, epoch, self._now_ms())
            )

    async def typing(self, listener: Listener, active: bool) -> None:
        """Shown to the room's other connections."""
        async with self._lock:
            room = await self._standing_room()
            typing = room.log.number(Typing(active=active, visitor_id=listener.visitor_id))
            self.audience.tell([typing], self._now_ms(), but=listener)
            if room.reply is None:
                await self._settle(room.animate(self._animations.typing(active)), self._now_ms())

    async def touched(self, kind: Touch) -> None:
        """The user touched the avatar."""
        await self._act(lambda room, now: room.animate(self._animations.touched(kind)))

    async def welcome(self) -> None:
        """A connection that watches is here."""
        await self._act(lambda room, now: room.animate(self._animations.welcome()))

    async def answer_waiting(self) -> frozenset[str]:
        """Begins what waits for its reply; the questions that are being answered or in line."""
        await self._act(lambda room, now: room.begin_next(now))
        return frozenset() if self._room is None else self._room.questions

    async def end(self, code: CloseCode, reason: ErrorCode, *, is_ours: bool = True) -> None:
        """The connections are closed; what was sent is the reply, unless others write it now."""
        self._over = reason
        try:
            if is_ours:
                await self._act(lambda room, now: room.stop(now))
        except StorageFailed:
            _log.warning("room closed unkept", extra={"room": self.room_id})
        if not is_ours:
            self._room = None
        self.audience.send_away(code)
        await self._returning.close()
        await self._replying.close()

    # --- in order: decide, keep, send

    async def _act(self, verb: Callable[[Room, int], Outcome]) -> None:
        async with self._lock:
            room = await self._standing_room()
            now = self._now_ms()
            await self._settle(verb(room, now), now)

    async def _settle(self, outcome: Outcome, now: int, forms: Forms | None = None) -> None:
        self._figures.said(outcome.said)
        events = events_of(outcome.said)
        if outcome.mind == "stop":
            self._replying.stop_thinking()
        told: Told | None = None
        if outcome.changes or events:
            what = (self.room_id, outcome.changes, events, now)
            try:
                if self._room and outcome.mind == "think":
                    told = await self._history.keep_and_tell(*what, self._room.user_id)
                else:
                    await self._history.keep(*what)
            except Exception as error:
                raise self._lost_footing(error) from error
            if self._guard and self._room:
                self._guard.settled(self.room_id, self._room.user_id, outcome)
        self._fan_out(outcome.said, now, forms)
        self._replying.obey(outcome.mind, self._room and self._room.reply, self.agent, told)

    def _fan_out(self, messages: Sequence[Message], now: int, forms: Forms | None = None) -> None:
        self.audience.tell(messages, now, forms)
        if self._room is not None:
            self._said_seq = self._room.log.last_seq

    async def _asked(self, question: Awaitable[T]) -> T:
        try:
            return await question
        except HistoryError as error:
            raise self._lost_footing(error) from error

    async def _standing_room(self) -> Room:
        """The room, taken up from the history if it is not in hand. Raises StorageFailed."""
        if self._room is None:
            try:
                self._room = await self._take_up_room()
            except HistoryError as error:
                raise self._lost_footing(error) from error
        self._room.is_watched = self.audience.watches
        return self._room

    async def _take_up_room(self) -> Room:
        now = self._now_ms()
        if self._guard:
            await self._guard.must_be_ours(self.room_id)
        await self._history.close_broken_replies(now, self.room_id)
        standing = await self._history.standing(self.room_id, REPLAY_MESSAGES)
        if standing is None:
            raise HistoryError("The room is gone.")
        kept = [message for event in standing.events for message in messages_of(event)]
        room = Room(
            standing.room,
            log=RoomLog(standing.room.epoch, last_seq=standing.room.last_seq, kept=kept),
            last_position=standing.last_position,
            unanswered=standing.unanswered,
            new_id=lambda: secrets.token_hex(8),
            animations=self._animations,
        )
        room.is_over, room.is_watched = self._over is not None, self.audience.watches
        missed = [message for message in kept if (message.seq or 0) > self._said_seq]
        self._room = room
        self._fan_out(missed if self.audience.listeners else [], now)
        return room

    async def _stands_again(self) -> bool:
        """Takes the room up for those who only listen: they wait for the end of a reply."""
        async with self._lock:
            if self._room is None and self._over is None and self.audience.listeners:
                try:
                    room, now = await self._take_up_room(), self._now_ms()
                    await self._settle(room.begin_next(now), now)
                except HistoryError:
                    return False
            return True

    def _lost_footing(self, error: Exception) -> StorageFailed:
        """What is in hand is no longer what is kept: forget it, say so, read it again later."""
        is_ours = not isinstance(error, HistoryError)  # a mistake: its trace is wanted
        _log.error(
            "room not kept", exc_info=is_ours, extra={"room": self.room_id, "failure": str(error)}
        )
        if is_ours:
            error = HistoryError("This cannot be kept.")
        self._replying.stop_thinking()
        self._room = None
        self._returning.begin()
        told = refusal(ErrorCode.STORAGE_FAILED, str(error))
        told = msgspec.structs.replace(told, seq=self._said_seq)
        self.audience.tell([told], self._now_ms())
        return StorageFailed(str(error))

    # --- what its replies ask of it

    async def _act_on(self, reply: Reply, verb: Callable[[Room, int], Outcome]) -> None:
        """The verb, if this reply is still the open one."""
        await self._act(lambda room, now: verb(room, now) if room.reply is reply else NOTHING)

    async def _tell_piece(self, piece: SpokenPiece) -> None:
        """A piece of speech: kept in one form, told to everybody in their own."""
        async with self._lock:
            room = await self._standing_room()
            now = self._now_ms()
            forms = {wish: piece.told(wish, now, AUDIO_PREFIX) for wish in piece.forms}
            outcome = room.speak(next(iter(forms.values())))
            seq = room.log.last_seq
            told = {wish: msgspec.structs.replace(form, seq=seq) for wish, form in forms.items()}
            await self._settle(outcome, now, told)

    async def _show_as_text(self, message_id: str, failed: bool) -> None:
        async with self._lock:
            room = await self._standing_room()
            kept = await self._asked(self._history.message(self.room_id, message_id))
            if kept is not None:
                now = self._now_ms()
                await self._settle(room.show(message_id, kept.content, now, failed=failed), now)
