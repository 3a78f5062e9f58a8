"""The bar of a film: never full too early, and the time left by the pace so far."""

from __future__ import annotations

import io

from avatar_desktop.cli.render_progress import RenderProgress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_says_how_far_how_fast_and_how_long() -> None:
    times = iter([0.0, 5.0, 40.0, 41.0])
    progress = RenderProgress(20.0, now=lambda: next(times))
    assert progress.line(10.0).endswith("]  50%  10.0 s, 2.0 × real time, 0:05 left")
    assert " 99%" in progress.line(30.0), "longer than was guessed"
    assert progress.line(0.1).endswith("0.1 s")


def test_nothing_is_drawn_where_nobody_looks() -> None:
    quiet, seen = io.StringIO(), Terminal()
    for out in (quiet, seen):
        progress = RenderProgress(2.0, out=out)
        progress(1.0)
        progress.end()
    assert quiet.getvalue() == "" and "50%" in seen.getvalue()
