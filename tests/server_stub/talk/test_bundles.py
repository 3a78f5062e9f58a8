"""Pieces of a mind that runs ahead of its room: none lost, none twice, never far ahead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from server_stub.mind.contract import MindError
from server_stub.talk.bundles import bundled


def _free() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


async def _settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


class Mind:
    """Counts how far it came, and whether it was closed."""

    def __init__(self, pieces: int, *, fails: bool = False) -> None:
        self.said = 0
        self.is_closed = False
        self._pieces = pieces
        self._fails = fails

    async def reply(self) -> AsyncGenerator[str, None]:
        try:
            for number in range(self._pieces):
                self.said += 1
                yield f"{number} "
                if number % 3 == 0:
                    await asyncio.sleep(0)
            if self._fails:
                raise MindError("The mind fell asleep.")
        finally:
            self.is_closed = True


def test_every_piece_comes_once_and_in_order_however_slow_the_room_is() -> None:
    async def scene() -> list[list[str]]:
        got: list[list[str]] = []
        async with aclosing(bundled(Mind(500).reply(), _free(), most=7)) as bundles:
            async for bundle in bundles:
                got.append(bundle)
                for _ in range(len(got) % 5):
                    await asyncio.sleep(0)
        return got

    got = asyncio.run(scene())
    assert [piece for bundle in got for piece in bundle] == [f"{n} " for n in range(500)]
    assert max(map(len, got)) <= 7 and len(got) < 500


def test_a_mind_waits_when_it_is_far_ahead_of_its_room() -> None:
    async def scene() -> int:
        mind = Mind(500)
        async with aclosing(bundled(mind.reply(), _free(), most=7)) as bundles:
            await anext(bundles)
            await _settled()
            return mind.said

    assert asyncio.run(scene()) <= 15


def test_a_mind_that_may_not_go_on_says_nothing_more() -> None:
    async def scene() -> tuple[int, int]:
        mind, may_go_on = Mind(500), _free()
        async with aclosing(bundled(mind.reply(), may_go_on)) as bundles:
            await anext(bundles)
            may_go_on.clear()
            await _settled()
            before = mind.said
            await _settled()
            return before, mind.said

    before, after = asyncio.run(scene())
    assert before == after


def test_a_failure_comes_after_all_that_was_said() -> None:
    async def scene() -> list[str]:
        got: list[str] = []

        async def take_all() -> None:
            mind = Mind(20, fails=True)
            async with aclosing(bundled(mind.reply(), _free(), most=7)) as bundles:
                async for bundle in bundles:
                    got.extend(bundle)

        with pytest.raises(MindError, match="asleep"):
            await take_all()
        return got

    assert len(asyncio.run(scene())) == 20


def test_closing_closes_the_mind() -> None:
    async def scene() -> bool:
        mind = Mind(500)
        async with aclosing(bundled(mind.reply(), _free())) as bundles:
            await anext(bundles)
        return mind.is_closed

    assert asyncio.run(scene())
