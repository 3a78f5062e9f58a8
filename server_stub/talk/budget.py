"""What a user may ask of a remote mind, which costs money: replies a minute and tokens a day.

The time is an argument. Local minds are free and never come here.
"""

from __future__ import annotations

import math
from typing import Final

from server_stub.door.limits import Bucket, Limits

DAY: Final = 24 * 3600.0
CHARACTERS_A_TOKEN: Final = 4
"""Rough on purpose: the server at the address counts in its own way."""
SWEEP_AT: Final = 4096


def tokens_of(text: str) -> int:
    """About how many tokens a text costs."""
    return math.ceil(len(text) / CHARACTERS_A_TOKEN)


class _Account:
    """Tokens drip in over the day; the last reply may overdraw, and the next one waits for that."""

    def __init__(self, limits: Limits, now: float) -> None:
        self.replies = Bucket(limits.remote_replies / 60, limits.remote_replies, now)
        self._most = float(limits.remote_tokens)
        self._left = self._most
        self._filled_at = now

    def wait(self, now: float) -> float:
        self._fill(now)
        if self._left < 1:
            return (1 - self._left) * DAY / self._most
        return self.replies.take(now)

    def spend(self, tokens: int, now: float) -> None:
        self._fill(now)
        self._left -= tokens

    def is_full(self, now: float) -> bool:
        self._fill(now)
        return self._left >= self._most and self.replies.is_full(now)

    def _fill(self, now: float) -> None:
        self._left = min(
            self._most, self._left + max(0.0, now - self._filled_at) * self._most / DAY
        )
        self._filled_at = now


class RemoteBudget:
    """One account for each user."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._accounts: dict[str, _Account] = {}

    def wait(self, user: str, now: float) -> float:
        """0 if this user may have a reply now, else the seconds until then."""
        return self._account(user, now).wait(now)

    def spend(self, user: str, tokens: int, now: float) -> None:
        """So much was asked or answered."""
        self._account(user, now).spend(tokens, now)

    def _account(self, user: str, now: float) -> _Account:
        account = self._accounts.get(user)
        if account is None:
            if len(self._accounts) >= SWEEP_AT:
                self._accounts = {
                    name: kept for name, kept in self._accounts.items() if not kept.is_full(now)
                }
            account = self._accounts[user] = _Account(self._limits, now)
        return account


def spent(wait: float) -> str:
    """The refusal, for the user."""
    return f"The budget for the remote mind is used up. Try again in {math.ceil(wait)} seconds."
