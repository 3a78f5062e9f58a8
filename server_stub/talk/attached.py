"""What clients attach to their messages: kept and shown as plain JSON, or refused."""

from __future__ import annotations

from typing import Any

import msgspec

from avatar_desktop.wire.messages import TextMessage


class NotPlain(Exception):
    """Something is attached that JSON has no form for; the message is one sentence."""


def plain(message: TextMessage) -> TextMessage:
    """The message with its metadata as it will be read again. Raises NotPlain."""
    if not message.metadata:
        return message
    try:
        whole: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(message.metadata))
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise NotPlain("The metadata of a message must be plain JSON.") from error
    return msgspec.structs.replace(message, metadata=whole)
