"""Every module of the house, read as source or imported alone: what the contracts cannot see."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TIMELESS = ("reply", "lips", "motion", "performer", "render", "avatar", "wire")
SOURCES = [
    ROOT / "dev.py",
    *sorted(
        file
        for top in ("avatar_desktop", "server_stub", "packaging", "benchmarks")
        for file in (ROOT / top).rglob("*.py")
    ),
]
LONGEST = 400
# a file that is whole only when it is long: path → reason
LONG_FOR_A_REASON: dict[str, str] = {}
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc", "tools"}

CLOCKS = {
    "time": {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns",
             "process_time", "sleep", "localtime", "gmtime"},
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "asyncio": {"sleep"},
    "uuid": {"uuid1", "uuid4"},
    "os": {"urandom"},
}  # fmt: skip
SEEDED = {"default_rng", "Random", "Generator", "SeedSequence", "PCG64"}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def timeless_files() -> list[Path]:
    rooms = [ROOT / "avatar_desktop" / room for room in TIMELESS]
    return [file for room in rooms for file in sorted(room.rglob("*.py"))]


def dotted(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Attribute):
        return [*dotted(node.value), node.attr]
    return [node.id] if isinstance(node, ast.Name) else []


def chance_and_clocks(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of every clock read, sleep and unseeded throw of dice."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in (*CLOCKS, "random", "secrets"):
            for each in node.names:
                hit = node.module == "secrets" or each.name in CLOCKS.get(node.module, ())
                if hit or (node.module == "random" and each.name not in SEEDED):
                    yield node.lineno, f"from {node.module} import {each.name}"
        if not isinstance(node, ast.Call):
            continue
        path = dotted(node.func)
        if len(path) < 2:
            continue
        owner, verb = path[-2:]
        seeded = verb in SEEDED and bool(node.args or node.keywords)
        told_time = verb in CLOCKS.get(owner, ())
        if told_time or owner == "secrets" or (owner == "random" and not seeded):
            yield node.lineno, ".".join(path)


def top_level_imports(body: list[ast.stmt]) -> Iterator[tuple[int, str]]:
    """What importing a module imports: everything outside functions and TYPE_CHECKING."""
    for node in body:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            yield from top_level_imports(node.orelse)
        elif isinstance(node, ast.If | ast.Try | ast.With | ast.ClassDef | ast.For | ast.While):
            for part in ("body", "orelse", "finalbody"):
                yield from top_level_imports(getattr(node, part, []))


def test_time_and_chance_are_arguments() -> None:
    found = {
        named(file): hits
        for file in timeless_files()
        if (hits := list(chance_and_clocks(ast.parse(file.read_text("utf-8")))))
    }
    assert not found, "these read a clock, sleep or throw dice"


@pytest.mark.parametrize(
    "source",
    [
        "import time\ntime.monotonic()",
        "from time import sleep\nsleep(1)",
        "import datetime\ndatetime.datetime.now()",
        "import random\nrandom.random()",
        "import numpy as np\nnp.random.default_rng()",
        "import numpy as np\nnp.random.rand(3)",
        "import asyncio\nasync def f():\n    await asyncio.sleep(1)",
        "import secrets\nsecrets.token_hex()",
    ],
)
def test_a_clock_or_a_throw_of_dice_is_seen(source: str) -> None:
    assert list(chance_and_clocks(ast.parse(source)))


def test_a_seeded_generator_is_welcome() -> None:
    source = "import numpy as np\nimport random\nnp.random.default_rng(7)\nrandom.Random(3)"
    assert not list(chance_and_clocks(ast.parse(source)))


def test_a_module_fits_in_a_readers_head() -> None:
    lengths = {named(file): len(file.read_text("utf-8").splitlines()) for file in SOURCES}
    long = {name: lines for name, lines in lengths.items() if lines > LONGEST}
    assert long.keys() == LONG_FOR_A_REASON.keys(), f"long without a reason, or no longer: {long}"


def test_a_module_is_named_for_what_it_gives() -> None:
    found = [named(f) for f in SOURCES if {f.stem, f.parent.name} & EMPTY_NAMES]
    assert not found, "these names say nothing"


def test_opengl_is_never_imported_at_the_top() -> None:
    """PyOpenGL chooses GLX or EGL when it is imported, so that must come after the context."""
    found = [
        f"{named(file)}:{line}"
        for file in SOURCES
        for line, name in top_level_imports(ast.parse(file.read_text("utf-8")).body)
        if name.split(".")[0] == "OpenGL"
    ]
    assert not found


def test_a_module_says_what_it_is_for() -> None:
    sources = {named(file): file.read_text("utf-8") for file in SOURCES}
    silent = [n for n, text in sources.items() if text and not ast.get_docstring(ast.parse(text))]
    assert not silent, "these have no docstring"


IMPORT_ALL = """
import importlib, json, pkgutil, sys, traceback
blocked = {"PySide6", "shiboken6", "qasync", "OpenGL", "sounddevice"}
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in blocked:
            raise ModuleNotFoundError(f"{name} is blocked")
sys.meta_path.insert(0, Block())
failed, seen = {}, 0
def walk(name):
    global seen
    if name.startswith("avatar_desktop.ui") or name == "avatar_desktop.desktop":
        return
    if name.endswith("__main__"):
        return
    seen += 1
    try:
        module = importlib.import_module(name)
    except BaseException:
        failed[name] = traceback.format_exc(limit=-2)
        return
    for found in pkgutil.iter_modules(getattr(module, "__path__", [])):
        walk(f"{name}.{found.name}")
walk("avatar_desktop")
walk("server_stub")
print(json.dumps([seen, failed]))
"""


def test_every_room_imports_without_qt_gl_and_sound() -> None:
    asked = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
    )
    seen, failed = json.loads(asked.stdout.splitlines()[-1])
    assert not failed, "\n".join(f"{name}\n{trace}" for name, trace in failed.items())
    assert seen > 20


COUNT_NONE = """
import sys
from PySide6.QtCore import QCoreApplication, QTimer
app = QCoreApplication([])
timer = QTimer()
before = sys.getrefcount(None)
for _ in range(500):
    timer.setInterval(5)
print(sys.getrefcount(None) - before)
"""


def test_qt_gives_back_every_none_it_takes() -> None:
    """PySide6 6.12.0 on Python 3.11 loses one a call and ends in a fatal error after seconds."""
    asked = subprocess.run(
        [sys.executable, "-c", COUNT_NONE],
        check=False,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert asked.returncode == 0, asked.stderr
    assert abs(int(asked.stdout)) <= 50
