"""`serve`: the conversation server alone, until it is told to stop."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from avatar_desktop.library.folders import folders
from avatar_desktop.workers.journal import FOLDER_VARIABLE, inherit_journal, open_journal
from server_stub import options

SERVER_FOLDER = "server"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `serve`."""
    options.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Serve; one JSON line says where. The exit status."""
    from server_stub.serve import run as serve

    profile: str | None = args.profile
    places = folders(profile=Path(profile) if profile else None, temporary=args.temporary)
    try:
        wanted = options.options_from(args, os.environ, places.data / SERVER_FOLDER)
    except options.OptionError as error:
        print(error, file=sys.stderr)
        return 1
    if wanted.is_child and FOLDER_VARIABLE in os.environ:
        journal = inherit_journal("server")
    else:
        logs = None if wanted.in_container else places.logs
        journal = open_journal(logs, "server", wanted.log_level)
    try:
        return serve(wanted)
    finally:
        journal.close()
        places.discard()
