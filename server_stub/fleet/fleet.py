"""This server among the others: its lease, its way to their rooms, and what they share."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any, Final, Protocol

from server_stub.door.limits import Limits
from server_stub.figures import Figures
from server_stub.fleet.errors import FleetError
from server_stub.fleet.forwarding import Forwarding
from server_stub.fleet.leases import LEASE_SECONDS, Leases, Member
from server_stub.fleet.ledger import Ledger
from server_stub.fleet.redis_line import RedisLine
from server_stub.fleet.work import Due, WorkQueue
from server_stub.history.errors import HistoryError, Overtaken
from server_stub.history.store import History
from server_stub.presence import KEPT_MS, Presence, Seen, Status

PEER: Final = "X-Conversation-Peer"
HOLDS: Final = 2
"""A reply is another server's after so many leases without a word."""

COUNT: Final = """
local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
if n <= tonumber(ARGV[2]) then return 0 end
return redis.call('PTTL', KEYS[1])
"""

_log = logging.getLogger("server.fleet")


class Rooms(Protocol):
    """The house, as far as the fleet needs it."""

    def in_hand(self) -> list[str]:
        """The rooms at work here."""
        ...

    async def lose(self, room_id: str) -> None:
        """Another server has the room now."""
        ...

    async def take_over(self, due: Due) -> bool:
        """Sees to it that the question gets its reply; whether one is on its way here."""
        ...

    def rest(self) -> list[str]:
        """Puts idle rooms away; which ones."""
        ...


