"""Word lists are written as a line of words, the way one reads them."""

from __future__ import annotations


def words(line: str) -> frozenset[str]:
    return frozenset(line.split())


def ordered(line: str) -> tuple[str, ...]:
    return tuple(line.split())
