"""What holds for every test: a home of its own, no work left behind, quick fuzzing.

`AVATAR_DESKTOP_FULL=1` (set by `dev.py bars`) turns the samples into full-length runs.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, settings

from tests.makers.null_sink import NoSoundServer, Recorder, null_sink, recording

FULL = os.environ.get("AVATAR_DESKTOP_FULL") == "1"
_SLOW_MACHINE = [HealthCheck.too_slow]
# The sample is the same every time, so that a red test is about the change; the full run searches.
settings.register_profile(
    "sample", max_examples=60, deadline=None, derandomize=True, suppress_health_check=_SLOW_MACHINE
)
settings.register_profile(
    "full", max_examples=2000, deadline=None, suppress_health_check=_SLOW_MACHINE
)
settings.load_profile("full" if FULL else "sample")


@pytest.fixture(scope="session", autouse=True)
def own_home() -> Iterator[Path]:
    """No test may read or write what belongs to the person at this machine."""
    places = {
        "HOME": "",
        "XDG_CONFIG_HOME": "config",
        "XDG_DATA_HOME": "data",
        "XDG_CACHE_HOME": "cache",
        "XDG_STATE_HOME": "state",
        "APPDATA": "appdata",
        "LOCALAPPDATA": "local",
    }
    with (
        tempfile.TemporaryDirectory(
            prefix="avatar-desktop-tests-",
            ignore_cleanup_errors=True,  # the driver may still be writing its shaders there
        ) as home,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, place in places.items():
            patch.setenv(name, str(Path(home, place)))
        yield Path(home)


@pytest.fixture(scope="session", autouse=True)
def nothing_left_behind(own_home: Path) -> Iterator[None]:
    """After the last test no child process lives and no thread holds the program open."""
    yield
    children = psutil.Process().children(recursive=True)
    _, alive = psutil.wait_procs(children, timeout=5)
    lasting = [t for t in threading.enumerate() if t is not threading.main_thread()]
    held = [thread.name for thread in lasting if not thread.daemon]
    left = [" ".join(process.cmdline()) or process.name() for process in alive]
    assert not left, f"processes left behind: {left}"
    assert not held, f"threads left behind: {held}"


@pytest.fixture(scope="session")
def pulse_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A private PulseAudio with a null sink that is a true clock."""
    try:
        with null_sink(tmp_path_factory.mktemp("pulse")) as environment:
            yield environment
    except NoSoundServer as why:
        pytest.skip(str(why))


@pytest.fixture(name="null_sink")
def _null_sink(pulse_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Sound of this test goes to the null sink."""
    for name, value in pulse_environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def recorder(null_sink: None) -> Iterator[Recorder]:
    with recording() as recorder:
        yield recorder


@pytest.fixture
def no_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which nothing can sound."""
    from avatar_desktop.sound.devices import report

    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    if report().ok:
        pytest.skip("this machine has a sound output")


@pytest.fixture(scope="session")
def full_length() -> bool:
    """True in `dev.py bars`: run the long form of a fuzz, a soak or a statistic."""
    return FULL


@pytest.fixture
def bar(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Holds a promise with a number and notes it for docs/bars.md.

    `bar("lip closure before the burst", measured, at_most=40, unit="ms")`
    """

    def hold(
        name: str,
        measured: float,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
        unit: str = "",
    ) -> None:
        low = "" if at_least is None else f"≥ {at_least:g}"
        high = "" if at_most is None else f"≤ {at_most:g}"
        promise = " and ".join(part for part in (low, high) if part)
        record_property("bar", [name, promise, measured, unit])
        assert at_least is None or measured >= at_least, (
            f"{name}: {measured:g}{unit}, not {promise}"
        )
        assert at_most is None or measured <= at_most, f"{name}: {measured:g}{unit}, not {promise}"

    return hold
