"""A script is lines and directives; what means nothing is named with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.errors import ScriptError
from avatar_desktop.film.script import (
    Background,
    Camera,
    ChangeAvatar,
    Line,
    Pause,
    TakePose,
    User,
    Voice,
    read_script,
)


def test_every_directive_becomes_its_step() -> None:
    script = """
// a greeting
[emotion:happy]Hello there! // said warmly
@pause 0.5
@camera portrait 2
@user What is new?
@avatar robot.vrm
@voice en-gb
@background #336699
@pose attentive
@interrupt 1.5
This will be cut off.
See https://example.org/page for more.
"""
    assert read_script(script) == (
        Line("[emotion:happy]Hello there!"),
        Pause(0.5),
        Camera("portrait", 2.0),
        User("What is new?"),
        ChangeAvatar("robot.vrm"),
        Voice("en-gb"),
        Background("#336699"),
        TakePose("attentive"),
        Line("This will be cut off.", stops_after=1.5),
        Line("See https://example.org/page for more."),
    )


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("Hello\n@dance", "Line 2 of the script: there is no directive @dance"),
        ("@pause soon", "Line 1 of the script: “soon” is not a number"),
        ("\n\n@camera", "Line 3 of the script: @camera needs something"),
        ("@pause -1", "between 0 and 3600"),
    ],
)
def test_a_line_that_means_nothing_is_named(script: str, words: str) -> None:
    with pytest.raises(ScriptError, match=words):
        read_script(script)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(script: str) -> None:
    told = "Line"
    try:
        read_script(script)
    except ScriptError as error:
        told = str(error)
    assert told.startswith("Line")
