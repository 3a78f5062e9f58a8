"""The voices that the system brings along, asked for in a process of their own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from avatar_desktop.errors import VoiceError
from avatar_desktop.voice.system_speech import SCHEME
from avatar_desktop.workers.child import child_environment, worker_command

MOST_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class SystemVoice:
    """One of them."""

    id: str
    name: str
    language: str

    @property
    def locator(self) -> str:
        return f"{SCHEME}{self.id}#{self.language}"


def system_voices(driver: str | None = None) -> tuple[SystemVoice, ...]:
    """All that the system has. Takes a moment; raises VoiceError where there are none."""
    told = ask_system({"verb": "voices", "driver": driver})
    return tuple(
        SystemVoice(str(each["id"]), str(each["name"]), str(each["language"]))
        for each in told["voices"]
    )


def ask_system(
    wish: dict[str, Any], started: Callable[[subprocess.Popen[str]], None] = lambda process: None
) -> dict[str, Any]:
    """The answer of a new process to one wish. Raises VoiceError."""
    process = subprocess.Popen(
        worker_command("system-voice"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=child_environment(),
        text=True,
        encoding="utf-8",
    )
    started(process)
    try:
        told, _ = process.communicate(json.dumps(wish) + "\n", timeout=MOST_SECONDS)
        answer: dict[str, Any] = json.loads(told)
    except subprocess.TimeoutExpired as error:
        process.kill()
        process.communicate()
        raise VoiceError("The system's voice does not answer.") from error
    except (ValueError, OSError) as error:
        raise VoiceError("The system's voice ended over this phrase.") from error
    if "why" in answer:
        raise VoiceError(str(answer["why"]), advice="Choose another voice.")
    return answer
