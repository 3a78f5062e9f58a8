"""Nothing that a user writes into an agent leads to a file or an address of this network."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from server_stub.names import voice_of
from tests.makers.conversation_server import in_process

PLACES: list[dict[str, Any]] = [
    *(
        {"voice": voice}
        for voice in (
            "piper:/etc/passwd", "kokoro:/home#one", "sherpa:/srv", "system:Anna", "/etc/passwd",
            "http://127.0.0.1:8880/v1#voice=a", "../voices/x", "gmw/../../x", "C:\\x.onnx", "en\n",
        )
    ),
    *(
        {"avatar": avatar}
        for avatar in ("file:///etc/passwd", "/etc", "../x.vrm", "http://10.0.0.1/x", "C:\\x")
    ),
    *({"mind": mind} for mind in ("script:/etc/passwd", "http://127.0.0.1:1/v1", "/x.gguf")),
    *({"modelName": model} for model in ("/models/x.gguf", "a/../b", "http://10.0.0.1/m")),
    {"animations": {"wave": "../../x.vrma"}},
    {"animations": {"/x": "wave"}},
    {"initialAnimation": "C:\\x.vrma"},
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_place_instead_of_a_name_is_refused(place: dict[str, Any]) -> None:
    async def scene() -> None:
        async with in_process() as served:
            status, told = await served.ask("POST", "agents", "ann", json={"name": "A"} | place)
            assert (status, told["code"]) == (400, "BAD_REQUEST")
            _, agent = await served.ask("POST", "agents", "ann", json={"name": "A"})
            path = f"agents/{agent['id']}"
            assert (await served.ask("PATCH", path, "ann", json=place))[0] == 400
            assert (await served.ask("GET", path, "ann"))[1] == agent

    asyncio.run(scene())


def test_names_are_taken() -> None:
    async def scene() -> None:
        names = {
            "voice": "gmw/en-US+f3",
            "avatar": "https://models.example/wren.vrm",
            "mind": "builtin",
            "modelName": "org/llama3.1:8b",
            "animations": {"wave": "Armature|mixamo.com|Layer0"},
            "initialAnimation": "wave",
        }
        async with in_process() as served:
            status, told = await served.ask("POST", "agents", "ann", json={"name": "A"} | names)
            assert status == 201
            assert told | names == told

    asyncio.run(scene())


def test_a_place_that_an_older_version_kept_is_not_spoken_with() -> None:
    assert voice_of("piper:/etc/passwd") == ""
    assert voice_of(None) == ""
    assert voice_of("gmw/en-US") == "gmw/en-US"
