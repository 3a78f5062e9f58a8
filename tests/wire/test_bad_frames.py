"""Foreign bytes: nothing but BadFrame ever comes out, and a broken header is named."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.wire import binary, text
from avatar_desktop.wire.dialects import Interpreter
from avatar_desktop.wire.errors import BadFrame
from avatar_desktop.wire.examples import EXAMPLES
from avatar_desktop.wire.messages import Message

PARTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
TYPES = st.sampled_from(
    ("heartbeat", "avatar-state", "ar-message", "TEXT_MESSAGE", "VOICE_DATA", "ai_response",
     "session_start", "message:send", "typing:start", "connected", "nobody-knows")
)  # fmt: skip


def survives(frame: str | bytes, *, bare_audio: bool = False) -> None:
    interpreter = Interpreter(bare_audio=bare_audio)
    try:
        heard = interpreter.decode(frame)
    except BadFrame as error:
        sentence = error.message
        heard = None
    else:
        sentence = "read"
    assert 0 < len(sentence) < 400
    if heard is not None:
        interpreter.encode(heard, now_ms=0)


@given(st.binary(max_size=200), st.booleans())
def test_random_bytes_are_a_bad_frame_or_nothing(frame: bytes, bare_audio: bool) -> None:
    survives(frame, bare_audio=bare_audio)


@given(st.sampled_from(EXAMPLES), st.data())
def test_a_mutated_frame_is_a_message_or_a_bad_frame(example: Message, data: st.DataObject) -> None:
    frame = bytearray(binary.encode(example))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(8, len(frame) - 1)) if len(frame) > 8 else 0
        frame[place] = data.draw(st.integers(0, 255))
    survives(bytes(frame))
    survives(bytes(frame[8:]))


@given(st.sampled_from(EXAMPLES), st.data())
def test_a_mutated_text_is_a_message_or_a_bad_frame(example: Message, data: st.DataObject) -> None:
    line = text.encode(example)
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, min(len(line), start + 10)))
    survives(line[:start] + data.draw(st.text(max_size=5)) + line[end:])


@given(TYPES, st.dictionaries(st.text(max_size=8), PARTS, max_size=4), PARTS)
def test_any_json_object_is_a_message_or_a_bad_frame(
    name: str, fields: dict[str, object], inner: object
) -> None:
    for envelope in (
        {**fields, "type": name},
        {"type": name, "payload": inner},
        {"type": name, "callId": "c", "timestamp": inner, "data": fields},
    ):
        survives(msgspec.json.encode(envelope).decode())
        survives(msgspec.msgpack.encode(envelope)) if _fits(envelope) else None
    survives(msgspec.json.encode([name, inner]).decode())


def _fits(value: object) -> bool:
    try:
        msgspec.msgpack.encode(value)
    except OverflowError:  # whole numbers beyond 64 bits
        return False
    return True


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (b"", "shorter"),
        (b"\xaa\x55\x01", "shorter"),
        (b"\xaa\x56\x01\x03\0\0\0\x01\x80", "AA 55"),
        (b"\xaa\x55\x02\x03\0\0\0\x01\x80", "version 2"),
        (b"\xaa\x55\x01\x03\0\0\0\x02\x80", "as long as"),
        (b"\xaa\x55\x01\x03\0\0\0\x01\x90", "map"),
        (b"\xaa\x55\x01\x34\0\0\0\x01\x80", "StreamInterrupt"),
    ],
)
def test_a_broken_frame_says_what_is_wrong_with_it(frame: bytes, reason: str) -> None:
    with pytest.raises(BadFrame, match=reason):
        binary.decode(frame)


@pytest.mark.parametrize("depth", [1_000, 100_000])
def test_deep_nesting_is_refused_not_fatal(depth: int) -> None:
    survives("[" * depth)
    survives('{"type":"ar-message","content":"a","metadata":' + '{"a":' * depth)
    survives(b"\x81\xa1a" * depth)


def test_unknown_types_and_fields_are_ignored() -> None:
    assert text.decode('{"type":"weather","rain":true}') is None
    assert binary.decode(b"\xaa\x55\x01\x7f\0\0\0\x01\x80") is None
    assert text.decode('{"type":"session-end","why":"tired"}') is not None
