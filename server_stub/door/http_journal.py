"""What the library says of HTTP itself: a client that speaks it badly is no fault of the server."""

from __future__ import annotations

import logging

from aiohttp import web
from aiohttp.http import HttpProcessingError

CLIENTS_FAULTS = (HttpProcessingError, web.RequestPayloadError, ConnectionError)


class _OneLine(logging.Filter):
    """Requests that cannot be read, and lines that break, get a line instead of a trace."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, CLIENTS_FAULTS):
            return True
        record.exc_info = None
        record.levelno, record.levelname = logging.INFO, "INFO"
        record.reason = type(error).__name__
        return logging.getLogger(record.name).isEnabledFor(logging.INFO)


def http_journal() -> logging.Logger:
    """Where the library's words go."""
    journal = logging.getLogger("server.http")
    if not any(isinstance(each, _OneLine) for each in journal.filters):
        journal.addFilter(_OneLine())
    return journal
