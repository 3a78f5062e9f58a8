"""The operator's page: its files as the server gives them, and a person's way through it."""

from __future__ import annotations

import asyncio
import re
import tomllib
from pathlib import Path

import numpy as np

from server_stub.door.limits import CONSOLE_USER
from server_stub.page.shelf import FOLDER
from tests.makers.browser import Page, browsed, program
from tests.makers.conversation_server import ROOT, Served, in_process, script
from tests.makers.made_up_ears import MadeUpEars
from tests.makers.voices_in_rooms import pcm, silence, spoken, write_wave

ANSWER = {
    "chunks": [
        [0, "[emotion:happy,ges"],
        [0, "ture:wave]Good "],
        [0, "morning, <b>friend</b>."],
    ]
}
ENDLESS = {"match": "for ever", "chunks": [[0, "On "], [0, "and "], [3600, "on."]]}
NOTICE = "return document.querySelector('#notice').innerText"
LINES = "[...document.querySelectorAll('#lines li')].map((line) => line.innerText)"


def test_the_page_is_for_everybody_and_may_load_nothing_from_elsewhere() -> None:
    async def scene() -> None:
        async with in_process() as served:
            for path in ("/", *(f"/page/{file.name}" for file in files() if file.stem != "index")):
                async with served.client.get(served.http + path) as answer:
                    assert answer.status == 200, path
                    rules = answer.headers["Content-Security-Policy"].split("; ")
                    assert "default-src 'none'" in rules
                    assert "unsafe" not in answer.headers["Content-Security-Policy"]
                    assert answer.headers["X-Content-Type-Options"] == "nosniff"
            for path in ("/page/", "/page/shelf.py", "/page/..%2fgate.py", "/page/index.html"):
                async with served.client.get(served.http + path) as answer:
                    assert answer.status == 401, path

    asyncio.run(scene())


