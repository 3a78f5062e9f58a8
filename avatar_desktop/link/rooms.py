"""What the server tells over HTTP: rooms, their history, agents, minds.

Records come back as values; every refusal is a ConversationError with one sentence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self, cast

import aiohttp

from avatar_desktop.errors import ConversationError, NotAllowedError

SECONDS: Final = 15.0
NOT_ALLOWED: Final = (401, 403, 421)
_ROOMS: Final = "/api/ar-conversations/rooms"
_AGENTS: Final = "/api/ar-conversations/agents"


@dataclass(frozen=True)
class RoomRecord:
    id: str
    agent_id: str
    status: str
    created_at: str
    last_activity_at: str


@dataclass(frozen=True)
class HistoryMessage:
    """One message of the past. `sender` is `human` or `agent`; `content` has its markers."""

    id: str
    sender: str
    content: str
    created_at: str
    stream_id: str | None
    heard_chars: int | None
    client_message_id: str | None = None


@dataclass(frozen=True)
class AgentRecord:
    id: str
    name: str
    avatar: str


class Rooms:
    """The HTTP side of one server. Use it as `async with Rooms(...) as rooms`."""

    def __init__(self, *, http: str, token: str) -> None:
        self._http = http.rstrip("/")
        self._token = token
        self._client: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._client = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=aiohttp.ClientTimeout(total=SECONDS),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def create_room(self, agent_id: str) -> RoomRecord:
        """The open room with this agent, or a new one."""
        record = _record(await self._ask("POST", _ROOMS, body={"agentId": agent_id}))
        return RoomRecord(
            id=_text(record, "id"),
            agent_id=_text(record, "agentId"),
            status=_text(record, "status"),
            created_at=_text(record, "createdAt"),
            last_activity_at=_text(record, "lastActivityAt"),
        )

    async def end_room(self, room_id: str) -> None:
        """Ends the room; its history stays."""
        await self._ask("POST", f"{_ROOMS}/{room_id}/end")

    async def history(
        self, room_id: str, limit: int = 100, *, before: str = ""
    ) -> tuple[HistoryMessage, ...]:
        """The last messages of a room, newest first; `before` is a message's id."""
        query = {"limit": str(limit)} | ({"before": before} if before else {})
        answer = await self._ask("GET", f"{_ROOMS}/{room_id}/messages", query=query)
        return tuple(_history_message(record) for record in _records(answer, "messages"))

    async def agents(self) -> tuple[AgentRecord, ...]:
        """Who can be talked to."""
        records = _records(await self._ask("GET", _AGENTS), "agents")
        return tuple(
            AgentRecord(
                id=_text(record, "id"),
                name=_text(record, "name"),
                avatar=str(record.get("avatarUrl") or ""),
            )
            for record in records
        )

    async def agent_like(self, *, name: str, prompt: str, welcome: str) -> str:
        """The id of the person's own agent that is exactly so; it is made if there is none."""
        wanted = {"name": name, "systemPrompt": prompt, "welcomeMessage": welcome}
        for record in _records(await self._ask("GET", _AGENTS), "agents"):
            if record.get("ownerId") and wanted.items() <= dict(record).items():
                return _text(record, "id")
        made = {**wanted, "initialAnimation": "wave"}
        return _text(_record(await self._ask("POST", _AGENTS, body=made)), "id")

    async def minds(self) -> tuple[dict[str, Any], ...]:
        """Which minds the server has, as it tells them."""
        return tuple(dict(mind) for mind in _records(await self._ask("GET", "/api/minds"), "minds"))

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> object:
        if self._client is None:
            raise RuntimeError("Rooms is used outside of its `async with`.")
        try:
            async with self._client.request(
                method, self._http + path, params=query, json=body, allow_redirects=False
            ) as response:
                if response.status >= 300:
                    refused = response.status in NOT_ALLOWED
                    kind = NotAllowedError if refused else ConversationError
                    raise kind(await _refusal(response))
                return await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ConversationError(
                "The conversation server cannot be reached.", advice="It is tried again."
            ) from error
        except ValueError as error:
            raise ConversationError("The conversation server sent no JSON.") from error


async def _refusal(response: aiohttp.ClientResponse) -> str:
    try:
        answer: object = await response.json(content_type=None)
    except ValueError:
        answer = None
    if isinstance(answer, dict):
        told = cast(dict[str, Any], answer)
        for sentence in (told.get("message"), told.get("error")):
            if isinstance(sentence, str) and sentence:
                return sentence
    return f"The conversation server refused with {response.status}."


def _record(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ConversationError("The conversation server sent something unexpected.")
    return cast(dict[str, Any], value)


def _records(answer: object, name: str) -> Sequence[Mapping[str, Any]]:
    """A list under a name, or a bare list."""
    listed: object = (
        cast(list[object], answer) if isinstance(answer, list) else _record(answer).get(name)
    )
    if not isinstance(listed, list):
        raise ConversationError("The conversation server sent something unexpected.")
    return [_record(record) for record in cast(list[object], listed)]


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    if not isinstance(value, str):
        raise ConversationError(f"The conversation server left out {name!r}.")
    return value


def _history_message(record: Mapping[str, Any]) -> HistoryMessage:
    metadata: Any = record.get("metadata")
    inner = cast(dict[str, Any], metadata) if isinstance(metadata, dict) else {}
    heard = record.get("heardChars", inner.get("heardChars"))
    stream = record.get("streamId")
    client = record.get("clientMessageId")
    return HistoryMessage(
        id=_text(record, "id"),
        sender=_text(record, "senderType"),
        content=_text(record, "content"),
        created_at=_text(record, "createdAt"),
        stream_id=stream if isinstance(stream, str) else None,
        heard_chars=heard if isinstance(heard, int) else None,
        client_message_id=client if isinstance(client, str) else None,
    )
