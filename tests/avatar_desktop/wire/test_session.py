"""The two sides against each other, without a socket."""

from avatar_desktop.wire import binary, text
from avatar_desktop.wire.dialects import Dialect, Interpreter
from avatar_desktop.wire.errors import CloseCode
from avatar_desktop.wire.messages import (
    Connected,
    ErrorMessage,
    Heartbeat,
    HeartbeatAck,
    Message,
    Resume,
    RoomJoin,
    StreamChunk,
    StreamInterrupt,
    TextMessage,
    TextResponse,
)
from avatar_desktop.wire.replay import RoomLog
from avatar_desktop.wire.session import BrokenSessions, ClientSession, ServerSession

ROOM = "room-1"


def chunk(index: int) -> StreamChunk:
    moment = "2026-01-31T12:00:00.000Z"
    return StreamChunk(stream_id="s", chunk="x", chunk_index=index, timestamp=moment)


def server(name: str = "sess-1") -> ServerSession:
    return ServerSession(name, now=0.0, interpreter=Interpreter(dialect=Dialect.BINARY))


def joined(client: ClientSession, log: RoomLog) -> ServerSession:
    session = server()
    client.opened()
    heard = client.receive(session.greeting(ROOM, log, None), now_ms=0)
    assert heard.ready
    assert heard.answers == (RoomJoin(room_id=ROOM),)
    session.join()
    return session


def resumed(client: ClientSession, log: RoomLog, *, known: bool) -> tuple[bool, list[int]]:
    """Whether a new connection could resume, and the chunks that were delivered."""
    session = server("sess-2")
    client.opened()
    asked = client.receive(session.greeting(ROOM, log, None), now_ms=0).answers[0]
    assert isinstance(asked, Resume)
    delivered: list[int] = []
    was_resumed = False
    for answer in session.resume(asked, known=known, room_id=ROOM, log=log, agent=None):
        heard = client.receive(answer, now_ms=0)
        if isinstance(heard.deliver, Connected):
            was_resumed = heard.deliver.resumed
            assert heard.reload is not was_resumed
        elif isinstance(heard.deliver, StreamChunk):
            delivered.append(heard.deliver.chunk_index)
    return was_resumed, delivered


def test_nothing_of_the_room_comes_before_the_join() -> None:
    session = server()
    assert not session.lets_through(chunk(0))
    assert session.lets_through(HeartbeatAck())
    session.join()
    assert session.lets_through(chunk(0))


def test_a_broken_client_gets_exactly_what_it_missed() -> None:
    log, client = RoomLog("e"), ClientSession(ROOM)
    joined(client, log)
    client.receive(log.number(chunk(0)), now_ms=0)
    log.number(chunk(1))
    log.number(chunk(2))
    assert resumed(client, log, known=True) == (True, [1, 2])
    assert client.session_id == "sess-1", "the old session goes on"
    assert resumed(client, log, known=True) == (True, []), "two breaks in a row lose nothing"


def test_a_client_that_never_received_anything_resumes_from_its_greeting() -> None:
    log, client = RoomLog("e"), ClientSession(ROOM)
    log.number(chunk(0))
    joined(client, log)
    log.number(chunk(1))
    assert resumed(client, log, known=True) == (True, [1])


def test_an_unknown_session_starts_anew_and_reads_the_history_again() -> None:
    log, client = RoomLog("e"), ClientSession(ROOM)
    joined(client, log)
    log.number(chunk(0))
    assert resumed(client, log, known=False) == (False, [])
    assert (client.session_id, client.last_seq) == ("sess-2", 1)
    late = client.receive(log.number(chunk(1)), now_ms=0)
    assert late.deliver is not None


def test_a_numbering_that_began_again_cannot_be_resumed() -> None:
    client = ClientSession(ROOM)
    joined(client, RoomLog("e"))
    assert resumed(client, RoomLog("another"), known=True) == (False, [])


