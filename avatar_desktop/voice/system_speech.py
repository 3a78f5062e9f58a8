"""A throw-away process that lets the system's own voice write one phrase to a file, and ends.

Windows' voices are reached through pyttsx3, macOS' through the system's `say`: what hangs or leaves
something behind in there ends with the process. One JSON line in, one out.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

SCHEME: Final = "system:"
"""A request names such a voice as `system:`, the system's own name for it, `#` and its language."""
IS_OFFERED: Final = sys.platform in ("win32", "darwin")
"""Elsewhere the built-in voice is the system's, and better off without a detour."""
_SAY: Final = "/usr/bin/say"
_FORM: Final = ("--file-format=WAVE", "--data-format=LEI16@22050")


def main() -> None:
    """Do what the line on standard input asks for."""
    asked: dict[str, Any] = json.loads(sys.stdin.readline())
    out, sys.stdout = sys.stdout, sys.stderr  # some drivers print
    work = {"darwin": _with_say}.get(sys.platform, _with_pyttsx3)
    try:
        answer = work(asked)
    except ImportError:
        answer = {"why": "The system's voices need the Python package pyttsx3."}
    except Exception as error:  # noqa: BLE001  each driver has errors of its own
        answer = {"why": f"The system's voice failed ({type(error).__name__})."}
    out.write(json.dumps(answer) + "\n")
    out.flush()


def _with_pyttsx3(asked: dict[str, Any]) -> dict[str, Any]:
    import pyttsx3  # pyright: ignore[reportMissingTypeStubs]

    library: Any = pyttsx3
    engine = library.init(asked.get("driver"))
    if asked["verb"] == "voices":
        return {"voices": [_described(voice) for voice in engine.getProperty("voices")]}
    if asked.get("voice"):
        engine.setProperty("voice", asked["voice"])
    engine.save_to_file(asked["text"], asked["out"])
    engine.runAndWait()
    return {"out": asked["out"]}


def _described(voice: Any) -> dict[str, str]:
    told = next(iter(voice.languages or ()), "")
    language = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
    plain = "".join(sign for sign in language if sign.isprintable()).replace("_", "-")
    return {"id": str(voice.id), "name": str(voice.name), "language": plain}


def _with_say(asked: dict[str, Any]) -> dict[str, Any]:
    if asked["verb"] == "voices":
        listed = subprocess.run([_SAY, "-v", "?"], check=True, capture_output=True, text=True)
        return {"voices": [found for line in listed.stdout.splitlines() if (found := _said(line))]}
    wish = ("-v", asked["voice"]) if asked.get("voice") else ()
    script = Path(f"{asked['out']}.txt")
    script.write_text(asked["text"], "utf-8")
    subprocess.run([_SAY, *wish, "-o", asked["out"], *_FORM, "-f", str(script)], check=True)
    return {"out": asked["out"]}


def _said(line: str) -> dict[str, str] | None:
    """A line of the list: a name, which may hold spaces, its language, and a sample after #."""
    words = line.partition("#")[0].split()
    if len(words) < 2:
        return None
    name = " ".join(words[:-1])
    return {"id": name, "name": name, "language": words[-1].replace("_", "-")}
