"""The command line: one parser, one file a command, one way to fail."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

from avatar_desktop import __version__
from avatar_desktop.errors import AvatarDesktopError, UsageError

EXIT_DONE, EXIT_FAILED, EXIT_USAGE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Command:
    """A command by name; its module has `add_arguments(parser)` and `run(args) -> int`."""

    name: str
    module: str
    summary: str


COMMANDS = (
    Command("open", "open", "open the app (what happens without a command)"),
    Command("serve", "serve", "run the conversation server alone"),
    Command("render", "render", "perform a script to a picture or a film, without a screen"),
    Command("speak", "speak", "speak a text aloud, or to a sound file with a mouth track"),
    Command("inspect", "inspect", "tell what an avatar file holds and what is missing"),
    Command("doctor", "doctor", "check graphics, sound, voices and minds on this machine"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and answer its exit status; a failure is one plain sentence on stderr."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = build_parser(given)
    options = parser.parse_args(_with_command(given))
    module: ModuleType = options.module
    try:
        return int(module.run(options))
    except UsageError as error:
        print(error, file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        return EXIT_FAILED
    except BrokenPipeError:
        return EXIT_DONE
    except AvatarDesktopError as error:
        if options.verbose:
            raise
        print(error, file=sys.stderr)
        return EXIT_FAILED
    except Exception as error:  # the last edge: a person gets a sentence, not a traceback
        if options.verbose:
            raise
        print(
            f"Something went wrong that should not: {type(error).__name__}: {error}. "
            "Run again with --verbose for the details.",
            file=sys.stderr,
        )
        return EXIT_FAILED


def _with_command(given: list[str]) -> list[str]:
    """No command means `open`; options before it are kept."""
    names = {command.name for command in COMMANDS}
    for word in given:
        if word in names or word in ("-h", "--help", "--version"):
            return given
        if not word.startswith("-"):
            break
    return ["open", *given]


def build_parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """The whole parser; only the modules of the commands named in `given` are imported."""
    parser = argparse.ArgumentParser(
        prog="avatar-desktop",
        description="A desktop companion: a 3D avatar that you talk to and that answers aloud.",
        epilog="Run `avatar-desktop COMMAND --help` for the options of a command.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    words = set(_with_command(list(given)))
    for command in COMMANDS:
        sub = commands.add_parser(command.name, help=command.summary, description=command.summary)
        if command.name in words:
            module = importlib.import_module(f"avatar_desktop.cli.{command.module}")
            module.add_arguments(sub)
            sub.set_defaults(module=module)
        _add_common(sub)
    return parser


def _add_common(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("for every command")
    group.add_argument("--profile", metavar="DIR", help="keep everything of yours under DIR")
    group.add_argument(
        "--temporary", action="store_true", help="use a profile that is thrown away afterwards"
    )
    group.add_argument("--verbose", action="store_true", help="show details when something fails")
