"""The minds within reach, and a trial of one."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Final

import msgspec
from aiohttp import web

from server_stub.api.answers import MindAnswer, MindList, MindTried
from server_stub.api.forms import MindTrial
from server_stub.api.route import Route, body_of
from server_stub.door.guest import GUEST
from server_stub.door.limits import LOCAL_USER
from server_stub.door.refusals import Refused, json_response
from server_stub.house import House
from server_stub.mind.contract import Conversation, Mind, MindError, Persona, Turn
from server_stub.talk.budget import spent

MINDS: Final = "/api/minds"
TRIAL_SECONDS: Final = 20.0
TRIAL_TOKENS: Final = 100
OPERATORS: Final = "Only the operator of this server may have it call another address."
QUESTION: Final = "Say hello in one short sentence."


class MindRoutes:
    """The handlers; the user was already let in by the gate."""

    def __init__(self, house: House) -> None:
        self._minds = house.minds
        self._house = house

    def routes(self) -> list[Route]:
        """Every path of minds."""
        return [
            Route("GET", MINDS, "List the minds within reach.", self.minds, None, MindList),
            Route("POST", MINDS + "/test", "Try whether a mind answers.", self.test, MindTrial,
                  MindTried, refusals=(403, 429)),
        ]  # fmt: skip

    async def minds(self, request: web.Request) -> web.Response:
        infos = await self._minds.look_again()
        told = [msgspec.convert(msgspec.to_builtins(info), MindAnswer) for info in infos]
        return json_response(MindList(told))

    async def test(self, request: web.Request) -> web.Response:
        wish = await body_of(request, MindTrial)
        if wish.mind is None:
            mind = await self._minds.current()
            self._may_cost(mind, request[GUEST].user)
            return json_response(await tried(mind))
        if request[GUEST].user != LOCAL_USER:
            raise Refused(403, "NOT_YOURS", OPERATORS)
        try:
            mind = self._minds.opened(wish.mind, wish.key)
        except MindError as error:
            return json_response(MindTried(False, wish.mind, str(error)))
        try:
            return json_response(await tried(mind))
        finally:
            await mind.close()

    def _may_cost(self, mind: Mind, user: str) -> None:
        if mind.is_local:
            return
        now = self._house.now_ms() / 1000
        if (wait := self._house.budget.wait(user, now)) > 0:
            raise Refused(429, "RATE_LIMITED", spent(wait), retry_after=wait)
        self._house.budget.spend(user, TRIAL_TOKENS, now)


async def tried(mind: Mind) -> MindTried:
    """Asks a mind for a word; whatever comes of it is an answer."""
    began = time.monotonic()
    question = Conversation((Turn("user", QUESTION),), datetime.now(UTC).astimezone())
    try:
        async with asyncio.timeout(TRIAL_SECONDS):
            async with aclosing(mind.reply(question, Persona("Wren", max_tokens=24))) as pieces:
                async for piece in pieces:
                    if piece.strip():
                        took = round((time.monotonic() - began) * 1000)
                        return MindTried(True, mind.name, f"It answers: {piece.strip()}", took)
    except MindError as error:
        return MindTried(False, mind.name, str(error))
    except TimeoutError:
        sentence = f"{mind.name} gave no answer within {TRIAL_SECONDS:.0f} seconds."
        return MindTried(False, mind.name, sentence)
    return MindTried(False, mind.name, f"{mind.name} answered without a word.")
