"""The list of voices as a person reads it: complete, in a good order, searchable, with a sample."""

from __future__ import annotations

from pathlib import Path

from avatar_desktop.voice.catalogue import find_voice, installed_voices
from avatar_desktop.voice.offered import OWN, SAMPLES, offered_voices
from avatar_desktop.voice.system_voices import SystemVoice
from tests.makers.made_up_piper import write_voice


def test_all_voices_are_listed_the_persons_first(tmp_path: Path) -> None:
    write_voice(tmp_path / "zoe", "zoe")
    listed = offered_voices(tmp_path, locale="de_DE")
    assert [listed[0].wish, listed[1].wish, listed[2].wish] == [OWN, "zoe", "gmw/de"]
    assert listed[1].is_brought and listed[1].detail == "en-US · yours"
    assert len(listed) == 2 + len(installed_voices())
    assert len({voice.wish for voice in listed}) == len(listed)


def test_what_is_chosen_stands_first_among_its_like_and_is_never_missing(tmp_path: Path) -> None:
    assert offered_voices(tmp_path, chosen="roa/fr")[1].wish == "roa/fr"
    address = "http://localhost:8880/v1#voice=alloy"
    assert offered_voices(tmp_path, chosen=address)[1].wish == address


def test_a_search_finds_names_and_languages(tmp_path: Path) -> None:
    listed = offered_voices(tmp_path)
    assert {voice.wish for voice in listed if voice.matches("GERMAN")} == {"gmw/de"}
    assert any(voice.matches("scot english") for voice in listed)
    assert not any(voice.matches("dolphin") for voice in listed)


def test_each_sample_is_in_a_language_that_somebody_speaks(tmp_path: Path) -> None:
    assert all(find_voice(language) for language in SAMPLES)
    german = next(voice for voice in offered_voices(tmp_path) if voice.wish == "gmw/de")
    assert german.sample == SAMPLES["de"]


def test_the_systems_voices_stand_between_yours_and_the_built_in_ones(tmp_path: Path) -> None:
    anna = SystemVoice("Anna", "Anna", "de-DE")
    listed = offered_voices(tmp_path, system=(anna,))
    assert listed[1].wish == "system:Anna#de-DE" and listed[1].sample == SAMPLES["de"]
