"""Voices of a server that speaks OpenAI's `/v1/audio/speech`, on this machine or elsewhere.

Promise: a key never goes over an open line nor into a log or a message; what is not wanted any more
is hung up on. Tone and times are made here, because servers differ in both.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Final

import aiohttp

from avatar_desktop.errors import VoiceError
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import EngineInfo, SpeechRequest
from avatar_desktop.voice.engines.espeak import EspeakEngine
from avatar_desktop.voice.engines.finish import clip_of_file
from avatar_desktop.voice.engines.watched import watched
from avatar_desktop.voice.speech_address import SpeechAddress, read_address

KEY, KEY_OF_OPENAI = "AVATAR_DESKTOP_SPEECH_KEY", "OPENAI_API_KEY"
"""Where a key is looked for in the environment; the second is shown to its owner alone."""
OPENAI: Final = "api.openai.com"
CONNECT_SECONDS, MOST_SECONDS = 5.0, 30.0
MOST_BYTES: Final = 64 << 20
_CHUNK: Final = 64 << 10
_TOLD: Final = 160
"""So much of a server's own explanation is passed on."""


class SpeechServerEngine:
    """Says what voices that are addresses are asked for; one line stays open between phrases."""

    info = EngineInfo(id="server", timing="aligned", licence="as the server says")

    def __init__(self, espeak: EspeakEngine, *, most_seconds: float = MOST_SECONDS) -> None:
        self._espeak = espeak
        self._most_seconds = most_seconds
        self._loop = asyncio.new_event_loop()
        self._client: aiohttp.ClientSession | None = None
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="speech-server", daemon=True
        )
        self._thread.start()

    def speak(self, request: SpeechRequest, is_cancelled: Callable[[], bool]) -> SpeechClip | None:
        address = read_address(request.voice)
        return clip_of_file(
            self._espeak,
            request,
            lambda: self._wait(self._fetch(address, request.text), is_cancelled),
            voice=address.language,
            is_cancelled=is_cancelled,
        )

    def close(self) -> None:
        """Hang up."""
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result(CONNECT_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _hang_up(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        if self._client is not None:
            await self._client.close()

    def _wait(
        self, call: Coroutine[Any, Any, bytes], is_cancelled: Callable[[], bool]
    ) -> bytes | None:
        future = asyncio.run_coroutine_threadsafe(call, self._loop)
        return watched(
            future.result,
            is_cancelled,
            give_up=future.cancel,
            most_seconds=self._most_seconds,
        )

    async def _fetch(self, address: SpeechAddress, text: str) -> bytes:
        """The sound as the server gives it: WAV, or bare samples where it knows no WAV."""
        try:
            status, data = await self._ask(address, text, "wav")
            if status in (400, 415, 422):
                status, data = await self._ask(address, text, "pcm")
        except aiohttp.ClientSSLError as error:
            raise VoiceError(f"The certificate of {address.host} is not trusted.") from error
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise VoiceError(
                f"The voice's server {address.host} cannot be reached, or the line broke.",
                advice="See whether it runs, and whether the address is right.",
            ) from error
        if status != 200:
            raise _refused(address.host, status, data)
        return data

    async def _ask(self, address: SpeechAddress, text: str, form: str) -> tuple[int, bytes]:
        if self._client is None:
            self._client = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
            )
        wish = {
            "model": address.model,
            "voice": address.speaker,
            "input": text,
            "response_format": form,
        }
        key = _key(address)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        async with self._client.post(
            address.url, json=wish, headers=headers, allow_redirects=False
        ) as response:
            data = bytearray()
            async for chunk in response.content.iter_chunked(_CHUNK):
                data += chunk
                if len(data) > MOST_BYTES:
                    raise VoiceError(f"The voice's server {address.host} does not stop talking.")
            return response.status, bytes(data)


def _key(address: SpeechAddress) -> str:
    if not address.may_have_key:
        return ""
    of_openai = os.environ.get(KEY_OF_OPENAI, "") if address.host == OPENAI else ""
    return os.environ.get(KEY, "") or of_openai


def _refused(host: str, status: int, data: bytes) -> VoiceError:
    if status in (401, 403):
        return VoiceError(
            f"The voice's server {host} wants a key, or another one ({status}).",
            advice=f"Put it into the environment as {KEY}; it is sent by https only.",
        )
    why = _reason(data)
    return VoiceError(f"The voice's server {host} refused a phrase ({status}){why}.")


def _reason(data: bytes) -> str:
    """What the server says itself, cut short and without what could be a key."""
    try:
        told: Any = json.loads(data)["error"]
        text = str(told if isinstance(told, str) else told["message"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    for secret in filter(None, (os.environ.get(KEY), os.environ.get(KEY_OF_OPENAI))):
        text = text.replace(secret, "…")
    line = " ".join(text.split())[:_TOLD].rstrip(".")
    return f": {line}" if line else ""
