"""A language model at an address, against a real server that misbehaves on demand."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from server_stub.mind.choice import Minds
from server_stub.mind.contract import Conversation, MindError, Persona, Turn
from server_stub.mind.discover import Place
from server_stub.mind.events import EventReader
from server_stub.mind.models import choose_model
from server_stub.mind.openai import OpenAIMind
from server_stub.mind.prompt import messages, window
from server_stub.mind.thinking import ThoughtFilter
from tests.makers.model_server import Speaker, event, model_server

QUESTION = Conversation((Turn("user", "hi"),), datetime(2026, 1, 1, tzinfo=UTC))
WREN = Persona("Wren")


def reply_of(speak: Speaker, model: str | None = "m") -> tuple[str, list[dict[str, object]]]:
    seen: list[dict[str, object]] = []

    async def scene() -> str:
        async with model_server(speak, seen) as url:
            mind = OpenAIMind(url, model, "sesame")
            try:
                return "".join([piece async for piece in mind.reply(QUESTION, WREN)])
            finally:
                await mind.close()

    return asyncio.run(scene()), seen


async def speak_well(_: web.Request, response: web.StreamResponse) -> None:
    await response.write(b": keep-alive\r\n\r\n" + event(None, reasoning="hmm"))
    await response.write(event("<thi") + event("nk>secret</think>\n\nHel"))
    await response.write(event("lo 😀")[:-9])
    await response.write(event("lo 😀")[-9:] + b'data: {"choices": []}\n\ndata: [DONE]\n\n')


def test_the_words_come_without_the_thoughts_and_the_prompt_explains_markers() -> None:
    text, seen = reply_of(speak_well, None)
    assert text == "Hello 😀"
    request = seen[0]
    assert (request["model"], request["stream"], request["temperature"]) == ("qwen3:4b", True, 0.7)
    assert request["authorization"] == "Bearer sesame"
    messages = request["messages"]
    assert isinstance(messages, list)
    assert "[gesture:NAME]" in messages[0]["content"] and messages[-1]["content"] == "hi"


async def fail_inside(_: web.Request, response: web.StreamResponse) -> None:
    await response.write(event("Well") + b'data: {"error": {"message": "out of memory"}}\n\n')


async def die(request: web.Request, response: web.StreamResponse) -> None:
    await response.write(event("Well"))
    assert request.transport is not None
    request.transport.abort()


async def say_nothing(_: web.Request, response: web.StreamResponse) -> None:
    await response.write(b"data: [DONE]\n\n")


async def talk_nonsense(_: web.Request, response: web.StreamResponse) -> None:
    await response.write(b"data: <html>\n\n")


@pytest.mark.parametrize(
    ("speak", "model", "sentence"),
    [
        (fail_inside, "m", "out of memory."),
        (die, "m", "broke off"),
        (say_nothing, "m", "empty answer"),
        (talk_nonsense, "m", "no answer"),
        (speak_well, "refused", "context is full."),
        (speak_well, "locked", "refused the key"),
    ],
)
def test_each_failure_is_one_plain_sentence(speak: Speaker, model: str, sentence: str) -> None:
    with pytest.raises(MindError, match=sentence):
        reply_of(speak, model)


def test_nothing_at_the_address_is_said_plainly() -> None:
    async def scene() -> None:
        mind = OpenAIMind("http://127.0.0.1:9/v1", "m")
        try:
            async for _ in mind.reply(QUESTION, WREN):
                pass
        finally:
            await mind.close()

    with pytest.raises(MindError, match="Nothing answers"):
        asyncio.run(scene())


def test_stopping_the_reply_closes_the_connection() -> None:
    async def scene() -> bool:
        gone = asyncio.Event()

        async def speak_for_ever(_: web.Request, response: web.StreamResponse) -> None:
            try:
                await response.write(event("Well"))
                await asyncio.Event().wait()
            finally:
                gone.set()

        async with model_server(speak_for_ever, []) as url:
            mind = OpenAIMind(url, "m")
            async with aclosing(mind.reply(QUESTION, WREN)) as pieces:
                assert await anext(pieces) == "Well"
            async with asyncio.timeout(5):
                await gone.wait()
            await mind.close()
        return gone.is_set()

    assert asyncio.run(scene())


def test_a_server_on_this_machine_is_found_and_its_loss_is_survived() -> None:
    async def scene() -> None:
        async with model_server(speak_well, []) as url:
            nobody = Place("Nobody", "http://127.0.0.1:9/v1")
            minds = Minds(None, places=(nobody, Place("Ollama", url)))
            assert (await minds.current()).name == "qwen3:4b"
            infos = await minds.look_again()
            assert [(info.name, info.selected) for info in infos] == [
                ("built-in companion", False), ("Ollama", True),
            ]  # fmt: skip
        await minds.look_again()
        assert (await minds.current()).name == "built-in companion"
        await minds.close()

    asyncio.run(scene())


STREAM = ": hi\r\n\r\ndata: one\r\n\r\ndata: tüo\ndata:  more\n\ndata: last".encode()


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_events_come_out_the_same_however_the_bytes_are_cut(cuts: list[int]) -> None:
    reader, found = EventReader(), []
    edges = [0, *sorted(cuts), len(STREAM)]
    for start, end in pairwise(edges):
        found += reader.feed(STREAM[start:end])
    assert found + reader.close() == ["one", "tüo\n more", "last"]


THOUGHTS = "<think>a <b> c</think>\n\nIf x < y then <thin air> [ok]<think>more</think>."


@given(st.lists(st.integers(0, len(THOUGHTS)), max_size=12))
def test_thoughts_stay_out_however_the_text_is_cut(cuts: list[int]) -> None:
    filtered, said = ThoughtFilter(), ""
    edges = [0, *sorted(cuts), len(THOUGHTS)]
    for start, end in pairwise(edges):
        said += filtered.feed(THOUGHTS[start:end])
    assert said + filtered.close() == "If x < y then <thin air> [ok]."


def test_the_window_keeps_the_latest_turns_and_begins_with_the_user() -> None:
    turns = [Turn("user" if n % 2 == 0 else "assistant", "x" * 3000) for n in range(9)]
    kept = window(turns)
    assert kept[0].role == "user" and kept[-1] is turns[-1] and len(kept) == 3


def test_models_that_do_not_chat_are_not_chosen() -> None:
    assert choose_model(["bge-m3", "whisper-1", "llama3"]) == "llama3"
    assert choose_model(["text-embedding-3"]) is None


def test_what_is_remembered_of_the_user_is_told_to_the_model() -> None:
    talk = Conversation((Turn("user", "Hi"),), datetime(2026, 1, 1, tzinfo=UTC))
    told = messages(talk, Persona("Wren", memory=(("cat", "Tom"),)))
    assert "- cat: Tom" in told[0]["content"]
    assert "What you know" not in messages(talk, Persona("Wren"))[0]["content"]
