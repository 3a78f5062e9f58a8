"""A voice process whose engine hangs over `hang:FILE` without asking, once the file is made."""

import sys
import threading
from collections.abc import Callable
from pathlib import Path

from avatar_desktop.voice import worker
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.engines import choice

COMMAND = (sys.executable, "-m", "tests.makers.hanging_voice")
HANG = "hang:"


class Hanging(choice.EveryEngine):
    def speak(self, request: SpeechRequest, is_cancelled: Callable[[], bool]) -> SpeechClip | None:
        if request.text.startswith(HANG):
            Path(request.text.removeprefix(HANG)).touch()
            threading.Event().wait()
        return super().speak(request, is_cancelled)


if __name__ == "__main__":
    choice.EveryEngine = Hanging  # type: ignore[misc]
    worker.main()
