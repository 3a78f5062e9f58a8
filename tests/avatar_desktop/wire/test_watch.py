"""Counting: who is silent, who sends rubbish, what was done already."""

from avatar_desktop.wire.watch import BadFrameCount, OperationsDone, Pulse


def test_a_heartbeat_is_due_every_half_minute() -> None:
    pulse = Pulse(0.0)
    assert not pulse.is_due(29.9)
    assert pulse.is_due(30.0)
    pulse.asked(30.0)
    assert not pulse.is_due(59.0)
    assert pulse.next_look(50.0) == 10.0


def test_a_minute_of_silence_means_gone() -> None:
    pulse = Pulse(0.0)
    assert not pulse.is_gone(59.9)
    assert pulse.is_gone(60.0)
    pulse.heard(60.0)
    assert not pulse.is_gone(100.0)


def test_three_unanswered_heartbeats_mean_gone() -> None:
    pulse = Pulse(0.0, every=5.0)
    for moment in (5.0, 10.0, 15.0):
        assert not pulse.is_gone(moment)
        pulse.asked(moment)
    assert not pulse.is_gone(16.0)
    assert pulse.is_gone(20.0)


def test_the_tenth_bad_frame_within_a_minute_is_too_many() -> None:
    count = BadFrameCount()
    assert [count.add(float(moment)) for moment in range(10)] == [False] * 9 + [True]


def test_bad_frames_spread_over_time_are_forgiven() -> None:
    count = BadFrameCount()
    assert not any(count.add(moment * 7.0) for moment in range(40))


def test_an_operation_is_new_once() -> None:
    done = OperationsDone(capacity=2)
    assert done.is_new("a")
    assert not done.is_new("a")
    assert done.is_new(None)
    assert done.is_new(None)
    assert done.is_new("b")
    assert done.is_new("c")
    assert done.is_new("a"), "the oldest is forgotten"
