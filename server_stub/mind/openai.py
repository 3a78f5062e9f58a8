"""A language model at any OpenAI-compatible address, read as it streams.

Stopping the reply closes the connection, and with it the thinking. Thoughts of the model are never
said.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from itertools import takewhile
from typing import Any, Final, cast

import aiohttp
import msgspec

from server_stub.mind import prompt
from server_stub.mind.address import is_this_machine
from server_stub.mind.contract import Conversation, MindError, Persona
from server_stub.mind.events import EventReader
from server_stub.mind.models import choose_model, model_names
from server_stub.mind.thinking import ThoughtFilter

CONNECT_SECONDS: Final = 2.0
SILENCE_SECONDS: Final = 60.0
"""A local server may load its model before the first word."""
DONE: Final = "[DONE]"

_log = logging.getLogger("server.mind")


class Delta(msgspec.Struct, frozen=True):
    """The next piece; what a model thinks arrives under other names and is not read."""

    content: str | None = None


class Choice(msgspec.Struct, frozen=True):
    delta: Delta | None = None


class Piece(msgspec.Struct, frozen=True):
    """One event of the stream."""

    choices: list[Choice] = []
    error: Any = None


_PIECE: Final = msgspec.json.Decoder(Piece)


def text_of(data: str) -> str:
    """The words of one event. Raises MindError for a failure that is told inside the stream."""
    try:
        piece = _PIECE.decode(data)
    except msgspec.MsgspecError:
        raise MindError("The model's server sent something that is no answer.") from None
    if piece.error is not None:
        raise MindError(f"The model failed: {error_sentence(piece.error)}")
    delta = piece.choices[0].delta if piece.choices else None
    return "" if delta is None else delta.content or ""


def error_sentence(error: object) -> str:
    """The server's own words about a failure, kept to one line."""
    while isinstance(error, dict):
        found = cast(dict[str, object], error)
        error = (
            found.get("message") or found.get("error") or found.get("detail") or "no reason given"
        )
    line = " ".join(str(error).split())[:200]
    return line if line.endswith((".", "!", "?")) else f"{line}."


def _is_piece(data: str) -> bool:
    return DONE not in data or data.strip() != DONE


class OpenAIMind:
    """Speaks to `base_url` (with its /v1). Without a model's name it takes the first that chats."""

    def __init__(self, base_url: str, model: str | None = None, key: str | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self._model = model
        self._key = key
        self._session: aiohttp.ClientSession | None = None

    @property
    def name(self) -> str:
        """The model, or where it is."""
        return self._model or self.base_url

    @property
    def is_local(self) -> bool:
        """Whether what is said stays on this machine."""
        return is_this_machine(self.base_url)

    def use_key(self, key: str) -> None:
        """The key for the next requests."""
        self._key = key

    async def reply(
        self, conversation: Conversation, persona: Persona
    ) -> AsyncGenerator[str, None]:
        """The reply as the model writes it."""
        request: dict[str, Any] = {
            "model": persona.model_name or await self._chosen_model(),
            "messages": prompt.messages(conversation, persona),
            "stream": True,
            "temperature": persona.temperature,
        }
        if persona.max_tokens is not None:
            request["max_tokens"] = persona.max_tokens
        thoughts = ThoughtFilter()
        has_spoken = False
        async with aclosing(self._events(request)) as arrivals:
            async for arrived in arrivals:
                for data in arrived:
                    if words := thoughts.feed(text_of(data)):
                        has_spoken = True
                        yield words
        if rest := thoughts.close():
            has_spoken = True
            yield rest
        if not has_spoken:
            raise MindError(f"The model {self.name} gave an empty answer. Try again.")

    async def _events(self, request: dict[str, Any]) -> AsyncGenerator[list[str], None]:
        """The data of the events, those together that came together."""
        try:
            async with self._open().post(
                f"{self.base_url}/chat/completions", json=request, headers=self._headers()
            ) as response:
                if response.status != 200:
                    raise await self._refusal(response)
                reader = EventReader()
                while True:
                    async with asyncio.timeout(SILENCE_SECONDS):
                        piece = await response.content.readany()
                    arrived = reader.feed(piece) if piece else reader.close()
                    before_the_end = list(takewhile(_is_piece, arrived))
                    if before_the_end:
                        yield before_the_end
                    if not piece or len(before_the_end) < len(arrived):
                        return
        except TimeoutError:
            raise MindError(
                f"The model at {self.base_url} has been silent for too long. Try again."
            ) from None
        except aiohttp.ClientConnectorError:
            raise MindError(
                f"Nothing answers at {self.base_url}. Start the model's server, "
                "or choose another mind."
            ) from None
        except (aiohttp.ClientError, ValueError, OSError) as error:
            _log.warning("mind broke off", extra={"failure": type(error).__name__})
            raise MindError(f"The model at {self.base_url} broke off. Try again.") from None

    async def _refusal(self, response: aiohttp.ClientResponse) -> MindError:
        body = (await response.content.read(65_536)).decode("utf-8", "replace")
        try:
            reason = error_sentence(msgspec.json.decode(body))
        except msgspec.MsgspecError:
            reason = error_sentence(response.reason or "no reason given")
        if response.status in (401, 403):
            return MindError(
                f"The model's server at {self.base_url} refused the key. Check OPENAI_API_KEY."
            )
        if response.status == 429:
            return MindError("The model's server is busy. Wait a moment and try again.")
        return MindError(f"The model's server refused ({response.status}): {reason}")

    async def _chosen_model(self) -> str:
        if self._model is None:
            try:
                names = await model_names(self._open(), self.base_url, headers=self._headers())
            except (aiohttp.ClientError, TimeoutError, ValueError, OSError):
                raise MindError(
                    f"Nothing at {self.base_url} says which models it has. Start the model's "
                    "server, or name the model: --mind URL#MODEL."
                ) from None
            self._model = choose_model(names)
            if self._model is None:
                raise MindError(f"The server at {self.base_url} has no model that can chat.")
        return self._model

    def _headers(self) -> dict[str, str]:
        return {} if self._key is None else {"Authorization": f"Bearer {self._key}"}

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # A connection that served a stream is not used again: some servers reset it.
                connector=aiohttp.TCPConnector(force_close=True),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
                trust_env=not self.is_local,
            )
        return self._session

    async def close(self) -> None:
        """Closes what is open."""
        if self._session is not None:
            await self._session.close()
            self._session = None
