"""The first conversation without a screen: real server, real wire, real voice, counted clock.

What a window would show is left as a film and a picture in the current folder.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from avatar_desktop.errors import ConversationError

QUESTION = "Hello! What can you do?"
FILM, PICTURE = Path("avatar-desktop.webm"), Path("avatar-desktop.png")
SIZE, FPS = (480, 540), 15.0
ANSWER_SECONDS = 60.0


def run_headless(options: argparse.Namespace) -> int:
    from avatar_desktop.library.folders import folders

    print(
        "There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY): "
        "the conversation is held without a window."
    )
    places = folders(
        profile=Path(options.profile) if options.profile else None, temporary=options.temporary
    )
    try:
        question = options.smoke or QUESTION
        welcome, reply = asyncio.run(_converse(places.data / "server", options, question))
        _perform(welcome, question, reply, options, places)
    finally:
        places.discard()
    return 0


async def _converse(data: Path, options: argparse.Namespace, question: str) -> tuple[str, str]:
    """Ask one question over the wire; the agent's welcome and the raw reply."""
    from avatar_desktop.library.outbox import Outbox
    from avatar_desktop.library.store import Store
    from avatar_desktop.link.bundled_server import BundledServer, address_of, serve_command
    from avatar_desktop.link.connection import Connection
    from avatar_desktop.link.rooms import Rooms

    server = BundledServer(
        serve_command(data, mind=options.mind or ""),
        on_address=lambda address: None,
        on_trouble=lambda sentence: print(sentence, file=sys.stderr),
    )
    if options.server:
        address = address_of(options.server, options.token or "")
    else:
        address = await server.start()
    try:
        async with Rooms(http=address.http, token=address.token) as rooms:
            room = await rooms.create_room("companion")
        listener = _Listener()
        connection = Connection(
            url=address.url,
            token=address.token,
            room=room.id,
            outbox=Outbox(Store(data.parent / "headless")),
            on_message=listener.hear,
            on_status=lambda status: None,
        )
        talking = asyncio.create_task(connection.run())
        print(f"You: {question}")
        connection.say(question, f"headless-{id(listener)}-{asyncio.get_running_loop().time()}")
        try:
            await asyncio.wait_for(listener.is_over.wait(), ANSWER_SECONDS)
        except TimeoutError:
            raise ConversationError("The mind did not answer within a minute.") from None
        finally:
            await connection.close()
            await talking
        return listener.welcome, listener.reply
    finally:
        await server.close()


class _Listener:
    """Collects the welcome and one reply."""

    def __init__(self) -> None:
        self.welcome = ""
        self.reply = ""
        self.is_over = asyncio.Event()

    def hear(self, message: object) -> None:
        from avatar_desktop.wire import messages as wire

        match message:
            case wire.Connected(agent=agent) if agent is not None:
                self.welcome = agent.welcome_message or ""
            case wire.StreamChunk(chunk=chunk):
                self.reply += chunk
            case wire.StreamEnd() | wire.StreamError():
                self.is_over.set()
            case _:
                return


def _perform(
    welcome: str, question: str, reply: str, options: argparse.Namespace, places: object
) -> None:
    from avatar_desktop.avatar.read import read_avatar
    from avatar_desktop.companion.speaking import style_of
    from avatar_desktop.film.director import Director
    from avatar_desktop.film.produce import Sheet, produce_film, produce_moment
    from avatar_desktop.film.script import Line, Step, User
    from avatar_desktop.film.take import Take
    from avatar_desktop.library import settings
    from avatar_desktop.library.avatars import card_of, resolve
    from avatar_desktop.library.folders import Folders
    from avatar_desktop.library.motions import motion_shelves
    from avatar_desktop.library.store import Store
    from avatar_desktop.reply.phrases import ReplyReader
    from avatar_desktop.voice.brought import FOLDER, located
    from avatar_desktop.voice.synthesis import BlockingVoice

    assert isinstance(places, Folders)
    file = resolve(options.avatar or "wren", places)
    card = card_of(file)
    avatar = read_avatar(file)
    reader = ReplyReader()
    reader.feed(reply)
    reader.finish()
    print(f"{card.name if card else 'Avatar'}: {reader.shown}")
    steps: tuple[Step, ...] = (User(question), Line(reply))
    if welcome:
        steps = (Line(welcome), *steps)
    sheet = Sheet(*SIZE, FPS)
    voices, chosen = places.data / FOLDER, settings.load(Store(places.config))

    def take(voice: BlockingVoice) -> Take:
        return Take(
            avatar,
            synthesise=lambda ask: voice.speak(replace(ask, voice=located(ask.voice, voices))),
            read_avatar=lambda name: read_avatar(resolve(name, places)),
            fps=FPS,
            style=style_of(card, chosen.voice),
            animations=card.animations if card else {},
            motions=motion_shelves(file, places),
        )

    def director() -> Director:
        return Director(
            camera=card.framing.shot if card else "bust",
            background=None,
            cache=places.cache,
            aspect=sheet.aspect,
        )

    with BlockingVoice() as voice:
        produce_film(
            take(voice), steps, sheet=sheet, director=director(), out=FILM, progress=_progress()
        )
    with BlockingVoice() as voice:
        produce_moment(take(voice), steps, 1.4, sheet=sheet, director=director(), out=PICTURE)
    print(f"\nWrote {FILM} (with sound) and {PICTURE}.")


def _progress() -> Callable[[float], None]:
    """One line on a terminal, a few lines elsewhere."""
    told = -5.0

    def tell(second: float) -> None:
        nonlocal told
        if sys.stderr.isatty():
            print(f"\rDrawing: {second:5.1f} s", end="", file=sys.stderr, flush=True)
        elif second - told >= 5.0:
            told = second
            print(f"Drawing: {second:.0f} s", file=sys.stderr, flush=True)

    return tell
