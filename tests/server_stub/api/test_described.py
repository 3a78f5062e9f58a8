"""Requests made up from the description of the API: it keeps what it promises, whatever is asked.

Never a 500, every answer as it is described, what is described as good is taken and what is not is
refused, and the process lives.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from jsonschema import Draft202012Validator
from schemathesis.generation import GenerationMode

from server_stub.door.gate import Gate
from tests.makers.conversation_server import script, started

SECRET = "for this test alone, thirty-two bytes"
USER = "somebody"
ANSWER = {"match": None, "chunks": [[0.0, "Here I am."]]}
ANSWER_SECONDS = 30
TOO_BIG = 413
ROOMS, AGENTS = "/api/ar-conversations/rooms", "/api/ar-conversations/agents"


@dataclass
class Asker:
    """Sends made-up requests, about things that are there in every second one."""

    http: str
    session: requests.Session
    described: dict[str, Any]
    answered: Counter[str] = field(default_factory=Counter[str])
    faults: dict[str, str] = field(default_factory=dict[str, str])

    def ask(self, case: Any) -> None:
        """One request; what is wrong with its answer is noted."""
        if sum(self.answered.values()) % 2:
            case.path_parameters.update(self.things(case.path_parameters))
        operators = case.operation.path == "/api/presence"
        token = Gate(SECRET.encode()).issue("local" if operators else USER, time.time())
        status: int | None = None
        try:
            answer = case.call(
                base_url=self.http,
                session=self.session,
                headers={"Authorization": f"Bearer {token}"},
                timeout=ANSWER_SECONDS,
            )
            status = answer.status_code
            self.answered[str(status)] += 1
            case.validate_response(answer)
        except BaseExceptionGroup as wrong:
            for each in wrong.exceptions:
                self.note(case, each, status)
        except (requests.RequestException, AssertionError) as wrong:
            self.note(case, wrong, status)

    def note(self, case: Any, wrong: BaseException, status: int | None) -> None:
        if type(wrong).__name__ == "AcceptedNegativeData":
            if status == TOO_BIG:
                return  # refused, before anybody looked whether each text is too long
            if "- body" not in str(wrong):
                return  # queries and headers that nobody knows are ignored
            if self.allows(case):
                return  # one choice of several was broken, and another one met by that
        self.faults.setdefault(f"{case.operation.label}: {type(wrong).__name__}", str(wrong))

    def allows(self, case: Any) -> bool:
        """Whether the description allows this body after all."""
        operation = self.described["paths"][case.operation.path][case.method.lower()]
        wanted = operation["requestBody"]["content"]["application/json"]["schema"]
        whole = {**wanted, "components": self.described["components"]}
        return Draft202012Validator(whole).is_valid(case.body)

    def things(self, wanted: dict[str, Any]) -> dict[str, str]:
        """Things of the user, made anew if a request took them away."""
        token = Gate(SECRET.encode()).issue(USER, time.time())
        head = {"Authorization": f"Bearer {token}"}

        def made(path: str, **body: str) -> str:
            told = self.session.post(self.http + path, json=body, headers=head, timeout=30)
            return told.json()["id"]

        makers: dict[str, Callable[[], str]] = {
            "agent": lambda: made(AGENTS, name="Ann"),
            "room": lambda: made(ROOMS, agentId="companion"),
            "visitor": lambda: USER,
        }
        return {name: makers[name]() for name in wanted if name in makers}


def ask_everything(http: str, examples: int, *, repeatable: bool, only: str = "") -> Asker:
    with requests.Session() as session:
        session.trust_env = False
        described = session.get(f"{http}/openapi.json", timeout=ANSWER_SECONDS).json()
        asker = Asker(http, session, described)
        for found in schemathesis.openapi.from_dict(described).get_all_operations():
            operation: Any = found.ok()  # pyright: ignore[reportAttributeAccessIssue]
            if only not in operation.path:
                continue
            for mode in GenerationMode:
                _ask_much(asker, operation.as_strategy(generation_mode=mode), examples, repeatable)
        return asker


def _ask_much(asker: Asker, cases: Any, examples: int, repeatable: bool) -> None:
    @settings(
        max_examples=examples,
        derandomize=repeatable,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(case=cases)
    def ask(case: Any) -> None:
        asker.ask(case)

    with contextlib.suppress(Unsatisfiable):  # there is no wrong way to ask for this
        ask()


@pytest.mark.timeout(3600)
def test_the_api_is_as_it_is_described(
    tmp_path: Path,
    full_length: bool,
    bar: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JWT_SECRET", SECRET)
    monkeypatch.setenv("RATE_LIMIT_MAX_REQUESTS", "10000000")
    monkeypatch.setenv("LOG_LEVEL", "warning")
    examples = 250 if full_length else 5

    async def scene() -> Asker:
        mind = script(tmp_path, ANSWER)
        async with started("--mind", mind, data=tmp_path / "data") as (process, served):
            asker = await asyncio.to_thread(
                ask_everything, served.http, examples, repeatable=not full_length
            )
            assert process.returncode is None
            assert (await served.ask("GET", "rooms"))[0] == 200
            return asker

    asker = asyncio.run(scene())
    assert asker.faults == {}
    journal = (tmp_path / "data" / "server.log").read_text(encoding="utf-8")
    assert '"trace"' not in journal, journal
    assert {"200", "201", "204", "400", "404"} <= set(asker.answered)
    failed = sum(number for status, number in asker.answered.items() if status >= "500")
    bar("requests of the described API answered with a 500", failed, at_most=0)


BROKEN = """
import sys
from aiohttp import web
from server_stub.api.people import People
async def other(self, request):
    return web.json_response({"facts": [1]})
async def mistaken(self, request):
    raise ZeroDivisionError
People.memory, People.clear_memory = other, mistaken
from server_stub.__main__ import main
sys.exit(main())
"""


def test_an_answer_of_another_form_and_a_mistake_are_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JWT_SECRET", SECRET)
    monkeypatch.setenv("LOG_LEVEL", "critical")

    async def scene() -> Asker:
        async with started("--mind", "builtin", data=tmp_path, program=("-c", BROKEN)) as (_, on):
            return await asyncio.to_thread(
                ask_everything, on.http, 1, repeatable=True, only="/api/memory"
            )

    found = asyncio.run(scene()).faults
    assert "GET /api/memory: JsonSchemaError" in found
    assert "DELETE /api/memory: ServerError" in found
