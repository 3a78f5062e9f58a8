"""A link without a line: it keeps the rules of the real one and notes what would be sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from avatar_desktop.library.outbox import Outbox
from avatar_desktop.library.store import Store
from avatar_desktop.wire import messages as wire
from avatar_desktop.wire.messages import Message

M = TypeVar("M", bound=Message)
ROOM = "room-1"


@dataclass
class RecordingLink:
    """What is said waits in the outbox until it is acknowledged; the rest needs a line."""

    folder: Path
    online: bool = True
    sent: list[Message] = field(default_factory=list[Message])
    retries: int = 0

    def __post_init__(self) -> None:
        self.outbox = Outbox(Store(self.folder))

    def say(self, text: str, client_message_id: str) -> None:
        if self.outbox.append(client_message_id, ROOM, text) and self.online:
            self.sent.append(wire.TextMessage(content=text, client_message_id=client_message_id))

    def send(self, message: Message) -> None:
        if isinstance(message, wire.TextMessage) and message.client_message_id:
            self.say(message.content, message.client_message_id)
        elif self.online:
            self.sent.append(message)

    def retry_now(self) -> None:
        self.retries += 1

    def told(self, kind: type[M]) -> list[M]:
        """Everything of this kind, in order."""
        return [message for message in self.sent if isinstance(message, kind)]