class Fleet:
    """Owns the line, the lease and the beat that keeps them alive."""

    def __init__(
        self, url: str, mark: str, now_ms: Callable[[], int], seconds: float = LEASE_SECONDS
    ) -> None:
        self._line = RedisLine(url)
        self._mark = mark
        self._leases = Leases(self._line, seconds)
        self._now_ms = now_ms
        self._hold_ms = round(HOLDS * seconds * 1000)
        self.work = WorkQueue(self._line)
        self.ledger = Ledger(self._line, self.work, self._leases.id, now_ms, self._hold_ms)
        self.forwarding = Forwarding({PEER: mark})
        self.presence: Presence | None = None
        self._shown: set[str] = set()
        self._beat: asyncio.Task[None] | None = None
        self._queue = (0, 0)
        self._others = 0
        self.trouble = ""
        """Why the others are out of reach, if they are."""

    @property
    def seconds(self) -> float:
        """How long a lease lasts."""
        return self._leases.seconds

    def knows_peer(self, marks: list[str]) -> bool:
        """Whether a request comes from a server of this fleet."""
        return marks == [self._mark]

    async def reach(self) -> None:
        """Makes sure that Redis is there and that the others are our kind. Raises FleetError."""
        await self._leases.fits(self._mark)

    async def open(self, http: str, rooms: Rooms, figures: Figures) -> None:
        """From now on this server is one of them, under this address. Raises FleetError."""
        self._leases.http = http
        figures.watch("redis_up", "Whether Redis answers.", lambda: float(self._line.is_up))
        figures.watch("redis_connections", "Connections to Redis.", lambda: self._line.connections)
        figures.watch("servers", "Servers of the fleet.", lambda: 1 + self._others)
        figures.watch("replies_due", "Replies that are still to be made.", lambda: self._queue[0])
        figures.watch("replies_given_up", "Replies given up within a day.", lambda: self._queue[1])
        await self._leases.renew()
        self._beat = asyncio.create_task(self._live(rooms))

    async def close_broken_replies(self, history: History) -> int:
        """Ends the replies that servers left open that are gone; how many. Raises FleetError."""
        await self._leases.renew()
        ended = 0
        for room_id in await history.rooms_with_broken_replies():
            if await self._leases.claim(room_id) is None:
                # A server that was slow, not gone, still writes there: it ends its reply itself.
                with contextlib.suppress(Overtaken):
                    ended += await history.close_broken_replies(self._now_ms(), room_id)
                await self._leases.release(room_id)
        return ended

    async def close(self) -> None:
        """Leaves the fleet: its rooms are free at once."""
        if self._beat is not None:
            self._beat.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._beat
        await self.ledger.close()
        with contextlib.suppress(FleetError):
            await self._leases.end()
        await self.forwarding.close()
        await self._line.close()

    # --- rooms

    async def owner(self, room_id: str) -> Member | None:
        """Who has the room; None if it is ours, now at the latest. Raises FleetError."""
        return await self._leases.claim(room_id)

    async def others(self) -> list[Member]:
        """The other servers. Raises FleetError."""
        return await self._leases.members()

    async def ask(self, member: Member, deed: str, **about: Any) -> Any:
        """Has another server do something. Raises FleetError."""
        return await self.forwarding.ask(member, deed, about)

    # --- what is counted together

    async def count(self, key: str, limits: Limits) -> float:
        """0 if this one may go on, else the seconds to wait; without Redis each counts alone."""
        window = round(limits.window_seconds * 1000)
        try:
            wait = await self._line.run(COUNT, [f"ar:rate:{key}"], [window, limits.requests])
        except FleetError:
            return 0.0
        return max(0.0, int(wait) / 1000)

    async def seen(self, mine: Seen, now: int) -> Seen:
        """A visitor as all servers together see them."""
        try:
            told: dict[str, str] = dict(
                await self._line.ask("HGETALL", f"presence:{mine.visitor_id}")
            )
        except FleetError:
            return mine
        told.pop(self._leases.id, None)
        for words in told.values():
            mine = _warmer(mine, _read(mine.visitor_id, words, now))
        return mine

    async def everybody(self, mine: list[Seen], now: int) -> list[Seen]:
        """All who are not offline anywhere."""
        known = {one.visitor_id: one for one in mine}
        try:
            names: list[str] = await self._line.ask("SMEMBERS", "presence")
        except FleetError:
            return mine
        for name in names:
            here = known.get(name, Seen(name, "offline", None))
            known[name] = await self.seen(here, now)
        return [known[name] for name in sorted(known) if known[name].status != "offline"]

    # --- the beat

    async def _live(self, rooms: Rooms) -> None:
        while True:
            try:
                await self._once(rooms)
                self.trouble = ""
            except FleetError as error:
                self.trouble = str(error)
            except HistoryError as error:
                _log.warning("work not taken over", extra={"failure": str(error)})
            except Exception:  # noqa: BLE001 - the beat keeps this server's rooms its own: it never stops
                _log.exception("the beat of the fleet failed")
            await asyncio.sleep(self.seconds / 3)

    async def _once(self, rooms: Rooms) -> None:
        if not await self._leases.renew():
            _log.warning("the lease had ended; its rooms are looked at")
            for room_id in rooms.in_hand():
                if await self._leases.claim(room_id) is not None:
                    await rooms.lose(room_id)
        for room_id in rooms.rest():
            await self._leases.release(room_id)
        now = self._now_ms()
        await self.work.hold(self.ledger.held, now + self._hold_ms)
        await self._take_over(rooms, now)
        await self._show_presence(now)
        self._queue = await self.work.lengths()
        self._others = len(await self._leases.members())

    async def _take_over(self, rooms: Rooms, now: int) -> None:
        await self.work.reclaim(now)
        while (due := await self.work.take(now, now + self._hold_ms)) is not None:
            try:
                is_ours = await rooms.take_over(due)
            except HistoryError as error:
                await self.work.failed(due.question, str(error), now)
                continue
            if is_ours:
                self.ledger.hold(due.question)
            else:
                await self.work.done([due.question])

    async def _show_presence(self, now: int) -> None:
        if self.presence is None:
            return
        here = {seen.visitor_id: seen for seen in self.presence.everybody(now)}
        commands: list[tuple[str | int, ...]] = []
        for name, seen in here.items():
            key = f"presence:{name}"
            commands += [
                ("HSET", key, self._leases.id, f"{seen.status} {seen.last_seen or now}"),
                ("PEXPIRE", key, KEPT_MS),
                ("SADD", "presence", name),
            ]
        for name in self._shown - set(here):
            commands.append(("HDEL", f"presence:{name}", self._leases.id))
            commands.append(("SREM", "presence", name))
        await self._line.ask_all(commands)
        self._shown = set(here)


_WARMTH: Final[dict[Status, int]] = {"offline": 0, "away": 1, "online": 2}


def _read(visitor: str, words: str, now: int) -> Seen:
    told, _, moment = words.partition(" ")
    last = int(moment) if moment.isdigit() else 0
    if now - last >= KEPT_MS:
        return Seen(visitor, "offline", last)
    return Seen(visitor, "online" if told == "online" else "away", last)


def _warmer(one: Seen, other: Seen) -> Seen:
    last = max(one.last_seen or 0, other.last_seen or 0) or None
    warmer = one if _WARMTH[one.status] >= _WARMTH[other.status] else other
    return Seen(one.visitor_id, warmer.status, last)
