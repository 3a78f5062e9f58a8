"""Frames survive the pipe; what is no frame is refused."""

import io
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.workers.channel import ChannelError, as_value, frame, read_message

plain_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@dataclass(frozen=True)
class Sound:
    name: str
    pcm: bytes
    marks: tuple[int, ...]


@given(st.lists(st.dictionaries(st.text(), plain_values, max_size=4), max_size=4))
def test_messages_come_out_as_they_went_in(messages: list[dict[str, object]]) -> None:
    stream = io.BytesIO(b"".join(frame(message) for message in messages))
    assert [read_message(stream) for _ in messages] == messages
    assert read_message(stream) is None


@given(st.binary(max_size=64))
def test_foreign_bytes_are_refused_or_end_the_stream_but_never_anything_else(data: bytes) -> None:
    try:
        message = read_message(io.BytesIO(data))
    except ChannelError:
        return
    assert message is None or isinstance(message, dict)


@given(st.integers(0, 20))
def test_a_frame_cut_short_reads_as_the_end(cut: int) -> None:
    data = frame({"kind": "a message that is long enough"})
    assert read_message(io.BytesIO(data[: min(cut, len(data) - 1)])) is None


def test_a_dataclass_travels_as_a_map_and_comes_back_whole() -> None:
    sound = Sound("hello", b"\x01\x02", (1, 2, 3))
    message = read_message(io.BytesIO(frame({"kind": "clip", "sound": sound})))
    assert message is not None
    assert as_value(message["sound"], Sound) == sound


def test_a_part_of_the_wrong_shape_is_refused_by_name() -> None:
    with pytest.raises(ChannelError, match="no Sound"):
        as_value({"name": 1}, Sound)


def test_a_frame_of_impossible_length_is_refused_before_it_is_read() -> None:
    with pytest.raises(ChannelError, match="longer than any"):
        read_message(io.BytesIO(b"\xff\xff\xff\xff"))
