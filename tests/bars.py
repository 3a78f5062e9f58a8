"""`python -m tests.bars`: the whole suite's promises at full length, written to docs/bars.md.

It runs what carries a bar (tests/embodiment, and every test marked `slow`), gathers the numbers
that the `bar` fixture noted, and writes one table. It fails when a promise fails. With words for
pytest (`python -m tests.bars tests/embodiment`) it renews what those tests promise, and keeps the
rest.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "bars.md"
RIVALS = "## Usual ways to move a mouth, by the same bars"


class Gathered:
    """A pytest plug-in that keeps the numbers and whether their test held."""

    def __init__(self) -> None:
        self.rows: dict[str, str] = {}
        """By the name of the promise."""
        self.beside: dict[str, dict[str, float]] = {}
        """For each bar that others were measured by as well, the scores by approach."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call":
            return
        for key, value in report.user_properties:
            if key == "beside" and isinstance(value, list):
                name, approach, score = value
                self.beside.setdefault(name, {})[approach] = float(score)
            if key == "bar" and isinstance(value, list):
                name, promise, measured, unit = value
                verdict = "holds" if report.passed else "**BROKEN**"
                if hasattr(report, "wasxfail"):
                    verdict = "not yet"
                number = f"{float(measured):.4g}"
                cells = [name, f"{promise} {unit}", f"{number} {unit}", verdict]
                self.rows[name] = f"| {' | '.join(cell.strip() for cell in cells)} |"


def compared(beside: dict[str, dict[str, float]]) -> list[str]:
    """One column an approach, ours first."""
    if not beside:
        return []
    approaches = list(dict.fromkeys(name for scores in beside.values() for name in scores))
    approaches.sort(key=lambda name: name != "ours")
    lines = [
        "",
        RIVALS,
        "",
        "Rebuilt from what their authors publish, on the mesh of Wren, every sound told to them.",
        "",
        f"| bar | {' | '.join(approaches)} |",
        "|---" * (len(approaches) + 1) + "|",
    ]
    for name, scores in sorted(beside.items()):
        cells = [f"{scores[each]:.4g}" if each in scores else "–" for each in approaches]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def kept(before: str, gathered: Gathered) -> tuple[dict[str, str], list[str]]:
    """The rows of an older page that nobody has measured since, and its part about others."""
    ours, _, others = before.partition(RIVALS)
    table = [line for line in ours.splitlines() if line.startswith("| ")][1:]
    names = {line.split(" | ")[0].removeprefix("| "): line for line in table}
    older = {name: line for name, line in names.items() if name not in gathered.rows}
    return older, [] if gathered.beside or not others else ["", RIVALS, *others.splitlines()[1:]]


def page(rows: Mapping[str, str], others: Sequence[str]) -> str:
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    head = [
        "# Promises with numbers",
        "",
        f"Written by `python3 dev.py bars` on {machine}; not edited by hand.",
        "",
        "| promise | bar | measured | |",
        "|---|---|---|---|",
    ]
    return "\n".join([*head, *sorted(rows.values()), *others, ""])


def main() -> int:
    os.environ["AVATAR_DESKTOP_FULL"] = "1"
    gathered = Gathered()
    words = sys.argv[1:] or ["tests"]
    status = pytest.main(["--timeout=3600", *words], plugins=[gathered])
    if gathered.rows or gathered.beside:
        is_part = bool(sys.argv[1:]) and TABLE.is_file()
        older, others = kept(TABLE.read_text("utf-8") if is_part else "", gathered)
        rows = {**older, **gathered.rows}
        TABLE.write_text(page(rows, others or compared(gathered.beside)), "utf-8")
        print(f"{len(gathered.rows)} promises written to {TABLE.relative_to(ROOT)}")
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
