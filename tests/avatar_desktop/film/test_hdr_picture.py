from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.errors import UsageError
from avatar_desktop.film.hdr_picture import FINEST, MOST_PIXELS, decode_hdr
from tests.makers import radiance

STEP = 1 / 128  # of the brightest channel: eight bits of mantissa
LIGHT = np.random.default_rng(5).uniform(0, 1, (6, 20, 3)).astype(np.float32)
LIGHT *= np.float32(10.0) ** np.arange(-3, 3, dtype=np.float32)[:, None, None]
LIGHT[2, 3:12] = 0.25
LIGHT[4, :5] = 0.0


def _near(found: np.ndarray, wanted: np.ndarray) -> bool:
    return bool((np.abs(found - wanted) <= wanted.max(axis=-1, keepdims=True) * STEP).all())


@pytest.mark.parametrize("packed", [True, False])
def test_light_comes_back_over_six_decades(packed: bool) -> None:
    assert _near(decode_hdr(radiance.hdr(LIGHT, packed=packed), "x"), LIGHT)


def test_rows_may_run_upwards_and_to_the_left() -> None:
    turned = radiance.hdr(LIGHT, size_line="+Y {height} -X {width}")
    assert _near(decode_hdr(turned, "x"), LIGHT[::-1, ::-1])


def test_of_a_finer_picture_than_light_needs_squares_are_averaged() -> None:
    stripes = np.tile(np.array([0.25, 0.75], np.float32), (4, FINEST))[..., None] * np.ones(3)
    light = decode_hdr(radiance.hdr(stripes, packed=False), "x")
    assert light.shape == (2, FINEST, 3)
    assert np.allclose(light, 0.5)


@pytest.mark.parametrize(
    ("content", "why"),
    {
        "another kind": (b"\x89PNG\r\n", "no Radiance picture"),
        "nothing": (b"", "no Radiance picture"),
        "another form": (b"#?RADIANCE\nFORMAT=32-bit_rle_xyze\n\n-Y 1 +X 1\n0000", "another form"),
        "no size": (b"#?RADIANCE\n\n-Y ten +X 1\n", "does not say its size"),
        "turned on its side": (b"#?RADIANCE\n\n+X 8 -Y 8\n", "does not say its size"),
        "empty": (b"#?RADIANCE\n\n-Y 0 +X 9\n", "none or too many"),
        "a bomb": (f"#?RADIANCE\n\n-Y {MOST_PIXELS} +X 9\n".encode(), "none or too many"),
        "cut": (radiance.hdr(LIGHT)[:-9], "cut short"),
        "cut, flat": (radiance.hdr(LIGHT, packed=False)[:-1], "cut short"),
        "a run of nothing": (
            b"#?RADIANCE\n\n-Y 1 +X 8\n\x02\x02\x00\x08\x00\x00",
            "run of nothing",
        ),
        "a run too long": (b"#?RADIANCE\n\n-Y 1 +X 8\n\x02\x02\x00\x08\xff\x00", "does not end"),
    }.values(),
)
def test_a_damaged_picture_is_refused_in_a_sentence(content: bytes, why: str) -> None:
    with pytest.raises(UsageError, match=why) as caught:
        decode_hdr(content, "room.hdr")
    assert "room.hdr" in caught.value.message
    assert caught.value.advice


@given(st.data())
def test_any_damage_is_light_or_a_refusal(data: st.DataObject) -> None:
    content = bytearray(radiance.hdr(LIGHT, packed=data.draw(st.booleans())))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(len(content) // 2, len(content))) :]
    try:
        light = decode_hdr(bytes(content), "x")
    except UsageError:
        return
    assert np.isfinite(light).all()
    assert (light >= 0).all()
