"""The conversation as rows: in order, each once, replies growing in place."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.companion.conversation import Conversation, shown
from avatar_desktop.companion.snapshot import Message


def texts(conversation: Conversation) -> list[tuple[str, str, str]]:
    return [(row.sender, row.text, row.state) for row in conversation.rows]


def test_rows_keep_the_order_in_which_they_came() -> None:
    conversation = Conversation()
    conversation.type("c1", "Hello", 1, waits=False)
    conversation.stream_starts("s1", "m1", 2)
    conversation.type("c2", "And another thing", 3, waits=True)
    conversation.stream_grows("s1", "[emotion:happy]Hi")
    conversation.stream_grows("s1", " there.")
    conversation.stream_ends("s1", "complete")
    assert texts(conversation) == [
        ("user", "Hello", "sent"),
        ("agent", "Hi there.", "complete"),
        ("user", "And another thing", "waiting"),
    ]


def test_a_waiting_message_is_sent_once_and_a_refused_one_says_why() -> None:
    conversation = Conversation()
    conversation.type("c1", "One", 1, waits=True)
    conversation.refused("c1", "Too busy.")
    assert (conversation.rows[0].state, conversation.rows[0].detail) == ("failed", "Too busy.")
    conversation.sent("c1")
    assert (conversation.rows[0].state, conversation.rows[0].detail) == ("sent", "")
    conversation.sent("nobody")
    conversation.refused("nobody", "?")
    assert len(conversation.rows) == 1


def test_a_marker_that_is_cut_in_two_is_never_shown() -> None:
    conversation = Conversation()
    conversation.stream_starts("s1", "m1", 1)
    for piece in ("Well ", "[emo", "tion:s", "ad", "] then."):
        conversation.stream_grows("s1", piece)
        assert "[" not in conversation.rows[0].text
    conversation.stream_ends("s1", "complete")
    assert conversation.rows[0].text.split() == ["Well", "then."]


def test_a_reply_ends_as_it_ended() -> None:
    for reason, state in (("complete", "complete"), ("interrupted", "interrupted")):
        conversation = Conversation()
        conversation.stream_starts("s1", "m1", 1)
        assert conversation.open_streams == ("s1",)
        conversation.stream_ends("s1", reason)
        assert conversation.rows[0].state == state
        assert conversation.open_streams == ()
    conversation = Conversation()
    conversation.stream_starts("s1", "m1", 1)
    conversation.stream_ends("s1", "error", "The mind gave no answer.")
    assert (conversation.rows[0].state, conversation.rows[0].detail) == (
        "failed",
        "The mind gave no answer.",
    )


def test_chunks_and_ends_of_unknown_replies_change_nothing() -> None:
    conversation = Conversation()
    conversation.stream_grows("s9", "text")
    conversation.stream_ends("s9", "complete")
    assert conversation.rows == ()
    assert conversation.message_of("s9") == "s9"


def test_a_reply_that_begins_again_after_a_resume_starts_empty() -> None:
    conversation = Conversation()
    for _ in range(2):
        conversation.stream_starts("s1", "m1", 1)
        conversation.stream_grows("s1", "One.")
    assert texts(conversation) == [("agent", "One.", "streaming")]
    assert conversation.message_of("s1") == "m1"


def test_a_whole_message_does_not_double_what_is_there() -> None:
    conversation = Conversation()
    conversation.type("c1", "Hello", 1, waits=True)
    conversation.received("u1", "human", "Hello", 2, "c1")
    assert texts(conversation) == [("user", "Hello", "sent")]
    conversation.stream_starts("s1", "m1", 3)
    conversation.stream_grows("s1", "Hi")
    conversation.received("m1", "agent", "Hi there.", 4, None)
    assert texts(conversation)[-1] == ("agent", "Hi", "streaming")
    conversation.stream_ends("s1", "complete")
    conversation.received("u2", "human", "From my other window [1]", 5, "elsewhere-1")
    conversation.received("m2", "agent", "[gesture:nod]Seen.", 6, None)
    assert texts(conversation)[-2:] == [
        ("user", "From my other window [1]", "sent"),
        ("agent", "Seen.", "complete"),
    ]


def test_history_comes_first_and_what_waits_stays_at_the_end() -> None:
    conversation = Conversation()
    conversation.type("c9", "Did you hear me?", 9, waits=True)
    history = (
        Message("u1", "user", "Hello", "sent", 1),
        Message("m1", "agent", "Hi", "complete", 2),
    )
    conversation.load(history)
    assert [row.id for row in conversation.rows] == ["u1", "m1", "c9"]
    conversation.load((*history, Message("c9", "user", "Did you hear me?", "sent", 9)))
    assert [(row.id, row.state) for row in conversation.rows] == [
        ("u1", "sent"),
        ("m1", "complete"),
        ("c9", "sent"),
    ]


@given(st.text(max_size=60), st.lists(st.integers(0, 60), max_size=6))
def test_any_cut_of_a_reply_shows_the_same_in_the_end(text: str, cuts: list[int]) -> None:
    conversation = Conversation()
    conversation.stream_starts("s1", "m1", 1)
    places = sorted({0, len(text), *(min(cut, len(text)) for cut in cuts)})
    for start, end in pairwise(places):
        conversation.stream_grows("s1", text[start:end])
    conversation.stream_ends("s1", "complete")
    assert conversation.rows[0].text == shown(text)
