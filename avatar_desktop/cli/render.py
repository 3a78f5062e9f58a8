"""Perform a script to a picture or a film, without a screen."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from avatar_desktop.errors import UsageError

if TYPE_CHECKING:
    from avatar_desktop.library.folders import Folders

DEFAULT_SIZE = "640x720"
LONGEST_SECONDS = 86_400.0
EXAMPLE = """example:
  echo "[emotion:happy,gesture:wave]Hello, I am glad you are here." |
    avatar-desktop render - -o hello.webm
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLE
    parser.add_argument("script", metavar="SCRIPT", help="a script file, or - for standard input")
    parser.add_argument("-o", "--out", metavar="FILE", required=True, help="png, gif, webm or mp4")
    parser.add_argument("--avatar", metavar="F", help="an avatar file or an installed name")
    parser.add_argument("--clip", metavar="NAME|INDEX", help="pose by this clip of the file")
    parser.add_argument("--outfit", metavar="NAME|INDEX", help="what the avatar wears")
    parser.add_argument("--size", metavar="WxH", default=DEFAULT_SIZE, help="pixels")
    parser.add_argument("--fps", metavar="N", type=float, default=30.0, help="frames a second")
    parser.add_argument("--at", metavar="SECONDS", type=float, help="the moment of a picture")
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="chance, repeatable")
    parser.add_argument(
        "--subtitles", choices=("srt", "vtt"), help="write what is said beside the film"
    )
    parser.add_argument("--voice", metavar="V", default="", help="which voice speaks")
    parser.add_argument(
        "--background",
        metavar="B",
        help="transparent, #rrggbb, #rrggbb-#rrggbb from top to bottom, a picture, or FILE.hdr",
    )
    parser.add_argument(
        "--ground",
        choices=("on", "off"),
        help="the soft shadow under the feet; without it, as the camera asks",
    )
    parser.add_argument(
        "--camera",
        metavar="C",
        help="portrait, bust, full, fit, or EYE:TARGET:FOV in the file's own axes",
    )
    parser.add_argument(
        "--light",
        metavar="L",
        help="studio, our own light, or FILE.hdr[:SUNX,SUNY,SUNZ]: a picture of light all around; "
        "without it, a background FILE.hdr lights the avatar too, and else the studio",
    )
    parser.add_argument("--exposure", metavar="F", type=float, default=1.0, help="brightness")
    parser.add_argument(
        "--tone-map", metavar="T", choices=("neutral", "none"), default="neutral", help="film curve"
    )


def run(options: argparse.Namespace) -> int:
    from avatar_desktop.library.folders import folders

    _check(options)
    places = folders(
        profile=Path(options.profile) if options.profile else None, temporary=options.temporary
    )
    try:
        return _perform(options, places)
    finally:
        places.discard()


def _check(options: argparse.Namespace) -> None:
    """UsageError for a number that means nothing."""
    if not 1.0 <= options.fps <= 240.0:
        raise UsageError("Frames a second lie between 1 and 240.")
    if options.at is not None and not 0.0 <= options.at <= LONGEST_SECONDS:
        raise UsageError(f"The moment --at lies between 0 and {LONGEST_SECONDS:.0f} seconds.")
    if not 0.0 < options.exposure <= 100.0:
        raise UsageError("The exposure is above 0 and at most 100.")
    if options.seed < 0:
        raise UsageError("The seed is a whole number from 0 on.")


def _perform(options: argparse.Namespace, places: Folders) -> int:
    from avatar_desktop.avatar.read import read_avatar
    from avatar_desktop.cli.render_progress import RenderProgress
    from avatar_desktop.companion.speaking import style_of
    from avatar_desktop.film.director import Director
    from avatar_desktop.film.encode import film_format
    from avatar_desktop.film.produce import (
        Sheet,
        posed_by_file,
        produce_film,
        produce_moment,
        produce_still,
    )
    from avatar_desktop.film.script import expected_seconds, read_script
    from avatar_desktop.film.subtitles import write_subtitles
    from avatar_desktop.film.surroundings import STUDIO, parse_light
    from avatar_desktop.film.take import Take
    from avatar_desktop.library.avatars import card_of, resolve
    from avatar_desktop.library.motions import motion_shelves
    from avatar_desktop.voice.brought import FOLDER as VOICES
    from avatar_desktop.voice.brought import check_wish, located
    from avatar_desktop.voice.synthesis import BlockingVoice

    out = Path(options.out)
    kind = film_format(out)
    sheet = Sheet(*_size(options.size), options.fps)
    voices = places.data / VOICES
    check_wish(located(options.voice, voices))
    file = resolve(options.avatar or "wren", places)
    card = card_of(file)
    script = read_script(_read_text(options.script))
    avatar = read_avatar(file)
    director = Director(
        outfit=options.outfit,
        camera=options.camera or (card.framing.shot if card else "bust"),
        background=options.background,
        cache=places.cache,
        ground=None if options.ground is None else options.ground == "on",
        aspect=sheet.aspect,
        exposure=options.exposure,
        tone_map=options.tone_map,
        surroundings=parse_light(options.light or STUDIO, places.cache),
        lit_by_place=options.light is None,
    )
    if not script and kind == "png":
        pose = posed_by_file(avatar, options.clip, options.at or 0.0)
        produce_still(avatar, pose, sheet=sheet, director=director, out=out)
        return _done(out)
    with BlockingVoice() as voice:
        take = Take(
            avatar=avatar,
            synthesise=lambda ask: voice.speak(replace(ask, voice=located(ask.voice, voices))),
            read_avatar=lambda name: read_avatar(resolve(name, places)),
            fps=sheet.fps,
            seed=options.seed,
            style=style_of(card, options.voice),
            animations=dict(card.animations) if card else {},
            motions=motion_shelves(file, places),
            find_motions=lambda name: motion_shelves(resolve(name, places), places),
        )
        if kind == "png":
            at = options.at if options.at is not None else 1e9
            produce_moment(take, script, at, sheet=sheet, director=director, out=out)
        else:
            progress = RenderProgress(expected_seconds(script))
            produce_film(take, script, sheet=sheet, director=director, out=out, progress=progress)
            progress.end()
            if options.subtitles:
                print(write_subtitles(take.spoken(), out, options.subtitles))
    return _done(out)


def _read_text(name: str) -> str:
    if name == "-":
        return sys.stdin.read()
    try:
        return Path(name).read_text(encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"The script {name} cannot be read: {reason}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"The script {name} is no UTF-8 text.") from error


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    try:
        size = int(width), int(height)
    except ValueError:
        raise UsageError(f"{text!r} is no size.", advice="Say for example 640x720.") from None
    if not all(16 <= side <= 8192 for side in size):
        raise UsageError("A size lies between 16 and 8192 pixels a side.")
    return size


def _done(out: Path) -> int:
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)
    print(out)
    return 0
