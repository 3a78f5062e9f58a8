"""One server process for all flows; each test is a user of its own, with a token of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.makers.conversation_server import ROOT, script
from tests.server_stub.conformance.clients import SECRET, Server

ANSWERS = [
    {"match": "^stall", "chunks": [[0, "One "], [0, "two "], [3600, "three."]]},
    {"match": "^slowly", "chunks": [[0.02, f"{number} "] for number in range(60)]},
    {"match": "^break", "chunks": [[0, "One "]], "error": "The mind stopped answering."},
    {"match": "^twelve", "chunks": [[0, f"{number} "] for number in range(12)]},
    {"match": "^sad", "chunks": [[0, "That is terrible, sad and awful."]]},
    {
        "match": "^speak",
        "chunks": [
            [0, "[emotion:happy]Hello there, my friend. "],
            [0, "Pip made a blue map. "],
            [0, "Good night!"],
        ],
    },
    {
        "match": None,
        "chunks": [
            [0, "[emotion:happy,gesture:wave]Hello! "],
            [0, "[emotion:thoughtful,tone:calm]Let me think about that…"],
        ],
    },
]


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("conformance")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "server_stub", "--port", "0", "--data", str(folder / "data"),
             "--mind", script(folder, *ANSWERS)],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
            env={**os.environ, "JWT_SECRET": SECRET},
        )  # fmt: skip
        assert process.stdout is not None
        try:
            yield Server(json.loads(process.stdout.readline())["http"])
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()
