"""Voices of a server: heard, timed by ear, hung up on, and never trusted."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from aiohttp import web

from avatar_desktop.errors import VoiceError
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.engines import speech_server as house
from avatar_desktop.voice.engines.speech_server import SpeechServerEngine
from avatar_desktop.voice.engines.wave_bytes import sound_of
from avatar_desktop.voice.speech_address import read_address
from avatar_desktop.voice.synthesis import BlockingVoice
from tests.makers.one_espeak import one_espeak
from tests.makers.speech_server import Answer, said, speaks, speech_server, wav

TEXT = "Peter and Bob brought a big purple map to the meeting."
SECRET = "sk-very-secret"


def ask(voice: str, text: str = TEXT, **wishes: object) -> SpeechRequest:
    origin = tuple(range(len(text)))
    return SpeechRequest(text, origin, "reply", 0, voice=voice, **wishes)  # type: ignore[arg-type]


def never() -> bool:
    return False


def gives(body: bytes, status: int = 200) -> Answer:
    async def answer(wish: dict[str, Any]) -> web.Response:
        return web.Response(body=body, status=status)

    return answer


@pytest.fixture
def engine() -> Iterator[SpeechServerEngine]:
    engine = SpeechServerEngine(one_espeak(), most_seconds=10)
    yield engine
    engine.close()


def test_a_phrase_is_spoken_and_timed_by_ear(engine: SpeechServerEngine) -> None:
    truth = said(TEXT)
    with speech_server(speaks({TEXT: truth})) as (url, asked):
        clip = engine.speak(ask(f"{url}#voice=nova&model=kokoro"), never)
    assert clip is not None and clip.timing == "aligned" and clip.unbent == ()
    assert asked.wishes == [
        {"model": "kokoro", "voice": "nova", "input": TEXT, "response_format": "wav"}
    ]
    assert [word.text for word in clip.words] == TEXT.rstrip(".").split()
    ours = [phone.start for phone in clip.phones if phone.ipa]
    theirs = [phone.start for phone in truth.phones if phone.ipa]
    assert np.abs(np.subtract(ours, theirs)).mean() < 0.02 * clip.rate


def test_a_server_that_knows_no_wav_is_asked_for_bare_samples(engine: SpeechServerEngine) -> None:
    bare = said(TEXT).pcm

    async def answer(wish: dict[str, Any]) -> web.Response:
        if wish["response_format"] != "pcm":
            return web.Response(status=400)
        return web.Response(body=bare)

    with speech_server(answer) as (url, asked):
        clip = engine.speak(ask(url), never)
    assert clip is not None and clip.rate == 24_000 and len(asked.wishes) == 2


def test_what_is_not_wanted_any_more_is_hung_up_on(engine: SpeechServerEngine) -> None:
    async def answer(wish: dict[str, Any]) -> web.Response:
        await asyncio.sleep(60)
        return web.Response()

    with speech_server(answer) as (url, asked):
        assert engine.speak(ask(url), asked.is_asked.is_set) is None
        assert asked.is_left.wait(10), "the server goes on working for nobody"


def test_a_server_that_hangs_costs_one_phrase_and_a_sentence() -> None:
    impatient = SpeechServerEngine(one_espeak(), most_seconds=0.2)

    async def answer(wish: dict[str, Any]) -> web.Response:
        await asyncio.sleep(60)
        return web.Response()

    with (
        speech_server(answer) as (url, _),
        pytest.raises(VoiceError, match="did not answer within"),
    ):
        impatient.speak(ask(url), never)
    impatient.close()


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (gives(b"", 500), r"refused a phrase \(500\)"),
        (gives(b'{"error": {"message": "no such voice."}}', 404), r"\(404\): no such voice\."),
        (gives(b'{"error": "busy"}', 429), r"\(429\): busy\."),
        (gives(b"", 401), "wants a key"),
        (gives(b"", 302), r"refused a phrase \(302\)"),
        (gives(b'{"hello": 1}'), "neither WAV nor bare samples"),
        (gives(b""), "gave silence"),
        (gives(wav(bytes(40_000), 22_050)), "gave silence"),
        (gives(wav(b"", 22_050)[:30]), "without sound"),
        (gives(wav(b"ab", 1_000_000)), "1000000 Hz"),
    ],
)
def test_bad_answers_are_one_plain_sentence(
    engine: SpeechServerEngine, answer: Answer, sentence: str
) -> None:
    with speech_server(answer) as (url, _), pytest.raises(VoiceError, match=sentence):
        engine.speak(ask(url), never)


def test_nobody_there_is_said_with_the_hosts_name(engine: SpeechServerEngine) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(VoiceError, match=r"127\.0\.0\.1 cannot be reached"):
            engine.speak(ask(f"http://127.0.0.1:{port}/v1"), never)


def test_the_next_phrase_is_spoken_after_one_that_failed() -> None:
    good = speaks({TEXT: said(TEXT)})

    async def answer(wish: dict[str, Any]) -> web.StreamResponse:
        return await good(wish) if wish["input"] == TEXT else web.Response(status=500)

    with speech_server(answer) as (url, _), BlockingVoice() as voice:
        with pytest.raises(VoiceError, match="500"):
            voice.speak(ask(url, "Something else."))
        assert voice.speak(ask(url)).timing == "aligned"


def test_a_key_is_shown_to_the_server_alone(
    engine: SpeechServerEngine,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv(house.KEY, SECRET)
    tells = gives(f'{{"error": "bad key {SECRET}"}}'.encode(), 400)
    with speech_server(tells) as (url, asked), pytest.raises(VoiceError) as failure:
        engine.speak(ask(url), never)
    assert asked.keys == [f"Bearer {SECRET}"] * 2
    assert SECRET not in str(failure.value) and SECRET not in caplog.text


def test_a_key_never_goes_over_an_open_line_nor_to_a_stranger(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key_for = house._key  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setenv(house.KEY, SECRET)
    monkeypatch.setenv(house.KEY_OF_OPENAI, "sk-openai")
    assert key_for(read_address("http://voice.example/v1")) == ""
    assert key_for(read_address("http://localhost.example/v1")) == ""
    assert key_for(read_address("https://voice.example/v1")) == SECRET
    monkeypatch.delenv(house.KEY)
    assert key_for(read_address("https://voice.example/v1")) == ""
    assert key_for(read_address("https://api.openai.com/v1")) == "sk-openai"


@pytest.mark.parametrize("voice", ["http://", "https://u:p@host/v1", "http://host:99999999/"])
def test_an_address_that_is_none_is_refused(engine: SpeechServerEngine, voice: str) -> None:
    with pytest.raises(VoiceError, match="address of the voice's server"):
        engine.speak(ask(voice), never)


def test_a_phrase_without_words_asks_nobody(engine: SpeechServerEngine) -> None:
    clip = engine.speak(ask("http://127.0.0.1:9/v1", "..."), never)
    assert clip is not None and clip.samples == 0


def test_a_stream_that_does_not_know_its_length_is_read_to_its_end() -> None:
    pcm = np.arange(-500, 500, dtype="<i2").tobytes()
    streamed = bytearray(wav(pcm, 22_050))
    streamed[4:8] = streamed[40:44] = b"\xff\xff\xff\xff"
    sound, rate = sound_of(bytes(streamed))
    assert rate == 22_050 and len(sound) == 1000 and sound[0] == np.float32(-500 / 32768)
