"""Whatever a message holds comes back as it was, in either form and in every dialect."""

from typing import Annotated, Any, get_args, get_origin

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.wire import binary, text
from avatar_desktop.wire.dialects import Dialect, Interpreter
from avatar_desktop.wire.examples import EXAMPLES
from avatar_desktop.wire.instants import iso
from avatar_desktop.wire.kinds import KINDS, kind_of
from avatar_desktop.wire.messages import Connected, ErrorMessage, Message
from avatar_desktop.wire.parts import BodyState

MOMENTS = st.integers(0, 4_000_000_000_000)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
WHOLE = st.integers(-(2**53), 2**53)
REAL = st.floats(allow_nan=False, allow_infinity=False, width=32)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: WORDS,
    int: WHOLE,
    float: REAL,
    bool: st.booleans(),
    bytes: st.binary(max_size=40),
    BodyState: st.sampled_from(BodyState),
    type(None): st.none(),
    Any: st.none() | st.booleans() | WHOLE | WORDS | st.lists(WORDS, max_size=2),
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a field's type."""
    origin, options = get_origin(kind), get_args(kind)
    if origin is Annotated:
        form = options[1].extra["form"]
        return MOMENTS.map(iso) if form == "iso" else MOMENTS
    if kind in PLAIN:
        return PLAIN[kind]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return structs(kind)
    if origin is tuple:
        return st.lists(values(options[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(WORDS, values(options[1]), max_size=3)
    if str(origin) == "typing.Literal":
        return st.sampled_from(options)
    return st.one_of(*(values(option) for option in options))


def structs(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    fields = {field.name: values(field.type) for field in msgspec.structs.fields(kind)}
    return st.fixed_dictionaries(fields).map(lambda given: kind(**given))


MESSAGES = st.sampled_from(KINDS).flatmap(lambda kind: structs(kind.message))


@given(MESSAGES)
def test_a_binary_frame_gives_back_its_message(message: Message) -> None:
    assert binary.decode(binary.encode(message)) == message


@given(MESSAGES)
def test_a_text_frame_gives_back_its_message(message: Message) -> None:
    assert text.decode(text.encode(message)) == message


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize(
    "example", [pytest.param(example, id=kind_of(example).name) for example in EXAMPLES]
)
def test_every_dialect_gives_back_every_message(example: Message, dialect: Dialect) -> None:
    if dialect is Dialect.EVENT and isinstance(example, Connected | ErrorMessage):
        dialect = Dialect.EVENT_LIST  # flat, these events have the names of our own messages
    speaker = Interpreter(dialect=dialect)
    frame = speaker.encode(example, now_ms=1_769_860_800_250)
    listener = Interpreter()
    heard = listener.decode(frame)
    assert heard is not None
    if dialect is Dialect.CALL and getattr(example, "timestamp", None) == 0:
        example = msgspec.structs.replace(example, timestamp=1_769_860_800_250)
    assert heard == example


@given(MOMENTS)
def test_a_moment_is_read_in_either_form(moment: int) -> None:
    for form in (moment, iso(moment), float(moment)):
        line = msgspec.json.encode({"type": "heartbeat", "timestamp": form}).decode()
        assert getattr(text.decode(line), "timestamp", None) == moment
        fields = {"streamId": "s", "error": "e", "timestamp": form}
        line = msgspec.json.encode({"type": "ar-stream-error", **fields}).decode()
        assert getattr(text.decode(line), "timestamp", None) == iso(moment)
