"""The smaller sizes of a texture: as many as the driver wants, mixed as light."""

from __future__ import annotations

import numpy as np
import pytest

from avatar_desktop.render.mipmaps import smaller_sizes


def test_each_size_is_half_of_the_one_before_down_to_one_pixel() -> None:
    sizes = smaller_sizes(np.zeros((12, 5, 4), np.uint8), is_colour=True)
    assert [size.shape[:2] for size in sizes] == [(6, 2), (3, 1), (1, 1)]


@pytest.mark.parametrize("is_colour", [True, False])
@pytest.mark.parametrize("shape", [(64, 64), (7, 3), (1, 9)])
def test_one_colour_stays_what_it_is(shape: tuple[int, int], is_colour: bool) -> None:
    pixels = np.full((*shape, 4), (200, 13, 90, 128), np.uint8)
    for size in smaller_sizes(pixels, is_colour=is_colour):
        assert (size == (200, 13, 90, 128)).all()


def test_colours_are_mixed_as_light_and_measures_as_numbers() -> None:
    board = np.zeros((2, 2, 4), np.uint8)
    board[0, 0] = board[1, 1] = 255
    assert smaller_sizes(board, is_colour=True)[-1].tolist() == [[[188, 188, 188, 128]]]
    assert smaller_sizes(board, is_colour=False)[-1].tolist() == [[[128, 128, 128, 128]]]


def test_the_last_of_an_odd_row_is_not_lost() -> None:
    row = np.zeros((1, 3, 4), np.uint8)
    row[0, 2] = 255
    assert smaller_sizes(row, is_colour=False)[-1].tolist() == [[[85, 85, 85, 85]]]
