"""Every error the app can raise on purpose: what happened, to what, and what to do next.

AvatarDesktopError
├── UsageError               the command line was used wrongly (exit status 2)
│   └── ScriptError          a performance script has a line that means nothing
├── AvatarError              an avatar file cannot be read or does not hold what is needed
├── Cancelled                what was under way is not wanted any more
├── StateError               a trigger is not legal in the avatar's present state
├── VoiceError               an engine cannot speak
├── SoundError               no device, or the device failed
├── GraphicsError            no usable OpenGL
├── LibraryError             something the person owns cannot be read or written
└── ConversationError        the server, the room or the mind refused
    └── NotAllowedError      the server does not accept this token or this app
"""

from __future__ import annotations


class AvatarDesktopError(Exception):
    """One plain sentence for the person, and the next step when there is one."""

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


class UsageError(AvatarDesktopError):
    """The command line was used wrongly."""


class AvatarError(AvatarDesktopError):
    """An avatar file cannot be read; `kind` names the failure, `place` the spot in `file`."""

    def __init__(
        self,
        message: str,
        *,
        kind: str = "unreadable",
        place: str = "",
        advice: str = "",
        file: str = "",
    ) -> None:
        super().__init__(message, advice=advice)
        self.kind = kind
        self.place = place
        self.file = file

    def __str__(self) -> str:
        sentence = super().__str__()
        named = not self.file or self.file in self.message
        return sentence if named else f"{self.file}: {sentence}"


class Cancelled(AvatarDesktopError):
    """What was under way is not wanted any more; whoever ended it needs no explanation."""


class StateError(AvatarDesktopError):
    """A trigger that the table does not allow in this state."""

    def __init__(self, state: str, trigger: str) -> None:
        super().__init__(f"The avatar cannot take {trigger} while it is {state}.")
        self.state = state
        self.trigger = trigger


class VoiceError(AvatarDesktopError):
    """An engine cannot speak this."""


class SoundError(AvatarDesktopError):
    """No sound device, or the device failed."""


class GraphicsError(AvatarDesktopError):
    """No usable OpenGL context."""


class ScriptError(UsageError):
    """A line of a performance script means nothing."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"Line {line} of the script: {message}")
        self.line = line


class LibraryError(AvatarDesktopError):
    """Something the person owns cannot be read or written."""


class ConversationError(AvatarDesktopError):
    """The server, the room or the mind refused."""


class NotAllowedError(ConversationError):
    """The server does not accept this token or this app; trying again changes nothing."""
