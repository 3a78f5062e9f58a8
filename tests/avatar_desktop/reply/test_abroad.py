from __future__ import annotations

import pytest

from avatar_desktop.reply.abroad import ABROAD
from avatar_desktop.reply.speakable import speakable
from avatar_desktop.reply.tongue import guess_tongue
from tests.makers.languages import TEXTS


def say(text: str, tongue: str = "auto") -> str:
    return speakable(text, list(range(len(text))), tongue)[0]


@pytest.mark.parametrize(
    ("tongue", "written", "said"),
    [
        ("fr", "Il fait 20 °C à 14:30.", "Il fait 20 degrés Celsius à 14 heures 30."),
        ("fr", "12\u202f345 km", "12345 kilomètres"),
        ("es", "Son 1.234,5 km & 5-10 kg", "Son 1234,5 kilómetros y 5 a 10 kilos"),
        ("es", "a -5 °C", "a menos 5 grados Celsius"),
        ("it", "Costa 5,99 €", "Costa 5 euro 99"),
        ("it", "1 kg, 2 kg", "1 chilo, 2 chili"),
        ("pt", "3,5 l às 14:00", "3 vírgula 5 litros às 14 horas"),
        ("nl", "om 14:30, 25 %", "om 14 uur 30, 25 procent"),
        ("pl", "1 km, 3 km, 5 km, 22 km", "1 kilometr, 3 kilometry, 5 kilometrów, 22 kilometry"),
        ("ru", "21 км и 21 km", "21 км и 21 километр"),
        ("uk", "3,5 h", "3 кома 5 години"),
        ("cs", "12 km", "12 kilometrů"),
        ("sv", "3,5 kg", "3 komma 5 kilo"),
        ("tr", "25 %", "yüzde 25"),
        ("el", "5 kg", "5 κιλά"),
        ("ar", "5 km", "5 كيلومتر"),
        ("hi", "½ l", "आधा l"),
        ("vi", "20 °C", "20 độ xê"),
        ("ja", "3km、14:30", "3 キロメートル、14じ30ふん"),
        ("ko", "3.5 kg", "3 점 5 킬로그램"),
        ("cmn", "我住在3km外，5%的人", "我住在3 公里外，百分之 5的人"),
        ("cmn", "2024-05-03", "2024年5月3日"),
        ("en", "due 2024-05-03", "due May third, twenty twenty-four"),
        ("de", "am 2024-05-03", "am dritten Mai zweitausendvierundzwanzig"),
    ],
)
def test_what_stands_around_a_figure_is_said_in_its_language(
    tongue: str, written: str, said: str
) -> None:
    assert say(written, tongue) == said


@pytest.mark.parametrize("text", ["3 mètres", "14:75", "1.2.3", "item-3", "v2-3x"])
def test_what_only_looks_like_a_figure_stays(text: str) -> None:
    assert say(text, "fr") == text


def test_every_language_names_every_unit() -> None:
    for tongue, language in ABROAD.items():
        for unit in ("km", "m", "cm", "kg", "g", "l", "min", "h", "°C", "%", "€", "$", "£"):
            for amount in ("1", "2", "5", "21"):
                assert language.word(unit, amount), (tongue, unit)
        assert say("5 km", tongue) != "5 km"


@pytest.mark.parametrize("voice", [*ABROAD, "en-us", "de"])
def test_a_sentence_tells_its_language(voice: str) -> None:
    name = {"fr": "fr-fr"}.get(voice, voice)
    expected = {"en-us": "en", "nb": "da"}.get(voice, voice)  # the two write figures alike
    assert guess_tongue(TEXTS[name]) == expected


def test_a_foreign_name_does_not_change_the_language() -> None:
    assert say("Dvořák wrote 3 pieces.") == "Dvořák wrote three pieces."
    assert say("I love Москва, 3 days there.") == "I love Москва, three days there."
