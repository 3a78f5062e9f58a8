"""A take drawn and written: picture, loop or film, with progress and without leftovers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.animation import Animation
from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.errors import UsageError
from avatar_desktop.film.director import Director
from avatar_desktop.film.encode import (
    FilmWriter,
    film_format,
    save_gif,
    save_picture,
    written_beside,
)
from avatar_desktop.film.script import Step
from avatar_desktop.film.take import Shot, Take, TakeFrame
from avatar_desktop.motion.clip import Clip
from avatar_desktop.motion.clip_names import ClipNames
from avatar_desktop.motion.constraints import Constraints
from avatar_desktop.motion.hierarchy import Locals, PoseBuilder, rest_pose
from avatar_desktop.motion.layers import standing_pose
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.quality import FULL
from avatar_desktop.render.renderer import Renderer
from avatar_desktop.render.stills import straightened
from avatar_desktop.render.strip import Strip

Pixels = NDArray[np.uint8]
Progress = Callable[[float], None]
"""Told the stage second that was drawn last."""

STILL_SUPERSAMPLE = 4
MOST_GIF_FRAMES = 600
MOST_WAITING = 4
"""Pictures that wait to be encoded; a slow encoder holds the drawing back."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is drawn on."""

    width: int
    height: int
    fps: float

    @property
    def aspect(self) -> float:
        return self.width / self.height


class Studio:
    """A renderer without a screen, for as long as the `with` block lasts."""

    def __init__(self, sheet: Sheet, director: Director, *, performs: bool = True) -> None:
        self._sheet = sheet
        self._performs = performs
        self._director = director
        self._measured: tuple[Avatar, Pose] | None = None

    def __enter__(self) -> Studio:
        self._context = OffscreenContext()
        self._context.make_current()
        self._renderer = Renderer()
        # What a window on such a driver has no time for, a film has.
        self._renderer.quality = replace(self._renderer.quality, sky_step=FULL.sky_step)
        return self

    def __exit__(self, *failure: object) -> None:
        self._renderer.close()
        self._context.close()

    def draw(self, moment: TakeFrame) -> Pixels:
        """One picture, as fine as it can be; straight alpha."""
        view = self._director.view(moment, self._standing(moment))
        return self._renderer.snapshot(
            *(moment.avatar, moment.pose, view, self._sheet.width, self._sheet.height),
            supersample=STILL_SUPERSAMPLE,
        )

    def draw_all(self, moments: Iterable[TakeFrame], progress: Progress) -> Generator[Pixels]:
        """Pictures of a film, premultiplied; one is read while the next is drawn."""
        strip = Strip(self._renderer, self._sheet.width, self._sheet.height)
        try:
            for moment in moments:
                view = self._director.view(moment, self._standing(moment))
                before = strip.draw(moment.avatar, moment.pose, view)
                if before is not None:
                    yield before
                progress(moment.time)
            last = strip.last()
            if last is not None:
                yield last
        finally:
            strip.free()

    def _standing(self, moment: TakeFrame) -> Pose:
        """The pose by which the camera measures the avatar: one for a whole performance."""
        if self._measured is None or self._measured[0] is not moment.avatar:
            if self._measured is not None:
                self._renderer.forget(self._measured[0])
            pose = standing_pose(moment.avatar) if self._performs else moment.pose
            self._measured = (moment.avatar, pose)
        return self._measured[1]


def produce_still(
    avatar: Avatar, pose: Pose, *, sheet: Sheet, director: Director, out: Path
) -> None:
    """One picture of one pose."""
    with Studio(sheet, director, performs=False) as studio:
        save_picture(out, studio.draw(TakeFrame(0.0, avatar, pose, Shot())))


def posed_by_file(avatar: Avatar, clip: str | None, at: float) -> Pose:
    """The file's own rest pose, or one of its clips at a time, with no performer."""
    if clip is None:
        return rest_pose(avatar)
    local = Locals.at_rest(avatar)
    Clip(avatar, _find_animation(avatar, clip)).sample(at, local)
    Constraints(avatar).apply(local)
    return PoseBuilder(avatar).build(local)


def _find_animation(avatar: Avatar, clip: str) -> Animation:
    """By index, or by name as agents call it."""
    if clip.isdecimal() and int(clip) < len(avatar.animations):
        return avatar.animations[int(clip)]
    names = [each.name for each in avatar.animations]
    found = ClipNames(names).find(clip)
    if found is None:
        raise UsageError(
            f"The avatar has no clip {clip!r}.", advice=f"It has: {', '.join(names) or 'none'}."
        )
    return avatar.animations[names.index(found)]


def produce_moment(
    take: Take, script: tuple[Step, ...], at: float, *, sheet: Sheet, director: Director, out: Path
) -> None:
    """One picture of a performance at a stage second."""
    chosen: TakeFrame | None = None
    for moment in take.perform(script):
        chosen = moment
        if moment.time >= at - 1e-9:
            break
    if chosen is None:
        raise UsageError("The script performs nothing.", advice="Write a line to speak.")
    with Studio(sheet, director) as studio:
        save_picture(out, studio.draw(chosen))


def produce_film(
    take: Take,
    script: tuple[Step, ...],
    *,
    sheet: Sheet,
    director: Director,
    out: Path,
    progress: Progress = lambda second: None,
) -> None:
    """All frames of a performance, and its sound where the format has any."""
    kind = film_format(out)
    with (
        Studio(sheet, director) as studio,
        written_beside(out) as beside,
        closing(studio.draw_all(take.perform(script), progress)) as frames,
    ):
        if kind == "gif":
            _write_gif(beside, frames, sheet.fps)
            return
        size = (sheet.width, sheet.height)
        writer = FilmWriter(beside, kind, size, sheet.fps, alpha=director.is_transparent)
        try:
            _write_film(writer, frames)
        except BaseException:
            writer.abandon()
            raise
        writer.close(take.sound())


def _write_film(writer: FilmWriter, frames: Iterator[Pixels]) -> None:
    """Encode in another thread while the next pictures are drawn."""
    with ThreadPoolExecutor(1, "encoder") as encoder:
        waiting: deque[Future[None]] = deque()
        for pixels in frames:
            waiting.append(encoder.submit(_add, writer, pixels))
            if len(waiting) > MOST_WAITING:
                waiting.popleft().result()
        for each in waiting:
            each.result()


def _add(writer: FilmWriter, premultiplied: Pixels) -> None:
    writer.add(straightened(premultiplied))


def _write_gif(beside: Path, frames: Iterator[Pixels], fps: float) -> None:
    kept: list[Pixels] = []
    for pixels in frames:
        kept.append(straightened(pixels))
        if len(kept) > MOST_GIF_FRAMES:
            raise UsageError(
                f"A GIF of more than {MOST_GIF_FRAMES} frames would be huge.",
                advice="Write a .webm film, or lower --fps.",
            )
    save_gif(beside, kept, fps)
