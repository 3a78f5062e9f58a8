"""Keeps the process on this machine: every socket that would lead beyond it is refused, for
good.
"""

from __future__ import annotations

import sys
from typing import Any, cast

from server_stub.mind.address import is_loopback_host


class LeavesTheMachine(OSError):
    """The server was started with --offline and something wanted to reach another machine."""


def stay_on_this_machine() -> None:
    """From now on connecting, sending, listening or asking for names beyond loopback raises."""
    sys.addaudithook(_watch)


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.bind"):
        address = arguments[1]
        host: object = cast(tuple[object, ...], address)[0] if isinstance(address, tuple) else None
        if isinstance(host, str) and not is_loopback_host(host):
            raise LeavesTheMachine(f"--offline refuses the connection to {host}.")
    elif event == "socket.getaddrinfo":
        name = arguments[0]
        text = name.decode("ascii", "replace") if isinstance(name, bytes) else name
        if isinstance(text, str) and not is_loopback_host(text):
            raise LeavesTheMachine(f"--offline refuses to look up {text}.")
