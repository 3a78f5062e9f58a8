"""What the window shows: one frozen picture of the companion, made anew after each change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from avatar_desktop.companion.states import AvatarState

Sender = Literal["user", "agent"]
LinkState = Literal["connecting", "online", "offline", "refused"]
NoticeAction = Literal["", "retry-link", "retry-avatar", "fetch-avatar", "cancel-avatar"]
NoticeKind = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Message:
    """One row of the conversation."""

    id: str
    sender: Sender
    text: str
    """Markdown, without markers."""
    state: Literal["waiting", "sent", "streaming", "complete", "interrupted", "failed"]
    """A user's message waits on disk, then is sent; a reply streams, then is complete."""
    time_ms: int
    detail: str = ""
    """One sentence about a failure."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One plain sentence about something that happened to a part, and what to do."""

    id: int
    kind: NoticeKind
    text: str
    action: NoticeAction = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything the window needs; it never asks a part for more."""

    agent_name: str
    messages: tuple[Message, ...]
    typing: bool
    """The mind has the question and has not answered yet."""
    avatar: AvatarState
    avatar_detail: str
    link: LinkState
    link_detail: str
    can_retry: bool
    mind: str
    """The name of the mind, as the person would say it."""
    speaking: bool
    muted: bool
    notices: tuple[Notice, ...]


NOBODY_YET = Snapshot(
    agent_name="",
    messages=(),
    typing=False,
    avatar=AvatarState.INITIALIZING,
    avatar_detail="",
    link="connecting",
    link_detail="Starting the conversation server…",
    can_retry=False,
    mind="",
    speaking=False,
    muted=False,
    notices=(),
)
"""What is shown before the companion is there."""
