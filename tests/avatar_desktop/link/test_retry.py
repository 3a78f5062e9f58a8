"""Waiting: doubled, bounded, with jitter, and patient again after a success."""

import random

from avatar_desktop.link.retry import Retry


def test_the_pause_doubles_and_never_passes_thirty_seconds() -> None:
    retry = Retry(random.Random(7))
    pauses = [retry.failed() for _ in range(40)]
    for pause, base in zip(pauses, (1, 2, 4, 8, 16, *[30] * 35), strict=True):
        assert base <= pause <= min(30.0, base * 1.25)


def test_after_five_failures_it_is_exhausted_until_it_succeeds() -> None:
    retry = Retry(random.Random(7))
    for _ in range(4):
        retry.failed()
    assert not retry.is_exhausted
    retry.failed()
    assert retry.is_exhausted
    retry.succeeded()
    assert not retry.is_exhausted
    assert retry.failed() <= 1.25
