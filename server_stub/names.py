"""What a user may call a voice, an avatar or a model: names, never a place on this machine or its
network.
"""

from __future__ import annotations

import re
from typing import Final

VOICE: Final = r"^\w[\w .,+()-]*(/\w[\w .,+()-]*)*$(?!\n)"
"""As the catalogue names them, `gmw/en-US+f3`: a colon would make it a file or an address."""
AVATAR: Final = r"^(https://[^\x00-\x20\x7f-\xa0\\]+|\w[\w .,+()-]*)$(?!\n)"
"""A name on the client's shelf, or a page of the open network, which the server never opens.

Spaces are spelt out: readers of the API's description take fewer for one than Python does.
"""
MODEL: Final = r"^(?!.*\.\.)(?!.*//)\w[\w .:/@+-]*$(?!\n)"
PLAIN: Final = r"^\w[\w .-]*$(?!\n)"
ANIMATION: Final = r"^[^/\\\x00-\x1f]+$(?!\n)"

_VOICE: Final = re.compile(VOICE)


def voice_of(kept: str | None) -> str:
    """The voice that an agent asks for; the usual one where an older version kept a place."""
    return kept if kept is not None and _VOICE.search(kept) else ""
