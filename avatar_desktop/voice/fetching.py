"""A file from an address, whole and unspoilt or not at all; what came before a break is kept.

Promise: https only, but for this machine itself; nothing of the person goes with the request.
"""

from __future__ import annotations

import hashlib
import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from avatar_desktop.errors import Cancelled, VoiceError

MOST_BYTES: Final = 1 << 30
SILENT_SECONDS: Final = 20.0
_CHUNK: Final = 64 << 10
_HERE: Final = ("localhost", "127.0.0.1", "::1")

Progress = Callable[[int, int | None], None]
"""Told the bytes that came and the bytes that are to come, when the other side says so."""


def check_address(address: str) -> str:
    """The host of an address that may be fetched. Raises VoiceError for any other."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise VoiceError("The address of the voice is none.") from None
    if not host or not address.isprintable() or parts.username is not None:
        raise VoiceError("The address of the voice is none, or holds a name or password.")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _HERE):
        raise VoiceError("The address of the voice does not begin with https.")
    return host


def fetch(
    address: str,
    part: Path,
    *,
    sha256: str = "",
    on_progress: Progress,
    is_cancelled: Callable[[], bool],
    most_bytes: int = MOST_BYTES,
) -> None:
    """Bring the file at `address` to `part`, going on where an earlier try ended.

    Raises VoiceError, or Cancelled; `part` then holds what came, unless it is spoilt.
    """
    host = check_address(address)
    try:
        _receive(address, part, most_bytes, on_progress=on_progress, is_cancelled=is_cancelled)
    except urllib.error.HTTPError as error:
        error.close()
        raise VoiceError(f"{host} did not give the voice ({error.code}).") from error
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, OSError) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, ssl.SSLError):
            raise VoiceError(f"The certificate of {host} is not trusted.") from error
        raise VoiceError(
            f"{host} cannot be reached, or the line broke.",
            advice="Try again: what came already is kept.",
        ) from error
    if sha256 and _digest(part) != sha256.lower():
        part.unlink()
        raise VoiceError(f"What {host} gave is not the file that was meant: its checksum differs.")


def _receive(
    address: str,
    part: Path,
    most_bytes: int,
    *,
    on_progress: Progress,
    is_cancelled: Callable[[], bool],
) -> None:
    host = check_address(address)
    had = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity", "User-Agent": "avatar-desktop"}
    if had:
        headers["Range"] = f"bytes={had}-"
    try:
        answer = _open(urllib.request.Request(address, headers=headers))
    except urllib.error.HTTPError as error:
        if error.code != http.client.REQUESTED_RANGE_NOT_SATISFIABLE or not had:
            raise
        error.close()  # there is no more than we have; the reading of the voice will tell
        return
    with answer:
        check_address(answer.url)
        if answer.status != http.client.PARTIAL_CONTENT:
            had = 0
        length = answer.headers.get("Content-Length")
        whole = had + int(length) if length and length.isdigit() else None
        with part.open("ab" if had else "wb") as file:
            while chunk := answer.read(_CHUNK):
                if is_cancelled():
                    raise Cancelled("The voice is not wanted any more.")
                file.write(chunk)
                had += len(chunk)
                if had > most_bytes:
                    raise VoiceError(f"The voice at {host} is larger than any voice is.")
                on_progress(had, whole)
    if whole is not None and had < whole:
        raise http.client.IncompleteRead(b"")


class _Careful(urllib.request.HTTPRedirectHandler):
    """Goes along only to addresses that might have been asked for in the first place."""

    def redirect_request(self, *request: Any, **more: Any) -> Any:
        check_address(str(request[5]))  # the address that it leads to
        return super().redirect_request(*request, **more)


def _open(request: urllib.request.Request) -> Any:
    return urllib.request.build_opener(_Careful).open(request, timeout=SILENT_SECONDS)


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
