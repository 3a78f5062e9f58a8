"""Who counts as here, away and gone, and who is told when that changes."""

from __future__ import annotations

import asyncio

from server_stub.presence import AWAY_MS, KEPT_MS, Presence, Seen
from tests.makers.conversation_server import Socket, in_process


async def has_joined(socket: Socket) -> None:
    """Messages of one connection are done in order."""
    await socket.say(type="metrics")
    await socket.next("metrics")


def nobody(seen: Seen) -> None:
    pass


def test_without_input_somebody_is_away_and_without_a_sign_of_life_gone() -> None:
    presence = Presence()
    visit = presence.came("ann", 0, nobody)
    presence.lives(visit, AWAY_MS - 1)
    assert presence.of("ann", AWAY_MS - 1).status == "online"
    assert presence.of("ann", AWAY_MS).status == "away"
    assert presence.of("ann", AWAY_MS - 1 + KEPT_MS).status == "offline"
    presence.acts(visit, AWAY_MS + 1)
    assert presence.of("ann", AWAY_MS + 1) == Seen("ann", "online", AWAY_MS + 1)


def test_a_change_is_told_once_and_not_to_the_connection_that_made_it() -> None:
    presence = Presence()
    one: list[str] = []
    other: list[str] = []
    first = presence.came("ann", 0, lambda seen: one.append(seen.status))
    second = presence.came("ann", 0, lambda seen: other.append(seen.status))
    presence.came("eve", 0, nobody)
    presence.lives(first, AWAY_MS)
    presence.look(second, AWAY_MS)
    assert one == other == ["away"]
    presence.acts(first, AWAY_MS + 1)
    assert (one, other) == (["away"], ["away", "online"])
    presence.left(first, AWAY_MS + 2)
    assert presence.of("ann", AWAY_MS + 2).status == "online"
    presence.left(second, AWAY_MS + 3)
    assert presence.of("ann", AWAY_MS + 3) == Seen("ann", "offline", AWAY_MS + 3)
    assert (one, other) == (["away"], ["away", "online"])


def test_who_was_forgotten_can_still_leave() -> None:
    presence = Presence()
    visit = presence.came("ann", 0, nobody)
    presence.forget("ann")
    presence.lives(visit, 1)
    presence.left(visit, 2)
    assert presence.of("ann", 3) == Seen("ann", "offline", None)


def test_the_other_connections_see_somebody_go_away_and_come_back() -> None:
    now = [1_769_860_800_000]

    async def scene() -> None:
        async with in_process(now_ms=lambda: now[0]) as served:
            room = await served.room()
            async with served.joined(room) as desk, served.joined(room) as phone:
                for socket in (desk, phone):
                    await has_joined(socket)
                now[0] += AWAY_MS
                await phone.say(type="heartbeat", timestamp=1)
                away = await desk.next("presence")
                assert (away["visitorId"], away["status"]) == ("local", "away")
                _, told = await served.ask("GET", "/api/presence/local")
                assert told["status"] == "away"
                await phone.next("presence")
                await phone.say(type="typing", active=True)
                assert (await desk.next("presence"))["status"] == "online"
                await phone.say(type="metrics")
                seen = await phone.until("metrics")
                assert "presence" not in [message["type"] for message in seen]

    asyncio.run(scene())


def test_the_presence_of_one_is_not_told_to_another() -> None:
    now = [1_769_860_800_000]

    async def scene() -> None:
        async with in_process(now_ms=lambda: now[0]) as served:
            room = await served.room("eve")
            async with served.joined() as mine, served.socket(room, "eve") as others:
                await others.say(type="join-ar-room")
                for socket in (mine, others):
                    await has_joined(socket)
                now[0] += AWAY_MS
                await mine.say(type="heartbeat", timestamp=1)
                assert (await mine.next("presence"))["visitorId"] == "local"
                await others.say(type="metrics")
                seen = await others.until("metrics")
                told = [one["visitorId"] for one in seen if one["type"] == "presence"]
                assert told in ([], ["eve"])

    asyncio.run(scene())
