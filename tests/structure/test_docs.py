"""What the documents say is there: commands, links, short decisions."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import dev

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / ".ci" / "run"])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
VERBS = {"open", "serve", "render", "speak", "inspect", "doctor"}
LONGEST_DECISION = 40


def said(page: Path) -> str:
    return page.read_text("utf-8")


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def test_documents_name_only_commands_of_dev_py() -> None:
    for page in PAGES:
        for word in re.findall(r"\bdev\.py ([a-z]+)\b", said(page)):
            assert word in dev.COMMANDS, f"{named(page)}: dev.py {word}"


def test_documents_name_only_commands_of_the_app() -> None:
    line = re.compile(r"(?:^|`|\$ |\n)(?:avatar-desktop|\S*python3? -m avatar_desktop) ([a-z]+)\b")
    for page in PAGES:
        for word in line.findall(said(page)):
            assert word in VERBS, f"{named(page)}: avatar-desktop {word}"


def test_links_between_documents_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", said(page)):
            if "://" not in target and not target.startswith("mailto:"):
                assert (page.parent / target).exists(), f"{named(page)} points to {target}"


def test_a_decision_is_short_and_numbered_once() -> None:
    for page in DECISIONS:
        assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", page.name), page.name
        assert len(said(page).splitlines()) <= LONGEST_DECISION, f"{named(page)} is too long"
        assert said(page).startswith(f"# {page.name[:4]}"), f"{named(page)} starts with its number"
    twice = [n for n, count in Counter(p.name[:4] for p in DECISIONS).items() if count > 1]
    assert not twice, f"two decisions share a number: {twice}"
