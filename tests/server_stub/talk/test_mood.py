"""What a text feels like and wants; and the gesture that ends a reply."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server_stub.talk.animations import Animations, last_gesture
from server_stub.talk.mood import Mood, actions_for, intent_of, mood_of


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("[emotion:happy]The door.", 1),
        ("[emotion:sad:0.9]The door.", -1),
        ("What a lovely, wonderful day!", 1),
        ("That is terrible and I am sorry.", -1),
        ("That is not good.", -1),
        ("Das ist nicht schlecht.", 1),
        ("The door is there.", 0),
        ("", 0),
    ],
)
def test_markers_and_words_tell_the_mood(text: str, sign: int) -> None:
    sentiment = mood_of(text).sentiment
    assert (sentiment > 0.1) - (sentiment < -0.1) == sign


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Hello there!", "greeting"),
        ("How are you?", "question"),
        ("Wie spät ist es", "question"),
        ("Please tell me a story", "request"),
        ("Danke dir", "thanks"),
        ("Bye for now", "farewell"),
        ("I had soup.", "statement"),
        ("...", "statement"),
    ],
)
def test_what_is_wanted(text: str, intent: str) -> None:
    assert intent_of(text) == intent
    assert all(actions_for(intent))


@given(st.text(max_size=400))
def test_any_text_has_a_mood(text: str) -> None:
    mood = mood_of(text)
    assert -1 <= mood.sentiment <= 1 and 0 <= mood.confidence <= 1
    assert last_gesture(mood) and intent_of(text)


@pytest.mark.parametrize(
    ("mood", "gesture"),
    [
        (Mood(0.51, 0.1), "happy"),
        (Mood(-0.51, 0.9), "concerned"),
        (Mood(0.5, 0.49), "thinking"),
        (Mood(0.5, 0.5), "nod"),
        (Mood(-0.5, 1.0), "nod"),
    ],
)
def test_the_last_gesture_is_the_first_rule_that_fits(mood: Mood, gesture: str) -> None:
    assert last_gesture(mood) == gesture


def test_talking_takes_turns_every_tenth_chunk() -> None:
    chosen = [Animations({"talk_calm": "Calm01"}).talking(count) for count in range(41)]
    changes = {n: shown.animation for n, shown in enumerate(chosen) if shown is not None}
    assert changes == {
        0: "Calm01", 10: "talk_explain", 20: "talk_gesture", 30: "Calm01", 40: "talk_explain",
    }  # fmt: skip
    assert all(shown.loop for shown in chosen if shown is not None)


def test_touches_take_turns_and_speak_the_agents_words() -> None:
    animations = Animations({"wave": "bow"})
    assert [animations.touched("click").animation for _ in range(4)] == [
        "bow", "nod", "happy", "bow",
    ]  # fmt: skip
