"""Fetch an agent's avatar from its https address, when the person agreed, into their library.

Promise: nothing but https, no more than the limit, nothing that our reader does not understand, and
no half avatar on the disk. No name, token or cookie of the person goes with the request.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import ssl
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urljoin, urlsplit

import aiohttp

from avatar_desktop.errors import AvatarError
from avatar_desktop.library.arrivals import take_in
from avatar_desktop.library.avatars import Card
from avatar_desktop.library.folders import Folders

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES: Final = 200 << 20
MOST_REDIRECTS: Final = 5
MOST_ADDRESS: Final = 2000
CHUNK: Final = 64 << 10
CONNECT_SECONDS: Final = 15.0
SILENT_SECONDS: Final = 30.0
SNIFF_BYTES: Final = 512
"""A text may begin with so much space; nobody writes more."""

Progress = Callable[[int, int | None], None]
"""Told the bytes that came and the bytes that are to come, when the other side says so."""


async def download_avatar(
    address: str,
    folders: Folders,
    *,
    consent: bool,
    title: str = "",
    on_progress: Progress = lambda received, whole: None,
    most_bytes: int = MOST_BYTES,
    tls: ssl.SSLContext | None = None,
) -> Path:
    """The model file, fetched and kept. Cancel the task to stop: nothing is left then.

    Raises AvatarError with one sentence (`kind`: consent, address, unreachable, refused, size,
    format) or LibraryError when it cannot be kept.
    """
    host = check_address(address)
    if not consent:
        raise AvatarError(
            f"The avatar lies at {host}, and nothing is fetched without your consent.",
            kind="consent",
            advice="Allow downloads in the settings, or answer the question with yes.",
        )
    try:
        async with _client(tls) as client, await _follow(client, address) as response:
            data = await _receive(response, host, on_progress, most_bytes)
    except aiohttp.ClientSSLError as error:
        raise AvatarError(
            f"The certificate of {host} is not trusted, so nothing was fetched.", kind="unreachable"
        ) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise AvatarError(
            f"{host} cannot be reached, or the line broke.",
            kind="unreachable",
            advice="Try again later.",
        ) from error
    return await asyncio.to_thread(_keep, address, title, data, folders)


def check_address(address: str) -> str:
    """The host of an address that may be fetched; AvatarError for any other."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise _bad_address("is none") from None
    if parts.scheme.lower() != "https":
        raise _bad_address("does not begin with https, and only that is fetched")
    if not host or not address.isprintable() or len(address) > MOST_ADDRESS:
        raise _bad_address("is none")
    if parts.username is not None or parts.password is not None:
        raise _bad_address("holds a user's name or password")
    return host


def download_name(address: str) -> str:
    """The folder under `data/avatars` in which this address is kept: the same every time."""
    stem = PurePosixPath(unquote(urlsplit(address).path)).stem.lower()
    plain = re.sub(r"[^a-z0-9]+", "-", stem).strip("-")[:32].strip("-")
    return f"{plain or 'avatar'}-{hashlib.sha256(address.encode()).hexdigest()[:8]}"


def _bad_address(why: str) -> AvatarError:
    return AvatarError(f"The address of the avatar {why}.", kind="address")


def _client(tls: ssl.SSLContext | None) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=tls if tls is not None else True),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(
            total=None, sock_connect=CONNECT_SECONDS, sock_read=SILENT_SECONDS
        ),
        # What is counted is what came: nothing may unfold behind our back.
        auto_decompress=False,
        headers={"Accept-Encoding": "identity", "Accept": "model/gltf-binary, */*;q=0.5"},
    )


async def _follow(client: aiohttp.ClientSession, address: str) -> aiohttp.ClientResponse:
    """The answer at the end of a few redirects, each of them https."""
    for _ in range(MOST_REDIRECTS + 1):
        response = await client.get(address, allow_redirects=False)
        target = response.headers.get("Location")
        if response.status not in (301, 302, 303, 307, 308) or target is None:
            return response
        address = urljoin(str(response.url), target)
        response.release()
        check_address(address)
    raise AvatarError("The address of the avatar leads round in circles.", kind="refused")


async def _receive(
    response: aiohttp.ClientResponse, host: str, on_progress: Progress, most_bytes: int
) -> bytes:
    if response.status != 200:
        raise AvatarError(f"{host} did not give the avatar ({response.status}).", kind="refused")
    whole = response.content_length
    if whole is not None and whole > most_bytes:
        raise _too_large(host, most_bytes)
    data = bytearray()
    is_model = False
    async for chunk in response.content.iter_chunked(CHUNK):
        data += chunk
        if len(data) > most_bytes:
            raise _too_large(host, most_bytes)
        if not is_model and len(data) >= SNIFF_BYTES:
            is_model = _sniff(data, host)
        on_progress(len(data), whole)
    _sniff(data, host)
    return bytes(data)


def _sniff(data: bytearray, host: str) -> bool:
    """True for the first bytes of a glTF container or its JSON; AvatarError for anything else."""
    start = bytes(data[:SNIFF_BYTES])
    if start[:4] == b"glTF" or start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return True
    raise AvatarError(f"What {host} gave is no glTF or VRM file.", kind="format", place="byte 0")


def _too_large(host: str, most_bytes: int) -> AvatarError:
    return AvatarError(
        f"The avatar at {host} is larger than {most_bytes / (1 << 20):.4g} MiB, and so much is not "
        "fetched.",
        kind="size",
        advice="Download it yourself and open the file.",
    )


def _keep(address: str, title: str, data: bytes, folders: Folders) -> Path:
    """Thread: read it once as proof, then put it in the library with a card of its own."""
    from avatar_desktop.avatar.read import read_avatar_bytes

    host = check_address(address)
    try:
        _check_whole(data)
        avatar = read_avatar_bytes(data, decode_pixels=False)
    except AvatarError as error:
        raise AvatarError(
            f"What {host} gave cannot be read as one whole avatar: {error.message}",
            kind="format",
            place=error.place,
        ) from error
    suffix = "gltf" if data[:4] != b"glTF" else ("glb" if avatar.format == "gltf" else "vrm")
    name = download_name(address)
    card = Card(
        name=title or avatar.meta.title or name,
        avatar=f"avatar.{suffix}",
        authors=avatar.meta.authors,
        licence=avatar.meta.licence,
        credit=f"Fetched from {address}",
    )
    return take_in(folders, name, card, data)


def _check_whole(data: bytes) -> None:
    """AvatarError for a file that needs others beside it: only one is fetched."""
    from avatar_desktop.avatar.gltf.container import unpack
    from avatar_desktop.avatar.gltf.document import read_document

    text, _ = unpack(data)
    document = read_document(text)
    for part in (*document.buffers, *document.images):
        if part.uri is not None and not part.uri[:5].lower() == "data:":
            raise AvatarError("Parts of it lie in other files, and only one file is fetched.")
