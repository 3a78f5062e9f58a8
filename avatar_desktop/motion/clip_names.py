"""Finding a clip by the name somebody uses for it; an unknown name finds nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

GESTURES = (
    *("wave", "nod", "shake_head", "point", "hand_raise", "thumbs_up", "shrug"),
    *("bow", "greet", "look_around", "stretch", "laugh"),
)
POSES = ("relaxed", "attentive", "arms_crossed")
LOOPS = ("idle", "listening", "thinking", "talk_calm", "talk_explain", "talk_gesture", "sit")
MOODS = ("happy", "surprised", "concerned", "confused")
"""What the app's own motions are called; of some there are several, numbered."""

_SEPARATORS = re.compile(r"[\s\-.]+")
_NUMBER = re.compile(r"_\d+$")
_COPY = re.compile(r"\.\d{3}$")


def plain(name: str) -> str:
    """A clip's name without case, exporter prefixes (`Armature|`) and copy numbers."""
    bare = _COPY.sub("", name.rsplit("|", 1)[-1].strip())
    return _SEPARATORS.sub("_", bare.lower()).strip("_")


class ClipNames:
    """The names of an avatar's clips, and how the agent calls them."""

    def __init__(self, names: Iterable[str], aliases: Mapping[str, str] | None = None) -> None:
        self._exact = {plain(name): name for name in reversed(list(names))}
        self._numbered: dict[str, list[str]] = {}
        for each in sorted(self._exact):
            family = _NUMBER.sub("", each)
            if family != each:
                self._numbered.setdefault(family, []).append(each)
        self._aliases = {plain(alias): plain(name) for alias, name in (aliases or {}).items()}

    def find(self, name: str, kind: str = "") -> str | None:
        """The clip meant by `name`; `kind` is gesture, pose or nothing.

        The agent's word comes first, then `gesture_wave` for the gesture wave, then `wave`.
        """
        found = self.variants(name, kind)
        return found[0] if found else None

    def variants(self, name: str, kind: str = "") -> tuple[str, ...]:
        """All clips meant by `name`: the one called so, else talk_1, talk_2 … for talk."""
        asked = plain(name)
        wanted = self._aliases.get(asked, asked)
        for candidate in (f"{kind}_{wanted}" if kind else wanted, wanted):
            if candidate in self._exact:
                return (self._exact[candidate],)
            if candidate in self._numbered:
                return tuple(self._exact[each] for each in self._numbered[candidate])
        return self._idles() if wanted == "idle" else ()

    def having(self, prefix: str) -> tuple[str, ...]:
        """What follows the prefix in the names that have it: gesture_ gives the gestures."""
        found = (name.removeprefix(prefix) for name in self._exact if name.startswith(prefix))
        return tuple(sorted(found))

    def _idles(self) -> tuple[str, ...]:
        loose = [name for name in self._exact if "idle" in name.split("_")]
        return (self._exact[min(loose, key=len)],) if loose else ()
