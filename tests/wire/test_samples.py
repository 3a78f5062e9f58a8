"""Do both sides agree byte for byte, also with clients of long ago?"""

import pytest

from avatar_desktop.wire import binary, text
from avatar_desktop.wire.document import DOCUMENT, SAMPLES, document, samples
from avatar_desktop.wire.examples import EXAMPLES
from avatar_desktop.wire.kinds import KINDS, kind_of
from avatar_desktop.wire.messages import Message

NAMED = [pytest.param(example, id=kind_of(example).json_type) for example in EXAMPLES]


def test_every_message_has_one_example() -> None:
    assert [kind_of(example) for example in EXAMPLES] == list(KINDS)


@pytest.mark.parametrize("example", NAMED)
def test_the_sample_on_disk_is_what_is_sent_and_read_today(example: Message) -> None:
    name = kind_of(example).json_type
    frame = (SAMPLES / f"{name}.bin").read_bytes()
    line = (SAMPLES / f"{name}.json").read_text(encoding="utf-8")
    assert binary.encode(example) == frame
    assert text.encode(example) == line
    assert binary.decode(frame) == example
    assert text.decode(line) == example


def test_no_sample_is_without_its_message() -> None:
    assert {path.name for path in SAMPLES.iterdir()} == {name for name, _ in samples()}


def test_the_document_says_what_the_code_says() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), (
        "docs/wire.md is out of date: run python -m avatar_desktop.wire.document"
    )


def test_the_header_is_eight_bytes_big_endian() -> None:
    frame = (SAMPLES / "heartbeat.bin").read_bytes()
    assert frame[:4] == bytes([0xAA, 0x55, 1, 0x03])
    assert int.from_bytes(frame[4:8], "big") == len(frame) - 8


def test_codes_names_and_types_are_unique() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert len({kind.json_type for kind in KINDS}) == len(KINDS)


def test_exactly_the_messages_of_a_reply_can_be_replayed() -> None:
    codes = {kind.code for kind in KINDS if kind.replayable}
    assert codes == {0x11, 0x20, 0x21, 0x30, 0x31, 0x32, 0x33, 0x42, 0x44}
