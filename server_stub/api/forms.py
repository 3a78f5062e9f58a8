"""What the bodies of requests look like."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

Short = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Long = Annotated[str, msgspec.Meta(max_length=32_768)]
Address = Annotated[str, msgspec.Meta(max_length=2000)]
Temperature = Annotated[float, msgspec.Meta(ge=0, le=2)]
Tokens = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class NewRoom(msgspec.Struct, rename="camel"):
    """With whom to talk."""

    agent_id: Short


class NewAgent(msgspec.Struct, rename="camel", omit_defaults=True):
    """A persona of one's own."""

    name: Short
    system_prompt: Long = ""
    welcome_message: Long | None = None
    avatar: Address | None = None
    animations: dict[Short, Short] = {}
    initial_animation: Short | None = None
    voice: Short | None = None
    mind: Short | None = None
    model_name: Short | None = None
    temperature: Temperature = 0.7
    max_tokens: Tokens | None = None


class AgentChange(msgspec.Struct, rename="camel", omit_defaults=True):
    """What becomes different; the rest stays."""

    name: Short | UnsetType = UNSET
    system_prompt: Long | UnsetType = UNSET
    welcome_message: Long | UnsetType | None = UNSET
    avatar: Address | UnsetType | None = UNSET
    animations: dict[Short, Short] | UnsetType = UNSET
    initial_animation: Short | UnsetType | None = UNSET
    voice: Short | UnsetType | None = UNSET
    mind: Short | UnsetType | None = UNSET
    model_name: Short | UnsetType | None = UNSET
    temperature: Temperature | UnsetType = UNSET
    max_tokens: Tokens | UnsetType | None = UNSET


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
