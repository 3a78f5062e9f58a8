"""Pictures of the file as RGBA pixels; a broken picture costs itself, never the avatar."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.gltf.decoders import ktx2, raster
from avatar_desktop.avatar.gltf.document import Image as ImageSpec
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.avatar.material import Image, Material
from avatar_desktop.avatar.progress import Progress, unheard
from avatar_desktop.errors import AvatarError

Pixels = NDArray[np.uint8]

MAX_PIXELS = 8192 * 8192
"""Of all pictures of one avatar together."""
_MAX_THREADS = 8
_HEAD = 1 << 16
"""Bytes in which nearly every picture tells its size"""


def read_images(
    source: Source,
    materials: Iterable[Material],
    *,
    decode_pixels: bool,
    progress: Progress = unheard,
) -> tuple[Image, ...]:
    """All pictures; those that no material shows, and all without `decode_pixels`, are black
    stand-ins of the right size that take no memory."""
    if not source.document.images:
        progress("pictures", 0, 0)
        return ()
    used = {use.image for material in materials for use in material.textures()}
    images: list[Image] = []
    jobs: dict[int, bytes] = {}
    pixels = 0
    for index, spec in enumerate(source.document.images):
        place = f"$.images[{index}]"
        try:
            is_wanted = decode_pixels and index in used
            data = _bytes_of(source, spec, place, None if is_wanted else _HEAD)
            width, height = _size(data, place) if is_wanted else _told(source, spec, data, place)
            pixels += width * height if index in used else 0
            if pixels > MAX_PIXELS:
                raise AvatarError(
                    "The pictures are too large together.",
                    kind="size",
                    place=place,
                    advice="Make the textures smaller.",
                )
        except AvatarError as error:
            source.skipped(f"The picture {spec.name or index}", error)
            images.append(Image(spec.name, _blank()))
            continue
        images.append(Image(spec.name, _stand_in(width, height)))
        if is_wanted:
            jobs[index] = data
    progress("pictures", 0, len(jobs))
    for done, (index, result) in enumerate(_decoded(jobs), 1):
        progress("pictures", done, len(jobs))
        if isinstance(result, AvatarError):
            source.skipped(f"The picture {images[index].name or index}", result)
        pixels_there = _blank() if isinstance(result, AvatarError) else result
        images[index] = Image(images[index].name, pixels_there)
    return tuple(images)


def _bytes_of(source: Source, spec: ImageSpec, place: str, at_most: int | None = None) -> bytes:
    if spec.buffer_view is not None:
        return bytes(source.view(spec.buffer_view, f"{place}.bufferView")[:at_most])
    if spec.uri is not None:
        return source.resolve(spec.uri, f"{place}.uri", at_most)
    raise AvatarError("It has neither bytes nor an address.", kind="image", place=place)


def _told(source: Source, spec: ImageSpec, head: bytes, place: str) -> tuple[int, int]:
    """The size by the head of a picture; by all of it where much stands before the size."""
    try:
        return _size(head, place, is_whole=len(head) < _HEAD)
    except AvatarError:
        if len(head) < _HEAD:
            raise
        return _size(_bytes_of(source, spec, place), place)


def _size(data: bytes, place: str, *, is_whole: bool = True) -> tuple[int, int]:
    if ktx2.is_ktx2(data):
        return ktx2.size(data, place, is_whole=is_whole)
    return raster.size(data, place)


def _decoded(jobs: dict[int, bytes]) -> Iterator[tuple[int, Pixels | AvatarError]]:
    """Over all cores: the decoders let other threads run."""
    if not jobs:
        return
    threads = min(len(jobs), os.cpu_count() or 1, _MAX_THREADS)
    if threads < 2:
        yield from ((index, _pixels((index, data))) for index, data in jobs.items())
        return
    pool = ThreadPoolExecutor(threads, thread_name_prefix="pictures")
    try:
        yield from zip(jobs, pool.map(_pixels, jobs.items()), strict=True)
    finally:  # where nobody wants the rest, it is not begun
        pool.shutdown(cancel_futures=True)


def _pixels(job: tuple[int, bytes]) -> Pixels | AvatarError:
    index, data = job
    decoder = ktx2 if ktx2.is_ktx2(data) else raster
    try:
        rgba = decoder.pixels(data, f"$.images[{index}]")
    except AvatarError as error:
        return error
    rgba.flags.writeable = False
    return rgba


def _stand_in(width: int, height: int) -> Pixels:
    return _everywhere(b"\0", (height, width, 4))


def _blank() -> Pixels:
    """White: a material without its picture keeps its colour."""
    return _everywhere(b"\xff", (1, 1, 4))


def _everywhere(value: bytes, shape: tuple[int, int, int]) -> Pixels:
    """One byte seen from every place; numpy's own broadcasting takes ten times as long."""
    return np.ndarray(shape, np.uint8, value, strides=(0, 0, 0))
