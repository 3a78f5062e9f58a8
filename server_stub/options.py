"""What `serve` can be told: its flags, its environment variables, and the value they become."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from server_stub.door.front import Front, FrontError, prefix_of, proxies_of
from server_stub.door.limits import EarLimits, Limits

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 3002

ENVIRONMENT: Final = """environment:
  HOST, PORT                  as --host and --port
  MAX_CONNECTIONS             connections in all (1000)
  RATE_LIMIT_MAX_CONNECTIONS  connections of one user (10)
  RATE_LIMIT_MAX_REQUESTS     requests of one user or address in a window (1000)
  RATE_LIMIT_WINDOW           length of that window in milliseconds (60000)
  REMOTE_REPLIES_PER_MINUTE   replies of a remote mind to one user (30); local minds are free
  REMOTE_TOKENS_PER_DAY       tokens of a remote mind for one user, asked and answered (500000)
  VAD_THRESHOLD               how far a voice stands out of the noise, 0 to 1 (0.3)
  MAX_AUDIO_DURATION          longest utterance in milliseconds (180000)
  PROCESSING_TIMEOUT          milliseconds that the ears may take over one step (5000)
  MAX_CONCURRENT_PROCESSING   utterances that are heard at once (10)
  AUDIO_BUFFER                milliseconds of a client's voice that may wait (3000)
  AUDIO_CHUNK_SIZE            samples that the ears get at a time (4096)
  DATABASE_URL                as --database
  DATABASE_PASSWORD           its password, if the address has none
  REDIS_URL                   as --redis (or REDIS_HOST, REDIS_PORT, REDIS_PASSWORD, REDIS_DB)
  PEER_HOST                   the name under which the other servers reach this one (its own)
  ROOM_LEASE                  after so many silent milliseconds a server's rooms are free (6000)
  PATH_PREFIX                 as --path-prefix
  TRUSTED_PROXIES             as --trusted-proxies
  JWT_SECRET                  secret of the tokens, at least 32 bytes (made at the first start)
  ALLOWED_ORIGINS             web pages that may talk to the server, with commas (none)
  MIND                        as --mind
  OPENAI_API_KEY              key for the address given with --mind
  LOG_LEVEL                   debug, info, warning or error (info)
