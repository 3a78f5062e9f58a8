"""Which avatar comes: the person's choice, or the one that the agent brings, fetched if agreed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from avatar_desktop.companion.agent_avatar import Fetch, Open, Refuse, choose_avatar
from avatar_desktop.companion.notices import Notices
from avatar_desktop.errors import AvatarDesktopError
from avatar_desktop.library.avatars import installed, resolve
from avatar_desktop.library.folders import Folders
from avatar_desktop.library.settings import Settings
from avatar_desktop.link.avatar_download import download_avatar
from avatar_desktop.wire.parts import Agent

FETCHING = "Downloading the agent's avatar…"


class Wardrobe:
    """Knows the avatar to open next; asks before anything is fetched."""

    def __init__(
        self, places: Folders, settings: Settings, *, name: str, chosen: str, notices: Notices
    ) -> None:
        self._places = places
        self._settings = settings
        self._notices = notices
        usual = type(settings)().avatar
        self._chosen = chosen or (settings.avatar if settings.avatar != usual else "")
        self._to_fetch = ("", "")
        self.name = name
        """An installed avatar's name, or a file."""

    async def meet(self, agent: Agent, open_avatar: Callable[[], None]) -> None:
        """The agent is known: take up the avatar that it brings, where that is wanted."""
        match choose_avatar(
            agent.avatar.model_url,
            agent=agent.name,
            chosen=self._chosen,
            present=self._present(),
            installed=installed(self._places),
            downloads=self._settings.downloads,
        ):
            case Open(file=file):
                self.name = str(file)
                open_avatar()
            case Fetch(address=address, question=question, is_agreed=is_agreed):
                self._to_fetch = (address, agent.name)
                if is_agreed:
                    await self.fetch(open_avatar)
                else:
                    self._notices.add("info", question, action="fetch-avatar")
            case Refuse(sentence=sentence):
                self._notices.add("warning", sentence)
            case _:
                return

    def choose(self, name: str, open_avatar: Callable[[], None]) -> None:
        """The person wants this installed avatar, whatever an agent brings."""
        self._chosen = self.name = name
        open_avatar()

    async def fetch(self, open_avatar: Callable[[], None]) -> None:
        """Download the agent's avatar, which the person agreed to, and open it."""
        address, title = self._to_fetch
        self._notices.withdraw("fetch-avatar")
        self._notices.add("info", FETCHING)
        try:
            file = await download_avatar(address, self._places, consent=True, title=title)
        finally:
            self._notices.withdraw(FETCHING)
        self.name = str(file)
        open_avatar()

    def _present(self) -> Path | None:
        try:
            return resolve(self.name, self._places)
        except AvatarDesktopError:
            return None
