"""Who an avatar is: the person on its card, unless somebody chose whom to talk to."""

from __future__ import annotations

from dataclasses import dataclass

from avatar_desktop.library.avatars import Card
from avatar_desktop.library.settings import Settings


@dataclass(frozen=True, slots=True)
class Persona:
    """What the server must know to speak as this avatar."""

    name: str
    prompt: str
    welcome: str


def persona_of(card: Card | None, settings: Settings) -> Persona | None:
    """The persona of an avatar; None for the agent of the settings, which is Wren's by itself."""
    usual = type(settings)()
    if card is None or settings.agent != usual.agent or not card.persona.prompt.strip():
        return None
    if card.name.casefold() == usual.avatar.casefold():
        return None
    return Persona(card.name, card.persona.prompt.strip(), card.persona.welcome.strip())
