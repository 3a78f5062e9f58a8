"""Tell what an avatar file holds: for people in a few lines, for programs as JSON."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from avatar_desktop.errors import AvatarError, UsageError

EXAMPLE = """examples:
  avatar-desktop inspect wren.vrm
  avatar-desktop inspect --json *.glb

a request is a list of poses; each says what it wants of this:
  [{"clip": "walk", "at": 0.5,                  a clip by name or index, or
    "motion": "bow.vrma",                       a motion of another file
    "humanoid": {"head": [0, 0.26, 0, 0.97]},   turns of bones as in a T-pose
    "expressions": {"aa": 1},
    "lookAt": {"yaw": 20, "pitch": -5},         degrees
    "points": [{"node": 2, "prim": 0, "idx": [0, 1]}]}]
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `inspect`."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLE
    parser.add_argument("files", metavar="FILE", nargs="+", help="a .vrm, .glb, .gltf or .zip file")
    parser.add_argument("--json", action="store_true", help="everything, one JSON line a file")
    parser.add_argument("--clip", metavar="NAME|INDEX", help="pose by this clip of the file")
    parser.add_argument(
        "--at", metavar="SECONDS", type=float, default=0.0, help="the moment of the clip"
    )
    parser.add_argument(
        "--samples", metavar="REQUEST.json", type=Path, help="poses asked for in a JSON list"
    )


def run(args: argparse.Namespace) -> int:
    """Describe each file; 1 when one of them cannot be read."""
    requests = _requests(args.samples) if args.samples else None
    as_json = args.json or requests is not None or len(args.files) > 1
    failed = False
    for name in args.files:
        try:
            text = _described(Path(name), args, requests, as_json=as_json)
        except (AvatarError, UsageError) as error:
            # what one file has not, such as a clip of that name, says nothing of the others
            if not as_json or (isinstance(error, UsageError) and len(args.files) == 1):
                raise
            failed = True
            text = json.dumps({"file": name, "error": _error(error)}, ensure_ascii=False)
        print(text)
    return int(failed)


def _described(
    path: Path, args: argparse.Namespace, requests: list[Any] | None, *, as_json: bool
) -> str:
    from avatar_desktop.avatar.examine import examine
    from avatar_desktop.avatar.read import read_avatar
    from avatar_desktop.cli.inspection import report, samples, summary
    from avatar_desktop.cli.motion_names import name_lines, names_json, repertoire_of
    from avatar_desktop.library.folders import folders

    avatar = read_avatar(path, decode_pixels=False)
    places = folders(profile=Path(args.profile) if args.profile else None)
    repertoire = repertoire_of(avatar, path, places)
    found = {"file": str(path), **report(avatar, args.clip, args.at)}
    found["motions"] = names_json(repertoire)
    found["warnings"] = [*avatar.warnings, *examine(path)]
    if requests is not None:
        found["samples"] = samples(avatar, requests)
    if as_json:
        return json.dumps(found, ensure_ascii=False)
    return summary(path.name, avatar, found, name_lines(repertoire))


def _error(error: AvatarError | UsageError) -> dict[str, str]:
    if isinstance(error, UsageError):
        return {"kind": "usage", "message": str(error), "place": ""}
    return {"kind": error.kind, "message": str(error), "place": error.place}


def _requests(path: Path) -> list[Any]:
    try:
        requests = json.loads(path.read_text("utf-8"), parse_constant=_refused)
    except OSError as error:
        raise UsageError(f"The request {path.name} cannot be opened.") from error
    except ValueError as error:
        raise UsageError(f"The request {path.name} is not valid JSON.") from error
    if not isinstance(requests, list):
        raise UsageError(f"The request {path.name} must be a JSON list.")
    return requests  # pyright: ignore[reportUnknownVariableType]


def _refused(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")
