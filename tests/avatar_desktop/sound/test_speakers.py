"""The list of speakers: each once, by the name that people know."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from avatar_desktop.sound.devices import open_library, report
from avatar_desktop.sound.lookout import SPEAKERS
from avatar_desktop.sound.sinks import sinks
from avatar_desktop.sound.speakers import Speaker, aimed_at, is_connected, speakers
from avatar_desktop.workers.channel import Message
from avatar_desktop.workers.supervisor import Worker
from tests.makers.null_sink import OTHER, another_sink


def portaudio(interface: str, names: Sequence[str], default: int, more: str = "MME") -> Any:
    """A library that shows these outputs, and all of them again for another interface."""
    devices = [
        {"name": name, "hostapi": api, "max_output_channels": 2}
        for api in (0, 1)
        for name in ([name[:31] if more == "MME" else name for name in names], names)[api]
    ]
    devices.append({"name": "A microphone", "hostapi": 1, "max_output_channels": 0})
    numbers = range(len(names)), range(len(names), 2 * len(names))
    apis = [  # the first of each stands for the system's own
        {"name": name, "devices": list(numbers[at]), "default_output_device": numbers[at][0]}
        for at, name in enumerate((more, interface))
    ]
    return SimpleNamespace(
        query_devices=lambda kind=None: devices if kind is None else devices[default],
        query_hostapis=lambda: apis,
    )


WINDOWS = portaudio(
    "Windows DirectSound",
    ["Primärer Soundtreiber", "Lautsprecher (Realtek High Definition Audio)", "Beamer", "Beamer"],
    1,
)
BARE_LINUX = portaudio(
    "ALSA",
    ["HDA Intel PCH: ALC257 Analog (hw:0,0)", "sysdefault", "dmix", "headphones", "default"],
    0,
    more="OSS",
)


@pytest.fixture
def server(pulse_environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """A sound server, as this very process sees it; to the next test it is as it was."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in pulse_environment.items():
            patch.setenv(name, value)
        _look_again()
        yield pulse_environment
    _look_again()


def _look_again() -> None:
    library = open_library()
    library._terminate()
    library._initialize()


@pytest.fixture
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")


def test_each_output_of_windows_is_offered_once_by_its_whole_name() -> None:
    found = speakers(WINDOWS)
    realtek = "Lautsprecher (Realtek High Definition Audio)"
    assert found.names == (realtek, "Beamer", "Beamer (2)") and found.default == realtek
    assert aimed_at(found.named(realtek), WINDOWS) == 5
    assert aimed_at(found.named("Beamer (2)"), WINDOWS) == 7
    assert aimed_at(found.named("realtek"), WINDOWS) == 5
    assert found.named("beam") is None and found.named("dolphin") is None


def test_the_plumbing_of_linux_is_not_offered(no_server: None) -> None:
    found = speakers(BARE_LINUX)
    assert found.names == ("HDA Intel PCH: ALC257 Analog", "headphones")
    assert found.default == "HDA Intel PCH: ALC257 Analog"
    assert is_connected("headphones", BARE_LINUX) is None


def test_the_sound_servers_outputs_come_and_go(server: dict[str, str]) -> None:
    library = open_library()
    before = speakers(library)
    assert before.default in before.names and not is_connected(OTHER, library)
    with another_sink(server, "A headset with a name that is rather long"):
        there = speakers(library)
        assert set(there.names) - set(before.names) == {"A headset with a name that is rather long"}
        speaker = there.named(OTHER)
        assert speaker is not None and speaker.sink == OTHER
        assert is_connected(speaker.name, library)
    assert not is_connected(OTHER, library)


def test_a_server_that_is_away_has_nothing_to_tell(no_server: None) -> None:
    assert sinks() is None


def test_the_persons_own_surroundings_hold_for_the_systems_output(server: dict[str, str]) -> None:
    library = open_library()
    before = os.environ.get("PULSE_SINK")
    aimed_at(Speaker("Headphones", sink=OTHER), library)
    assert os.environ["PULSE_SINK"] == os.environ["PIPEWIRE_NODE"] == OTHER
    assert aimed_at(None, library) is None
    assert os.environ.get("PULSE_SINK") == before


def test_the_doctor_names_the_chosen_one(server: dict[str, str]) -> None:
    default = report().default_output
    assert report().detail == f"Sound goes to {default}."
    away = report("Beamer")
    assert away.ok and away.advice
    assert away.detail == f"Beamer, which you chose, is not connected; sound goes to {default}."
    with another_sink(server, "Beamer"):
        assert report("Beamer").detail == "Sound goes to Beamer, as you chose."


def test_a_look_out_tells_what_comes_and_what_goes(server: dict[str, str]) -> None:
    async def watch() -> None:
        told: asyncio.Queue[Message] = asyncio.Queue()
        worker = Worker("speakers", told.put_nowait, lambda status: None)
        worker.start()
        try:
            async with asyncio.timeout(60):
                first = await told.get()
                assert first["kind"] == SPEAKERS and first["default"] in first["names"]
                with another_sink(server, "Beamer"):
                    assert set((await told.get())["names"]) - set(first["names"]) == {"Beamer"}
                assert (await told.get())["names"] == first["names"]
        finally:
            worker.stop()

    asyncio.run(watch())
