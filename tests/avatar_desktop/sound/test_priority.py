"""The sound before all else: in real time where the system allows it, else as it was."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from avatar_desktop.sound.priority import RUNAWAY_SECONDS, SWITCH_SECONDS, TURN

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux alone")

TELL = """
import json, os, resource, sys, threading
told = {"switch": sys.getswitchinterval()}
def tell():
    told["policy"] = os.sched_getscheduler(0)
    told["turn"] = os.sched_getparam(0).sched_priority
thread = threading.Thread(target=tell)  # as the device's own
thread.start()
thread.join()
told["limit"] = resource.getrlimit(resource.RLIMIT_RTTIME)
print(json.dumps(told))
"""
GO_FIRST = "from avatar_desktop.sound import priority\npriority.go_first()\n"
WITHOUT_RIGHTS = """
import contextlib, json, os, resource, threading  # nobody may read them later
from avatar_desktop.sound import priority
resource.setrlimit(resource.RLIMIT_RTPRIO, (0, 0))
resource.setrlimit(resource.RLIMIT_NICE, (0, 0))
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=100, check=False
    )


def told_by(program: str) -> dict[str, Any]:
    done = run(program + TELL)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def real_time() -> None:
    """Only where this user may have it at all."""
    asks = f"import os; os.sched_setscheduler(0, os.SCHED_RR, os.sched_param({TURN}))"
    if run(asks).returncode != 0:
        pytest.skip("real time is forbidden here (RLIMIT_RTPRIO, or no CAP_SYS_NICE)")


@linux_only
def test_every_thread_runs_in_real_time_where_that_is_allowed(real_time: None) -> None:
    told = told_by(GO_FIRST)
    assert (told["policy"], told["turn"]) == (os.SCHED_RR, TURN)
    assert told["limit"] == [RUNAWAY_SECONDS * 1_000_000] * 2
    assert told["switch"] == pytest.approx(SWITCH_SECONDS)


@linux_only
def test_a_refusal_changes_nothing_and_is_no_error() -> None:
    told = told_by(WITHOUT_RIGHTS + "priority.go_first()\n")
    assert (told["policy"], told["turn"]) == (os.SCHED_OTHER, 0)
    assert told["switch"] == pytest.approx(SWITCH_SECONDS)


@linux_only
def test_a_process_that_runs_away_is_ended_by_the_system(real_time: None) -> None:
    """Mutation of the same program: without the wish it would run as long as it likes."""
    away = "from avatar_desktop.sound import priority\npriority.RUNAWAY_SECONDS = 1\n"
    spin = "import time\nend = time.process_time() + 1.5\nwhile time.process_time() < end: pass\n"
    done = run(away + "priority.go_first()\n" + spin)
    assert -done.returncode in (signal.SIGKILL, signal.SIGXCPU)
    assert run(away + spin).returncode == 0
