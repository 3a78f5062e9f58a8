"""One measured figure as the JSON line that every benchmark prints."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence

Numbers = Sequence[float]


def show(
    name: str,
    unit: str,
    runs: Numbers,
    *,
    rivals: Mapping[str, float | None] | None = None,
    note: str = "",
) -> None:
    """Print the median of `runs` beside the rivals that were measured, with what is to be said."""
    report(
        name, unit, statistics.median(runs) if runs else 0.0, runs=runs, rivals=rivals, note=note
    )


def report(
    name: str,
    unit: str,
    ours: float,
    *,
    runs: Numbers = (),
    rivals: Mapping[str, float | None] | None = None,
    note: str = "",
) -> None:
    """Print a figure that is no median."""
    line = {
        "name": name,
        "unit": unit,
        "ours": rounded(ours),
        "rivals": {who: rounded(value) for who, value in (rivals or {}).items() if value},
        "runs": [rounded(run) for run in runs],
    }
    print(json.dumps(line | ({"note": note} if note else {}), ensure_ascii=False), flush=True)


def rounded(value: float) -> float:
    """Four digits that count."""
    return float(f"{value:.4g}")


def median(values: Numbers | None) -> float | None:
    """The median; None where nothing was measured."""
    return statistics.median(values) if values else None


def worst_hundredth(values: Numbers) -> float:
    """The 99th percentile."""
    return sorted(values)[min(len(values) - 1, int(0.99 * len(values)))]


def milliseconds(
    work: Callable[[], object], times: int, clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """How long each of some calls took, by the clock on the wall or by the processor's."""
    spent: list[float] = []
    for _ in range(times):
        started = clock()
        work()
        spent.append((clock() - started) * 1000)
    return spent


def progress(text: str) -> None:
    """Tell a person at a terminal how far it is; figures alone go to stdout."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
