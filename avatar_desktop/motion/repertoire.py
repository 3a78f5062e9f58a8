"""Everything one avatar can do, by name: its own clips, motions from files, our own library.

A name means the first that has it, in that order, and the agent's own words come before all. Where
there are several by a name they are its variants. A clip is made when it is first asked for, or
ahead of time by `prepare`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from avatar_desktop.avatar.animation import Animation
from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.errors import AvatarDesktopError
from avatar_desktop.library.motions import BUILT_IN, MotionShelf, built_in_motions
from avatar_desktop.motion.clip import Clip
from avatar_desktop.motion.clip_names import GESTURES, LOOPS, MOODS, POSES, ClipNames, plain
from avatar_desktop.motion.motion_files import Source, sources_of

_log: Final = logging.getLogger(__name__)

OWN: Final = "the avatar's own"
_NEEDED: Final = ("head", "leftUpperArm", "rightUpperArm", "leftLowerArm", "rightLowerArm")
"""Whoever lacks one of these is not moved by our library."""
_SOONEST: Final = ("gesture_wave", "listening", "thinking", "talk_calm", "idle")
"""What is likely to be wanted first after the first idle."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What somebody gets who asks for a name."""

    name: str
    source: str
    clip: str


class Repertoire:
    """Finds the clip that a name means; an unknown name means nothing."""

    def __init__(
        self,
        avatar: Avatar,
        sources: Sequence[Source] = (),
        aliases: Mapping[str, str] | None = None,
    ) -> None:
        """`sources` come after the avatar's own clips and before our library."""
        self._avatar = avatar
        own = {animation.name: animation for animation in reversed(avatar.animations)}
        self._sources = (
            Source(OWN, tuple(item.name for item in avatar.animations), own.__getitem__),
            *sources,
            _library(avatar),
        )
        self._clips: dict[tuple[int, str], Clip | None] = {}
        self._making = threading.Lock()
        self.use_aliases(aliases or {})

    def use_aliases(self, aliases: Mapping[str, str]) -> None:
        """From now on take the agent's own names for clips."""
        self._aliases = dict(aliases)
        self._names = [ClipNames(source.names, aliases) for source in self._sources]

    @property
    def labels(self) -> tuple[str, ...]:
        """Where motions come from, the first that counts first."""
        return tuple(source.label for source in self._sources)

    @property
    def gestures(self) -> tuple[str, ...]:
        """Every gesture this avatar can make."""
        return self._having("gesture_")

    @property
    def poses(self) -> tuple[str, ...]:
        """Every posture this avatar can take."""
        return self._having("pose_")

    def find(self, name: str, kind: str = "") -> Clip | None:
        """The clip meant by `name`; `kind` is gesture, pose or nothing."""
        for place, found in self._candidates(name, kind):
            clip = self._clip(place, found)
            if clip is not None:
                return clip
        return None

    def built_in(self, name: str) -> Clip | None:
        """A clip of our library, whatever else has that name."""
        last = len(self._sources) - 1
        found = ClipNames(self._sources[last].names).find(name)
        return None if found is None else self._clip(last, found)

    def variants(self, families: Iterable[str]) -> tuple[str, ...]:
        """The clips by any of these names, of the first source that has one."""
        for names in self._names:
            found = [each for family in families for each in names.variants(family)]
            if found:
                return tuple(dict.fromkeys(found))
        return ()

    def prepare(self) -> Iterator[str]:
        """Make every clip, one at each step; meant for a thread beside the one that draws."""
        for place, source in enumerate(self._sources):
            for name in sorted(source.names, key=_urgency):
                self._clip(place, name)
                yield name

    def meanings(self) -> tuple[Meaning, ...]:
        """What each name means that somebody may ask for."""
        asked = [*GESTURES, *(f"pose_{name}" for name in POSES), *LOOPS, *MOODS, *self._aliases]
        asked += [name for source in self._sources for name in source.names]
        return tuple(self._meanings(dict.fromkeys(asked)))

    def _meanings(self, asked: Iterable[str]) -> Iterable[Meaning]:
        for name in asked:
            kind = "gesture" if name in GESTURES else ""
            for place, found in self._candidates(name, kind):
                yield Meaning(name, self._sources[place].label, found)
                break

    def _candidates(self, name: str, kind: str) -> Iterable[tuple[int, str]]:
        for place, names in enumerate(self._names):
            found = names.find(name, kind)
            if found is None and not kind:
                found = names.find(name, "gesture")
            if found is not None:
                yield place, found

    def _having(self, prefix: str) -> tuple[str, ...]:
        told = {name for names in self._names for name in names.having(prefix)}
        known = {f"{prefix}{name}" for name in told}
        own = {plain(alias) for alias, name in self._aliases.items() if plain(name) in known}
        return tuple(sorted(told | own))

    def _clip(self, place: int, name: str) -> Clip | None:
        """Made once; None, and said once, when its file turns out to be broken."""
        key = (place, name)
        if key not in self._clips:
            with self._making:
                if key not in self._clips:
                    self._clips[key] = self._made(self._sources[place], name)
        return self._clips[key]

    def _made(self, source: Source, name: str) -> Clip | None:
        try:
            return Clip(self._avatar, source.make(name))
        except AvatarDesktopError as error:
            _log.warning("The motion %s (%s) is left out: %s", name, source.label, error)
            return None


def _library(avatar: Avatar) -> Source:
    """Our own motions, for whoever has what they move."""
    able = all(bone in avatar.humanoid for bone in _NEEDED)
    shelf = built_in_motions() if able else MotionShelf(BUILT_IN, {})
    return next(iter(sources_of(avatar, (shelf,))), Source(BUILT_IN, (), _nothing))


def _nothing(name: str) -> Animation:
    raise KeyError(name)


def _urgency(name: str) -> int:
    places = [place for place, start in enumerate(_SOONEST) if name.startswith(start)]
    return places[0] if places else len(_SOONEST)
