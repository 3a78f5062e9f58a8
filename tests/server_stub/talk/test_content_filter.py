"""Listed phrases are neither answered nor said, however the stream is cut; all else is left."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server_stub.history.records import ContentRules
from server_stub.talk.content_filter import ContentFilter, FilteredReply
from tests.makers.conversation_server import in_process, script
from tests.makers.storage import Storage

PLOT = ContentRules(
    usual_words=False, phrases={"spoilers": ["the butler did it", "ass", "Straße", "the moat"]}
)


def said(pieces: list[str], rules: ContentRules = PLOT) -> str:
    reply = FilteredReply(ContentFilter(rules))
    return "".join([*(reply.feed(piece) for piece in pieces), reply.close()])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("So THE Butler  did it!", "So …!"),
        ("the [emotion:sad]butler did-it, they say", "…[emotion:sad], they say"),
        ("the butler. Did it rain?", "the butler. Did it rain?"),
        ("the butler did nothing", "the butler did nothing"),
        ("class, grass and ass", "class, grass and …"),
        ("in the STRASSE", "in the …"),
        ("[gesture:ass] [ass] [", "[gesture:ass] […] ["),
        ("the the moat", "the …"),
    ],
)
def test_whole_phrases_are_replaced_and_nothing_else(text: str, shown: str) -> None:
    assert said([text]) == shown
    assert said(list(text)) == shown


WHOLE = "The [emotion:happy]class of the butler did [gesture:wave]it. Ass! the butler [x the mo at"


@given(st.lists(st.integers(0, len(WHOLE)), max_size=12))
def test_the_words_are_the_same_however_the_stream_is_cut(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(WHOLE)]
    pieces = [WHOLE[start:end] for start, end in pairwise(edges)]
    assert said(pieces) == said([WHOLE])


@given(st.lists(st.text(alphabet="the butlrdiasmo [:]\n.é", max_size=9), max_size=8))
def test_any_text_without_a_listed_phrase_comes_out_as_it_went_in(pieces: list[str]) -> None:
    text = "".join(pieces)
    if ContentFilter(PLOT).category_in(text) is None:
        assert said(pieces) == text
    else:
        assert ContentFilter(PLOT).category_in(said(pieces)) is None


def test_what_cannot_become_a_phrase_is_not_held_back() -> None:
    reply = FilteredReply(ContentFilter(PLOT))
    assert reply.feed("Hel") == "Hel"
    assert reply.feed("lo [emotion:happy]you, the b") == "lo [emotion:happy]you, "
    assert reply.feed("ird") == "the bird"


def test_an_agent_with_a_filter_refuses_and_replaces_and_others_do_not(
    tmp_path: Path, storage: Storage
) -> None:
    chunks = [[0.0, "[emotion:happy]You id"], [0.0, "iot, the bu"], [0.0, "tler did it"]]
    mind = script(tmp_path, {"match": None, "chunks": chunks})

    async def scene() -> None:
        async with in_process(mind, data=storage) as served:
            heard: list[str] = []
            codes: list[str | None] = []
            wish = {"phrases": {"spoilers": ["the butler did it"]}}
            for rules in (wish, wish | {"usualWords": False}, None):
                agent = {"name": "Bard", "contentFilter": rules}
                _, made = await served.ask("POST", "agents", json=agent)
                told = None if rules is None else {"usualWords": True} | rules
                assert made["contentFilter"] == told
                async with served.joined(await served.room(agent=made["id"])) as socket:
                    for question in ("hello", "who says the butler did it?"):
                        await socket.say(type="ar-message", content=question)
                        got = await socket.until("ar-stream-end", "ar-stream-error")
                        codes.append(got[-1].get("code"))
                        heard.append(
                            got[-1].get("error") or "".join(one.get("chunk", "") for one in got)
                        )
            refusal = "This companion does not answer messages with spoilers. "
            refusal += "Say it in other words."
            plain = "[emotion:happy]You idiot, the butler did it"
            assert heard == [
                "[emotion:happy]You …, …", refusal, "[emotion:happy]You idiot, …", refusal,
                plain, plain,
            ]  # fmt: skip
            assert codes == [None, "CONTENT_REFUSED", None, "CONTENT_REFUSED", None, None]
            path = f"agents/{made['id']}"
            status, changed = await served.ask("PATCH", path, json={"contentFilter": wish})
            assert (status, changed["contentFilter"]) == (200, {"usualWords": True} | wish)
            bad = {"contentFilter": {"phrases": {"x\ny": ["z"]}}}
            assert (await served.ask("PATCH", path, json=bad))[0] == 400

    asyncio.run(scene())
