"""Who is there and who has which room. A server's lease holds all of its rooms; when it ends they
are anybody's.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Final

from server_stub.fleet.errors import FleetError
from server_stub.fleet.redis_line import RedisLine

LEASE_SECONDS: Final = 6.0
ROOM_SECONDS: Final = 24 * 3600
SERVERS: Final = "ar:servers"
SECRET: Final = "ar:fleet:secret"

CLAIM: Final = """
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then
  local place = redis.call('GET', 'ar:server:' .. owner)
  if place then return place end
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return ''
"""
RELEASE: Final = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end"


@dataclass(frozen=True)
class Member:
    """A server of the fleet as the others see it."""

    id: str
    http: str


def _room(room_id: str) -> str:
    return f"ar:room:{room_id}:owner"


class Leases:
    """Owns this server's lease and knows how to take rooms under it."""

    def __init__(self, line: RedisLine, seconds: float) -> None:
        self.id = secrets.token_hex(8)
        self.seconds = seconds
        self.http = ""
        self._line = line

    async def fits(self, mark: str) -> None:
        """Makes sure that every server of the fleet trusts the same tokens. Raises FleetError."""
        await self._line.ask("SET", SECRET, mark, "NX")
        if await self._line.ask("GET", SECRET) == mark:
            return
        if not await self.members():  # all of the others are gone: a new fleet begins
            await self._line.ask("SET", SECRET, mark)
            return
        raise FleetError(
            "The servers at work on this Redis have another secret.",
            advice="Give all of them the same JWT_SECRET, or the same --data folder.",
        )

    async def renew(self) -> bool:
        """Prolongs the lease; false if it had ended, so that rooms may be in other hands."""
        place = json.dumps({"id": self.id, "http": self.http})
        life = max(1, round(self.seconds * 1000))
        before, _ = await self._line.ask_all(
            [
                ("SET", f"ar:server:{self.id}", place, "PX", life, "GET"),
                ("SADD", SERVERS, self.id),
            ]
        )
        return before is not None

    async def end(self) -> None:
        """Gives the lease back: every room is free at once."""
        await self._line.ask_all([("DEL", f"ar:server:{self.id}"), ("SREM", SERVERS, self.id)])

    async def claim(self, room_id: str) -> Member | None:
        """Takes the room; who has it if that is another server."""
        place = await self._line.run(CLAIM, [_room(room_id)], [self.id, ROOM_SECONDS])
        return None if not place else Member(**json.loads(place))

    async def release(self, room_id: str) -> None:
        """The room rests; whoever needs it first may take it."""
        await self._line.run(RELEASE, [_room(room_id)], [self.id])

    async def members(self) -> list[Member]:
        """The other servers whose lease holds."""
        known = sorted(set(await self._line.ask("SMEMBERS", SERVERS)) - {self.id})
        places = await self._line.ask_all([("GET", f"ar:server:{name}") for name in known])
        gone = [name for name, place in zip(known, places, strict=True) if not place]
        await self._line.ask_all([("SREM", SERVERS, name) for name in gone])
        return [Member(**json.loads(place)) for place in places if place]
