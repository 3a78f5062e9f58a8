"""A worker that does what tests tell it: echo, print, hang, crash. Run as a script."""

import os
import threading

from avatar_desktop.workers.channel import ChildEnd


def main() -> None:
    channel = ChildEnd()
    if os.environ.get("NEVER_READY") != "1":
        channel.ready()
    for message in channel.messages():
        match message["kind"]:
            case "echo":
                channel.send(message)
            case "print":
                os.write(1, b"a library prints this\n")
                channel.send({"kind": "printed"})
            case "hang":
                threading.Event().wait()
            case "crash":
                os._exit(7)
            case "garbage":
                channel._out.write(b"\x00\x00\x00\x02\xc1\xc1")  # pyright: ignore[reportPrivateUsage]
                channel._out.flush()  # pyright: ignore[reportPrivateUsage]


if __name__ == "__main__":
    main()
