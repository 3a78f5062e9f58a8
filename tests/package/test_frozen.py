"""The frozen app does what a stranger does first; skipped without a bundle of these sources."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import freeze

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "dist" / "avatar-desktop" / "avatar-desktop"

pytestmark = [
    pytest.mark.package,
    pytest.mark.skipif(not freeze.is_fresh(), reason="needs `python3 dev.py package`"),
]


@pytest.mark.timeout(300)
def test_the_frozen_app_holds_a_conversation() -> None:
    tried = subprocess.run(
        [sys.executable, ROOT / "packaging" / "smoke.py", PROGRAM],
        check=False,
        capture_output=True,
        text=True,
        timeout=290,
    )
    assert tried.returncode == 0, tried.stdout + tried.stderr


def test_the_bundle_brings_its_licences() -> None:
    names = {file.name for file in (PROGRAM.parent / "licences").iterdir()}
    assert {"LICENSE", "THIRD_PARTY.md", "GPL-3.0.txt", "LGPL-3.0.txt"} <= names


def test_the_bundle_leaves_the_cpp_runtime_to_the_system() -> None:
    """The build machine's libstdc++ under a newer Mesa ends in "Could not initialize GLX"."""
    found = [*PROGRAM.parent.rglob("libstdc++.so*"), *PROGRAM.parent.rglob("libgcc_s.so*")]
    assert not found
