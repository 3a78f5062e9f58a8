"""The order of speech, its pauses and its failures."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.errors import SoundError
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.queue import LOOK_AHEAD_SECONDS, SpeechQueue

RATE = 1000


def clip(name: str, seconds: float = 1.0, reply: str = "r") -> SpeechClip:
    return SpeechClip(
        id=name,
        reply_id=reply,
        seq=0,
        last=False,
        rate=RATE,
        pcm=bytes(round(seconds * RATE) * 2),
        phones=(),
        words=(),
        timing="exact",
        loudness=0.1,
    )


class Theatre:
    """A queue with a stage that lays clips end to end, and a list of all that happens."""

    def __init__(self) -> None:
        self.accepts = True
        self.is_ready = True
        self.heard = 0.0
        self.tail = 0.0
        self.events: list[str] = []
        self.broken: set[str] = set()
        self.on_complete: Callable[[], None] = lambda: None
        self.queue = SpeechQueue(
            accepts=lambda: self.accepts,
            ready=lambda: self.is_ready,
            play=self.play,
            on_start=lambda clip: self.events.append(f"start {clip.id}"),
            on_complete=self.completed,
            on_empty=lambda: self.events.append("empty"),
            on_failed=lambda clip, error: self.events.append(f"failed {clip.id}"),
        )

    def completed(self, done: SpeechClip) -> None:
        self.events.append(f"complete {done.id}")
        self.on_complete()

    def play(self, clip: SpeechClip) -> tuple[float, float]:
        if clip.id in self.broken:
            raise SoundError("this clip cannot be played")
        start = max(self.tail, self.heard + 0.1)
        self.tail = start + clip.seconds
        return start, self.tail

    def run(self, until: float) -> list[str]:
        while self.heard < until:
            self.heard = min(until, self.heard + 0.02)
            self.queue.advance(self.heard)
        return self.events


def test_clips_are_spoken_in_order_each_started_and_completed_once() -> None:
    theatre = Theatre()
    for name in "abc":
        assert theatre.queue.enqueue(clip(name))
    assert theatre.run(4.0) == [
        *("start a", "complete a", "start b", "complete b", "start c", "complete c", "empty")
    ]


def test_a_higher_priority_overtakes_what_waits_and_nothing_else() -> None:
    theatre = Theatre()
    theatre.queue.enqueue(clip("a"))
    theatre.run(0.5)
    for name, priority in (("b", 0), ("urgent", 5), ("also", 5), ("c", 0)):
        theatre.queue.enqueue(clip(name), priority)
    starts = [event for event in theatre.run(7.0) if event.startswith("start")]
    assert starts == ["start a", "start urgent", "start also", "start b", "start c"]


def test_the_next_clip_is_handed_over_only_shortly_before_it_is_needed() -> None:
    theatre = Theatre()
    theatre.queue.enqueue(clip("a", 2.0))
    theatre.queue.enqueue(clip("b"))
    theatre.run(1.0)
    assert theatre.queue.status().queue_length == 1
    theatre.run(2.1 - LOOK_AHEAD_SECONDS + 0.05)
    assert theatre.queue.status().queue_length == 0
    assert theatre.queue.status().currently_playing == "a"


def test_speech_is_refused_unless_the_avatar_takes_it() -> None:
    theatre = Theatre()
    theatre.accepts = False
    assert not theatre.queue.enqueue(clip("a"))
    assert theatre.run(1.0) == []


def test_later_phrases_of_an_accepted_reply_still_come_in_while_paused() -> None:
    theatre = Theatre()
    theatre.queue.enqueue(clip("a", reply="one"))
    theatre.run(0.5)
    theatre.queue.pause()
    theatre.accepts = False
    assert theatre.queue.enqueue(clip("b", reply="one"))
    assert not theatre.queue.enqueue(clip("x", reply="other"))


def test_a_clip_that_meets_an_avatar_that_is_not_ready_stays_at_the_front() -> None:
    theatre = Theatre()
    theatre.is_ready = False
    theatre.queue.enqueue(clip("a"))
    theatre.queue.enqueue(clip("b"))
    assert theatre.run(1.0) == []
    assert theatre.queue.peek() is not None and theatre.queue.status().queue_length == 2
    theatre.is_ready = True
    assert theatre.run(4.0)[0] == "start a"


def test_a_clip_that_cannot_be_played_is_told_and_the_next_one_plays() -> None:
    theatre = Theatre()
    theatre.broken = {"a"}
    theatre.queue.enqueue(clip("a"))
    theatre.queue.enqueue(clip("b"))
    assert theatre.run(2.0) == ["failed a", "start b", "complete b", "empty"]


def test_a_queue_whose_every_clip_failed_is_empty() -> None:
    theatre = Theatre()
    theatre.broken = {"a"}
    theatre.queue.enqueue(clip("a"))
    assert theatre.run(0.1) == ["failed a", "empty"]


def test_a_pause_holds_completion_and_resume_moves_it() -> None:
    theatre = Theatre()
    theatre.queue.enqueue(clip("a"))
    theatre.run(0.5)
    theatre.queue.pause(0.6)
    assert theatre.run(5.0) == ["start a"]
    theatre.queue.resume(4.5)
    assert theatre.run(5.5) == ["start a"]
    assert theatre.run(5.7) == ["start a", "complete a", "empty"]


def test_clear_forgets_everything_without_a_word() -> None:
    theatre = Theatre()
    for name in "ab":
        theatre.queue.enqueue(clip(name))
    theatre.run(0.5)
    assert [dropped.id for dropped in theatre.queue.clear()] == ["a", "b"]
    assert theatre.run(5.0) == ["start a"]
    status = theatre.queue.status()
    assert (status.queue_length, status.currently_playing, status.is_processing) == (0, None, False)


def test_a_listener_may_clear_the_queue_or_add_to_it() -> None:
    theatre = Theatre()
    theatre.queue.enqueue(clip("a", 0.2))
    theatre.queue.enqueue(clip("b"))
    theatre.on_complete = lambda: theatre.queue.clear() and None
    assert theatre.run(3.0) == ["start a", "complete a"]
    theatre.on_complete = lambda: None
    theatre.queue.enqueue(clip("c", 0.1))
    assert theatre.run(4.0)[-3:] == ["start c", "complete c", "empty"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["enqueue", "enqueue", "pause", "resume", "unready", "ready", "break"]),
            st.floats(0.0, 0.6),
            st.integers(0, 3),
        ),
        max_size=30,
    )
)
def test_every_clip_is_completed_or_failed_exactly_once(
    deeds: list[tuple[str, float, int]],
) -> None:
    theatre = Theatre()
    names: list[str] = []
    paused_at: float | None = None
    for number, (deed, seconds, priority) in enumerate(deeds):
        if deed in ("enqueue", "break"):
            name = f"clip{number}"
            names.append(name)
            if deed == "break":
                theatre.broken.add(name)
            assert theatre.queue.enqueue(clip(name, seconds), priority)
        elif deed == "pause" and paused_at is None:
            paused_at = theatre.heard
            theatre.queue.pause(paused_at)
        elif deed == "resume" and paused_at is not None:
            moved = theatre.heard - paused_at
            theatre.tail += moved
            theatre.queue.resume(moved)
            paused_at = None
        elif deed in ("ready", "unready"):
            theatre.is_ready = deed == "ready"
        theatre.run(theatre.heard + seconds)
    theatre.is_ready = True
    theatre.queue.resume(0.0)
    theatre.run(theatre.heard + 40.0)
    ends = [event.split()[1] for event in theatre.events if event[:8] in ("complete", "failed c")]
    assert sorted(ends) == sorted(names)
    starts = [event.split()[1] for event in theatre.events if event.startswith("start")]
    assert starts == [name for name in ends if name not in theatre.broken]
    assert not names or theatre.events[-1] == "empty"


@pytest.mark.parametrize("seconds", [0.0, 0.001])
def test_a_clip_without_sound_passes_through(seconds: float) -> None:
    theatre = Theatre()
    theatre.queue.enqueue(clip("a", seconds))
    theatre.queue.enqueue(clip("b"))
    assert theatre.run(2.5)[-1] == "empty"
