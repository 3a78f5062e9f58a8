"""Work that may take long, watched: it is left alone at once when nobody wants its result."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

from avatar_desktop.errors import Cancelled, VoiceError

Result = TypeVar("Result")
LOOK_SECONDS: Final = 0.01


def watched(
    work: Callable[[], Result],
    is_cancelled: Callable[[], bool],
    *,
    give_up: Callable[[], object],
    most_seconds: float,
) -> Result | None:
    """What `work` gives, from a thread of its own; None when it is cancelled on the way.

    `give_up` asks the work to end; it is not waited for. Work that raises Cancelled was cancelled.
    Raises what else the work raises, and VoiceError when it takes too long.
    """
    results: list[Result] = []
    failures: list[BaseException] = []
    is_done = threading.Event()

    def job() -> None:
        try:
            results.append(work())
        except BaseException as failure:  # noqa: BLE001  handed on to whoever waits
            failures.append(failure)
        finally:
            is_done.set()

    threading.Thread(target=job, name="voice-work", daemon=True).start()
    limit = time.monotonic() + most_seconds
    while not is_done.wait(LOOK_SECONDS):
        if is_cancelled():
            give_up()
            return None
        if time.monotonic() > limit:
            give_up()
            raise VoiceError(f"The voice did not answer within {most_seconds:.0f} s.")
    if failures:
        if isinstance(failures[0], Cancelled):
            return None
        raise failures[0]
    return results[0]
