"""Run benchmarks by name: `python -m benchmarks [NAME …] [--json]`, all of them without a name.

Each benchmark is a module beside this one, runs in a process of its own and prints a line per
figure: {name, unit, ours, rivals{name: value}, runs}, and a note where one is needed. Rivals are
installed by the benchmark that needs them (benchmarks/rivals), never into our environment.
"""

from __future__ import annotations

import argparse
import json
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def names() -> list[str]:
    """The benchmarks there are."""
    modules = pkgutil.iter_modules([str(HERE)])
    found = (item.name for item in modules if item.name[0] != "_" and not item.ispkg)
    return sorted(name.replace("_", "-") for name in found)


def main() -> int:
    """Run what was asked for; 1 when one of them failed."""
    known = names()
    parser = argparse.ArgumentParser(
        prog="bench",
        description="Speed, beside rivals measured in the same run.",
        epilog=f"Benchmarks: {', '.join(known)}.",
    )
    parser.add_argument("names", metavar="NAME", nargs="*", help="which; all without a name")
    parser.add_argument("--json", action="store_true", help="a JSON line for each figure")
    given = parser.parse_args()
    unknown = sorted(set(given.names) - set(known))
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(known)}")
    return max((_run(name, as_json=given.json) for name in given.names or known), default=0)


def _run(name: str, *, as_json: bool) -> int:
    command = [sys.executable, "-m", f"benchmarks.{name.replace('-', '_')}"]
    with subprocess.Popen(command, cwd=HERE.parent, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line.rstrip() if as_json else _plain(line), flush=True)
    if process.returncode:
        print(f"The benchmark {name} failed with status {process.returncode}.", file=sys.stderr)
    return int(process.returncode != 0)


def _plain(line: str) -> str:
    try:
        figure: dict[str, Any] = json.loads(line)
        ours = figure["ours"]
        rivals = "".join(
            f"   {rival} {value:g} ({_times(value, ours)})"
            for rival, value in figure["rivals"].items()
        )
        note = f"   {figure['note']}" if figure.get("note") else ""
        return f"{figure['name']:<32}{ours:>10g} {figure['unit']}{rivals}{note}"
    except (ValueError, KeyError, TypeError):
        return line.rstrip()


def _times(value: float, ours: float) -> str:
    return f"{value / ours:.2g} ×" if ours else "–"


if __name__ == "__main__":
    sys.exit(main())
