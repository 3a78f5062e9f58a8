"""What goes wrong between several servers: one plain sentence, like every failure to keep."""

from __future__ import annotations

from server_stub.history.errors import HistoryError


class FleetError(HistoryError):
    """What the servers share cannot be reached, or they do not fit together."""
