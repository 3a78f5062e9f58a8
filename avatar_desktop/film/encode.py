"""Frames and sound into a file: PNG, GIF, or a film. Writes beside the file, then renames."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.errors import AvatarDesktopError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

Pixels = NDArray[np.uint8]
FORMATS = ("png", "gif", "webm", "mp4")
SOUND_CHUNK = 960


@dataclass(frozen=True, slots=True)
class FilmFormat:
    """What is written inside a container."""

    video: str
    sound: str
    options: dict[str, str]
    has_alpha: bool = False
    has_even_sides: bool = False


_FILMS = {
    "webm": FilmFormat(
        "libvpx-vp9",
        "libopus",
        {"deadline": "realtime", "cpu-used": "6", "crf": "30", "b": "0", "row-mt": "1"},
        has_alpha=True,
    ),
    "mp4": FilmFormat(
        "libx264",
        "aac",
        {"preset": "veryfast", "crf": "20", "movflags": "+faststart"},
        has_even_sides=True,
    ),
}


def film_format(path: Path) -> str:
    """The format that the name asks for."""
    suffix = path.suffix.lower().lstrip(".")
    if suffix not in FORMATS:
        raise UsageError(f"{path.name} is no picture or film. Use {', '.join(FORMATS)}.")
    return suffix


@contextmanager
def written_beside(path: Path) -> Generator[Path]:
    """A path to write to that takes its real name only when all of it was written."""
    beside = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        yield beside
        beside.replace(path)
    except OSError as error:
        raise AvatarDesktopError(
            f"{path} cannot be written ({error.strerror}).", advice="Choose another folder."
        ) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def save_picture(path: Path, pixels: Pixels) -> None:
    """One picture, straight alpha."""
    from PIL import Image

    with written_beside(path) as beside:
        Image.fromarray(pixels).save(beside, format="PNG", optimize=True)


def save_gif(path: Path, frames: Sequence[Pixels], fps: float) -> None:
    """A looping picture of at most 50 frames a second."""
    from PIL import Image

    pictures = [Image.fromarray(frame) for frame in frames]
    with written_beside(path) as beside:
        pictures[0].save(
            beside,
            format="GIF",
            save_all=True,
            append_images=pictures[1:],
            duration=max(20, round(1000 / fps)),
            loop=0,
            disposal=2,
        )


class FilmWriter:
    """Takes frames as they are drawn, then the sound; nothing is kept in memory."""

    def __init__(self, path: Path, kind: str, size: tuple[int, int], fps: float, alpha: bool):
        try:
            import av
        except ImportError as error:
            raise AvatarDesktopError(
                "Films need the film extra, which is not installed.",
                advice="Run: pip install 'avatar-desktop[film]'",
            ) from error
        self._av: Any = av
        self._form = _FILMS[kind]
        if self._form.has_even_sides and any(side % 2 for side in size):
            even = "x".join(str(side + side % 2) for side in size)
            raise UsageError(
                f"The sides of an .{kind} film are even numbers.", advice=f"Say --size {even}."
            )
        self._rate = Fraction(fps).limit_denominator(1001)
        self._container: Any = av.open(str(path), "w", format=kind)
        self._video: Any = self._container.add_stream(self._form.video, rate=self._rate)
        self._video.width, self._video.height = size
        with_alpha = alpha and self._form.has_alpha
        self._video.pix_fmt = "yuva420p" if with_alpha else "yuv420p"
        options = dict(self._form.options)
        if with_alpha:
            options["auto-alt-ref"] = "0"
        self._video.options = options
        self._video.codec_context.thread_count = 1  # the other cores draw
        self._sound: Any = self._container.add_stream(self._form.sound, rate=48_000, layout="mono")
        self._count = 0

    def add(self, pixels: Pixels) -> None:
        frame = self._av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgba")
        frame.pts = self._count
        frame.time_base = 1 / self._rate
        self._count += 1
        self._container.mux(self._video.encode(frame))

    def close(self, sound: NDArray[np.int16]) -> None:
        """Write the sound track and finish the file."""
        for start in range(0, len(sound), SOUND_CHUNK):
            chunk = sound[start : start + SOUND_CHUNK].reshape(1, -1)
            frame = self._av.AudioFrame.from_ndarray(chunk, format="s16", layout="mono")
            frame.sample_rate = 48_000
            frame.pts = start
            self._container.mux(self._sound.encode(frame))
        self._container.mux(self._sound.encode(None))
        self._container.mux(self._video.encode(None))
        self._container.close()

    def abandon(self) -> None:
        self._container.close()
