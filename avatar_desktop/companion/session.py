"""From a companion to its server and back again after anything that breaks the way.

Starts the bundled server (or uses another one), opens the room, loads what was said before, and
keeps the line. It knows no window and no avatar.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from argparse import Namespace
from dataclasses import dataclass
from typing import Any

from avatar_desktop.companion.companion import Companion
from avatar_desktop.companion.conversation import shown
from avatar_desktop.companion.persona import Persona
from avatar_desktop.companion.snapshot import LinkState, Message
from avatar_desktop.errors import ConversationError, NotAllowedError
from avatar_desktop.library.folders import Folders
from avatar_desktop.library.outbox import Outbox
from avatar_desktop.library.settings import Settings
from avatar_desktop.library.store import Store
from avatar_desktop.link.bundled_server import (
    Address,
    BundledServer,
    address_of,
    serve_command,
)
from avatar_desktop.link.connection import Connection, LinkStatus
from avatar_desktop.link.rooms import HistoryMessage, Rooms
from avatar_desktop.wire import messages as wire
from avatar_desktop.wire.instants import milliseconds

log = logging.getLogger("companion.session")
TRY_AGAIN_SECONDS = 2.0
HISTORY_ROWS = 60


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """Which server, mind and agent."""

    server: str = ""
    """The http address of a server that runs already; empty for the bundled one."""
    token: str = ""
    mind: str = ""
    agent: str = "companion"

    @staticmethod
    def of(given: Namespace, settings: Settings) -> SessionOptions:
        """What was said at the start counts before the settings."""
        return SessionOptions(
            server=given.server or settings.server,
            token=given.token or "",
            mind=given.mind or settings.mind,
            agent=settings.agent,
        )


class Session:
    """One conversation of one companion; `run` lasts until `close`."""

    def __init__(self, companion: Companion, places: Folders, options: SessionOptions) -> None:
        self._companion = companion
        self._options = options
        self._places = places
        self._outbox = Outbox(Store(places.data))
        self._bundled: BundledServer | None = None
        self._connection: Connection | None = None
        self._fixed: Address | None = None
        self._was_connected = False
        self._trouble = ""
        self._reloading: asyncio.Future[None] | None = None
        self._persona: Persona | None = None
        """Who speaks instead of the agent of the options."""
        self._leaving: asyncio.Future[None] | None = None
        companion.use_link(_NoRoomYet(self._outbox))

    @property
    def server_address(self) -> Address | None:
        """Where the bundled server is, while it is there."""
        return self._bundled.address if self._bundled else None

    @property
    def connection(self) -> Connection | None:
        return self._connection

    async def run(self) -> None:
        """Find the server, enter the room, and talk."""
        address = await self._find_server()
        persona = object()
        while persona != self._persona:  # until nobody else is to speak any more
            persona = self._persona
            await self._talk(address)

    def take_persona(self, persona: Persona | None) -> None:
        """From now on somebody else speaks, in a room of their own."""
        if persona == self._persona:
            return
        self._persona = persona
        self._was_connected = False
        self._companion.leave_room()
        self._companion.use_link(_NoRoomYet(self._outbox))
        if self._connection is not None:
            self._leaving = asyncio.ensure_future(self._connection.close())

    async def _talk(self, address: Address) -> None:
        """One room, until the session or the persona ends."""
        self._connection = None
        persona = self._persona
        room = await self._enter(address)
        if persona != self._persona:
            return
        self._outbox.enter(room)
        for waiting in self._outbox.pending(room):
            self._companion.waiting(waiting.client_message_id, waiting.text, time_ms())
        current = self._bundled.address if self._bundled and self._bundled.address else address
        self._connection = Connection(
            url=current.url,
            token=current.token,
            room=room,
            outbox=self._outbox,
            on_message=self._receive,
            on_status=self._link_changed,
            hello=self._companion.hello,
        )
        self._companion.use_link(self._connection)
        await asyncio.create_task(self._connection.run())

    async def close(self) -> None:
        """Hang up, then end the server that was started for this companion."""
        if self._reloading is not None:
            self._reloading.cancel()
        if self._connection is not None:
            await self._connection.close()
        if self._bundled is not None:
            await self._bundled.close()

    # The server ----------------------------------------------------------------------------

    async def _find_server(self) -> Address:
        if self._options.server:
            self._fixed = address_of(self._options.server, self._options.token)
            return self._fixed
        self._bundled = BundledServer(
            serve_command(self._places.data / "server", mind=self._options.mind),
            on_address=self._server_moved,
            on_trouble=self._server_failed,
            api_key=os.environ.get("OPENAI_API_KEY", ""),
        )
        while True:
            try:
                return await self._bundled.start()
            except ConversationError as error:
                self._server_failed(str(error))
                await asyncio.sleep(TRY_AGAIN_SECONDS)

    def _server_moved(self, address: Address) -> None:
        if address.warning:
            self._companion.notices.add("warning", address.warning)
        if self._connection is not None:
            self._companion.notices.withdraw(self._trouble)
            self._connection.move(url=address.url, token=address.token)

    def _server_failed(self, sentence: str) -> None:
        self._companion.notices.withdraw(self._trouble)
        self._trouble = sentence
        self._companion.notices.add("warning", sentence)
        self._companion.link_changed("offline", sentence)

    # The room ------------------------------------------------------------------------------

    async def _enter(self, address: Address) -> str:
        """Open the room; keeps trying while the server cannot be reached."""
        while True:
            if self._bundled is not None and self._bundled.address is not None:
                address = self._bundled.address
            try:
                async with Rooms(http=address.http, token=address.token) as rooms:
                    room = await rooms.create_room(await self._agent(rooms))
                    history = await rooms.history(room.id, HISTORY_ROWS)
                    self._companion.use_mind(_mind_name(await rooms.minds()))
            except ConversationError as error:
                log.warning("no room: %s", error.message)
                is_refused = isinstance(error, NotAllowedError)
                self._companion.link_changed("refused" if is_refused else "offline", error.message)
                await asyncio.sleep(TRY_AGAIN_SECONDS)
                continue
            self._companion.load_history(tuple(_row(each) for each in reversed(history)))
            return room.id

    async def _agent(self, rooms: Rooms) -> str:
        who = self._persona
        if who is None:
            return self._options.agent
        return await rooms.agent_like(name=who.name, prompt=who.prompt, welcome=who.welcome)

    async def _reload_history(self, room: str) -> None:
        """The server could not replay what was missed: read it as history."""
        address = self._bundled.address if self._bundled else self._fixed
        if address is None:
            return
        try:
            async with Rooms(http=address.http, token=address.token) as rooms:
                history = await rooms.history(room, HISTORY_ROWS)
        except ConversationError as error:
            log.warning("history not reloaded: %s", error.message)
            return
        self._companion.load_history(tuple(_row(each) for each in reversed(history)))

    # The line ------------------------------------------------------------------------------

    def _receive(self, message: wire.Message) -> None:
        if isinstance(message, wire.Connected):
            if self._was_connected and not message.resumed:
                self._reloading = asyncio.ensure_future(self._reload_history(message.room))
            self._was_connected = True
        self._companion.receive(message)

    def _link_changed(self, status: LinkStatus) -> None:
        state: LinkState = status.state
        log.info("link", extra={"state": state, "attempts": status.attempts})
        detail = status.detail
        if status.exhausted and status.next_try_in is not None:
            detail = f"{detail} Trying again in {status.next_try_in:.0f} s."
            self._companion.notices.add(
                "error",
                "The conversation server cannot be reached. It is tried again by itself; "
                "what you type waits.",
                action="retry-link",
            )
        self._companion.link_changed(state, detail, can_retry=status.exhausted)


class _NoRoomYet:
    """What is typed before there is a room waits on disk like everything else."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def say(self, text: str, client_message_id: str) -> None:
        self._outbox.append(client_message_id, "", text)

    def send(self, message: object) -> None:
        """Nobody is there to hear it; the first message of a connection says it again."""

    def retry_now(self) -> None:
        """It is being tried already."""


def time_ms() -> int:
    return time.time_ns() // 1_000_000


def _row(stored: HistoryMessage) -> Message:
    is_user = stored.sender == "human"
    return Message(
        id=stored.client_message_id or stored.id,
        sender="user" if is_user else "agent",
        text=stored.content if is_user else shown(stored.content),
        state="sent" if is_user else "complete",
        time_ms=milliseconds(stored.created_at),
    )


def _mind_name(minds: tuple[dict[str, Any], ...]) -> str:
    """The mind in use, as the person would say it."""
    for mind in minds:
        if mind.get("selected"):
            return str(mind.get("name") or mind.get("id") or "")
    return str(minds[0].get("name", "")) if minds else ""
