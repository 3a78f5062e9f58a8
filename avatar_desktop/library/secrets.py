"""The secret of this installation: 32 random bytes that only its owner can read."""

import secrets
from typing import Final

from avatar_desktop.library.store import Store

FILE: Final = "secret"
_BYTES: Final = 32


def install_secret(store: Store) -> str:
    """The secret as 64 hexadecimal digits; the first call makes it."""
    known = store.read(FILE, _parse)
    if known is None:
        known = secrets.token_hex(_BYTES)
        store.write(FILE, known.encode(), private=True)
    return known


def _parse(content: bytes) -> str:
    text = content.decode("ascii").strip()
    if len(bytes.fromhex(text)) != _BYTES:
        raise ValueError("no secret")
    return text
