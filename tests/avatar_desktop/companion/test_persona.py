"""Whose words an avatar speaks."""

from __future__ import annotations

import msgspec

from avatar_desktop.companion.persona import Persona, persona_of
from avatar_desktop.library.avatars import Card
from avatar_desktop.library.avatars import Persona as OnCard
from avatar_desktop.library.settings import Settings

MOSS = Card(name="Moss", persona=OnCard(prompt=" You are Moss. ", welcome="Hm."))


def test_an_avatar_speaks_as_its_card_says() -> None:
    assert persona_of(MOSS, Settings()) == Persona("Moss", "You are Moss.", "Hm.")


def test_the_usual_avatar_and_one_without_a_persona_leave_the_agent() -> None:
    wren = msgspec.structs.replace(MOSS, name="Wren")
    assert persona_of(wren, Settings()) is None
    assert persona_of(Card(name="Fox"), Settings()) is None
    assert persona_of(None, Settings()) is None


def test_an_agent_that_the_person_chose_wins() -> None:
    chosen = msgspec.structs.replace(Settings(), agent="bard")
    assert persona_of(MOSS, chosen) is None
