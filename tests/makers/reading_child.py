"""A process of its own that reads files, so that a hang or a death is seen and costs nothing.

Run as `python -m tests.makers.reading_child FIRST LAST` it reads damaged files by number and prints
a line for each: what happened, and for the last one how much memory the process ever had.
"""

from __future__ import annotations

import json
import os
import queue
import resource
import subprocess
import sys
import threading
import traceback
from dataclasses import dataclass, field
from pathlib import Path

SECONDS = 5.0
"""No file may take longer."""
_ADDRESS_SPACE = 4 << 30
_START_SECONDS = 60.0


@dataclass
class Outcome:
    """What became of many files."""

    opened: int = 0
    refused: int = 0
    faults: list[str] = field(default_factory=list[str])
    megabytes: float = 0.0


def read_damaged(first: int, last: int) -> Outcome:
    """Files `first` … `last` - 1, each given so many seconds; a process that hangs is killed."""
    outcome = Outcome()
    while first < last:
        first = _run_child(first, last, outcome)
    return outcome


def _run_child(first: int, last: int, outcome: Outcome) -> int:
    """Read until the end or until the child is lost; gives the number to go on with."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.makers.reading_child", str(first), str(last)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root
    ) as child:
        assert child.stdout is not None and child.stderr is not None
        lines: queue.Queue[str] = queue.Queue()
        reader = threading.Thread(target=_pass_on, args=(child.stdout, lines), daemon=True)
        complaints: list[str] = []
        hearer = threading.Thread(
            target=lambda: complaints.append(child.stderr.read()),  # pyright: ignore[reportOptionalMemberAccess]
            daemon=True,
        )
        reader.start()
        hearer.start()
        number, patience = first, _START_SECONDS
        while True:
            try:
                line = lines.get(timeout=patience)
            except queue.Empty:
                outcome.faults.append(f"{number}: took longer than {patience:g} s")
                child.kill()
                number += 1
                break
            patience = SECONDS
            if not line:
                if number < last:
                    child.wait()
                    hearer.join(5)
                    said = "".join(complaints)[-400:]
                    outcome.faults.append(f"{number}: the process died {child.returncode} {said}")
                    number += 1
                break
            if line.startswith("start"):
                continue
            kind, _, rest = line.partition(" ")
            if kind == "memory":
                outcome.megabytes = max(outcome.megabytes, float(rest))
                continue
            outcome.opened += kind == "opened"
            outcome.refused += kind == "refused"
            if kind == "fault":
                outcome.faults.append(json.loads(rest))
            number += 1
        reader.join(5)
        hearer.join(5)
    return number


def _pass_on(stream: object, lines: queue.Queue[str]) -> None:
    for line in stream:  # type: ignore[attr-defined]
        lines.put(line.rstrip("\n"))
    lines.put("")


def _main(first: int, last: int) -> None:
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    from tests.makers.damage import damaged, seeds
    from tests.makers.reading_check import check, misbehave

    all_seeds = seeds()
    print("start", flush=True)
    for number in range(first, last):
        seed = all_seeds[number % len(all_seeds)]
        try:
            misbehave(number)
            print(check(damaged(seed.data, number)), flush=True)
        except Exception:  # noqa: BLE001 -- a fault of any kind is what this looks for
            said = f"{number} of {seed.name}: {traceback.format_exc()[-1500:]}"
            print("fault", json.dumps(said), flush=True)
    print("memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, flush=True)


if __name__ == "__main__":
    _main(int(sys.argv[1]), int(sys.argv[2]))
