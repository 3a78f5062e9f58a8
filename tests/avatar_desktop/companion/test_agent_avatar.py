"""Which avatar an agent shall have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.companion.agent_avatar import (
    Decision,
    Fetch,
    Open,
    Refuse,
    Same,
    choose_avatar,
)
from avatar_desktop.library.avatars import Card, InstalledAvatar, is_file
from avatar_desktop.link.avatar_download import download_name

ADDRESS = "https://example.org/models/mira.vrm"
WREN = Path("/app/wren/avatar.vrm")
HERE = Path("/home/me/robin.glb").absolute()


def known(name: str, title: str, file: Path) -> InstalledAvatar:
    return InstalledAvatar(name, file.parent, file, Card(name=title), is_built_in=False)


def decide(model_url: str | None, **more: Any) -> Decision:
    given: dict[str, Any] = {
        "agent": "Mira",
        "chosen": "",
        "present": WREN,
        "installed": (known("wren", "Wren", WREN), known("ada-2", "Ada", Path("/x/ada.vrm"))),
        "downloads": False,
        "is_file": lambda path: path == HERE,
    }
    return choose_avatar(model_url, **(given | more))


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_an_agent_without_an_avatar_keeps_the_present_one(nothing: str | None) -> None:
    assert decide(nothing) == Same()


@pytest.mark.parametrize("model_url", ["ada", ADDRESS, "ftp://x/y.vrm"])
def test_what_the_person_chose_wins(model_url: str) -> None:
    assert decide(model_url, chosen="robin.glb") == Same()


@pytest.mark.parametrize("name", ["ada-2", "Ada", "ADA"])
def test_an_installed_name_is_opened(name: str) -> None:
    assert decide(name) == Open(Path("/x/ada.vrm"))


def test_the_avatar_that_is_open_already_stays() -> None:
    assert decide("wren") == Same()
    assert decide("wren", present=None) == Open(WREN)
    assert decide(str(HERE), present=HERE) == Same()


def test_a_local_file_is_opened() -> None:
    assert decide(str(HERE)) == Open(HERE)
    assert decide(HERE.as_uri()) == Open(HERE)


def test_an_address_is_fetched_only_when_the_person_agrees() -> None:
    decision = decide(ADDRESS)
    assert decision == Fetch(
        ADDRESS, "Mira has an avatar at example.org. Download it?", is_agreed=False
    )
    agreed = decide(ADDRESS, downloads=True)
    assert isinstance(agreed, Fetch) and agreed.is_agreed


def test_an_address_that_was_fetched_before_is_opened_without_a_question() -> None:
    file = Path("/x/mira.vrm")
    here = (known(download_name(ADDRESS), "Mira", file),)
    assert decide(ADDRESS, installed=here) == Open(file)
    assert decide(ADDRESS, installed=here, present=file) == Same()


@pytest.mark.parametrize(
    ("model_url", "why"),
    [
        ("http://example.org/a.vrm", "comes by http"),
        ("ftp://example.org/a.vrm", "comes by ftp"),
        ("https://me:secret@example.org/a.vrm", "password"),
        ("//server/share/a.vrm", "another machine"),
        ("\\\\server\\share\\a.vrm", "another machine"),
        ("file://server/share/a.vrm", "another machine"),
        ("nobody", "'nobody' and is not installed"),
        ("/etc/passwd", "is not installed"),
        ("a.vrm", "does not exist"),
        ("/nowhere/a.vrm", "does not exist"),
    ],
)
def test_anything_else_is_refused_in_one_sentence(model_url: str, why: str) -> None:
    decision = decide(model_url)
    assert isinstance(decision, Refuse)
    assert decision.sentence.startswith("Mira's avatar ")
    assert why in decision.sentence
    assert "secret" not in decision.sentence
    assert decision.sentence.endswith(".")


@given(st.text() | st.text("[]@:/.~%\\\0 a"), st.booleans())
def test_any_text_is_decided(text: str, downloads: bool) -> None:
    for model_url in (text, f"https://{text}", f"file://{text}", f"{text}.vrm", f"/{text}.vrm"):
        decision = decide(model_url, downloads=downloads, is_file=is_file)
        assert not isinstance(decision, Open) or text.casefold() in ("ada", "ada-2", "wren")
