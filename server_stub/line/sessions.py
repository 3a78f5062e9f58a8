"""The sessions of `/realtime/ws`: who lies idle for too long is told so and sent away.

The time is an argument. A room's own socket lives on: a companion may be silent for hours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from avatar_desktop.wire.errors import CloseCode
from avatar_desktop.wire.messages import SessionEnd
from server_stub.line.connection import Connection
from server_stub.talk.broadcast import Broadcast
from server_stub.talk.conversation import Conversation

IDLE_MS: Final = 300_000
"""Without an input or an answer for so long a session is over."""
SWEEP_SECONDS: Final = 60.0


class Sessions:
    """Knows the sessions that are open."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._open: dict[Connection, Conversation] = {}

    def began(self, connection: Connection, conversation: Conversation) -> None:
        """One more session."""
        self._open[connection] = conversation

    def ended(self, connection: Connection) -> None:
        """One session less, if it was one."""
        self._open.pop(connection, None)

    def sweep(self) -> None:
        """Ends those that lie idle."""
        now = self._now_ms()
        for connection, conversation in list(self._open.items()):
            if conversation.is_answering:
                connection.visit.acted_at = now
            elif now - connection.visit.acted_at >= IDLE_MS:
                self.ended(connection)
                connection.hear(Broadcast(conversation.numbered(SessionEnd()), now))
                connection.close(CloseCode.NORMAL)
