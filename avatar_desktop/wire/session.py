"""A conversation's two sides without a socket: greet, join, resume, answer heartbeats, refuse.

Frames or messages go in, what must be sent comes out. Neither side reads a clock, opens a
connection or knows what the messages are about.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from avatar_desktop.wire.dialects import Interpreter
from avatar_desktop.wire.errors import ERROR_RULES, BadFrame, CloseCode, ErrorCode
from avatar_desktop.wire.kinds import BY_MESSAGE, kind_of
from avatar_desktop.wire.limits import MAX_FRAME_BYTES, MAX_TEXT_BYTES, RESUMABLE_SECONDS
from avatar_desktop.wire.messages import (
    AvatarStateAck,
    ClientMessage,
    Connected,
    ErrorMessage,
    Heartbeat,
    HeartbeatAck,
    Message,
    Metrics,
    Resume,
    RoomJoin,
    TextMessage,
)
from avatar_desktop.wire.parts import Agent
from avatar_desktop.wire.replay import RoomLog
from avatar_desktop.wire.watch import BadFrameCount, OperationsDone, Pulse


def refusal(
    code: ErrorCode, message: str = "", *, answers: ClientMessage | None = None
) -> ErrorMessage:
    """The ERROR of a code; it names the act that it answers."""
    rule = ERROR_RULES[code]
    return ErrorMessage(
        code=code.value,
        message=message or rule.meaning,
        retryable=rule.retryable,
        client_message_id=getattr(answers, "client_message_id", None),
        op_id=answers.op_id if answers is not None else None,
    )


# --- the server's side ------------------------------------------------------------------------

_OF_THE_CONNECTION = frozenset(
    (Connected, ErrorMessage, Heartbeat, HeartbeatAck, AvatarStateAck, Metrics)
)


@dataclass(frozen=True)
class Received:
    """What a frame was: a message for the room or nothing, what to send, and whether to close."""

    message: Message | None = None
    answers: tuple[Message, ...] = ()
    close: CloseCode | None = None


@dataclass(frozen=True)
class _Broken:
    room_id: str
    user_id: str
    until: float


class BrokenSessions:
    """The sessions whose connection broke, for as long as they may be resumed."""

    def __init__(self, keep_seconds: float = RESUMABLE_SECONDS) -> None:
        self._keep_seconds = keep_seconds
        self._broken: dict[str, _Broken] = {}

    def leave(self, session_id: str, *, room_id: str, user_id: str, now: float) -> None:
        """The connection of this session ended."""
        self.sweep(now)
        self._broken[session_id] = _Broken(room_id, user_id, now + self._keep_seconds)

    def take(self, session_id: str, *, room_id: str, user_id: str, now: float) -> bool:
        """Whether this user may go on with this session in this room; it is then taken."""
        self.sweep(now)
        broken = self._broken.get(session_id)
        if broken is None or (broken.room_id, broken.user_id) != (room_id, user_id):
            return False
        del self._broken[session_id]
        return True

    def sweep(self, now: float) -> None:
        """Forgets those that are too old."""
        for session_id in [name for name, broken in self._broken.items() if broken.until < now]:
            del self._broken[session_id]


class ServerSession:
    """The server's end of one connection. Sends nothing of the room before a join or a resume."""

    def __init__(self, session_id: str, *, now: float, interpreter: Interpreter) -> None:
        self.session_id = session_id
        self.interpreter = interpreter
        self.pulse = Pulse(now)
        self.joined = False
        self._bad_frames = BadFrameCount()
        self._operations = OperationsDone()

    def greeting(self, room_id: str, log: RoomLog, agent: Agent | None) -> Connected:
        """CONNECTED, the first message of a connection that has a room."""
        return self._connected(room_id, log, agent, resumed=False)

    def receive(self, frame: str | bytes, *, now: float, now_ms: int) -> Received:
        """Reads one frame: the wire's own business is answered, the rest is handed on."""
        self.pulse.heard(now)
        if len(frame) > MAX_FRAME_BYTES:
            return Received(close=CloseCode.TOO_BIG)
        try:
            message = self.interpreter.decode(frame)
            if message is not None and BY_MESSAGE[type(message)].sent_by == "server":
                raise BadFrame(f"{kind_of(message).name} is said by the server alone.")
        except BadFrame as error:
            answer = refusal(ErrorCode.BAD_FRAME, error.message)
            close = CloseCode.BAD_FRAMES if self._bad_frames.add(now) else None
            return Received(answers=(answer,), close=close)
        if message is None or isinstance(message, HeartbeatAck):
            return Received()
        if isinstance(message, Heartbeat):
            return Received(answers=(HeartbeatAck(timestamp=message.timestamp or now_ms),))
        if isinstance(message, TextMessage):  # a repeated one is answered by the room
            refused = text_refusal(message)
            return Received(answers=(refused,)) if refused else Received(message=message)
        if not self._operations.is_new(getattr(message, "op_id", None)):
            return Received()
        return Received(message=message)

    def join(self) -> None:
        """From now on everything of the room is sent."""
        self.joined = True

    def resume(
        self,
        asked: Resume,
        *,
        known: bool,
        room_id: str,
        log: RoomLog,
        agent: Agent | None,
        wants: Callable[[Message], bool] = lambda _: True,
    ) -> list[Message]:
        """The answer to RESUME: CONNECTED and exactly what was missed, or CONNECTED alone.

        `known` says whether the session may be taken up; `wants` whether this connection is sent
        such a message at all. When it succeeds the session has joined and carries its old id.
        """
        missed = log.missed(asked.epoch, asked.last_seq) if known else None
        if missed is None:
            return [self._connected(room_id, log, agent, resumed=False)]
        self.session_id = asked.session_id
        self.joined = True
        head = self._connected(room_id, log, agent, resumed=True)
        return [head, *(message for message in missed if wants(message))]

    def lets_through(self, message: Message) -> bool:
        """Whether this message may be sent on this connection now."""
        return self.joined or type(message) in _OF_THE_CONNECTION

    def _connected(
        self, room_id: str, log: RoomLog, agent: Agent | None, *, resumed: bool
    ) -> Connected:
        return Connected(
            session_id=self.session_id,
            room=room_id,
            resumed=resumed,
            last_seq=log.last_seq,
            epoch=log.epoch,
            agent=agent,
            seq=log.last_seq,
        )


