"""Pictures of a file become the pixels they hold; a broken one costs itself alone."""

from __future__ import annotations

import io
import struct
import sys
import zlib
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.gltf.decoders import ktx2, raster
from avatar_desktop.avatar.read import read_avatar, read_avatar_bytes
from avatar_desktop.errors import AvatarError
from tests.makers import packed
from tests.makers.public_models import folder, needs_models

RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)


def picture(values: NDArray[Any] | Image.Image, form: str = "PNG", **options: Any) -> bytes:
    image = values if isinstance(values, Image.Image) else Image.fromarray(values)
    target = io.BytesIO()
    image.save(target, form, **options)
    return target.getvalue()


def shown(data: bytes) -> tuple[Avatar, NDArray[np.uint8]]:
    """A square with this picture, and the pixels it shows."""
    avatar = read_avatar_bytes(packed.pictured(data).bytes())
    return avatar, avatar.images[0].rgba


def png(
    depth: int,
    colour: int,
    row: bytes,
    *,
    width: int = 2,
    height: int = 1,
    interlaced: bool = False,
) -> bytes:
    """A PNG as its standard writes it, for kinds that Pillow cannot save; equal rows, or passes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        check = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", check)

    head = struct.pack(">2I5B", width, height, depth, colour, 0, 0, interlaced)
    rows = zlib.compress(row if interlaced else (b"\0" + row) * height)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
    return start + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_grey_becomes_colour() -> None:
    _, pixels = shown(picture(RAMP))
    np.testing.assert_array_equal(pixels[:, :, 0], RAMP)
    np.testing.assert_array_equal(pixels[:, :, 2], RAMP)
    assert (pixels[:, :, 3] == 255).all()


def test_grey_with_alpha_keeps_its_alpha() -> None:
    both = np.stack([RAMP, 255 - RAMP], axis=-1)
    _, pixels = shown(picture(Image.merge("LA", [Image.fromarray(both[:, :, i]) for i in (0, 1)])))
    np.testing.assert_array_equal(pixels[:, :, 3], 255 - RAMP)


def test_a_palette_and_its_clear_colour_are_followed() -> None:
    image = Image.new("P", (16, 16))
    image.putdata((RAMP % 3).reshape(-1).tolist())
    image.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
    _, pixels = shown(picture(image, transparency=1))
    assert pixels[0, 0].tolist() == [255, 0, 0, 255]
    assert pixels[0, 1, 3] == 0
    assert pixels[0, 2].tolist() == [0, 0, 255, 255]


@pytest.mark.parametrize(
    ("colour", "row", "expected"),
    [
        (0, [0x1234, 0xFFFF], [[0x12] * 3 + [255], [255] * 4]),
        (4, [0x1234, 0x8000, 0xFFFF, 0], [[0x12] * 3 + [0x80], [255] * 3 + [0]]),
        (2, [0xFF00, 0x8000, 0, 0, 0x4000, 0xC000], [[255, 128, 0, 255], [0, 64, 192, 255]]),
        (6, [0xFF00, 0x8000, 0, 0x7F00, 0, 0, 0, 0], [[255, 128, 0, 127], [0, 0, 0, 0]]),
    ],
    ids=["grey", "grey and alpha", "colour", "colour and alpha"],
)
def test_sixteen_bits_a_channel_keep_their_upper_eight(
    colour: int, row: list[int], expected: list[list[int]]
) -> None:
    _, pixels = shown(png(16, colour, struct.pack(f">{len(row)}H", *row)))
    assert pixels[0].tolist() == expected


PASSES = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
"""Where each pass of an interlaced PNG begins, and its steps, along X and Y in turn."""


def test_an_interlaced_picture_is_whole() -> None:
    parts = [RAMP[y::down, x::across] for x, y, across, down in PASSES]
    rows = b"".join(b"\0" + bytes(row) for part in parts for row in part)
    data = png(8, 0, rows, width=16, height=16, interlaced=True)
    np.testing.assert_array_equal(shown(data)[1][:, :, 0], RAMP)


def test_printers_colours_become_screen_colours() -> None:
    cyan = Image.new("CMYK", (8, 8), (255, 0, 0, 0))
    _, pixels = shown(picture(cyan, "JPEG", quality=95))
    np.testing.assert_allclose(pixels[4, 4], [0, 255, 255, 255], atol=6)


def test_the_other_way_to_write_printers_colours_is_known() -> None:
    """The same channels marked as brightness and two hues: red of light is cyan of ink here."""
    written = Image.new("CMYK", (8, 8), tuple(255 - value for value in (76, 85, 255, 255)))
    data = bytearray(picture(written, "JPEG", quality=95, subsampling=0))
    mark = data.index(b"Adobe") + 11
    assert data[mark] == 0
    data[mark] = 2
    np.testing.assert_allclose(shown(bytes(data))[1][4, 4], [0, 255, 255, 255], atol=6)


def test_the_cameras_orientation_is_not_applied() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    wide = np.zeros((8, 24, 3), np.uint8)
    wide[:, :12] = 255
    _, pixels = shown(picture(wide, "JPEG", exif=exif, quality=95))
    assert pixels.shape == (8, 24, 4)
    assert pixels[4, 2, 0] > 200
    assert pixels[4, 20, 0] < 50


def test_webp_is_preferred_to_the_plain_picture() -> None:
    red, blue = np.zeros((2, 8, 8, 3), np.uint8)
    red[..., 0], blue[..., 2] = 255, 255
    glb = packed.pictured(picture(red), webp=picture(blue, "WEBP", lossless=True))
    avatar = read_avatar_bytes(glb.bytes())
    use = avatar.materials[0].base_texture
    assert use is not None
    assert avatar.images[use.image].rgba[0, 0].tolist() == [0, 0, 255, 255]


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.6, 0.95])
def test_a_picture_cut_short_leaves_a_neutral_one_and_a_warning(form: str, share: float) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    data = picture(noise, form)
    avatar, pixels = shown(data[: int(len(data) * share)] or b"\0")
    assert pixels.tolist() == [[[255, 255, 255, 255]]]
    assert any("picture 0" in warning for warning in avatar.warnings)


def test_a_picture_that_would_fill_the_memory_is_not_unpacked() -> None:
    data = png(8, 6, b"", width=12_000, height=12_000)
    avatar, pixels = shown(data)
    assert pixels.shape == (1, 1, 4)
    assert any("picture 0" in warning for warning in avatar.warnings)


def test_a_picture_that_draws_itself_without_end_is_not_unpacked() -> None:
    data = picture(np.zeros((64, 64, 3), np.uint8), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    endless = data[:last] + data[last:-2] * 1000 + data[-2:]
    assert shown(data)[1].shape == (64, 64, 4)
    avatar, pixels = shown(endless)
    assert pixels.shape == (1, 1, 4)
    assert any("more often" in warning for warning in avatar.warnings)


def test_sizes_are_read_without_unpacking() -> None:
    assert raster.size(png(8, 6, b"", width=300, height=200), "") == (300, 200)
    assert ktx2.size(packed.ktx2(300, 200), "") == (300, 200)


# --- KTX2 ----------------------------------------------------------------------------------


@pytest.mark.parametrize("zstandard", [False, True])
def test_a_ktx2_picture_has_its_colours(zstandard: bool) -> None:
    pytest.importorskip("opengl_basisu")
    glb = packed.pictured(b"", basisu=packed.ktx2(zstandard=zstandard))
    pixels = read_avatar_bytes(glb.bytes()).images[0].rgba
    assert pixels.shape == (6, 7, 4)
    assert (pixels == np.array([10, 20, 30, 200])).all()


def test_ktx2_is_preferred_to_the_plain_picture() -> None:
    pytest.importorskip("opengl_basisu")
    glb = packed.pictured(picture(RAMP), basisu=packed.ktx2())
    avatar = read_avatar_bytes(glb.bytes())
    use = avatar.materials[0].base_texture
    assert use is not None
    assert avatar.images[use.image].rgba[0, 0].tolist() == [10, 20, 30, 200]


def test_without_the_library_the_plain_picture_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opengl_basisu", None)
    glb = packed.pictured(picture(RAMP), basisu=packed.ktx2())
    avatar = read_avatar_bytes(glb.bytes())
    use = avatar.materials[0].base_texture
    assert use is not None
    np.testing.assert_array_equal(avatar.images[use.image].rgba[:, :, 0], RAMP)


def test_without_library_and_plain_picture_the_avatar_opens_and_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "opengl_basisu", None)
    avatar = read_avatar_bytes(packed.pictured(b"", basisu=packed.ktx2()).bytes())
    assert any("opengl-basisu" in warning for warning in avatar.warnings)
    with pytest.raises(AvatarError) as caught:
        ktx2.pixels(packed.ktx2(), "")
    assert caught.value.kind == "extension"


@pytest.mark.parametrize(
    "header",
    [
        {"format": 37},
        {"width": 0},
        {"width": 2**31},
        {"height": 100_000},
        {"depth": 4},
        {"layers": 9},
        {"faces": 6},
        {"levels": 2**30},
        {"scheme": 3},
        {"unfolded": 2**40},
    ],
    ids=lambda header: "-".join(map(str, next(iter(header.items())))),
)
def test_a_ktx2_header_that_cannot_be_never_reaches_the_library(header: dict[str, int]) -> None:
    with pytest.raises(AvatarError):
        ktx2.size(packed.ktx2(**header), "")


@pytest.mark.parametrize("length", [12, 60, 103, 150])
def test_a_ktx2_picture_cut_short_is_refused(length: int) -> None:
    with pytest.raises(AvatarError, match="cut short"):
        ktx2.size(packed.ktx2()[:length], "")


@needs_models
def test_all_pictures_of_the_ktx2_model_unpack() -> None:
    pytest.importorskip("opengl_basisu")
    place = folder()
    assert place is not None
    name = "StainedGlassLamp"
    avatar = read_avatar(place / "khronos" / name / "glTF-KTX-BasisU" / f"{name}.gltf")
    used = {use.image for material in avatar.materials for use in material.textures()}
    assert len(used) >= 18
    assert all(avatar.images[index].rgba.std() > 0 for index in used)
    assert not [warning for warning in avatar.warnings if "picture" in warning]
