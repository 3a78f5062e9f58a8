"""The one executable: the app, its commands, and its worker processes."""

from __future__ import annotations

import sys


def main() -> int:
    if len(sys.argv) == 3 and sys.argv[1] == "--worker":
        return _work_as(sys.argv[2])
    from avatar_desktop.cli.main import main as run_command

    return run_command(sys.argv[1:])


def _work_as(name: str) -> int:
    """A child process does one thing; only that thing is imported."""
    if name == "voice":
        from avatar_desktop.voice.worker import main as work
    elif name == "sound":
        from avatar_desktop.sound.worker import main as work
    elif name == "speakers":
        from avatar_desktop.sound.lookout import main as work
    elif name == "system-voice":
        from avatar_desktop.voice.system_speech import main as work
    else:
        sys.stderr.write(f"There is no worker named {name}.\n")
        return 2
    work()
    return 0


if __name__ == "__main__":
    sys.exit(main())
