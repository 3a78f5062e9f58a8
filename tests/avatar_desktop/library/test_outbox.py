"""What waits to be sent survives everything, in order, once."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.library.outbox import Outbox
from avatar_desktop.library.store import Store


def test_it_survives_a_crash_in_order(tmp_path: Path) -> None:
    outbox = Outbox(Store(tmp_path))
    for name in ("c", "a", "b"):
        outbox.append(name, "room", f"text {name}")
    outbox.append("x", "another room", "elsewhere")
    after = Outbox(Store(tmp_path))
    assert [waiting.client_message_id for waiting in after.pending("room")] == ["c", "a", "b"]
    assert len(after.pending()) == 4


def test_a_message_waits_once_and_leaves_once(tmp_path: Path) -> None:
    outbox = Outbox(Store(tmp_path))
    assert outbox.append("a", "room", "text")
    assert not outbox.append("a", "room", "text")
    assert outbox.acknowledged("a")
    assert not outbox.acknowledged("a")
    assert Outbox(Store(tmp_path)).pending() == ()


ACTS = st.lists(st.tuples(st.sampled_from(("append", "acknowledge")), st.sampled_from("abcd")))


@given(ACTS)
def test_it_is_an_ordered_set_whatever_happens(acts: list[tuple[str, str]]) -> None:
    store = Store(Path("/dev/null/nowhere"))
    outbox, expected = Outbox(store), list[str]()
    for act, name in acts:
        if act == "append":
            assert outbox.append(name, "room", name) is (name not in expected)
            expected += [] if name in expected else [name]
        else:
            assert outbox.acknowledged(name) is (name in expected)
            expected = [other for other in expected if other != name]
    assert [waiting.text for waiting in Outbox(store).pending()] == expected
