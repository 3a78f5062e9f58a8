"""Which animation an event calls for, for clients that ask the server to choose.

The names are meanings; the agent's map says what its avatar calls them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from avatar_desktop.wire.messages import AvatarAnimate
from server_stub.talk.mood import Mood

Touch = Literal["click", "hover", "drag"]

SHORT_MS: Final = 2000
LAST_MS: Final = 3000
CHUNKS_A_TURN: Final = 10
TALKS: Final = ("talk_calm", "talk_explain", "talk_gesture")
TOUCHED: Final[dict[Touch, tuple[str, ...]]] = {
    "click": ("wave", "nod", "happy"),
    "hover": ("look_at_camera", "smile"),
    "drag": ("surprised", "thinking"),
}


class Animations:
    """Chooses in the words of one agent."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._touches = 0

    def use(self, names: Mapping[str, str]) -> None:
        """From now on in these words."""
        self._names = names

    def welcome(self) -> AvatarAnimate:
        """Somebody connected."""
        return self._once("wave", SHORT_MS)

    def typing(self, active: bool) -> AvatarAnimate:
        """The person began to write, or stopped."""
        return self._loop("thinking" if active else "idle")

    def waiting(self) -> AvatarAnimate:
        """A message was sent and is not answered yet."""
        return self._loop("thinking")

    def talking(self, chunks: int) -> AvatarAnimate | None:
        """The reply has so many chunks; None when nothing changes with this one."""
        if chunks == 0:
            return self._loop(TALKS[0])
        turn, rest = divmod(chunks, CHUNKS_A_TURN)
        return None if rest else self._loop(TALKS[turn % len(TALKS)])

    def last(self, mood: Mood) -> AvatarAnimate:
        """The reply is over."""
        return self._once(last_gesture(mood), LAST_MS, mood.sentiment)

    def failed(self) -> AvatarAnimate:
        """The reply broke off."""
        return self._once("confused", SHORT_MS)

    def touched(self, kind: Touch) -> AvatarAnimate:
        """The person touched the avatar: the choices take turns."""
        choices = TOUCHED[kind]
        chosen = choices[self._touches % len(choices)]
        self._touches += 1
        return self._once(chosen, SHORT_MS)

    def _once(self, name: str, duration: int, sentiment: float | None = None) -> AvatarAnimate:
        shown = self._names.get(name, name)
        return AvatarAnimate(animation=shown, duration=duration, sentiment=sentiment)

    def _loop(self, name: str) -> AvatarAnimate:
        return AvatarAnimate(animation=self._names.get(name, name), loop=True)


def last_gesture(mood: Mood) -> str:
    """How a reply ends: by what it felt like."""
    if mood.sentiment > 0.5:
        return "happy"
    if mood.sentiment < -0.5:
        return "concerned"
    return "thinking" if mood.confidence < 0.5 else "nod"