def test_a_numbered_message_is_delivered_once() -> None:
    log, client = RoomLog("e"), ClientSession(ROOM)
    joined(client, log)
    message = log.number(chunk(0))
    assert client.receive(message, now_ms=0).deliver == message
    assert client.receive(message, now_ms=0).deliver is None


def test_what_a_connection_is_not_sent_is_not_replayed_to_it() -> None:
    log = RoomLog("e")
    log.number(TextResponse(message_id="m", text="t", timestamp=0))
    kept = log.number(chunk(0))
    answers = server().resume(
        Resume(session_id="s", epoch="e", last_seq=0),
        known=True,
        room_id=ROOM,
        log=log,
        agent=None,
        wants=lambda message: not isinstance(message, TextResponse),
    )
    assert answers[1:] == [kept]


def test_both_sides_answer_a_heartbeat() -> None:
    frame = binary.encode(Heartbeat(timestamp=7))
    assert server().receive(frame, now=1.0, now_ms=9).answers == (HeartbeatAck(timestamp=7),)
    answer = ClientSession(ROOM).receive(Heartbeat(), now_ms=9).answers
    assert answer == (HeartbeatAck(timestamp=9),)


def test_bad_frames_are_answered_and_the_tenth_closes() -> None:
    session = server()
    closes: list[CloseCode | None] = []
    for moment in range(10):
        received = session.receive(b"rubbish", now=float(moment), now_ms=0)
        assert code_of(received.answers[0]) == "BAD_FRAME"
        closes.append(received.close)
    assert closes == [None] * 9 + [CloseCode.BAD_FRAMES]


def code_of(message: Message) -> str:
    assert isinstance(message, ErrorMessage)
    return message.code


def test_a_text_that_is_too_long_or_empty_names_the_message_it_refuses() -> None:
    session = server()
    for content, code in (("x" * 65_537, "TOO_LONG"), (" \n", "EMPTY_MESSAGE")):
        said = TextMessage(content=content, client_message_id="c-1")
        received = session.receive(binary.encode(said), now=0.0, now_ms=0)
        assert received.close is None
        answer = received.answers[0]
        assert isinstance(answer, ErrorMessage)
        assert (answer.code, answer.client_message_id) == (code, "c-1")
    longest = TextMessage(content="x" * 65_536)
    assert session.receive(binary.encode(longest), now=0.0, now_ms=0).message == longest


def test_a_frame_over_a_mebibyte_closes_with_1009() -> None:
    received = server().receive(b"\xaa" * 1_048_577, now=0.0, now_ms=0)
    assert received.close is CloseCode.TOO_BIG


def test_a_client_may_not_say_what_the_server_says() -> None:
    received = server().receive(text.encode(chunk(0)), now=0.0, now_ms=0)
    assert code_of(received.answers[0]) == "BAD_FRAME"


def test_a_repeated_act_is_done_once_but_a_repeated_text_goes_to_the_room() -> None:
    session = server()
    act = binary.encode(StreamInterrupt(stream_id="s", op_id="o-1"))
    said = binary.encode(TextMessage(content="hi", client_message_id="c", op_id="c"))
    for frame, times in ((act, 1), (said, 2)):
        heard = [session.receive(frame, now=0.0, now_ms=0).message for _ in range(2)]
        assert sum(message is not None for message in heard) == times


def test_a_broken_session_can_be_taken_up_for_a_minute_by_its_user_in_its_room() -> None:
    broken = BrokenSessions()
    broken.leave("s", room_id=ROOM, user_id="u", now=0.0)
    assert not broken.take("s", room_id=ROOM, user_id="other", now=1.0)
    assert not broken.take("s", room_id="other", user_id="u", now=1.0)
    assert broken.take("s", room_id=ROOM, user_id="u", now=60.0)
    assert not broken.take("s", room_id=ROOM, user_id="u", now=60.0), "it is taken once"
    broken.leave("s", room_id=ROOM, user_id="u", now=0.0)
    assert not broken.take("s", room_id=ROOM, user_id="u", now=60.1)
