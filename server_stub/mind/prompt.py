"""What a language model is told before a conversation: who it is, and how it marks its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from server_stub.mind.contract import Conversation, Persona, Turn

EMOTIONS: Final = (
    "neutral, happy, sad, angry, surprised, calm, excited, thoughtful, concerned, confused"
)
GESTURES: Final = "wave, nod, shake_head, point, hand_raise, thumbs_up, shrug"
TONES: Final = "neutral, excited, calm, serious, friendly, concerned, playful"
POSES: Final = "relaxed, attentive, arms_crossed"

MARKERS: Final = f"""You are heard and seen: an avatar speaks your words aloud and moves as you say.
Mark your words with these, in square brackets:
[emotion:NAME] for the face. Names: {EMOTIONS}.
[gesture:NAME] for a movement. Names: {GESTURES}.
[tone:NAME] for the voice. Names: {TONES}.
[pose:NAME] for how you stand. Names: {POSES}.
Several fit in one bracket. Put a marker at the start of the phrase it colours: when tone or emotion
changes, and before an important gesture. Use few, and only these names.
Example: [emotion:happy,gesture:wave]Hello! [emotion:thoughtful]Let me think about that…
Answer in the language of the user, in short spoken sentences, without headings, tables or emoji
unless you are asked for something written."""

MEMORY_CHARACTERS: Final = 4000
TURNS: Final = 24
CHARACTERS: Final = 12_000
"""The window of the conversation that is sent: what fits a small local model's context."""


def window(turns: Sequence[Turn]) -> list[Turn]:
    """The latest turns that fit, oldest first; the last one always does."""
    kept: list[Turn] = []
    room = CHARACTERS
    for turn in reversed(turns[-TURNS:]):
        room -= len(turn.text)
        if room < 0 and kept:
            break
        kept.append(turn)
    kept.reverse()
    while len(kept) > 1 and kept[0].role == "assistant":
        del kept[0]
    return kept


def messages(conversation: Conversation, persona: Persona) -> list[dict[str, str]]:
    """The conversation in the form of the chat completions interface."""
    who = persona.system_prompt or f"You are {persona.name}, a warm and attentive companion."
    moment = conversation.now.strftime("%A, %d %B %Y, %H:%M")
    system = f"{who}\n\n{MARKERS}\n\nIt is {moment} where the user is."
    if persona.memory:
        known = "\n".join(f"- {name}: {content}" for name, content in persona.memory)
        system += f"\n\nWhat you know of the user:\n{known[:MEMORY_CHARACTERS]}"
    spoken = [{"role": turn.role, "content": turn.text} for turn in window(conversation.turns)]
    return [{"role": "system", "content": system}, *spoken]
