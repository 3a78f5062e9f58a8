"""From any earlier form of the tables to today's, with all that was kept."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from server_stub.history.records import ContentRules
from server_stub.history.schema import STEPS, statements
from server_stub.history.store import History
from tests.makers.storage import Storage, do, everything, place_of

OLD = (
    "INSERT INTO person (id, created_at) VALUES ('ann', 1)",
    "INSERT INTO agent (id, owner_id, name, system_prompt, animations, temperature, created_at)"
    " VALUES ('a', 'ann', 'A', 'Sing.', '{}', 0.7, 1)",
    "INSERT INTO room (id, user_id, agent_id, status, epoch, last_seq, created_at,"
    " last_activity_at) VALUES ('r', 'ann', 'a', 'active', 'e', 0, 1, 1)",
    "INSERT INTO message (id, room_id, position, sender_id, sender_type, type, content,"
    " created_at, suggested_actions, metadata)"
    " VALUES ('m', 'r', 1, 'ann', 'human', 'text', 'The kettle sings', 1, '[]', '{}')",
)


def written_by_version(storage: Storage, version: int) -> None:
    """A database as a program of then left it: its first words came with the first version."""
    kind = 0 if not isinstance(storage, str) else 1
    steps = [statements(step[kind]) for step in STEPS[:version]]
    present = [f"PRAGMA user_version = {version}"]
    if isinstance(storage, str):
        present = [
            "CREATE TABLE schema_version (version BIGINT NOT NULL)",
            f"INSERT INTO schema_version (version) VALUES ({version})",
        ]
    do(storage, [*steps[0], *OLD, *(each for step in steps[1:] for each in step), *present])


@pytest.mark.parametrize("version", range(1, len(STEPS) + 1))
def test_what_an_older_version_kept_is_all_there(storage: Storage, version: int) -> None:
    written_by_version(storage, version)

    async def scene() -> None:
        history = History(place_of(storage))
        try:
            (message,) = await history.page("r", None, 10) or []
            assert message.content == "The kettle sings"
            assert [one.id for one in await history.found("r", "kett", None, 10) or []] == ["m"]
            agent = await history.agent_for("a", "ann")
            assert agent is not None and agent.content_filter is None
            rules = ContentRules(phrases={"spoilers": ["the butler"]})
            changed = msgspec.structs.replace(agent, content_filter=rules)
            assert await history.change_agent(changed)
            kept = await history.agent_for("a", "ann")
            assert kept is not None and kept.content_filter == rules
            assert await history.remember("ann", {"cat": "Tom"}, 2) == {"cat": "Tom"}
        finally:
            history.close()

    asyncio.run(scene())
    before = everything(storage)
    History(place_of(storage)).close()  # the second start changes nothing
    assert everything(storage) == before


def test_a_step_that_fails_leaves_the_tables_as_they_were(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    written_by_version(storage, 1)
    before = everything(storage)
    broken = "CREATE TABLE half (id TEXT);\nCREATE TABLE room (id TEXT);\n"
    for place in ("server_stub.history.schema.STEPS", "server_stub.history.postgres.STEPS"):
        monkeypatch.setattr(place, (STEPS[0], (broken, broken)))
    with pytest.raises(Exception, match="room"):
        History(place_of(storage))
    assert everything(storage) == before