Each secret may lie in a file instead, named by JWT_SECRET_FILE, DATABASE_URL_FILE,
DATABASE_PASSWORD_FILE, REDIS_URL_FILE, REDIS_PASSWORD_FILE or OPENAI_API_KEY_FILE.
"""


SECRETS: Final = (
    "JWT_SECRET",
    "DATABASE_URL",
    "DATABASE_PASSWORD",
    "REDIS_URL",
    "REDIS_PASSWORD",
    "OPENAI_API_KEY",
)


class OptionError(Exception):
    """The server was told something that it cannot do; the message is one sentence."""


@dataclass(frozen=True)
class Options:
    """Everything one server is told."""

    data: Path | None
    """Folder of the conversations; None keeps them in memory only."""
    database: str | None = None
    """Address of the database that keeps the conversations instead of the folder."""
    redis: str | None = None
    """Address of what several servers share."""
    peer_host: str = ""
    """The name under which the other servers reach this one."""
    lease_seconds: float = 6.0
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    front: Front = field(default_factory=Front)
    """The path prefix, and the proxies that may tell who calls."""
    mind: str | None = None
    offline: bool = False
    is_child: bool = False
    in_container: bool = False
    """Whether somebody keeps what the server prints."""
    issue_token: str | None = None
    rotates_secret: bool = False
    log_level: str = ""
    jwt_secret: str | None = None
    origins: tuple[str, ...] = ()
    openai_key: str | None = None
    limits: Limits = field(default_factory=Limits)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of the conversation server."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = ENVIRONMENT
    add = parser.add_argument
    add("--host", help=f"address to listen on ({DEFAULT_HOST}: this machine alone)")
    add("--port", type=int, help=f"port to listen on ({DEFAULT_PORT}; 0 takes a free one)")
    add("--data", type=Path, metavar="DIR", help="folder where the conversations are kept")
    add(
        "--database",
        metavar="URL",
        help="keep the conversations in PostgreSQL: postgresql://USER@HOST/NAME (needs the server "
        "extra)",
    )
    add(
        "--redis",
        metavar="URL",
        help="work together with the other servers on this Redis and the same database or data "
        "folder: redis://HOST:6379 (needs the server extra)",
    )
    add(
        "--mind",
        metavar="MIND",
        help="who answers: builtin, script:FILE, or the address of a model server such as "
        "http://127.0.0.1:11434/v1#MODEL (default: one that runs here, else builtin)",
    )
    add(
        "--path-prefix",
        metavar="PATH",
        help="the path under which a proxy shows the server, such as /avatar; the proxy may take "
        "it away or leave it",
    )
    add(
        "--trusted-proxies",
        metavar="LIST",
        help="addresses or networks of proxies, with commas, whose X-Forwarded-For, -Proto and "
        "-Host are believed (none)",
    )
    add("--offline", action="store_true", help="refuse every connection beyond this machine")
    add("--issue-token", metavar="USER", help="print a token for this user and exit")
    add(
        "--rotate-secret",
        action="store_true",
        help="make a new secret, so that every token ends, and exit",
    )
    add(
        "--in-container",
        action="store_true",
        help="log to standard error and print no token, for somebody keeps the output",
    )
    add("--child", action="store_true", help=argparse.SUPPRESS)


def options_from(
    arguments: argparse.Namespace, environment: Mapping[str, str], data: Path | None
) -> Options:
    """The options of a command line; `data` is the folder when --data names none."""
    given: Path | None = arguments.data
    environment = _with_files(environment)
    return Options(
        data=given or data,
        database=_database(arguments.database, environment),
        redis=_redis(arguments.redis, environment),
        peer_host=environment.get("PEER_HOST", ""),
        lease_seconds=_whole(environment, "ROOM_LEASE", 6000, least=500) / 1000,
        host=arguments.host or environment.get("HOST") or DEFAULT_HOST,
        port=_port(arguments.port, environment),
        front=_front(arguments, environment),
        mind=arguments.mind or environment.get("MIND") or None,
        offline=arguments.offline,
        is_child=arguments.child,
        in_container=arguments.in_container,
        issue_token=arguments.issue_token,
        rotates_secret=arguments.rotate_secret,
        log_level=environment.get("LOG_LEVEL", ""),
        jwt_secret=environment.get("JWT_SECRET") or None,
        origins=tuple(filter(None, environment.get("ALLOWED_ORIGINS", "").split(","))),
        openai_key=environment.get("OPENAI_API_KEY") or None,
        limits=_limits(environment),
    )


def _with_files(environment: Mapping[str, str]) -> Mapping[str, str]:
    """The environment with the secrets that lie in files; one that is said outright counts more."""
    found: dict[str, str] = {}
    for name in SECRETS:
        path = environment.get(f"{name}_FILE")
        if not path or environment.get(name):
            continue
        try:
            found[name] = Path(path).read_text("utf-8").strip()
        except (OSError, UnicodeError) as error:
            raise OptionError(f"{name}_FILE names {path}, which cannot be read.") from error
    return {**environment, **found}


def _database(given: str | None, environment: Mapping[str, str]) -> str | None:
    url = given or environment.get("DATABASE_URL", "")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise OptionError("--database takes an address such as postgresql://USER@HOST/NAME.")
    password = environment.get("DATABASE_PASSWORD", "")
    user, at, place = parts.netloc.rpartition("@")
    if password and at and ":" not in user:
        secret = quote(password, safe="")
        return parts._replace(netloc=f"{user}:{secret}@{place}").geturl()
    return url


def _redis(given: str | None, environment: Mapping[str, str]) -> str | None:
    url = given or environment.get("REDIS_URL", "")
    if not url and (host := environment.get("REDIS_HOST", "")):
        port = _whole(environment, "REDIS_PORT", 6379)
        password = environment.get("REDIS_PASSWORD", "")
        secret = f":{quote(password, safe='')}@" if password else ""
        url = f"redis://{secret}{host}:{port}/{_whole(environment, 'REDIS_DB', 0, least=0)}"
    if url and urlsplit(url).scheme not in ("redis", "rediss", "unix"):
        raise OptionError("--redis takes an address such as redis://HOST:6379.")
    return url or None


def _front(arguments: argparse.Namespace, environment: Mapping[str, str]) -> Front:
    prefix = arguments.path_prefix or environment.get("PATH_PREFIX", "")
    proxies = arguments.trusted_proxies or environment.get("TRUSTED_PROXIES", "")
    try:
        return Front(prefix_of(prefix), proxies_of(proxies))
    except FrontError as error:
        raise OptionError(str(error)) from error


def _port(given: int | None, environment: Mapping[str, str]) -> int:
    port = given if given is not None else _whole(environment, "PORT", DEFAULT_PORT, least=0)
    if not 0 <= port <= 65_535:
        raise OptionError(f"The port {port} does not exist: choose one from 0 to 65535.")
    return port


def _limits(environment: Mapping[str, str]) -> Limits:
    usual = Limits()
    return Limits(
        max_connections=_whole(environment, "MAX_CONNECTIONS", usual.max_connections),
        connections_a_user=_whole(
            environment, "RATE_LIMIT_MAX_CONNECTIONS", usual.connections_a_user
        ),
        requests=_whole(environment, "RATE_LIMIT_MAX_REQUESTS", usual.requests),
        window_seconds=_whole(environment, "RATE_LIMIT_WINDOW", 60_000) / 1000,
        remote_replies=_whole(environment, "REMOTE_REPLIES_PER_MINUTE", usual.remote_replies),
        remote_tokens=_whole(environment, "REMOTE_TOKENS_PER_DAY", usual.remote_tokens),
        ears=_ear_limits(environment),
    )


def _ear_limits(environment: Mapping[str, str]) -> EarLimits:
    usual = EarLimits()

    def seconds(name: str, otherwise: float) -> float:
        return _whole(environment, name, round(1000 * otherwise)) / 1000

    return EarLimits(
        threshold=_share(environment, "VAD_THRESHOLD", usual.threshold),
        longest_seconds=seconds("MAX_AUDIO_DURATION", usual.longest_seconds),
        timeout_seconds=seconds("PROCESSING_TIMEOUT", usual.timeout_seconds),
        at_once=_whole(environment, "MAX_CONCURRENT_PROCESSING", usual.at_once),
        buffer_seconds=seconds("AUDIO_BUFFER", usual.buffer_seconds),
        piece_samples=_whole(environment, "AUDIO_CHUNK_SIZE", usual.piece_samples),
    )


def _share(environment: Mapping[str, str], name: str, usual: float) -> float:
    text = environment.get(name, "").strip()
    try:
        share = float(text) if text else usual
    except ValueError:
        share = -1.0
    if not 0 < share <= 1:
        raise OptionError(f"{name} must be a number above 0 and up to 1, not {text!r}.")
    return share


def _whole(environment: Mapping[str, str], name: str, usual: int, least: int = 1) -> int:
    text = environment.get(name, "").strip()
    if not text:
        return usual
    if not (text.isascii() and text.isdigit()) or int(text) < least:
        raise OptionError(f"{name} must be a whole number from {least} on, not {text!r}.")
    return int(text)
