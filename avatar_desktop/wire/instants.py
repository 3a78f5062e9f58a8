"""The two forms of a moment on the wire: ISO 8601 UTC text and whole milliseconds since 1970.

Converts between them and reads either; never asks what time it is.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import msgspec

ISO_PATTERN: Final = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$"
IsoTime = Annotated[str, msgspec.Meta(pattern=ISO_PATTERN, extra={"form": "iso"})]
Milliseconds = Annotated[int, msgspec.Meta(ge=0, extra={"form": "milliseconds"})]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MS: Final = 253_402_300_799_999  # the last millisecond of the year 9999


def iso(milliseconds: int) -> str:
    """The ISO 8601 UTC text of a moment, to the millisecond: `2026-01-31T12:00:00.250Z`."""
    moment = _EPOCH + timedelta(milliseconds=max(0, min(milliseconds, _LAST_MS)))
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def milliseconds(text: str) -> int:
    """The whole milliseconds since 1970 of an ISO 8601 text; without a zone it is taken as UTC.

    Raises ValueError for anything else.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0, (moment - _EPOCH) // timedelta(milliseconds=1))
