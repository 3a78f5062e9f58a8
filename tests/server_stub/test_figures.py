"""What the server counts of itself."""

from __future__ import annotations

import asyncio
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from server_stub.figures import Figures
from tests.makers.conversation_server import Served, in_process, script

ANSWER = {"match": None, "chunks": [[0, "one "], [0, "two"]]}


async def figures(served: Served, **headers: str) -> dict[str, float]:
    async with served.client.get(f"{served.http}/metrics", headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        text = await answer.text()
    families = text_string_to_metric_families(text)
    return {sample.name: sample.value for family in families for sample in family.samples}


def test_a_conversation_is_counted(tmp_path: Path) -> None:
    async def scene() -> None:
        async with in_process(script(tmp_path, ANSWER)) as served:
            room = await served.room()
            await served.room()
            async with served.joined(room) as socket:
                for text in ["Hm?", "And?"]:
                    await socket.say(type="ar-message", roomId=room, content=text)
                    await socket.next("ar-stream-end")
                await socket.say(type="ar-message", roomId=room, content="")
                await socket.next("error")
                told = await figures(served)
            expected = {
                "rooms_made": 1, "streams_started": 2, "streams_complete": 2, "chunks": 4,
                "errors": 1, "connections_opened": 1, "streams_interrupted": 0,
            }  # fmt: skip
            for name, value in expected.items():
                assert told[f"conversations_{name}_total"] == value, name
            assert told["conversations_connections"] == 1
            assert told["conversations_first_token_seconds_count"] == 2
            assert told["conversations_reply_seconds_count"] == 2
            assert told["conversations_bytes_sent_total"] > 500
            assert told["process_resident_memory_bytes"] > 1e6

    asyncio.run(scene())


def test_figures_are_not_for_everybody() -> None:
    async def scene() -> None:
        async with in_process() as served:
            address = f"{served.http}/metrics"
            forwarded = {"X-Forwarded-For": "203.0.113.9"}
            async with served.client.get(address, headers=forwarded) as answer:
                assert answer.status == 403
            foreign = forwarded | served.headers("eve")
            async with served.client.get(address, headers=foreign) as answer:
                assert answer.status == 403
            assert await figures(served, **forwarded, **served.headers())

    asyncio.run(scene())


def test_a_connection_can_ask_for_its_own() -> None:
    async def scene() -> None:
        async with in_process() as served, served.joined() as socket:
            await socket.say(type="metrics")
            told = (await socket.next("metrics"))["figures"]
            assert told["messages"] == 2 and told["connected"] == 1

    asyncio.run(scene())


def test_durations_fall_into_buckets() -> None:
    figures = Figures()
    for seconds in (0.0001, 0.004, 0.004, 9999.0):
        figures.took("tts", seconds)
    text = figures.text()[0].decode()
    assert 'conversations_tts_seconds_bucket{le="0.0005"} 1.0' in text
    assert 'conversations_tts_seconds_bucket{le="0.005"} 3.0' in text
    assert 'conversations_tts_seconds_bucket{le="+Inf"} 4.0' in text
    assert figures.means() == {"tts": 2499752.025}
