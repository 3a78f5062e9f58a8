"""One structured log per process: JSON lines, rotated, extra fields kept.

Promise: opening it never fails; a folder that cannot be written means a log on standard error.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

FOLDER_VARIABLE = "AVATAR_DESKTOP_JOURNAL"
"""How a child learns the folder: set by `open_journal`, read by `inherit_journal`."""
MAX_BYTES = 1_000_000
KEPT_FILES = 3
_PLAIN_FIELDS = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """A record as one line: when, how bad, who, what, and every extra field."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "from": record.name,
            "event": record.getMessage(),
        }
        line |= {
            name: value for name, value in record.__dict__.items() if name not in _PLAIN_FIELDS
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class _Lines(RotatingFileHandler):
    """A disk that takes no more lines is no news for the person's terminal."""

    def handleError(self, record: logging.LogRecord) -> None:
        if not isinstance(sys.exception(), OSError):
            super().handleError(record)


@dataclass(frozen=True, slots=True)
class Journal:
    """An open log; `path` is None where it goes to standard error only."""

    path: Path | None
    handler: logging.Handler

    def close(self) -> None:
        logging.getLogger().removeHandler(self.handler)
        with contextlib.suppress(OSError):  # the last lines of a full disk
            self.handler.close()


def open_journal(folder: Path | None, process: str, level: str = "") -> Journal:
    """Send all records of this process to `<folder>/<process>.log`, or to standard error."""
    wanted = (level or os.environ.get("LOG_LEVEL") or "INFO").upper()
    handler, path = _handler(folder, process)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(wanted if wanted in logging.getLevelNamesMapping() else "INFO")
    if path is None:
        os.environ.pop(FOLDER_VARIABLE, None)
        # Without a file only trouble is worth the person's terminal, unless they asked for more.
        handler.setLevel(root.level if level or os.environ.get("LOG_LEVEL") else logging.WARNING)
    else:
        os.environ[FOLDER_VARIABLE] = str(path.parent)
    return Journal(path, handler)


def inherit_journal(process: str) -> Journal:
    """In a child: log into the folder that the parent logs into."""
    folder = os.environ.get(FOLDER_VARIABLE)
    return open_journal(Path(folder) if folder else None, process)


def count(folder: Path, process: str, event: str) -> int:
    """How often the logs that are kept tell of an event; what cannot be read tells of none."""
    told = f'"event": {json.dumps(event, ensure_ascii=False)}'
    found = 0
    for path in folder.glob(f"{process}.log*"):
        with contextlib.suppress(OSError):
            found += path.read_text(encoding="utf-8", errors="replace").count(told)
    return found


def _handler(folder: Path | None, process: str) -> tuple[logging.Handler, Path | None]:
    if folder is not None:
        path = folder / f"{process}.log"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return (
                _Lines(path, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8"),
                path,
            )
        except OSError:
            pass
    return logging.StreamHandler(sys.stderr), None
