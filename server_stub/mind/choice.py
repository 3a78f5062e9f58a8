"""Which mind answers: the named one, else a model server found here, else the companion."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from server_stub.mind.address import is_this_machine
from server_stub.mind.builtin.companion import Companion
from server_stub.mind.contract import Mind, MindError
from server_stub.mind.discover import KNOWN, Found, Place, discover
from server_stub.mind.openai import OpenAIMind
from server_stub.mind.scripted import ScriptedMind, read_script

BUILTIN: Final = "builtin"


@dataclass(frozen=True)
class MindInfo:
    """One mind as `GET /api/minds` lists it. `id` is what --mind takes."""

    id: str
    name: str
    kind: Literal["builtin", "script", "openai"]
    local: bool
    selected: bool
    models: tuple[str, ...] = ()


def open_mind(spec: str, *, key: str | None, offline: bool) -> Mind:
    """The mind that --mind names. Raises MindError with one sentence."""
    if spec == BUILTIN:
        return Companion()
    if spec.startswith("script:"):
        return ScriptedMind(read_script(Path(spec.removeprefix("script:"))))
    if spec.lower().startswith(("http://", "https://")):
        base_url, _, model = spec.partition("#")
        if not urlsplit(base_url).hostname:
            raise MindError(f"The address {base_url} names no machine.")
        if offline and not is_this_machine(base_url):
            raise MindError(
                f"--offline keeps everything on this machine, and {base_url} is beyond it. "
                "Choose a local mind or leave --offline out."
            )
        return OpenAIMind(base_url, model or None, key)
    if spec.lower().endswith(".gguf"):
        raise MindError(
            "This version loads no GGUF files itself. Serve the file with Ollama, LM Studio or "
            "llama.cpp and name its address: --mind http://127.0.0.1:8080/v1."
        )
    raise MindError(
        f"There is no mind called {spec!r}. Use builtin, script:FILE or the address of a model "
        "server such as http://127.0.0.1:11434/v1#MODEL."
    )


class Minds:
    """Holds the mind in use. Without a named one it looks around once, and again when asked."""

    def __init__(
        self,
        spec: str | None,
        *,
        key: str | None = None,
        offline: bool = False,
        places: tuple[Place, ...] = KNOWN,
    ) -> None:
        """Raises MindError if the named one cannot be."""
        self._spec = spec
        self._offline = offline
        self._companion = Companion()
        self._named = None if spec is None else open_mind(spec, key=key, offline=offline)
        self._places = places
        self._found: list[Found] | None = None
        self._discovered: OpenAIMind | None = None
        self._looking = asyncio.Lock()

    async def current(self) -> Mind:
        """The mind that answers now."""
        if self._named is not None:
            return self._named
        async with self._looking:
            if self._found is None:
                await self._look()
        return self._discovered or self._companion

    def use_key(self, key: str) -> None:
        """The key of the named address, when it comes after the start."""
        if isinstance(self._named, OpenAIMind):
            self._named.use_key(key)

    def opened(self, spec: str, key: str | None = None) -> Mind:
        """Another mind than those in use, for a trial; its opener closes it. Raises MindError."""
        if spec.startswith("script:"):
            raise MindError("A script is chosen at the start of the server, with --mind.")
        return open_mind(spec, key=key, offline=self._offline)

    async def for_agent(self, wanted: str | None) -> Mind:
        """The mind that this agent asks for; only the built-in one can be asked for by name."""
        return self._companion if wanted == BUILTIN else await self.current()

    def failed(self, mind: Mind) -> None:
        """A found mind did not answer: the next reply looks around again."""
        if mind is self._discovered:
            self._found = None

    async def look_again(self) -> list[MindInfo]:
        """Every mind within reach, the one in use marked."""
        async with self._looking:
            await self._look()
        current = await self.current()
        infos = [
            MindInfo(BUILTIN, self._companion.name, "builtin", True, _is_builtin(current)),
            *(self._found_info(found, current) for found in self._found or ()),
        ]
        if self._named is not None and not _is_builtin(self._named):
            kind = "script" if isinstance(self._named, ScriptedMind) else "openai"
            spec = self._spec or ""
            shown = "script" if kind == "script" else spec
            known = {info.id for info in infos if info.selected}
            if shown not in known:
                named = MindInfo(shown, self._named.name, kind, self._named.is_local, True)
                infos.append(named)
        return infos

    def _found_info(self, found: Found, current: Mind) -> MindInfo:
        base_url = found.place.base_url
        selected = isinstance(current, OpenAIMind) and current.base_url == base_url
        spec = base_url if found.model is None else f"{base_url}#{found.model}"
        if selected and self._spec is not None:
            spec = self._spec
        return MindInfo(spec, found.place.name, "openai", True, selected, found.models)

    async def _look(self) -> None:
        self._found = await discover(self._places)
        if self._named is not None:
            return
        usable = next((found for found in self._found if found.model is not None), None)
        if usable is None:
            chosen = None
        elif self._discovered is not None and self._discovered.base_url == usable.place.base_url:
            return
        else:
            chosen = OpenAIMind(usable.place.base_url, usable.model)
        gone, self._discovered = self._discovered, chosen
        if gone is not None:
            await gone.close()

    async def close(self) -> None:
        """Gives back what the minds hold."""
        for mind in (self._named, self._discovered):
            if mind is not None:
                await mind.close()


def _is_builtin(mind: Mind) -> bool:
    return isinstance(mind, Companion)
