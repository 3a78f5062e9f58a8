"""Streams of the server on their way to the chat and to the stage; or text when nobody speaks."""

from __future__ import annotations

import logging
from collections.abc import Callable

from avatar_desktop.companion.conversation import Conversation
from avatar_desktop.companion.stage import Stage
from avatar_desktop.errors import VoiceError
from avatar_desktop.voice.served import served_clip
from avatar_desktop.wire import messages as wire

log = logging.getLogger("companion.replies")


class Replies:
    """Every reply grows in the chat; an open avatar speaks it, or mimes it when muted."""

    def __init__(self, conversation: Conversation, wall_ms: Callable[[], int]) -> None:
        self._conversation = conversation
        self._wall_ms = wall_ms

    def start(
        self, message: wire.StreamStart, stage: Stage | None, *, muted: bool, is_served: bool
    ) -> None:
        self._conversation.stream_starts(message.stream_id, message.message_id, self._wall_ms())
        if message.client_message_id is not None:
            self._conversation.sent(message.client_message_id)
        if stage is not None:
            stage.speaking.begin(message.stream_id, aloud=not muted, is_served=is_served)

    def grow(self, message: wire.StreamChunk, stage: Stage | None) -> None:
        self._conversation.stream_grows(message.stream_id, message.chunk)
        if stage is not None:
            stage.speaking.feed(message.stream_id, message.chunk)

    def hear_server(self, message: wire.PhonemeData, stage: Stage | None) -> None:
        """The server voiced a phrase; one that cannot be played costs its sound alone."""
        stream_id = self._conversation.stream_of(message.metadata.message_id)
        if stage is None or stream_id is None:
            return
        try:
            stage.speaking.served(served_clip(message, stream_id))
        except VoiceError as error:
            log.warning("phrase of the server not played", extra={"why": str(error)})
            stage.speaking.not_voiced_by_server(
                stream_id, message.metadata.index, is_last=message.metadata.is_final
            )

    def is_text_only(self, message: wire.TextResponse, stage: Stage | None) -> bool:
        """Whether this says that a reply that we have as text gets no voice."""
        stream_id = self._conversation.stream_of(message.message_id)
        if stream_id is not None and stage is not None:
            stage.speaking.not_served(stream_id)
        return stream_id is not None

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
