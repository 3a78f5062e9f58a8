"""What the person said and the server has not yet answered for: on disk, in order, each once.

A message is kept before it is sent and leaves only when it is acknowledged, so neither a broken
line nor a crash loses or doubles it.
"""

from typing import Final

import msgspec

from avatar_desktop.library.store import Store

FILE: Final = "outbox.json"


class Unsent(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One message that waits."""

    client_message_id: str
    room: str
    text: str


_DECODER: Final = msgspec.json.Decoder(list[Unsent])


class Outbox:
    """The messages that wait, oldest first."""

    def __init__(self, store: Store) -> None:
        self._store = store
        waiting = store.read(FILE, _DECODER.decode) or []
        self._waiting = {message.client_message_id: message for message in waiting}

    def append(self, client_message_id: str, room: str, text: str) -> bool:
        """Keeps a message; false when one with this id waits already."""
        if client_message_id in self._waiting:
            return False
        message = Unsent(client_message_id=client_message_id, room=room, text=text)
        self._waiting[client_message_id] = message
        self._save()
        return True

    def acknowledged(self, client_message_id: str) -> bool:
        """The server has it: it waits no longer. False when it did not wait."""
        if self._waiting.pop(client_message_id, None) is None:
            return False
        self._save()
        return True

    def enter(self, room: str) -> None:
        """Messages typed before there was a room (theirs is empty) belong to this one."""
        homeless = [message for message in self._waiting.values() if not message.room]
        for message in homeless:
            self._waiting[message.client_message_id] = msgspec.structs.replace(message, room=room)
        if homeless:
            self._save()

    def pending(self, room: str | None = None) -> tuple[Unsent, ...]:
        """What waits, in the order it was said, of one room or of all."""
        return tuple(
            message for message in self._waiting.values() if room is None or message.room == room
        )

    def _save(self) -> None:
        self._store.write(FILE, msgspec.json.encode(list(self._waiting.values())), private=True)
