"""What the person does and what the server says, and what the companion makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.companion.states import AvatarState
from avatar_desktop.performer.roles import Role
from avatar_desktop.reply.cue import Cue
from avatar_desktop.wire import messages as wire
from avatar_desktop.wire.examples import EXAMPLES
from tests.makers.made_up_voice import WORD_SECONDS
from tests.makers.played_companion import MOMENT, STEP, Played

WELCOME = "[emotion:happy]Hello, my friend."


# Saying -------------------------------------------------------------------------------------


def test_what_is_typed_becomes_a_row_and_goes_out(wren: Played) -> None:
    assert wren.companion.say("  What is new? ") == "typed-1"
    (row,) = wren.rows
    assert (row.id, row.sender, row.text, row.state) == ("typed-1", "user", "What is new?", "sent")
    (message,) = wren.link.told(wire.TextMessage)
    assert (message.content, message.client_message_id) == ("What is new?", "typed-1")


@pytest.mark.parametrize("text", ["", "  ", "\n\t"])
def test_nothing_is_said_with_nothing(text: str, wren: Played) -> None:
    assert wren.companion.say(text) is None
    assert wren.rows == ()
    assert wren.link.sent == []


def test_without_a_server_there_is_nobody_to_talk_to(alone: Played) -> None:
    assert alone.companion.say("Hello?") is None


def test_a_message_typed_offline_waits_until_its_reply_begins(wren: Played) -> None:
    wren.link.online = False
    wren.companion.link_changed("offline", "The connection broke.")
    name = wren.companion.say("Still there?")
    assert wren.rows[0].state == "waiting"
    assert [each.client_message_id for each in wren.link.outbox.pending()] == [name]
    wren.connect()
    wren.reply("Yes.", answers=name)
    assert [row.state for row in wren.rows] == ["sent", "complete"]


def test_messages_of_an_earlier_run_wait_at_the_end_of_the_history(alone: Played) -> None:
    alone.companion.waiting("old-1", "Did you hear me?", 5)
    alone.companion.load_history(())
    assert [(row.id, row.state) for row in alone.rows] == [("old-1", "waiting")]
    alone.connect()
    alone.reply("I did.", answers="old-1")
    assert [row.state for row in alone.rows] == ["sent", "complete"]


def test_a_refused_message_is_marked_with_the_reason(wren: Played) -> None:
    name = wren.companion.say("x" * 100)
    wren.companion.receive(
        wire.ErrorMessage(
            code="TOO_LONG", message="Too long.", retryable=False, client_message_id=name
        )
    )
    (row,) = wren.rows
    assert (row.state, row.detail) == ("failed", "Too long.")
    assert [notice.text for notice in wren.companion.notices.current] == ["Too long."]


# The reply ----------------------------------------------------------------------------------


def test_a_reply_is_shown_without_markers_and_spoken_once(wren: Played) -> None:
    wren.reply("[emotion:hap", "py]Hello there. ", "All is well.")
    wren.live()
    (row,) = wren.rows
    assert (row.id, row.text, row.state) == ("m-st", "Hello there. All is well.", "complete")
    assert wren.states == ["PLAYING", "READY"]
    assert [request.text for request in wren.voice.asked] == ["Hello there.", "All is well."]
    assert not wren.companion.snapshot().speaking


def test_the_server_hears_what_was_played_and_how_far(wren: Played) -> None:
    wren.reply("Hello there.")
    wren.live()
    played = wren.link.told(wire.AudioControl)
    assert [(each.status, each.heard_chars) for each in played] == [
        ("PLAYING", None),
        ("COMPLETE", len("Hello there")),
    ]
    assert {each.audio_id for each in played} == {"audio_m-st"}


def test_the_avatar_thinks_until_the_reply_begins(wren: Played) -> None:
    wren.companion.say("Hm?")
    wren.live(0.3)
    assert wren.companion.stage is not None
    assert wren.companion.stage.performer.role is Role.THINKING
    wren.companion.receive(wire.Typing(active=True))
    assert wren.companion.snapshot().typing
    wren.begin()
    assert wren.companion.snapshot().typing, "a stream without a word is no answer yet"
    wren.grow("Well, ")
    assert not wren.companion.snapshot().typing
    wren.live(0.3)
    assert wren.companion.stage.performer.role is not Role.THINKING


def test_a_phrase_that_cannot_be_spoken_stays_text_and_the_next_one_is_spoken(
    wren: Played,
) -> None:
    wren.reply("This is unspeakable. This is not.")
    wren.live()
    assert wren.rows[0].text == "This is unspeakable. This is not."
    assert wren.states == ["PLAYING", "READY"]


def test_a_reply_that_fails_is_shown_as_far_as_it_came(wren: Played) -> None:
    wren.begin()
    wren.grow("One two. ")
    wren.companion.receive(
        wire.StreamError(stream_id="st", error="The mind gave no answer.", timestamp=MOMENT)
    )
    (row,) = wren.rows
    assert (row.state, row.text.strip(), row.detail) == (
        "failed",
        "One two.",
        "The mind gave no answer.",
    )
    wren.live()
    assert wren.states == ["PLAYING", "READY"]


def test_without_an_avatar_a_reply_is_text_alone(alone: Played) -> None:
    alone.connect(WELCOME)
    alone.reply("[gesture:wave]Hello.")
    assert [row.text for row in alone.rows] == ["Hello, my friend.", "Hello."]
    assert alone.voice.asked == []
    assert alone.companion.tick() is None


# Interrupting -------------------------------------------------------------------------------


def test_an_interrupt_tells_how_much_was_heard_and_falls_silent(wren: Played) -> None:
    raw = "[emotion:happy]One two three four five. "
    wren.begin()
    wren.grow(raw)
    wren.live(0.12 + 3.5 * WORD_SECONDS)
    assert wren.companion.snapshot().speaking
    wren.companion.interrupt()
    (told,) = wren.link.told(wire.StreamInterrupt)
    assert told.stream_id == "st"
    assert told.heard_chars == raw.index("three") + len("three")
    assert wren.states == ["PLAYING", "READY"]
    assert wren.voice.cancelled == ["st"]
    wren.grow("Six seven. ", 1)
    wren.end(2, reason="interrupted")
    wren.live(1.0)
    assert wren.states == ["PLAYING", "READY"]
    assert wren.rows[0].state == "interrupted"


def test_an_interrupt_before_the_first_word_has_heard_nothing(wren: Played) -> None:
    wren.begin()
    wren.companion.interrupt()
    assert [each.heard_chars for each in wren.link.told(wire.StreamInterrupt)] == [0]


def test_a_reply_that_ended_and_still_sounds_can_be_interrupted(wren: Played) -> None:
    wren.reply("One two three four five. ")
    wren.live(0.12 + 2.5 * WORD_SECONDS)
    wren.companion.interrupt()
    (told,) = wren.link.told(wire.StreamInterrupt)
    assert told.heard_chars == len("One two")


def test_an_interrupt_of_nothing_says_nothing(wren: Played) -> None:
    wren.companion.interrupt()
    assert wren.link.told(wire.StreamInterrupt) == []
    assert wren.companion.machine.state is AvatarState.READY


def test_without_an_avatar_an_interrupt_still_stops_the_mind(alone: Played) -> None:
    alone.connect()
    alone.begin()
    alone.grow("Once upon a time. ")
    alone.companion.interrupt()
    (told,) = alone.link.told(wire.StreamInterrupt)
    assert (told.stream_id, told.heard_chars) == ("st", None)


def test_pausing_holds_the_voice_and_resuming_goes_on(wren: Played) -> None:
    wren.reply("One two three four.")
    wren.live(0.12 + 1.5 * WORD_SECONDS)
    wren.companion.pause()
    wren.companion.pause()
    wren.live(3.0)
    assert wren.companion.machine.state is AvatarState.PAUSED
    wren.companion.resume()
    wren.companion.resume()
    wren.live()
    assert wren.states == ["PLAYING", "PAUSED", "PLAYING", "READY"]
    assert wren.link.told(wire.AudioControl)[-1].heard_chars == len("One two three four")


# Muted --------------------------------------------------------------------------------------


def emotions_of(wren: Played, seconds: float = 1.0) -> list[str]:
    """Every emotion the face takes on in this time."""
    stage = wren.companion.stage
    assert stage is not None
    seen: list[str] = []
    for _ in range(round(seconds / STEP)):
        wren.live(STEP)
        if stage.performer.emotion not in ("neutral", *seen[-1:]):
            seen.append(stage.performer.emotion)
    return seen


@pytest.mark.parametrize("raw", ["[emotion:sad]Oh no. It rains.", "[emotion:sad]Oh no"])
def test_a_muted_reply_is_mimed(raw: str, wren: Played) -> None:
    wren.companion.mute(True)
    wren.reply(raw)
    assert wren.companion.snapshot().muted
    assert emotions_of(wren) == ["sad"]
    assert wren.voice.asked == []
    assert wren.states == []
    assert wren.rows[0].state == "complete"


def test_muting_stops_the_voice_at_once_and_keeps_the_text(wren: Played) -> None:
    wren.begin()
    wren.grow("One two three four five. ")
    wren.live(0.5)
    wren.companion.mute(True)
    assert wren.companion.machine.state is AvatarState.READY
    wren.grow("Six seven. ", 1)
    wren.end(2)
    wren.live(1.0)
    assert wren.rows[0].text.strip() == "One two three four five. Six seven."
    assert wren.rows[0].state == "complete"
    assert wren.states == ["PLAYING", "READY"]


def test_after_unmuting_the_next_reply_is_spoken(wren: Played) -> None:
    wren.companion.mute(True)
    wren.companion.mute(False)
    wren.reply("Hello.")
    wren.live()
    assert wren.states == ["PLAYING", "READY"]


# Greeting -----------------------------------------------------------------------------------


@pytest.mark.parametrize("avatar_first", [True, False])
def test_the_avatar_greets_once_whatever_comes_first(avatar_first: bool, alone: Played) -> None:
    if avatar_first:
        alone.open_avatar()
        alone.connect(WELCOME)
    else:
        alone.connect(WELCOME)
        alone.open_avatar()
    alone.live()
    assert alone.companion.snapshot().agent_name == "Wren"
    assert [row.text for row in alone.rows] == ["Hello, my friend."]
    assert [request.text for request in alone.voice.asked] == ["Hello, my friend."]
    alone.connect(WELCOME, session="s-2")
    alone.companion.close_avatar()
    alone.open_avatar()
    alone.live(0.5)
    assert len(alone.rows) == 1
    assert len(alone.voice.asked) == 1


def test_a_muted_avatar_greets_in_writing(alone: Played) -> None:
    alone.companion.mute(True)
    alone.open_avatar()
    alone.connect(WELCOME)
    assert [row.text for row in alone.rows] == ["Hello, my friend."]
    assert alone.voice.asked == []


# The avatar's life --------------------------------------------------------------------------


def test_the_server_is_told_of_every_state_with_what_the_avatar_can(alone: Played) -> None:
    alone.connect()
    alone.open_avatar()
    alone.companion.close_avatar()
    told = alone.link.told(wire.AvatarState)
    assert [each.state.name for each in told if each.state is not None] == [
        "INITIALIZING",
        "READY",
        "DESTROYED",
    ]
    assert {each.session_id for each in told} == {"s-1"}
    ready = told[1].capabilities
    assert ready is not None
    assert ready.speech == "client"
    (hello,) = alone.companion.hello()
    assert isinstance(hello, wire.AvatarState)


def test_an_avatar_that_fails_says_why_and_can_be_tried_again(alone: Played) -> None:
    alone.connect()
    alone.companion.avatar_opens()
    alone.companion.avatar_failed("The file is broken.")
    seen = alone.companion.snapshot()
    assert (seen.avatar, seen.avatar_detail) == (AvatarState.ERROR, "The file is broken.")
    assert [(n.kind, n.action) for n in seen.notices] == [("error", "retry-avatar")]
    assert alone.link.told(wire.AvatarState)[-1].error == "The file is broken."
    alone.open_avatar()
    assert alone.companion.machine.state is AvatarState.READY
    assert alone.companion.snapshot().avatar_detail == ""


def test_a_closed_avatar_lets_go_of_everything_and_comes_back_new(wren: Played) -> None:
    wren.begin()
    wren.grow("One two three. ")
    wren.live(0.3)
    wren.companion.close_avatar()
    wren.companion.close_avatar()
    assert wren.companion.stage is None
    assert wren.states[-1] == "DESTROYED"
    wren.grow("Four five. ", 1)
    wren.end(2)
    assert wren.rows[0].state == "complete"
    wren.open_avatar()
    wren.reply("Hello again.", stream="st-2")
    wren.live()
    assert wren.states[-2:] == ["PLAYING", "READY"]


def test_a_click_is_answered_by_the_avatar_and_told(wren: Played) -> None:
    wren.companion.touch("click")
    assert emotions_of(wren, 0.5) == ["happy"]
    assert [each.kind for each in wren.link.told(wire.AvatarInteract)] == ["click"]
    wren.companion.touch("hover")
    assert len(wren.link.told(wire.AvatarInteract)) == 1


def test_the_avatar_watches_while_the_person_types(wren: Played) -> None:
    wren.companion.typing(True)
    wren.live(0.2)
    assert wren.companion.stage is not None
    assert wren.companion.stage.performer.role is Role.LISTENING
    wren.companion.typing(False)
    wren.live(0.2)
    assert wren.companion.stage.performer.role is Role.IDLE
    assert [each.active for each in wren.link.told(wire.Typing)] == [True, False]


# The line -----------------------------------------------------------------------------------


def test_the_line_is_shown_and_can_be_tried_again(wren: Played) -> None:
    wren.companion.receive(wire.Typing(active=True))
    wren.companion.link_changed("offline", "It broke.", can_retry=True)
    seen = wren.companion.snapshot()
    assert (seen.link, seen.link_detail, seen.can_retry, seen.typing) == (
        "offline",
        "It broke.",
        True,
        False,
    )
    wren.companion.retry_link()
    assert wren.link.retries == 1


def test_a_resumed_reply_that_is_replayed_is_one_row(wren: Played) -> None:
    wren.begin()
    wren.grow("One. ")
    wren.reply("One. ", "Two.")
    wren.live()
    assert [row.text for row in wren.rows] == ["One. Two."]


def test_every_change_is_told(wren: Played) -> None:
    before = wren.changes
    wren.reply("Hello.")
    assert wren.changes >= before + 3


@given(data=st.lists(st.sampled_from(EXAMPLES), max_size=12), with_avatar=st.booleans())
def test_whatever_a_server_says_in_whatever_order_the_companion_lives(
    data: list[wire.Message],
    with_avatar: bool,
    tiny: Avatar,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    played = Played(tiny, Path(tmp_path_factory.mktemp("any")))
    played.connect(WELCOME)
    if with_avatar:
        played.open_avatar()
    for message in data:
        played.companion.receive(message)
        if with_avatar:
            played.live(0.04)
        played.companion.snapshot()
    played.companion.interrupt()
    assert not played.companion.snapshot().speaking


def test_a_cue_of_a_reply_fires_at_its_word(wren: Played) -> None:
    wren.reply("One two three [emotion:sad]four five.")
    stage = wren.companion.stage
    assert stage is not None
    started = wren.clock.heard()
    while stage.performer.emotion != "sad":
        wren.live(STEP)
        assert wren.clock.heard() < started + 3
    assert wren.clock.heard() - started == pytest.approx(0.12 + 3 * WORD_SECONDS, abs=0.05)
    assert Cue("emotion", "sad", 1.0, 27) in [
        cue.cue for cue in stage.performer.score.cues_between(0, 9)
    ]
