"""Each screen has its own spot on the desktop, and it is there again at the next start."""

from pathlib import Path

from avatar_desktop.library import overlay_spots
from avatar_desktop.library.overlay_spots import Spot, Spots
from avatar_desktop.library.store import Store


def test_spots_come_back_screen_by_screen(tmp_path: Path) -> None:
    spots = Spots().with_spot("left", Spot(100, 900, 400)).with_spot("right", Spot(50, 700, 300))
    assert overlay_spots.save(Store(tmp_path), spots)
    known = overlay_spots.load(Store(tmp_path))
    assert known.last == "right"
    assert known.screens["left"] == Spot(100, 900, 400)


def test_rubbish_is_the_first_time(tmp_path: Path) -> None:
    (tmp_path / overlay_spots.FILE).write_text('{"screens": {"left": {"x": "far"}}}')
    assert overlay_spots.load(Store(tmp_path)) == Spots()
