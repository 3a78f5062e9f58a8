"""`python -m server_stub --data DIR`: the server alone, without the rest of the app."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from pathlib import Path

if __name__ == "__main__":  # nothing that comes in until it serves is garbage: it starts sooner
    gc.disable()

from avatar_desktop.workers.journal import open_journal
from avatar_desktop.workers.passing import discard, passing_folder
from server_stub.options import OptionError, add_arguments, options_from
from server_stub.serve import run


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="server_stub", description="The conversation server.")
    add_arguments(parser)
    parser.add_argument("--temporary", action="store_true", help="keep nothing after the end")
    arguments = parser.parse_args()
    if arguments.data is None and not arguments.temporary:
        parser.error("say where the conversations are kept with --data DIR, or --temporary")
    if arguments.data is not None:
        return serve(arguments, None)
    folder = passing_folder("conversations-")
    try:
        return serve(arguments, folder)
    finally:
        discard(folder)


def serve(arguments: argparse.Namespace, folder: Path | None) -> int:
    """Serves as the command line wants it; in `folder` when that names no other."""
    try:
        options = options_from(arguments, os.environ, folder)
    except OptionError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    journal = open_journal(
        None if options.in_container else options.data, "server", options.log_level
    )
    try:
        return run(options)
    finally:
        journal.close()


if __name__ == "__main__":
    sys.exit(main())
