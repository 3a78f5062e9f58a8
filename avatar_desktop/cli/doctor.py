"""Look at this machine and say what works, and what to do about the rest. It mends nothing."""

from __future__ import annotations

import argparse
import json
import shutil
import textwrap
from dataclasses import asdict
from pathlib import Path

from avatar_desktop.cli.checkup import GUIDE, NATIVE, Finding, Findings, check_all

OK, NOT_OK = "ok", "not ok"
LEAST_WIDTH = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `doctor`."""
    parser.add_argument("--json", action="store_true", help="the findings as one JSON object")
    parser.add_argument("--part", choices=tuple(NATIVE), help=argparse.SUPPRESS)
    parser.add_argument("--chosen", default="", help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Tell every finding; 0 even when something is missing, because that is explained."""
    findings = NATIVE[args.part](args.chosen) if args.part else _examine(args)
    if args.json:
        told = {name: asdict(finding) for name, finding in findings.items()}
        print(json.dumps(told, ensure_ascii=False, indent=None if args.part else 2))
    else:
        width = max(LEAST_WIDTH, shutil.get_terminal_size().columns)
        print("\n".join(described(findings, width)))
    return 0


def _examine(args: argparse.Namespace) -> Findings:
    from avatar_desktop.library import settings
    from avatar_desktop.library.folders import folders
    from avatar_desktop.library.store import Store

    places = folders(profile=Path(args.profile) if args.profile else None, temporary=args.temporary)
    try:
        chosen = settings.load(Store(places.config))
        return check_all(places, chosen.mind, chosen.sound_device)
    finally:
        places.discard()


def described(findings: Findings, width: int) -> list[str]:
    """One aligned line a finding, its advice below it, and a last line that sums up."""
    margin = max(map(len, findings)) + 2
    lines = [line for name, each in findings.items() for line in _told(name, each, margin, width)]
    bad = [name for name, each in findings.items() if not each.ok]
    summary = f"Not ok: {', '.join(bad)}. More help: {GUIDE}" if bad else "All is well."
    return [*lines, "", summary]


def _told(name: str, finding: Finding, margin: int, width: int) -> list[str]:
    start = f"{name:{margin}}{OK if finding.ok else NOT_OK:{len(NOT_OK) + 2}}"
    blank = " " * len(start)
    text = [part for part in (finding.detail, finding.advice) if part]
    wrapped = [
        line
        for part in text
        for line in textwrap.wrap(
            part, width - len(start), break_long_words=False, break_on_hyphens=False
        )
    ]
    return [(start if at == 0 else blank) + line for at, line in enumerate(wrapped)]
