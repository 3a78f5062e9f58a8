"""A client's user as a speaker: what is heard of a voice, done to the room that it speaks in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from avatar_desktop.wire.errors import ErrorCode
from avatar_desktop.wire.messages import Message, ProcessingStatus, TextMessage, Transcript
from avatar_desktop.wire.session import text_refusal
from server_stub.line.client_body import ClientBody
from server_stub.talk.audience import Listener
from server_stub.talk.conversation import Conversation


class Speaking(Listener, Protocol):
    """A connection whose user may speak."""

    def tell(self, message: Message) -> None:
        """Says something to this connection alone."""
        ...

    def refuse(self, code: ErrorCode, sentence: str = "", answers: Message | None = None) -> None:
        """Says to this connection what cannot be done."""
        ...


class Speaker:
    """Between one connection's voice and its room."""

    def __init__(
        self,
        connection: Speaking,
        body: ClientBody,
        session_id: str,
        conversation: Conversation,
        acts: Callable[[], None],
    ) -> None:
        """`acts` is called when the user does something."""
        self.session_id = session_id
        self.tell = connection.tell
        self.refuse = connection.refuse
        self._connection = connection
        self._body = body
        self._acts = acts
        self._conversation = conversation

    async def began(self) -> None:
        """The user begins to speak. Raises StorageFailed."""
        self.tell(ProcessingStatus(stage="listening"))
        self._acts()
        if self._body.capabilities.interrupt_on_speech:
            await self._conversation.cut_in()

    async def understood(self, transcript: Transcript, message: TextMessage | None) -> None:
        """Shows the room what was said, and says the message in it. Raises StorageFailed."""
        await self._conversation.understood(transcript)
        if message is not None and (refused := text_refusal(message)) is not None:
            self.tell(refused)
        elif message is not None:
            await self._conversation.say(self._connection, message, "voice")