def text_refusal(message: TextMessage) -> ErrorMessage | None:
    """Why a message cannot be said, if so."""
    if len(message.content.encode(errors="replace")) > MAX_TEXT_BYTES:
        return refusal(ErrorCode.TOO_LONG, answers=message)
    if not message.content.strip():
        return refusal(ErrorCode.EMPTY_MESSAGE, answers=message)
    return None


# --- the client's side ------------------------------------------------------------------------


@dataclass(frozen=True)
class Heard:
    """What a client makes of a message: what to deliver, what to send, what has changed."""

    deliver: Message | None = None
    answers: tuple[Message, ...] = ()
    ready: bool = False
    """The room is joined: from now on the client may speak."""
    reload: bool = False
    """Something was missed that cannot be replayed: read the history again."""


@dataclass
class ClientSession:
    """The client's end, through any number of connections. Delivers each numbered message once."""

    room_id: str
    session_id: str = ""
    epoch: str = ""
    last_seq: int = 0
    phase: Literal["greeting", "resuming", "live"] = field(default="greeting", init=False)

    def opened(self) -> None:
        """A new connection stands; the server speaks first."""
        self.phase = "greeting"

    def receive(self, message: Message, *, now_ms: int) -> Heard:
        """Takes one message in."""
        if isinstance(message, Connected):
            return self._connected(message)
        if isinstance(message, Heartbeat):
            return Heard(answers=(HeartbeatAck(timestamp=message.timestamp or now_ms),))
        if isinstance(message, HeartbeatAck):
            return Heard()
        seq: int | None = getattr(message, "seq", None)
        if seq is not None and kind_of(message).replayable:
            if seq <= self.last_seq:
                return Heard()
            self.last_seq = seq
        return Heard(deliver=message)

    def _connected(self, message: Connected) -> Heard:
        if self.phase == "greeting" and self.session_id:
            self.phase = "resuming"
            asked = Resume(session_id=self.session_id, epoch=self.epoch, last_seq=self.last_seq)
            return Heard(answers=(asked,))
        if message.resumed:
            self.phase = "live"
            return Heard(deliver=message, ready=True)
        was_resuming = self.phase == "resuming"
        self.phase = "live"
        self.session_id, self.epoch = message.session_id, message.epoch
        self.last_seq = message.last_seq
        join = RoomJoin(room_id=self.room_id)
        return Heard(deliver=message, answers=(join,), ready=True, reload=was_resuming)


def numbered(message: Message, log: RoomLog) -> Message:
    """A message to one connection alone, with the room's last number."""
    if isinstance(message, ClientMessage):
        return message
    return msgspec.structs.replace(message, seq=log.last_seq)
