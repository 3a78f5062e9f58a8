"""Who may come in: the secret of this installation, tokens, and the Host and Origin of a request.

Compares in constant time, takes the time as an argument, never logs a token.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import jwt

from server_stub.mind.address import is_loopback_host

SECRET_NAME: Final = "server.secret"
SECRET_BYTES: Final = 32
TOKEN_SECONDS: Final = 365 * 24 * 3600
SESSION_SECONDS: Final = 3600
LEEWAY_SECONDS: Final = 10
MAX_TOKEN: Final = 4096
MAX_USER: Final = 200


class GateError(Exception):
    """The gate cannot be set up; the message is one sentence for the person."""


class BadToken(Exception):
    """The token is missing, wrong or out of date."""


def read_secret(folder: Path) -> bytes:
    """The secret of this installation, made at the first start for the owner's eyes alone."""
    path = folder / SECRET_NAME
    for _ in range(2):
        try:
            kept = path.read_bytes()
        except FileNotFoundError:
            made = _make_secret(path)
            if made is not None:
                return made
            continue
        if len(kept) < SECRET_BYTES:
            raise GateError(f"The server's secret {path} is damaged. Delete it to make a new one.")
        return kept
    raise GateError(f"The server's secret {path} cannot be read.")


def rotate_secret(folder: Path) -> None:
    """A new secret in the place of the old one: every token and session of before ends."""
    path = folder / SECRET_NAME
    half = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(SECRET_BYTES))
    half.replace(path)


def _make_secret(path: Path) -> bytes | None:
    """None if another process was quicker."""
    made = secrets.token_bytes(SECRET_BYTES)
    half = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    # A hard link appears whole or not at all, and never over an existing file.
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(made)
    try:
        path.hardlink_to(half)
    except FileExistsError:
        return None
    finally:
        half.unlink()
    return made


def secret_of_text(text: str) -> bytes:
    """The secret that an operator gave."""
    secret = text.encode()
    if len(secret) < SECRET_BYTES:
        raise GateError(f"JWT_SECRET is too short: it needs at least {SECRET_BYTES} bytes.")
    return secret


def is_user_name(name: str) -> bool:
    """Whether it can be shown, kept and sent: nothing unprintable, and not too long."""
    return 0 < len(name) <= MAX_USER and name.isprintable()


class Gate:
    """Knows the secret, and the names under which the server may be called."""

    def __init__(self, secret: bytes, origins: Sequence[str] = ()) -> None:
        self._secret = secret
        self._origins = {origin.strip().rstrip("/").lower() for origin in origins if origin.strip()}
        self._origin_hosts = {_host_part(origin) for origin in self._origins}
        self._own_hosts: frozenset[str] = frozenset()
        self._is_public = False
        self._port = 0

    def opened(self, host: str, port: int) -> None:
        """The server listens here now."""
        names = {"127.0.0.1", "localhost", "[::1]", f"[{host}]" if ":" in host else host}
        self._port = port
        self._own_hosts = frozenset(f"{name}:{port}".lower() for name in names)
        self._is_public = not is_loopback_host(host)

    def knows_host(self, hosts: Sequence[str]) -> bool:
        """Whether the request names this server and nothing else: a rebound DNS name is foreign."""
        if len(hosts) != 1:
            return False
        host = hosts[0].lower()
        if host in self._own_hosts or host in self._origin_hosts:
            return True
        return self._is_public and _is_address(host, self._port)

    def knows_origin(self, origins: Sequence[str], own: str = "") -> bool:
        """Whether the page may talk to this server; a request without one comes from no page.

        `own` is the origin under which the request itself names the server.
        """
        if not origins:
            return True
        origin = origins[0].lower()
        if len(origins) != 1 or origin in ("", "null"):
            return False
        if origin == own.lower() or origin in self._origins or _host_part(origin) in self._origins:
            return True
        return origin.startswith("http://") and _host_part(origin) in self._own_hosts

    # --- tokens

    def issue(self, user: str, now: float, seconds: float = TOKEN_SECONDS) -> str:
        """A token for this user."""
        claims = {"sub": user, "iat": int(now), "exp": int(now + seconds)}
        return jwt.encode(claims, self._secret, algorithm="HS256")  # pyright: ignore[reportUnknownMemberType]

    def user_of(self, token: str, now: float) -> str:
        """The user of a good token. Raises BadToken."""
        return self.pass_of(token, now)[0]

    def pass_of(self, token: str, now: float) -> tuple[str, float]:
        """The user of a good token and the moment it runs out. Raises BadToken."""
        if not token or len(token) > MAX_TOKEN:
            raise BadToken("The token is missing or far too long.")
        try:
            claims = jwt.decode(  # pyright: ignore[reportUnknownMemberType]
                token,
                self._secret,
                algorithms=["HS256"],
                # Our own clock decides below; an audience is of no concern to one server.
                options={
                    "require": ["sub", "exp"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                    "verify_aud": False,
                },
            )
        except (jwt.InvalidTokenError, ValueError) as error:
            raise BadToken("The token is not one of this server.") from error
        user, runs_out, begins = claims["sub"], claims["exp"], claims.get("nbf", 0)
        if not isinstance(user, str) or not is_user_name(user):
            raise BadToken("The token names no user.")
        if not isinstance(runs_out, int | float) or not isinstance(begins, int | float):
            raise BadToken("The token's times are no numbers.")
        if now > runs_out + LEEWAY_SECONDS:
            raise BadToken("The token is out of date.")
        if now < begins - LEEWAY_SECONDS:
            raise BadToken("The token is not valid yet.")
        return user, float(runs_out)

    def mark(self) -> str:
        """What only the servers with this secret can say."""
        return hmac.new(self._secret, b"a server of the same fleet", hashlib.sha256).hexdigest()

    # --- sessions

    def session_id(self, room_id: str, user: str) -> str:
        """A new name for one connection's session; only this user can take it up, in this room."""
        nonce = secrets.token_urlsafe(12)
        return f"{nonce}.{self._seal(nonce, room_id, user)}"

    def knows_session(self, session_id: str, room_id: str, user: str) -> bool:
        """Whether this server gave the session to this user in this room, before a restart too."""
        nonce, _, seal = session_id.partition(".")
        expected = self._seal(nonce, room_id, user)
        return hmac.compare_digest(seal.encode(), expected.encode())

    def _seal(self, nonce: str, room_id: str, user: str) -> str:
        text = f"session\0{nonce}\0{room_id}\0{user}".encode("utf-8", "surrogatepass")
        return hmac.new(self._secret, text, hashlib.sha256).hexdigest()[:32]


def _host_part(origin: str) -> str:
    return urlsplit(origin).netloc if "://" in origin else origin


def _is_address(host: str, port: int) -> bool:
    """Whether the Host is a bare number on our port: no DNS name can be rebound to that."""
    parts = urlsplit(f"//{host}")
    try:
        address = ipaddress.ip_address(parts.hostname or "")
        given = parts.port
    except ValueError:
        return False
    return str(address) != "" and (given or 80) == port
