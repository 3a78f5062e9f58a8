"""What the server knows of speech: the words of a reply without its markers.

The one file of the server that may know how a reply is read aloud.
"""

from __future__ import annotations

from avatar_desktop.reply.markers import Letter, MarkerReader
from avatar_desktop.reply.vocabulary import Vocabulary


def words_of(reply: str) -> str:
    """The reply as text: its markers are for avatars."""
    reader = MarkerReader(Vocabulary())
    read = [*reader.feed(reply), *reader.finish()]
    return "".join(piece.char for piece in read if isinstance(piece, Letter)).strip()
