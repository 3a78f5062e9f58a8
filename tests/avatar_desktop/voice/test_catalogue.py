"""The installed voices, and what a wish for one finds."""

import pytest

from avatar_desktop.errors import VoiceError
from avatar_desktop.voice.catalogue import find_voice, installed_variants, installed_voices


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        ("en-us", "gmw/en-US"),
        ("en_US", "gmw/en-US"),
        ("gmw/en-US", "gmw/en-US"),
        ("English (America)", "gmw/en-US"),
        ("de-AT", "gmw/de"),
        ("fr-fr+f2", "roa/fr+f2"),
        ("en+whisper", "gmw/en+whisper"),
    ],
)
def test_a_voice_is_found_by_language_id_or_name(wish: str, found: str) -> None:
    assert find_voice(wish) == found


@pytest.mark.parametrize("wish", ["dolphin", "", "en+nobody", "en+"])
def test_a_wish_that_nobody_can_fulfil_is_refused(wish: str) -> None:
    with pytest.raises(VoiceError):
        find_voice(wish)


def test_the_list_knows_language_and_gender() -> None:
    voices = {voice.id: voice for voice in installed_voices()}
    assert len(voices) > 100
    assert voices["gmw/de"].language == "de"
    assert {v.id: v.gender for v in installed_variants()}["f3"] == "female"
