"""Clips are found however their exporter wrote them."""

from __future__ import annotations

import pytest

from avatar_desktop.motion.clip_names import ClipNames, plain


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Armature|gesture_wave", "gesture_wave"),
        ("Rig|Layer|Talk Calm", "talk_calm"),
        ("Talk-Calm.001", "talk_calm"),
        (" IDLE ", "idle"),
    ],
)
def test_case_prefixes_and_copies_do_not_matter(written: str, name: str) -> None:
    assert plain(written) == name


def test_the_kind_is_looked_for_before_the_bare_name() -> None:
    names = ClipNames(["wave", "gesture_wave"])
    assert names.find("Wave", "gesture") == "gesture_wave"
    assert names.find("wave") == "wave"
    assert names.find("wave", "pose") == "wave"


def test_an_alias_leads_to_its_clip() -> None:
    assert ClipNames(["Salute"], {"wave": "Salute"}).find("wave", "gesture") == "Salute"


def test_an_idle_clip_may_have_a_longer_name() -> None:
    assert ClipNames(["Walk", "Breathing Idle"]).find("idle") == "Breathing Idle"


def test_unknown_names_find_nothing() -> None:
    assert ClipNames(["idle"]).find("moonwalk") is None


def test_the_first_of_two_clips_with_one_name_is_meant() -> None:
    assert ClipNames(["Idle", "idle"]).find("idle") == "Idle"


def test_gestures_are_listed_without_their_prefix() -> None:
    assert ClipNames(["gesture_bow", "A|Gesture_Wave", "walk"]).having("gesture_") == (
        "bow",
        "wave",
    )


def test_numbered_clips_are_variants_of_one_name() -> None:
    names = ClipNames(["idle_2", "idle_1", "gesture_nod", "talk_1", "talk"], {"rest": "idle"})
    assert names.variants("idle") == names.variants("rest") == ("idle_1", "idle_2")
    assert names.find("idle") == "idle_1"
    assert names.find("idle_2") == "idle_2"
    assert names.variants("talk") == ("talk",), "the one called so is meant alone"
    assert names.variants("nod", "gesture") == ("gesture_nod",)
    assert names.variants("walk") == ()
