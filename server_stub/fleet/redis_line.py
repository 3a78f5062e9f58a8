"""The line to Redis: what is asked of it, and what a person is told when it does not answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from server_stub.fleet.errors import FleetError

ANSWER_SECONDS: Final = 2.0
SCHEMES: Final = ("redis", "rediss", "unix")

_log = logging.getLogger("server.fleet")


class RedisLine:
    """Owns the connections; every failure is one sentence, and the next question tries again."""

    def __init__(self, url: str) -> None:
        """Raises FleetError when the library is missing."""
        try:
            import redis.asyncio as redis
        except ImportError as error:
            raise FleetError(
                "Several servers need the server extra.", advice="Install avatar-desktop[server]."
            ) from error
        self._library: Any = redis
        self.name = shown(url)
        self.is_up = False
        self._client: Any = self._library.Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
        )
        self._scripts: dict[str, Any] = {}

    @property
    def connections(self) -> int:
        """How many connections to Redis are in hand."""
        pool = self._client.connection_pool
        waiting = len(getattr(pool, "_available_connections", ()))
        return waiting + len(getattr(pool, "_in_use_connections", ()))

    async def ask(self, *command: str | int | float) -> Any:
        """What Redis answers. Raises FleetError."""
        return await self._answered(lambda: self._client.execute_command(*command))

    async def ask_all(self, commands: Sequence[Sequence[str | int | float]]) -> list[Any]:
        """The answers to several commands, sent together. Raises FleetError."""

        async def together() -> list[Any]:
            async with self._client.pipeline(transaction=False) as pipe:
                for command in commands:
                    pipe.execute_command(*command)
                return await pipe.execute()

        return await self._answered(together) if commands else []

    async def run(
        self, script: str, keys: Sequence[str], values: Sequence[str | int | float]
    ) -> Any:
        """What a script answers, done in one piece. Raises FleetError."""
        known = self._scripts.get(script)
        if known is None:
            known = self._scripts[script] = self._client.register_script(script)
        return await self._answered(lambda: known(keys=list(keys), args=list(values)))

    async def close(self) -> None:
        """Lets go."""
        await self._client.aclose()

    async def _answered(self, question: Callable[[], Any]) -> Any:
        try:
            answer = await question()
        except (TimeoutError, self._library.RedisError, OSError) as error:
            self._note(False)
            raise self._explained(error) from error
        self._note(True)
        return answer

    def _note(self, is_up: bool) -> None:
        if is_up != self.is_up:
            told = "Redis answers" if is_up else "Redis does not answer"
            _log.log(logging.INFO if is_up else logging.ERROR, told, extra={"place": self.name})
        self.is_up = is_up

    def _explained(self, error: Exception) -> FleetError:
        if isinstance(error, self._library.AuthenticationError):
            return FleetError(
                f"Redis at {self.name} refuses this user or password.",
                advice="Correct the address given with --redis.",
            )
        if isinstance(error, self._library.ResponseError):
            return FleetError(f"Redis at {self.name} refused: {error}.")
        return FleetError(
            f"Redis at {self.name} does not answer.",
            advice="Check that it runs and that --redis names it rightly.",
        )


def shown(url: str) -> str:
    """The address without its password."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.hostname or ''}{port}{parts.path}"
