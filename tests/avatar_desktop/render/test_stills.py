from __future__ import annotations

import numpy as np
import pytest

from avatar_desktop.render.stills import averaged, straightened


def _pixels(*rgba: tuple[int, int, int, int]) -> np.ndarray:
    return np.asarray([rgba], np.uint8).reshape(2, -1, 4)


def test_black_and_white_mix_as_light_does() -> None:
    black, white = (0, 0, 0, 255), (255, 255, 255, 255)
    assert averaged(_pixels(black, white, white, black), 2)[0, 0].tolist() == [188, 188, 188, 255]


def test_an_even_block_stays_itself() -> None:
    colour = (200, 130, 90, 255)
    assert averaged(_pixels(*[colour] * 4), 2)[0, 0].tolist() == list(colour)


def test_an_edge_keeps_its_colour_and_gets_half_the_alpha() -> None:
    clear, red = (0, 0, 0, 0), (200, 0, 0, 255)
    edge = straightened(averaged(_pixels(clear, red, red, clear), 2))[0, 0]
    assert edge.tolist() == pytest.approx([200, 0, 0, 128], abs=2)


def test_nothing_stays_nothing() -> None:
    assert not straightened(averaged(np.zeros((4, 4, 4), np.uint8), 2)).any()


def test_every_colour_under_every_veil_becomes_straight() -> None:
    colour, alpha = np.meshgrid(np.arange(256), np.arange(256))
    pixels = np.stack([colour, colour, colour, alpha], axis=2).astype(np.uint8)
    before = pixels.copy()
    plain = np.minimum(colour * 255.0 / np.maximum(alpha, 1) + 0.5, 255.0).astype(np.uint8)
    for given in (pixels, pixels[::-1][::-1]):
        straight = straightened(given)
        assert np.array_equal(straight[..., 0], np.where(alpha == 255, colour, plain))
        assert np.array_equal(straight[..., 3], alpha)
    assert np.array_equal(pixels, before)
