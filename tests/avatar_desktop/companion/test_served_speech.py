"""The voice of the server, played through the same queue and clock as our own."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.companion.staged_reply import SERVER_PATIENCE
from avatar_desktop.companion.states import AvatarState
from avatar_desktop.errors import VoiceError
from avatar_desktop.sound.counted import LEAD_SECONDS, CountedPlayer
from avatar_desktop.voice.served import served_clip
from avatar_desktop.wire import binary
from avatar_desktop.wire import messages as wire
from avatar_desktop.wire.parts import Phoneme, PhonemeMetadata, Word
from tests.makers.played_companion import STEP, Played

RATE = 24_000
WORD_MS = 200


def phrase(
    raw: str, said: str, index: int, *, last: bool = False, codec: str = "s16", data: bytes = b""
) -> wire.PhonemeData:
    """What a server sends of a part of a reply, as it comes over the line."""
    words = said.split()
    length = RATE * WORD_MS // 1000 * len(words)
    hum = (6000 * np.sin(np.arange(length) * (2 * np.pi * 200 / RATE))).astype("<i2").tobytes()
    starts = [raw.index(word) for word in words]
    message = wire.PhonemeData(
        audio_id="audio_m-st",
        audio_data=data or hum,
        codec=codec,
        rate=RATE,
        duration=WORD_MS * len(words),
        phonemes=tuple(
            Phoneme(time=at * WORD_MS + part * 100, ipa=ipa, blendshape="jawOpen", weight=0.5)
            for at in range(len(words))
            for part, ipa in enumerate(("m", "ˈa"))
        ),
        words=tuple(
            Word(
                text=word,
                start=at * WORD_MS,
                end=(at + 1) * WORD_MS,
                char_start=start,
                char_end=start + len(word),
            )
            for at, (word, start) in enumerate(zip(words, starts, strict=True))
        ),
        metadata=PhonemeMetadata(message_id="m-st", index=index, is_final=last),
    )
    received = binary.decode(binary.encode(message))
    assert isinstance(received, wire.PhonemeData)
    return received


@pytest.fixture
def guest(tiny: Avatar, tmp_path: Path) -> Played:
    """Connected, with an avatar whose voice the server makes."""
    played = Played(tiny, tmp_path, is_served=True)
    played.connect()
    played.open_avatar()
    played.states.clear()
    return played


RAW = "[emotion:happy]One two three. [emotion:sad]Four five."


def test_the_server_is_asked_for_a_voice_that_fits_the_face(guest: Played) -> None:
    ready = guest.link.told(wire.AvatarState)[-1].capabilities
    assert ready is not None and ready.speech == "server"
    assert ready.visemes in ("arkit", "oculus", "vrm", "cc4")
    assert ready.supported_codecs[-1] == "s16"


def test_phrases_of_the_server_are_heard_with_lips_and_cues_and_told(guest: Played) -> None:
    guest.begin()
    guest.grow(RAW)
    guest.companion.receive(phrase(RAW, "One two three", 0))
    guest.companion.receive(phrase(RAW, "One two three", 0))  # a resume may send it again
    guest.end()
    guest.live(LEAD_SECONDS + 0.3)
    assert guest.companion.machine.state is AvatarState.PLAYING
    guest.companion.receive(phrase(RAW, "Four five", 1, last=True))
    stage, seen, opened = guest.companion.stage, list[str](), 0.0
    assert stage is not None
    while stage.speaking.is_busy:
        guest.live(STEP)
        emotion = stage.performer.emotion
        opened = max(opened, *stage.performer.score.mouth(stage.player.heard()).values(), 0.0)
        if emotion not in ("neutral", *seen):
            seen.append(emotion)
    assert seen == ["happy", "sad"] and opened > 0.1
    assert guest.voice.asked == [] and guest.states == ["PLAYING", "READY"]
    told = [(each.status, each.heard_chars) for each in guest.link.told(wire.AudioControl)]
    ends = [RAW.index(word) + len(word) for word in ("three", "five")]
    assert told[::2] == [("PLAYING", None)] * 2
    assert told[1::2] == [("COMPLETE", end) for end in ends]
    assert isinstance(stage.player, CountedPlayer)
    sounded = np.abs(stage.player.mix().astype(np.int32)) > 200
    assert sounded.sum() / 48_000 == pytest.approx(1.0, abs=0.05)


def test_cutting_in_tells_what_was_heard_of_the_server(guest: Played) -> None:
    guest.begin()
    guest.grow(RAW)
    guest.companion.receive(phrase(RAW, "One two three", 0))
    guest.live(LEAD_SECONDS + 0.45)
    guest.companion.interrupt()
    (told,) = guest.link.told(wire.StreamInterrupt)
    assert told.heard_chars == RAW.index("two") + 3
    guest.companion.receive(phrase(RAW, "Four five", 1, last=True))
    guest.live(1.0)
    assert guest.states == ["PLAYING", "READY"]


def test_a_server_without_a_voice_leaves_text_face_and_hands(guest: Played) -> None:
    guest.reply(RAW)
    guest.companion.receive(wire.TextResponse(message_id="m-st", text="One two", timestamp=1))
    guest.live(1.0)
    stage = guest.companion.stage
    assert stage is not None and stage.performer.emotion == "sad"
    assert [row.text for row in guest.rows] == ["One two three. Four five."]
    assert not stage.speaking.is_busy


def test_a_server_that_falls_silent_is_not_waited_for_forever(guest: Played) -> None:
    guest.reply(RAW)
    guest.companion.receive(phrase(RAW, "One two three", 0))
    guest.live(SERVER_PATIENCE + 2.0)
    stage = guest.companion.stage
    assert stage is not None and not stage.speaking.is_busy
    assert guest.companion.machine.state is AvatarState.READY


@pytest.mark.parametrize(
    ("codec", "data"), [("telegraph", b"..--"), ("s16", b"\0"), ("mp3", b"no mp3 at all")]
)
def test_a_phrase_that_cannot_be_played_costs_itself(
    codec: str, data: bytes, guest: Played
) -> None:
    guest.begin()
    guest.grow(RAW)
    guest.companion.receive(phrase(RAW, "One two three", 0, codec=codec, data=data))
    guest.companion.receive(phrase(RAW, "Four five", 1, last=True))
    guest.end()
    guest.live()
    assert guest.states == ["PLAYING", "READY"]
    assert len(guest.rows) == 1


def test_packed_sound_is_unpacked() -> None:
    pytest.importorskip("av", reason="packed sound needs the extra `film`")
    hum = (6000 * np.sin(np.arange(RATE) * (2 * np.pi * 200 / RATE))).astype("<i2").tobytes()
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(hum)
    message = phrase(RAW, "One two", 0, codec="wav", data=file.getvalue())
    clip = served_clip(message, "st")
    assert (clip.rate, clip.pcm) == (RATE, hum)
    assert clip.phones[-1].end == clip.samples and clip.phones[1].stress == 2


def test_sound_without_an_end_is_refused() -> None:
    endless = phrase(RAW, "One", 0, data=bytes(2 * RATE * 200))
    with pytest.raises(VoiceError, match="without an end"):
        served_clip(endless, "st")
