"""Where everything of the person lies; `--profile DIR` puts all of it in one place.

Decides places only: nothing is made until something is written.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

APP: Final = "avatar-desktop"


@dataclass(frozen=True)
class Folders:
    """config: settings · data: avatars, talks · cache: may vanish · state · logs · pictures."""

    config: Path
    data: Path
    cache: Path
    state: Path
    logs: Path
    pictures: Path
    throw_away: Path | None = None
    """The folder that `discard` removes, when this profile is a temporary one."""

    def discard(self) -> None:
        """Removes a temporary profile; keeps any other."""
        if self.throw_away is not None:
            from avatar_desktop.workers.passing import discard

            discard(self.throw_away)


def folders(*, profile: Path | None = None, temporary: bool = False) -> Folders:
    """The person's folders, those under `profile`, or those of a new throw-away profile."""
    if temporary:
        from avatar_desktop.workers.passing import passing_folder

        made = passing_folder(f"{APP}-")
        return _under(made, throw_away=made)
    if profile is not None:
        return _under(profile.expanduser().absolute())
    from platformdirs import PlatformDirs  # not needed for the first frame of a named profile

    places = PlatformDirs(APP, appauthor=False)
    return Folders(
        config=places.user_config_path,
        data=places.user_data_path,
        cache=places.user_cache_path,
        state=places.user_state_path,
        logs=places.user_log_path,
        pictures=places.user_pictures_path,
    )


def _under(root: Path, *, throw_away: Path | None = None) -> Folders:
    names = ("config", "data", "cache", "state", "logs", "pictures")
    config, data, cache, state, logs, pictures = (root / name for name in names)
    return Folders(config, data, cache, state, logs, pictures, throw_away)
