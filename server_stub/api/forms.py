"""What the bodies of requests look like."""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from server_stub import names
from server_stub.history.records import ContentRules

Given = TypeVar("Given")

Short = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Long = Annotated[str, msgspec.Meta(max_length=32_768)]
Address = Annotated[str, msgspec.Meta(max_length=2000)]
Voice = Annotated[str, msgspec.Meta(max_length=200, pattern=names.VOICE)]
Avatar = Annotated[str, msgspec.Meta(max_length=2000, pattern=names.AVATAR)]
Model = Annotated[str, msgspec.Meta(max_length=200, pattern=names.MODEL)]
Plain = Annotated[str, msgspec.Meta(max_length=200, pattern=names.PLAIN)]
Animation = Annotated[str, msgspec.Meta(max_length=200, pattern=names.ANIMATION)]
Temperature = Annotated[float, msgspec.Meta(ge=0, le=2)]
Tokens = Annotated[float, msgspec.Meta(ge=1, le=1_000_000, multiple_of=1)]
"""A whole number, which in JSON may also be written as 400.0."""


class NewRoom(msgspec.Struct, rename="camel"):
    """With whom to talk."""

    agent_id: Short


class NewAgent(msgspec.Struct, rename="camel", omit_defaults=True):
    """A persona of one's own."""

    name: Short
    system_prompt: Long = ""
    welcome_message: Long | None = None
    avatar: Avatar | None = None
    animations: dict[Animation, Animation] = {}
    initial_animation: Animation | None = None
    voice: Voice | None = None
    mind: Plain | None = None
    model_name: Model | None = None
    temperature: Temperature = 0.7
    max_tokens: Tokens | None = None
    content_filter: ContentRules | None = None

    def __post_init__(self) -> None:
        self.max_tokens = _whole(self.max_tokens)


class AgentChange(msgspec.Struct, rename="camel", omit_defaults=True):
    """What becomes different; the rest stays."""

    name: Short | UnsetType = UNSET
    system_prompt: Long | UnsetType = UNSET
    welcome_message: Long | UnsetType | None = UNSET
    avatar: Avatar | UnsetType | None = UNSET
    animations: dict[Animation, Animation] | UnsetType = UNSET
    initial_animation: Animation | UnsetType | None = UNSET
    voice: Voice | UnsetType | None = UNSET
    mind: Plain | UnsetType | None = UNSET
    model_name: Model | UnsetType | None = UNSET
    temperature: Temperature | UnsetType = UNSET
    max_tokens: Tokens | UnsetType | None = UNSET
    content_filter: ContentRules | UnsetType | None = UNSET

    def __post_init__(self) -> None:
        self.max_tokens = _whole(self.max_tokens)


class SessionWish(msgspec.Struct, rename="camel"):
    """A long token that becomes a short one."""

    token: Annotated[str, msgspec.Meta(max_length=8192)]
    user_id: str | None = None
    call_id: str | None = None


class MindTrial(msgspec.Struct, rename="camel"):
    """The mind to try, as --mind would name it; the present one when absent."""

    mind: Address | None = None
    key: Address | None = None


class MemoryChange(msgspec.Struct, rename="camel"):
    """Facts to remember by name; null forgets one."""

    facts: Annotated[dict[Short, Long | None], msgspec.Meta(max_length=200)]


def _whole(number: Given) -> Given | int:
    return int(number) if isinstance(number, float) else number
