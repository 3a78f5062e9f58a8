"""One client's socket: frames in, verbs of its room out, and what the room says back to it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from aiohttp import WSMsgType, web

from avatar_desktop.wire.dialects import Interpreter
from avatar_desktop.wire.errors import BadFrame, CloseCode, ErrorCode
from avatar_desktop.wire.limits import HEARTBEAT_SECONDS, RESUMABLE_SECONDS
from avatar_desktop.wire.messages import (
    AudioChunk,
    AudioControl,
    AvatarInteract,
    AvatarState,
    AvatarStateAck,
    ClientMessage,
    ErrorMessage,
    Heartbeat,
    Message,
    Metrics,
    PhonemeData,
    ProcessingStatus,
    Resume,
    RoomJoin,
    RoomPause,
    RoomResume,
    SessionEnd,
    SessionStart,
    StreamInterrupt,
    TextMessage,
    Typing,
)
from avatar_desktop.wire.replay import RoomLog
from avatar_desktop.wire.session import ServerSession, refusal
from server_stub.door.gate import Gate
from server_stub.door.limits import MESSAGE_BURST, MESSAGES_A_SECOND, Bucket
from server_stub.ears.ears import Ears
from server_stub.ears.voice import Voice
from server_stub.figures import Figures
from server_stub.history.errors import StorageFailed
from server_stub.line.client_body import ClientBody
from server_stub.line.outbox import Outbox
from server_stub.line.own_figures import OwnFigures
from server_stub.line.speaker import Speaker
from server_stub.presence import Input, Presence, Seen
from server_stub.talk.attached import NotPlain, plain
from server_stub.talk.audience import Body, kept_speech
from server_stub.talk.broadcast import Broadcast
from server_stub.talk.conversation import Conversation
from server_stub.talk.packets import Packet, encoded
from server_stub.talk.shown import seen_visitor, wire_agent
from server_stub.voice.pieces import SPEAKING_STATES

_log = logging.getLogger("server.connections")


class Connection:
    """Owns one socket from its upgrade to its end; the room may change only on /realtime/ws."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        *,
        user: str,
        gate: Gate,
        conversation: Conversation,
        interpreter: Interpreter,
        now_ms: Callable[[], int],
        figures: Figures,
        presence: Presence,
        ears: Ears,
        name: str | None = None,
    ) -> None:
        """`name` is what a client of another family calls its session, to return to it."""
        self.user = user
        self.visitor_id = user
        self._socket = socket
        self._outbox = Outbox(socket, transport)
        self._gate = gate
        self._conversation = conversation
        self._now_ms = now_ms
        now = time.monotonic()
        session_id = gate.session_id(conversation.room_id, user)
        self._session = ServerSession(session_id, now=now, interpreter=interpreter)
        self._bucket = Bucket(MESSAGES_A_SECOND, MESSAGE_BURST, now)
        self.body = ClientBody(interpreter)
        self._name = name if self.body.habits.joins else None
        self._log: RoomLog | None = None
        self._figures = figures
        self._presence = presence
        self.visit = presence.came(user, now_ms(), self._show_presence)
        self._own = OwnFigures(figures)
        speaker = Speaker(self, self.body, session_id, conversation, self._acts)
        self._voice = Voice(ears, speaker)
        self._timer: asyncio.TimerHandle | None = None

    # --- what the room asks of a listener

    def hear(self, said: Broadcast) -> None:
        """Queues the message if this connection is to get it."""
        message = said.message
        if not self._session.lets_through(message) or not self.body.wants(message):
            return
        packet = self.body.packet(said)
        if packet is not None:
            self._put(packet)
        if isinstance(message, PhonemeData):
            self._own.spoke()
        elif (stage := self.body.stage(message)) is not None:
            self.tell(ProcessingStatus(stage=stage))

    def join(self) -> None:
        """Opens the connection for the room's messages."""
        self._session.join()

    def take_up(self, asked: Resume, log: RoomLog, body: Body | None) -> list[Message]:
        """The answer to RESUME, as the wire's rules want it."""
        known = self._gate.knows_session(asked.session_id, self._conversation.room_id, self.user)
        if known and body is not None:
            self.body.take_up(body)
        return self._session.resume(
            asked,
            known=known,
            room_id=self._conversation.room_id,
            log=log,
            agent=wire_agent(self._conversation.agent),
            wants=self.body.wants,
        )

    async def caught_up(self) -> None:
        """Returns when this reader is no longer far behind, or is gone."""
        await self._outbox.caught_up()

    def close(self, code: CloseCode) -> None:
        """Ends the connection when what waits is sent."""
        self._outbox.close(code)

    # --- its life

    async def live(self, *, joined: bool = False, runs_out_in: float | None = None) -> None:
        """Greets, then serves the socket until it ends."""
        self._conversation.audience.enter(self)
        loop = asyncio.get_running_loop()
        began = time.monotonic()
        self._figures.count("connections_opened")
        writer = asyncio.create_task(self._outbox.send_all())
        expiry = None
        if runs_out_in is not None and runs_out_in < 7 * 24 * 3600:
            expiry = loop.call_later(runs_out_in, self.close, CloseCode.UNAUTHORISED)
        self._watch()
        try:
            self._log = await self._conversation.log()
            greeting = self._session.greeting(
                self._conversation.room_id, self._log, wire_agent(self._conversation.agent)
            )
            self.tell(greeting)
            if joined:
                await self._come_in(self._name)
            async for frame in self._socket:
                if frame.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    break
                if not await self._receive(frame.data):
                    break
        except StorageFailed as error:
            self.tell(refusal(ErrorCode.STORAGE_FAILED, str(error)))
        finally:
            await self._voice.close()
            self._leave(expiry)
            await self._outbox.goodbye(writer)
            self._figures.took("session", time.monotonic() - began)
            self._figures.count("slow_readers_cut", self._outbox.was_cut)
            _log.info(
                "connection closed",
                extra={
                    "room": self._conversation.room_id,
                    "user": self.user,
                    "code": self._socket.close_code,
                    "cut": self._outbox.was_cut,
                    "seconds": round(time.monotonic() - began, 1),
                },
            )

    def _leave(self, expiry: asyncio.TimerHandle | None) -> None:
        for handle in (expiry, self._timer):
            if handle is not None:
                handle.cancel()
        self._conversation.audience.leave(self)
        self._presence.left(self.visit, self._now_ms())
        body = self.body.left_behind(time.monotonic() + RESUMABLE_SECONDS, self._name, self._log)
        if body is not None:
            self._conversation.audience.bodies.keep(self._session.session_id, body)

    def _watch(self) -> None:
        """Asks a silent client whether it is there; ends with one that is gone."""
        now = time.monotonic()
        pulse = self._session.pulse
        if pulse.is_gone(now):
            self._outbox.cut()
            return
        if pulse.is_due(now):
            pulse.asked(now)
            self.tell(Heartbeat(timestamp=self._now_ms()))
        self._presence.look(self.visit, self._now_ms())
        wait = max(0.05, min(pulse.next_look(now), HEARTBEAT_SECONDS))
        self._timer = asyncio.get_running_loop().call_later(wait, self._watch)

    # --- what the client says

    async def _receive(self, frame: str | bytes) -> bool:
        """Handles one frame; false when the connection is to end."""
        now = time.monotonic()
        self._presence.lives(self.visit, self._now_ms())
        self._own.came(len(frame))
        wait = self._bucket.take(now)
        if wait > 0:
            self.refuse(ErrorCode.RATE_LIMITED, answers=self._read(frame))
            return True
        received = self._session.receive(frame, now=now, now_ms=self._now_ms())
        for answer in received.answers:
            if isinstance(answer, ErrorMessage):
                self._own.failed()
            self.tell(answer)
        if received.close is not None:
            self.close(received.close)
            return False
        if received.message is None:
            return True
        if isinstance(received.message, SessionEnd):
            self._name = None
            return False
        if isinstance(received.message, Input):
            self._acts()
        try:
            await self._act(received.message)
        except StorageFailed as error:
            if not self._session.joined:
                self.refuse(ErrorCode.STORAGE_FAILED, str(error))
        return True

    def _read(self, frame: str | bytes) -> Message | None:
        """What a frame says, so that its refusal names it; None when it says nothing."""
        try:
            return self._session.interpreter.decode(frame)
        except BadFrame:
            return None

    async def _act(self, message: Message) -> None:
        if isinstance(message, AvatarState):
            await self._take_body(message)
            return
        if isinstance(message, Metrics):
            self.tell(self._own.told())
            return
        room_id: str | None = getattr(message, "room_id", None)
        if room_id is not None and room_id != self._conversation.room_id:
            self.refuse(ErrorCode.UNKNOWN_ROOM, answers=message)
            return
        if isinstance(message, RoomJoin | SessionStart):
            await self._come_in(getattr(message, "call_id", None))
            return
        if isinstance(message, Resume):
            await self._take_up(message)
            return
        if not self._session.joined:
            if not self.body.habits.joins:
                self.refuse(ErrorCode.NOT_JOINED, answers=message)
                return
            await self._join_if_new()
        try:
            verb = self._verb(message)
        except NotPlain as error:
            self.refuse(ErrorCode.BAD_FRAME, str(error), answers=message)
            return
        if verb is not None:
            await verb

    def _verb(self, message: Message) -> Awaitable[None] | None:
        room = self._conversation
        match message:
            case TextMessage():
                return room.say(self, plain(message))
            case StreamInterrupt():
                return room.interrupt(self, message)
            case RoomPause():
                return room.pause()
            case RoomResume():
                return room.resume()
            case Typing():
                return room.typing(self, message.active)
            case AudioControl():
                return self._played(message)
            case AvatarInteract():
                return room.touched(message.kind)
            case AudioChunk():
                return self._voice.take(message)
            case _:
                return None

    async def _come_in(self, name: str | None) -> None:
        """Takes up the session that the client calls so, or joins."""
        self._goes_by(name)
        if (left := self._left()) is not None:
            await self._take_up(left)
        await self._join_if_new()

    def _goes_by(self, name: str | None) -> None:
        if self.body.habits.joins:
            self._name = name or self._name

    async def _join_if_new(self) -> None:
        if not self._session.joined:
            await self._conversation.join(self)
            if self.body.watches:
                await self._conversation.welcome()

    def _left(self) -> Resume | None:
        """Where the session broke off that the client itself calls so."""
        bodies = self._conversation.audience.bodies
        return None if self._session.joined else bodies.named(self._name)

    async def _take_up(self, asked: Resume) -> None:
        if self._session.joined:
            return
        await self._conversation.take_up(self, asked)
        if self._session.joined:
            self._own.returned()

    async def _played(self, message: AudioControl) -> None:
        if message.status == "COMPLETE":
            self._own.played()
        elif message.status == "ERROR":
            self._own.failed()
        if message.heard_chars is not None:
            await self._conversation.heard(message.audio_id, message.heard_chars)

    async def _take_body(self, message: AvatarState) -> None:
        watched = self.body.watches
        self.body.told(message)
        self._goes_by(message.session_id)
        left = self._left()
        if message.state is not None:
            kept = kept_speech(await self._conversation.log(), left)
            self.tell(
                AvatarStateAck(
                    acknowledged=True,
                    can_stream_tts=message.state in SPEAKING_STATES,
                    queued_messages=self._conversation.waiting + kept,
                    server_timestamp=self._now_ms(),
                )
            )
        if left is not None:
            await self._take_up(left)
        if self.body.habits.joins and not self._session.joined:
            await self._join_if_new()
        elif self._session.joined and self.body.watches and not watched:
            await self._conversation.welcome()

    def _acts(self) -> None:
        self._presence.acts(self.visit, self._now_ms())

    # --- what it is told

    def _show_presence(self, seen: Seen) -> None:
        message = seen_visitor(seen, self._now_ms())
        if self._session.lets_through(message):
            self.tell(message)

    def tell(self, message: Message) -> None:
        """Says something to this connection alone."""
        numbered = self._conversation.numbered(message)
        self._put(encoded([numbered], self._session.interpreter, self._now_ms()))

    def _put(self, packet: Packet) -> None:
        self._figures.count("bytes_sent", packet.size)
        self._outbox.put(packet)

    def refuse(self, code: ErrorCode, sentence: str = "", answers: Message | None = None) -> None:
        """Says to this connection what cannot be done."""
        self._own.failed()
        about = answers if isinstance(answers, ClientMessage) else None
        self.tell(refusal(code, sentence, answers=about))
