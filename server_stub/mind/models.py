"""Which models an OpenAI-compatible server has, and which of them to talk to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import aiohttp
import msgspec

NO_CHAT: Final = (
    "embed", "rerank", "whisper", "tts", "bge-", "nomic", "minilm", "e5-", "clip", "dall-e",
    "moderation",
)  # fmt: skip
"""Parts of names of models that do other things."""


class Model(msgspec.Struct, frozen=True):
    id: str


class ModelList(msgspec.Struct, frozen=True):
    data: list[Model] = []


async def model_names(
    session: aiohttp.ClientSession,
    base_url: str,
    seconds: float = 5.0,
    headers: dict[str, str] | None = None,
) -> list[str]:
    """The models at the address. Raises aiohttp.ClientError, TimeoutError or ValueError."""
    timeout = aiohttp.ClientTimeout(total=seconds)
    async with session.get(f"{base_url}/models", timeout=timeout, headers=headers) as response:
        if response.status != 200:
            raise ValueError(f"status {response.status}")
        body = await response.content.read(1 << 20)
    try:
        return [model.id for model in msgspec.json.decode(body, type=ModelList).data]
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from error


def choose_model(names: Sequence[str]) -> str | None:
    """The first that chats."""
    for name in names:
        if not any(part in name.lower() for part in NO_CHAT):
            return name
    return None
