"""Streams of the server on their way to the chat and to the stage; or text when nobody speaks."""

from __future__ import annotations

from collections.abc import Callable

from avatar_desktop.companion.conversation import Conversation
from avatar_desktop.companion.stage import Stage
from avatar_desktop.wire import messages as wire


class Replies:
    """Every reply grows in the chat; an open avatar speaks it, or mimes it when muted."""

    def __init__(self, conversation: Conversation, wall_ms: Callable[[], int]) -> None:
        self._conversation = conversation
        self._wall_ms = wall_ms

    def start(self, message: wire.StreamStart, stage: Stage | None, *, muted: bool) -> None:
        self._conversation.stream_starts(message.stream_id, message.message_id, self._wall_ms())
        if message.client_message_id is not None:
            self._conversation.sent(message.client_message_id)
        if stage is not None:
            stage.speaking.begin(message.stream_id, aloud=not muted)

    def grow(self, message: wire.StreamChunk, stage: Stage | None) -> None:
        self._conversation.stream_grows(message.stream_id, message.chunk)
        if stage is not None:
            stage.speaking.feed(message.stream_id, message.chunk)

    def end(self, message: wire.StreamEnd, stage: Stage | None) -> None:
        self._conversation.stream_ends(message.stream_id, message.reason)
        _finish(message.stream_id, stage)

    def fail(self, message: wire.StreamError, stage: Stage | None) -> None:
        """The mind broke off; what came is shown and said."""
        self._conversation.stream_ends(message.stream_id, "error", message.error)
        _finish(message.stream_id, stage)

    def settle(self, stage: Stage | None) -> None:
        """Nothing more comes of the replies that are open."""
        for stream_id in self._conversation.open_streams:
            self._conversation.stream_ends(stream_id, "interrupted")
            _finish(stream_id, stage)

    def interrupt(self, stage: Stage | None) -> list[wire.StreamInterrupt]:
        """Fall silent; what to tell the server of each reply that streamed or sounded."""
        heard = stage.speaking.interrupt() if stage is not None else {}
        streams = [
            stream_id
            for stream_id in dict.fromkeys((*self._conversation.open_streams, *heard))
            if self._conversation.knows(stream_id)
        ]
        for stream_id in self._conversation.open_streams:
            self._conversation.stream_ends(stream_id, "interrupted")
        return [
            wire.StreamInterrupt(stream_id=stream_id, heard_chars=heard.get(stream_id))
            for stream_id in streams
        ]


def _finish(stream_id: str, stage: Stage | None) -> None:
    if stage is not None:
        stage.speaking.finish(stream_id)
