"""The replies that are still due, shared by all servers: what a dead server held is taken by
another, the urgent first; what fails again and again becomes a dead letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from server_stub.fleet.redis_line import RedisLine

WAITING: Final = "ar:work"
TAKEN: Final = "ar:work:taken"
DEAD: Final = "ar:work:dead"
LIFE_MS: Final = 300_000
"""A reply that nobody took for so long is not made any more."""
DEAD_SECONDS: Final = 24 * 3600
MOST_TRIES: Final = 3
USUAL_PRIORITY: Final = 5
HIGHEST_PRIORITY: Final = 10

_BURY: Final = """
local function bury(name, why)
  redis.call('ZREM', KEYS[1], name)
  redis.call('ZREM', KEYS[2], name)
  redis.call('HSET', 'ar:work:job:' .. name, 'error', why)
  redis.call('EXPIRE', 'ar:work:job:' .. name, ARGV[3])
  redis.call('ZADD', KEYS[3], ARGV[1], name)
end
local function again(name, why)
  local job = 'ar:work:job:' .. name
  if redis.call('EXISTS', job) == 0 then redis.call('ZREM', KEYS[2], name) return end
  if redis.call('HINCRBY', job, 'tries', 1) >= tonumber(ARGV[2]) then bury(name, why) return end
  local priority = tonumber(redis.call('HGET', job, 'priority'))
  redis.call('HSET', job, 'error', why)
  redis.call('ZREM', KEYS[2], name)
  redis.call('ZADD', KEYS[1], (10 - priority) * 1e13 + tonumber(ARGV[1]), name)
end
"""
RECLAIM: Final = (
    _BURY
    + """
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', tonumber(ARGV[1]) - tonumber(ARGV[3]) * 1000)
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1])) do
  again(name, 'The server that was at it is gone.')
end
"""
)
FAILED: Final = _BURY + "again(ARGV[4], ARGV[5])"
TAKE: Final = (
    _BURY
    + """
while true do
  local name = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
  if not name then return nil end
  local job = 'ar:work:job:' .. name
  redis.call('ZREM', KEYS[1], name)
  if redis.call('EXISTS', job) == 1 then
    if tonumber(redis.call('HGET', job, 'until')) < tonumber(ARGV[1]) then
      bury(name, 'Nobody could answer it in time.')
    else
      redis.call('ZADD', KEYS[2], ARGV[4], name)
      return {name, redis.call('HGET', job, 'room'), redis.call('HGET', job, 'user'),
              redis.call('HGET', job, 'origin')}
    end
  end
end
"""
)
KEYS: Final = (WAITING, TAKEN, DEAD)


@dataclass(frozen=True)
class Due:
    """A question that is owed a reply."""

    question: str
    room_id: str
    user_id: str
    origin: str
    """The server that took the question in."""


@dataclass(frozen=True)
class DeadLetter:
    """A question whose reply was given up."""

    question: str
    error: str
    origin: str
    tries: int


class WorkQueue:
    """Asks Redis; keeps nothing here. Moments are milliseconds since 1970."""

    def __init__(self, line: RedisLine) -> None:
        self._line = line

    async def put(
        self, due: Due, now: int, *, priority: int = USUAL_PRIORITY, held_until: int | None = None
    ) -> None:
        """Notes that a reply is due; held by this server already, or free for anybody."""
        place = max(0, min(HIGHEST_PRIORITY, priority))
        fields: dict[str, str | int] = {
            "room": due.room_id, "user": due.user_id, "origin": due.origin,
            "priority": place, "tries": 0, "until": now + LIFE_MS,
        }  # fmt: skip
        flat = [part for pair in fields.items() for part in pair]
        score = (HIGHEST_PRIORITY - place) * 10**13 + now
        line = (TAKEN, held_until) if held_until is not None else (WAITING, score)
        await self._line.ask_all(
            [
                ("HSET", _job(due.question), *flat),
                ("EXPIRE", _job(due.question), DEAD_SECONDS),
                ("ZADD", line[0], line[1], due.question),
            ]
        )

    async def done(self, questions: Sequence[str]) -> None:
        """These have their replies."""
        await self._line.ask_all(
            [
                command
                for name in questions
                for command in (
                    ("ZREM", TAKEN, name), ("ZREM", WAITING, name), ("DEL", _job(name)),
                )
            ]
        )  # fmt: skip

    async def hold(self, questions: Sequence[str], until: int) -> None:
        """This server is still at them."""
        await self._line.ask_all([("ZADD", TAKEN, "XX", until, name) for name in questions])

    async def reclaim(self, now: int) -> None:
        """What servers held that are gone is free again, or given up after the last try."""
        await self._line.run(RECLAIM, KEYS, [now, MOST_TRIES, DEAD_SECONDS])

    async def take(self, now: int, held_until: int) -> Due | None:
        """The most urgent reply that nobody is at."""
        got = await self._line.run(TAKE, KEYS, [now, MOST_TRIES, DEAD_SECONDS, held_until])
        return None if got is None else Due(*got)

    async def failed(self, question: str, why: str, now: int) -> None:
        """It could not be answered now; somebody tries again, or it is given up."""
        await self._line.run(FAILED, KEYS, [now, MOST_TRIES, DEAD_SECONDS, question, why])

    async def lengths(self) -> tuple[int, int]:
        """How many replies are due, and how many were given up within a day."""
        waiting, taken, dead = await self._line.ask_all([("ZCARD", key) for key in KEYS])
        return waiting + taken, dead

    async def dead_letters(self) -> list[DeadLetter]:
        """Those that were given up, the oldest first."""
        names: list[str] = await self._line.ask("ZRANGE", DEAD, 0, -1)
        fields = await self._line.ask_all(
            [("HMGET", _job(name), "error", "origin", "tries") for name in names]
        )
        told = zip(names, fields, strict=True)
        return [
            DeadLetter(name, error or "", origin or "", int(tries or 0))
            for name, (error, origin, tries) in told
        ]


def priority_of(metadata: Mapping[str, object]) -> int:
    """How urgent a message says it is, 0 to 10."""
    wished = metadata.get("priority")
    if isinstance(wished, bool) or not isinstance(wished, int):
        return USUAL_PRIORITY
    return max(0, min(HIGHEST_PRIORITY, wished))


def _job(name: str) -> str:
    return f"ar:work:job:{name}"