def test_the_page_names_no_outside_address_and_keeps_no_token() -> None:
    for file in files():
        text = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|url\(|@import|innerHTML|eval\(", text), file.name
        assert not re.search(r"localStorage|sessionStorage|document\.cookie", text), file.name


def test_a_wheel_and_a_bundle_carry_the_page() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    assert "server_stub" in build["targets"]["wheel"]["packages"]
    recipe = (ROOT / "packaging" / "avatar_desktop.spec").read_text("utf-8")
    assert 'collect_data_files("server_stub", excludes=["**/*.py"])' in recipe


def test_the_operator_talks_with_the_keyboard_alone(tmp_path: Path) -> None:
    program()

    async def scene() -> None:
        mind = script(tmp_path, ENDLESS, ANSWER)
        async with in_process(mind) as served, browsed(tmp_path / "profile") as page:
            await page.open(served.http + "/")
            await page.type("no token")
            await page.press("Enter")
            said = await page.until("return document.querySelector('#refusal').innerText")
            assert said == "The token is not one of this server."
            assert len(page.complaints) == 1  # the 401
            page.complaints.clear()
            await come_in(page, served)
            await page.type("Hello there")
            await page.press("Enter")
            await page.until("return document.querySelectorAll('.took').length === 1")
            human, agent = await page.read(f"return {LINES}")
            assert human == "Hello there"
            assert "Good morning, <b>friend</b>." in agent and "emotion:happy" in agent
            for place in ("first-last", "first-median", "whole-last", "whole-median"):
                shown = await page.read(f"return document.querySelector('#{place}').innerText")
                assert re.fullmatch(r"[\d.]+ m?s", shown), place
            await page.until(
                "return document.querySelector('#visitors').innerText.includes('local-console')"
            )
            assert (await served.ask("GET", "rooms"))[1]["rooms"] == []  # the app's own are apart
            await page.until("return document.querySelector('#rooms').innerText.includes('Wren')")
            await page.type("Go on for ever")
            await page.press("Enter")
            await page.until(f"return {LINES}.at(-1).startsWith('On and')")
            await page.tab_to("interrupt")
            await page.press("Enter")
            await page.until(f"return {LINES}.at(-1).includes('interrupted')")
            await page.tab_to("end")
            await page.press("Enter")
            await page.until(f"return {LINES}.at(-1) === 'The session is over.'")
            log = await page.read("return document.querySelector('#log').innerText")
            assert "session-end" in log and "ar-stream-chunk × 3" in log
            assert served.token not in await page.read("return document.documentElement.outerHTML")
            assert page.complaints == []

    asyncio.run(scene())


def test_a_recording_shows_its_level_and_the_server_says_that_it_cannot_hear(
    tmp_path: Path,
) -> None:
    program()

    async def scene() -> None:
        async with in_process() as served, browsed(tmp_path / "profile") as page:
            await page.open(served.http + "/", dark=True)
            await come_in(page, served)
            await page.tab_to("record")
            await page.press("Enter")
            said = await page.until("return document.querySelector('#notice').innerText")
            assert said.startswith("This server cannot hear; type the message instead.")
            await page.until("return Number(document.querySelector('#level').ariaValueNow) > 0")
            await page.press("Enter")
            await page.until("return document.querySelector('#level').hidden")
            assert page.complaints == []

    asyncio.run(scene())


def test_what_is_said_into_the_microphone_is_seen_and_answered(tmp_path: Path) -> None:
    program()
    file = tmp_path / "said.wav"
    said = np.concatenate((silence(0.6), spoken("Hello there, how are you today?"), silence(1.4)))
    write_wave(file, pcm(said))
    ears = MadeUpEars(["Good evening."] * 50, partials=True)

    async def scene() -> None:
        microphone = f"--use-file-for-fake-audio-capture={file}"
        serving = in_process(script(tmp_path, ANSWER), ears=ears)
        async with serving as served, browsed(tmp_path / "profile", microphone) as page:
            await page.open(served.http + "/")
            await come_in(page, served)
            await page.tab_to("record")
            await page.press("Enter")
            await page.until(f"return {LINES}.some((line) => line.includes('half-seconds'))")
            await page.until(f"return {LINES}.some((line) => line.includes('Good morning, <b>'))")
            human, agent = (await page.read(f"return {LINES}"))[:2]
            assert human.startswith("Good evening.") and "by voice · 88 % sure" in human
            assert "friend" in agent
            await page.press("Enter")
            await page.until("return document.querySelector('#level').hidden")
            stt = "document.querySelector('#stt-server').innerText"
            await page.until(f"return {stt} !== '–' && {stt}")
            assert page.complaints == []

    asyncio.run(scene())


def test_the_page_finds_a_server_again_that_went_away_and_misses_nothing(tmp_path: Path) -> None:
    program()

    async def scene() -> None:
        data = tmp_path / "data"
        data.mkdir()
        mind = script(tmp_path, ANSWER)
        async with browsed(tmp_path / "profile") as page:
            async with in_process(mind, data) as served:
                port = int(served.http.rsplit(":", 1)[1])
                await page.open(served.http + "/")
                await come_in(page, served)
                await page.type("Before")
                await page.press("Enter")
                await page.until("return document.querySelectorAll('.took').length === 1")
            await page.until(
                "return document.querySelector('#session').innerText.includes('again')"
            )
            assert "Trying again in" in await page.read(NOTICE)
            assert await page.read("return document.querySelector('#words').disabled")
            async with in_process(mind, data, port=port) as served:
                room = await served.room(CONSOLE_USER)
                async with served.socket(room, CONSOLE_USER) as other:
                    await other.say(type="join-ar-room", roomId=room)
                    await other.say(type="ar-message", content="Meanwhile")
                    await other.next("ar-stream-end")
                await page.until(f"return {LINES}.includes('Connected again.')")
                await page.until(f"return {LINES}.includes('Meanwhile')")
                lines = await page.read(f"return {LINES}")
                assert [line for line in lines if line == "Before"] == ["Before"]
                assert sum("friend" in line for line in lines) == 2
                await page.read("document.querySelector('#words').focus()")
                await page.type("After")
                await page.press("Enter")
                await page.until(f"return {LINES}.filter((one) => /friend/.test(one)).length === 3")

    asyncio.run(scene())


async def come_in(page: Page, served: Served) -> None:
    """From the door into a session."""
    await page.tab_to("token")
    await page.read("document.querySelector('#token').value = ''")
    await page.type(served.token)
    await page.press("Enter")
    await page.until("return document.activeElement.id === 'start'")
    await page.press("Enter")
    await page.until("return document.activeElement.id === 'words'")


def files() -> list[Path]:
    return [file for file in FOLDER.iterdir() if file.suffix in (".html", ".css", ".js", ".svg")]
