"""Where an address leads: to this machine or beyond it."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_loopback_host(host: str) -> bool:
    """Whether this name or number is this machine itself."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]").split("%", 1)[0]).is_loopback
    except ValueError:
        return False


def is_this_machine(url: str) -> bool:
    """Whether what is sent to this URL stays on this machine."""
    return is_loopback_host(urlsplit(url).hostname or "")
