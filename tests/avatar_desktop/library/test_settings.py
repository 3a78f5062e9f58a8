"""The person's choices: each field explains itself, and one bad value loses only itself."""

from pathlib import Path

import pytest

from avatar_desktop.library import settings
from avatar_desktop.library.store import Store


def test_choices_come_back(tmp_path: Path) -> None:
    chosen = settings.changed(settings.Settings(), voice_rate=1.25, theme="dark")
    assert settings.save(Store(tmp_path), chosen)
    assert settings.load(Store(tmp_path)) == chosen


def test_one_bad_value_takes_its_default_and_the_others_stay(tmp_path: Path) -> None:
    (tmp_path / settings.FILE).write_text('{"voice_rate": 7, "theme": "dark", "unheardOf": 1}')
    assert settings.load(Store(tmp_path)) == settings.Settings(theme="dark")


def test_rubbish_gives_the_defaults(tmp_path: Path) -> None:
    (tmp_path / settings.FILE).write_text("[")
    assert settings.load(Store(tmp_path)) == settings.Settings()


def test_a_value_out_of_range_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="voice_rate"):
        settings.changed(settings.Settings(), voice_rate=9.0)


def test_every_setting_says_what_it_is() -> None:
    fields = settings.fields()
    assert [field.name for field in fields] == list(settings.Settings.__struct_fields__)
    for field in fields:
        assert field.label
        assert field.help.endswith(".")
        assert isinstance(field.default, field.kind)
    rate = next(field for field in fields if field.name == "voice_rate")
    assert (rate.minimum, rate.maximum) == (0.5, 2.0)
    theme = next(field for field in fields if field.name == "theme")
    assert theme.choices == ("system", "light", "dark")
