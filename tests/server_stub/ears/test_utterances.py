"""Where an utterance begins and ends: voices in rooms, rooms without voices, and any chopping."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server_stub.ears import activity, utterances
from server_stub.ears.sound import RATES, Stream
from server_stub.ears.utterances import Began, Ended, Event, Sounded, Utterances
from tests.makers.voices_in_rooms import (
    RATE,
    Sound,
    clicks,
    pcm,
    pink,
    silence,
    spoken,
    tone,
    white,
    within,
)

ROOMS_WITHOUT_A_VOICE = {
    "silence": silence(6),
    "a loud hiss": white(6, -20),
    "a hiss that begins": np.concatenate((white(3, -60), white(3, -15))),
    "a loud street": pink(6, -12),
    "typing": clicks(6),
    "typing beside a fan": clicks(6) + pink(6, -40),
    "a beep": tone(6, 440),
    "mains": tone(6, 50),
    "a microphone with an offset": np.full(6 * RATE, 0.3, np.float32),
}
SENTENCES = ("Yes.", "Stop!", "Six thick thistle sticks.", "Hello there, how are you today?")


def heard(sound: Sound, **options: float) -> list[Event]:
    ears = Utterances(**options)
    return [*ears.feed(pcm(sound)), *ears.finish()]


def bounds(events: list[Event]) -> list[tuple[float, float]]:
    """Start and end of each utterance in seconds."""
    starts = [event.at / RATE for event in events if isinstance(event, Began)]
    ends = [event.at / RATE for event in events if isinstance(event, Ended)]
    return list(zip(starts, ends, strict=True))


def sound_of(events: list[Event]) -> bytes:
    return b"".join(event.pcm for event in events if isinstance(event, Sounded))


def test_two_minutes_of_noise_hold_no_utterance(
    bar: Callable[..., None], full_length: bool
) -> None:
    seconds = 30 if full_length else 8
    rooms = [white(seconds, -20, 11), white(seconds, -40, 12), pink(seconds, -12, 13)]
    rooms.append(clicks(seconds, 14) + pink(seconds, -35, 15))
    begun = sum(isinstance(event, Began) for room in rooms for event in heard(room))
    bar("utterances that noise began", begun, at_most=0)


@pytest.mark.parametrize("room", ROOMS_WITHOUT_A_VOICE)
def test_no_noise_is_taken_for_a_voice(room: str) -> None:
    assert heard(ROOMS_WITHOUT_A_VOICE[room]) == []


@pytest.mark.parametrize("voice", ["en-us", "en-us+f3"])
@pytest.mark.parametrize("room", ["still", "hiss", "fan"])
def test_every_sentence_is_one_utterance_with_all_of_it(room: str, voice: str) -> None:
    noise = {"still": silence(6), "hiss": white(6, -48), "fan": pink(6, -45)}[room]
    for sentence in SENTENCES:
        said = spoken(sentence, voice)
        ((start, end),) = bounds(heard(within(noise, said, 2.0)))
        seconds = len(said) / RATE
        assert 1.4 <= start <= 2.1, sentence
        assert 2.0 + seconds - 0.15 <= end <= 2.0 + seconds + 1.2, sentence


def test_voices_are_found_in_a_loud_room(bar: Callable[..., None]) -> None:
    """The voice 8 dB above the noise."""
    found: list[bool] = []
    for voice in ("en-us", "en-us+f3", "de", "fr"):
        for sentence in SENTENCES:
            said = spoken(sentence, voice)
            loud = 20 * np.log10(said.std())
            for room in (white(6, loud - 8), pink(6, loud - 8)):
                places = bounds(heard(within(room, said, 2.0)))
                found.append(len(places) == 1 and places[0][0] <= 2.0 + 0.3)
    bar("utterances found 8 dB above the noise", 100 * float(np.mean(found)), at_least=85, unit="%")


def test_a_voice_from_the_first_sample_on_is_heard() -> None:
    said = np.concatenate((spoken("Hello there, how are you today?"), silence(1.5)))
    ((start, _),) = bounds(heard(said))
    assert start == 0.0


def test_a_pause_makes_two_utterances_and_a_breath_does_not() -> None:
    said = spoken("Hello there, how are you today?")
    apart = np.concatenate((said, silence(1.2), said, silence(1.2)))
    together = np.concatenate((said, silence(0.3), said, silence(1.2)))
    assert len(bounds(heard(apart))) == 2
    assert len(bounds(heard(together))) == 1


def test_a_stream_that_stops_in_a_word_still_has_its_utterance() -> None:
    said = spoken("Hello there, how are you today?")[: RATE + 100]
    events = heard(said)
    assert events[-1] == Ended(len(said), "over")
    assert sound_of(events) == pcm(said).tobytes()


def test_endless_speech_is_cut_once_and_then_waits_for_a_pause() -> None:
    said = np.concatenate([spoken("Hello there, how are you today?")] * 3)
    events = heard(np.concatenate((said, silence(1.5), said, silence(1.5))), longest_seconds=2.0)
    ends = [event.reason for event in events if isinstance(event, Ended)]
    assert ends == ["too long", "too long"]
    assert len(sound_of(events)) == 2 * 2 * 2 * RATE  # two utterances of two seconds each


def test_a_noise_that_begins_in_an_utterance_does_not_hold_it_open() -> None:
    said = spoken("Hello there, how are you today?")
    room = np.concatenate((silence(3), white(9, -30)))
    ((_, end),) = bounds(heard(within(room, said, 1.0)))
    assert end < 7.5


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 9_000), min_size=1, max_size=60), st.sampled_from(RATES))
def test_the_utterances_do_not_depend_on_the_chopping(sizes: list[int], rate: int) -> None:
    room = within(pink(3.5, -50), spoken("Stop!"), 0.7)
    samples = pcm(np.interp(np.arange(0, 3.5, 1 / rate), np.arange(len(room)) / RATE, room))
    data = samples.tobytes()

    def cut(pieces: list[int]) -> list[Event]:
        stream, ears, at, events = Stream(rate), Utterances(), 0, list[Event]()
        for size in pieces:
            events += ears.feed(stream.feed(data[at : at + 2 * size]))
            at += 2 * size
        return [*events, *ears.feed(stream.feed(data[at:], last=True)), *ears.finish()]

    whole, chopped = cut([]), cut(sizes)
    assert bounds(whole) and bounds(chopped) == bounds(whole)
    assert sound_of(chopped) == sound_of(whole)


def test_without_the_comb_of_a_throat_noise_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutation: energy alone."""
    monkeypatch.setattr(utterances, "VOICED", 0.0)
    fooled = [room for room, sound in ROOMS_WITHOUT_A_VOICE.items() if heard(sound)]
    assert {"a loud hiss", "a loud street", "typing"} <= set(fooled)


def test_without_a_floor_that_learns_noise_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutation: every room counts as still."""
    monkeypatch.setattr(
        activity.Activity, "_noise", lambda self, bands: np.full(len(bands), activity.QUIET)
    )
    said = spoken("Hello there, how are you today?")
    room = np.concatenate((silence(3), white(9, -30)))
    events = heard(within(room, said, 1.0))
    assert [event.reason for event in events if isinstance(event, Ended)] == ["over"]


def test_a_throat_asked_to_be_too_pure_is_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutation: only a voice without any noise has a comb."""
    monkeypatch.setattr(utterances, "VOICED", 0.8)
    said = spoken("Six thick thistle sticks.")
    room = pink(4, 20 * np.log10(said.std()) - 8)
    assert bounds(heard(within(room, said, 1.0))) == []
    monkeypatch.undo()
    assert bounds(heard(within(room, said, 1.0)))
