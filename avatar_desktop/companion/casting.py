"""Who stands on the stage: another avatar is read while the present one stays, and may be refused.

Whoever waits long is told how far it is, and can call it off.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from avatar_desktop.companion.arrival import Arrival, Arrived, Step
from avatar_desktop.companion.companion import Companion
from avatar_desktop.companion.stage import Stage
from avatar_desktop.companion.states import Trigger
from avatar_desktop.companion.wardrobe import Wardrobe
from avatar_desktop.errors import AvatarDesktopError, Cancelled
from avatar_desktop.library.folders import Folders

GLANCE_SECONDS = 0.03
PATIENCE_SECONDS = 0.8
"""An avatar that is there sooner comes without a word."""
CANCEL = "cancel-avatar"
_WORDS = {
    "contents": "opening its file",
    "geometry": "building its body",
    "pictures": "unpacking its pictures",
    "motions": "learning its motions",
}


class Casting:
    """Brings avatars to the stage, one at a time; the last one that was asked for comes."""

    def __init__(
        self,
        companion: Companion,
        wardrobe: Wardrobe,
        places: Folders,
        set_the_stage: Callable[[Arrived], Stage],
    ) -> None:
        self._companion = companion
        self._wardrobe = wardrobe
        self._places = places
        self._set_the_stage = set_the_stage
        self._coming: Arrival | None = None
        self._worn = wardrobe.name

    async def bring(self, arrival: Arrival | None = None) -> None:
        """Let the wardrobe's avatar come; a present one stays until the new one is ready."""
        self.cancel()
        arrival = self._coming = arrival or Arrival(self._wardrobe.name, self._places)
        stays = self._companion.stage is not None
        machine = self._companion.machine if stays else self._companion.avatar_opens()
        try:
            arrived = await self._awaited(arrival)
        except Cancelled:
            if self._coming in (arrival, None) and self._companion.machine is machine:
                self._stay_as_it_was(stays=stays)
            return
        except AvatarDesktopError as error:
            if self._companion.machine is machine:
                self._fail(str(error), stays=stays)
            return
        finally:
            if self._coming in (arrival, None):
                self._coming = None
                self._companion.notices.withdraw(CANCEL)
        if self._companion.machine is not machine or (stays and self._companion.stage is None):
            return  # closed, or another one was opened meanwhile
        self._enter(arrived, machine if not stays else self._companion.avatar_opens())

    def cancel(self) -> None:
        """Nobody waits any more for the avatar that is on its way."""
        coming, self._coming = self._coming, None
        if coming is not None:
            coming.cancel()

    async def _awaited(self, arrival: Arrival) -> Arrived:
        clock = asyncio.get_running_loop().time
        began, told = clock(), ""
        while not (arrival.is_over or arrival.is_unwanted):
            await asyncio.sleep(GLANCE_SECONDS)
            words = progress_words(arrival.title, arrival.step)
            if words != told and clock() - began > PATIENCE_SECONDS and self._coming is arrival:
                self._companion.notices.withdraw(CANCEL)
                self._companion.notices.add("info", words, action=CANCEL)
                told = words
        if arrival.is_unwanted:
            raise Cancelled(f"{arrival.title} is not wanted any more.")
        return arrival.result()

    def _enter(self, arrived: Arrived, machine: object) -> None:
        if self._companion.machine is machine and self._companion.machine.can(Trigger.MODEL_READY):
            self._worn = self._wardrobe.name
            stage = self._set_the_stage(arrived)
            self._companion.avatar_ready(stage)
            stage.open_voice()

    def _fail(self, sentence: str, *, stays: bool) -> None:
        if stays:
            self._companion.notices.add("error", f"{sentence} The present avatar stays.")
            self._stay_as_it_was(stays=stays)
        elif self._companion.machine.can(Trigger.MODEL_FAILED):
            self._companion.avatar_failed(sentence)

    def _stay_as_it_was(self, *, stays: bool) -> None:
        self._wardrobe.name = self._worn
        if not stays:
            self._companion.close_avatar()


def progress_words(title: str, step: Step | None) -> str:
    """How far an avatar is, in one quiet line."""
    if step is None:
        return f"{title} is coming…"
    count = f" ({step.done} of {step.of})" if step.of > 1 else ""
    return f"{title} is coming: {_WORDS[step.stage]}{count}…"
