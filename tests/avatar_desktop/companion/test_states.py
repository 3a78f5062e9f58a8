"""The state table is complete, refuses everything else, and tells each transition once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.companion.states import (
    SPEAKING_ALLOWED,
    TRANSITIONS,
    AvatarState,
    StateMachine,
    Trigger,
)
from avatar_desktop.errors import StateError

S, T = AvatarState, Trigger

THE_TABLE = {
    (S.UNINITIALIZED, T.AVATAR_OPEN): S.INITIALIZING,
    (S.INITIALIZING, T.MODEL_READY): S.READY,
    (S.INITIALIZING, T.MODEL_FAILED): S.ERROR,
    (S.READY, T.TTS_START): S.PLAYING,
    (S.PLAYING, T.TTS_COMPLETE): S.READY,
    (S.PLAYING, T.TTS_PAUSE): S.PAUSED,
    (S.PAUSED, T.TTS_RESUME): S.PLAYING,
    (S.PAUSED, T.TTS_COMPLETE): S.READY,
    (S.ERROR, T.RETRY): S.INITIALIZING,
    (S.UNINITIALIZED, T.AVATAR_CLOSE): S.DESTROYED,
    (S.INITIALIZING, T.AVATAR_CLOSE): S.DESTROYED,
    (S.READY, T.AVATAR_CLOSE): S.DESTROYED,
    (S.PLAYING, T.AVATAR_CLOSE): S.DESTROYED,
    (S.ERROR, T.AVATAR_CLOSE): S.DESTROYED,
    (S.PAUSED, T.AVATAR_CLOSE): S.DESTROYED,
}


def test_the_table_holds_these_transitions_and_no_others() -> None:
    assert TRANSITIONS == THE_TABLE


def test_states_carry_the_numbers_of_the_wire() -> None:
    names = ["UNINITIALIZED", "INITIALIZING", "READY", "PLAYING", "ERROR", "PAUSED", "DESTROYED"]
    assert [state.name for state in sorted(AvatarState)] == names


@given(st.lists(st.sampled_from(list(Trigger)), max_size=40))
def test_any_walk_follows_the_table_and_a_refusal_changes_nothing(walk: list[Trigger]) -> None:
    machine = StateMachine()
    seen: list[tuple[AvatarState, Trigger, AvatarState]] = []
    machine.on_transition(lambda source, trigger, target: seen.append((source, trigger, target)))
    expected: list[tuple[AvatarState, Trigger, AvatarState]] = []
    for trigger in walk:
        before = machine.state
        target = THE_TABLE.get((before, trigger))
        assert machine.can(trigger) == (target is not None)
        if target is None:
            with pytest.raises(StateError, match=trigger.value) as refusal:
                machine.fire(trigger)
            assert before.name in str(refusal.value)
            assert machine.state is before
        else:
            assert machine.fire(trigger) is target
            expected.append((before, trigger, target))
        assert machine.may_speak == (machine.state in SPEAKING_ALLOWED)
    assert seen == expected


def test_destroyed_is_final() -> None:
    machine = StateMachine()
    machine.fire(Trigger.AVATAR_CLOSE)
    for trigger in Trigger:
        with pytest.raises(StateError):
            machine.fire(trigger)


@pytest.mark.parametrize(
    ("name", "trigger"),
    [
        ("MODEL_READY", Trigger.MODEL_READY),
        ("unity_handshake_complete", Trigger.MODEL_READY),
        ("UNITY_LOAD_FAILED", Trigger.MODEL_FAILED),
        ("tts_start", Trigger.TTS_START),
    ],
)
def test_triggers_are_known_by_both_names(name: str, trigger: Trigger) -> None:
    assert Trigger.named(name) is trigger
