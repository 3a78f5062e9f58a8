"""Figures in languages whose cardinals the voice says well by itself: what it needs help with.

Promise: digits stay digits. Grouped thousands are joined; units, money, ranges, minus signs, clock
times and decimals are said where a voice would spell them, skip them or fall into English.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from avatar_desktop.reply.origin import Traced

_UNITS = ("km", "m", "cm", "kg", "g", "l", "min", "h", "°C", "%", "€", "$", "£")
_MONEY = frozenset("€$£")


@dataclass(frozen=True, slots=True)
class Abroad:
    """One language; `units` holds its word for each of _UNITS, forms parted by a slash."""

    mark: str
    """What stands before the decimals."""
    group: str
    """What may stand between thousands, beside thin and unbreakable spaces."""
    minus: str
    to: str
    both: str
    """What `&` is called."""
    half: str
    units: str
    point: str = ""
    """The name of the mark where voices leave it out."""
    hour: str = ""
    minute: str = ""
    """What follows the hour and the minutes; nothing where the voice reads 14:30 well."""
    date: str = "{day} {month} {year}"
    tail_counts: bool = False
    """Whether 21 takes the form of 1."""

    def word(self, unit: str, amount: str) -> str:
        forms = self.units.split(", ")[_UNITS.index(unit)].split("/")
        return forms[min(self._form(amount), len(forms) - 1)]

    def _form(self, amount: str) -> int:
        """One, few, many; a broken number takes the second form, as do all where two suffice."""
        if self.mark in amount:
            return 1
        last = int(amount[-2:])
        if amount == "1" or (self.tail_counts and last % 10 == 1 and last != 11):
            return 0
        return 1 if last % 10 in (2, 3, 4) and last not in (12, 13, 14) else 2


ABROAD: dict[str, Abroad] = {
    "fr": Abroad(
        ",", " ", "moins", "à", "et", "un demi",
        "kilomètre/kilomètres, mètre/mètres, centimètre/centimètres, kilo/kilos, gramme/grammes,"
        " litre/litres, minute/minutes, heure/heures, degré Celsius/degrés Celsius, pour cent,"
        " euro/euros, dollar/dollars, livre/livres",
        hour=" heures",
    ),
    "es": Abroad(
        ",", ".", "menos", "a", "y", "medio",
        "kilómetro/kilómetros, metro/metros, centímetro/centímetros, kilo/kilos, gramo/gramos,"
        " litro/litros, minuto/minutos, hora/horas, grado Celsius/grados Celsius, por ciento,"
        " euro/euros, dólar/dólares, libra/libras",
    ),
    "it": Abroad(
        ",", ".", "meno", "a", "e", "mezzo",
        "chilometro/chilometri, metro/metri, centimetro/centimetri, chilo/chili, grammo/grammi,"
        " litro/litri, minuto/minuti, ora/ore, grado Celsius/gradi Celsius, per cento, euro,"
        " dollaro/dollari, sterlina/sterline",
    ),
    "pt": Abroad(
        ",", ".", "menos", "a", "e", "meio",
        "quilómetro/quilómetros, metro/metros, centímetro/centímetros, quilo/quilos, grama/gramas,"
        " litro/litros, minuto/minutos, hora/horas, grau Celsius/graus Celsius, por cento,"
        " euro/euros, dólar/dólares, libra/libras",
        point="vírgula", hour=" horas e",
    ),
    "nl": Abroad(
        ",", ".", "min", "tot", "en", "een half",
        "kilometer, meter, centimeter, kilo, gram, liter, minuut/minuten, uur, graad Celsius/graden"
        " Celsius, procent, euro, dollar, pond",
        hour=" uur",
    ),
    "pl": Abroad(
        ",", ". ", "minus", "do", "i", "pół",
        "kilometr/kilometry/kilometrów, metr/metry/metrów, centymetr/centymetry/centymetrów,"
        " kilogram/kilogramy/kilogramów, gram/gramy/gramów, litr/litry/litrów,"
        " minuta/minuty/minut, godzina/godziny/godzin, stopień Celsjusza/stopnie Celsjusza/stopni"
        " Celsjusza, procent, euro, dolar/dolary/dolarów, funt/funty/funtów",
    ),
    "ru": Abroad(
        ",", " ", "минус", "до", "и", "половина",
        "километр/километра/километров, метр/метра/метров, сантиметр/сантиметра/сантиметров,"
        " килограмм/килограмма/килограммов, грамм/грамма/граммов, литр/литра/литров,"
        " минута/минуты/минут, час/часа/часов, градус Цельсия/градуса Цельсия/градусов Цельсия,"
        " процент/процента/процентов, евро, доллар/доллара/долларов, фунт/фунта/фунтов",
        tail_counts=True,
    ),
    "uk": Abroad(
        ",", " ", "мінус", "до", "і", "половина",
        "кілометр/кілометри/кілометрів, метр/метри/метрів, сантиметр/сантиметри/сантиметрів,"
        " кілограм/кілограми/кілограмів, грам/грами/грамів, літр/літри/літрів,"
        " хвилина/хвилини/хвилин, година/години/годин, градус Цельсія/градуси Цельсія/градусів"
        " Цельсія, відсоток/відсотки/відсотків, євро, долар/долари/доларів, фунт/фунти/фунтів",
        point="кома", hour=" ", tail_counts=True,
    ),
    "cs": Abroad(
        ",", " .", "minus", "až", "a", "půl",
        "kilometr/kilometry/kilometrů, metr/metry/metrů, centimetr/centimetry/centimetrů,"
        " kilogram/kilogramy/kilogramů, gram/gramy/gramů, litr/litry/litrů, minuta/minuty/minut,"
        " hodina/hodiny/hodin, stupeň Celsia/stupně Celsia/stupňů Celsia,"
        " procento/procenta/procent, euro/eura/eur, dolar/dolary/dolarů, libra/libry/liber",
    ),
    "sv": Abroad(
        ",", " ", "minus", "till", "och", "en halv",
        "kilometer, meter, centimeter, kilo, gram, liter, minut/minuter, timme/timmar,"
        " grad Celsius/grader Celsius, procent, euro, dollar, pund",
        point="komma",
    ),
    "da": Abroad(
        ",", ".", "minus", "til", "og", "en halv",
        "kilometer, meter, centimeter, kilo, gram, liter, minut/minutter, time/timer,"
        " grad celsius/grader celsius, procent, euro, dollar, pund",
    ),
    "nb": Abroad(
        ",", " ", "minus", "til", "og", "en halv",
        "kilometer, meter, centimeter, kilo, gram, liter, minutt/minutter, time/timer,"
        " grad celsius/grader celsius, prosent, euro, dollar, pund",
    ),
    "fi": Abroad(
        ",", " ", "miinus", "viiva", "ja", "puoli",
        "kilometri/kilometriä, metri/metriä, senttimetri/senttimetriä, kilo/kiloa, gramma/grammaa,"
        " litra/litraa, minuutti/minuuttia, tunti/tuntia, celsiusaste/celsiusastetta,"
        " prosentti/prosenttia, euro/euroa, dollari/dollaria, punta/puntaa",
    ),
    "tr": Abroad(
        ",", ".", "eksi", "ile", "ve", "yarım",
        "kilometre, metre, santimetre, kilo, gram, litre, dakika, saat, santigrat derece, yüzde,"
        " avro, dolar, sterlin",
    ),
    "hu": Abroad(
        ",", " .", "mínusz", "–", "és", "fél",
        "kilométer, méter, centiméter, kiló, gramm, liter, perc, óra, Celsius-fok, százalék, euró,"
        " dollár, font",
    ),
    "ro": Abroad(
        ",", ".", "minus", "până la", "și", "jumătate",
        "kilometru/kilometri, metru/metri, centimetru/centimetri, kilogram/kilograme, gram/grame,"
        " litru/litri, minut/minute, oră/ore, grad Celsius/grade Celsius, la sută, euro,"
        " dolar/dolari, liră/lire",
    ),
    "el": Abroad(
        ",", ".", "μείον", "έως", "και", "μισό",
        "χιλιόμετρο/χιλιόμετρα, μέτρο/μέτρα, εκατοστό/εκατοστά, κιλό/κιλά, γραμμάριο/γραμμάρια,"
        " λίτρο/λίτρα, λεπτό/λεπτά, ώρα/ώρες, βαθμός Κελσίου/βαθμοί Κελσίου, τοις εκατό, ευρώ,"
        " δολάριο/δολάρια, λίρα/λίρες",
    ),
    "ar": Abroad(
        ".", ",", "ناقص", "إلى", "و", "نصف",
        "كيلومتر, متر, سنتيمتر, كيلوغرام, غرام, لتر, دقيقة, ساعة, درجة مئوية, بالمئة, يورو, دولار,"
        " جنيه",
    ),
    "hi": Abroad(
        ".", ",", "माइनस", "से", "और", "आधा",
        "किलोमीटर, मीटर, सेंटीमीटर, किलो, ग्राम, लीटर, मिनट, घंटा/घंटे, डिग्री सेल्सियस, प्रतिशत,"
        " यूरो, डॉलर, पाउंड",
    ),
    "vi": Abroad(
        ",", ".", "âm", "đến", "và", "một nửa",
        "ki lô mét, mét, xen ti mét, ki lô gam, gam, lít, phút, giờ, độ xê, phần trăm, ơ rô,"
        " đô la, bảng",
        hour=" giờ",
    ),
    "ja": Abroad(
        ".", ",", "マイナス", "から", "と", "半分",
        "キロメートル, メートル, センチメートル, キログラム, グラム, リットル,"
        " ふん, じかん, ど, パーセント, ユーロ, ドル, ポンド",
        point="てん", hour="じ", minute="ふん", date="{year}ねん{month}がつ{day}にち",
    ),
    "ko": Abroad(
        ".", ",", "마이너스", "에서", "와", "절반",
        "킬로미터, 미터, 센티미터, 킬로그램, 그램, 리터, 분, 시간, 도, 퍼센트, 유로, 달러, 파운드",
        point="점", hour="시", minute="분", date="{year}년 {month}월 {day}일",
    ),
    "cmn": Abroad(
        ".", ",", "负", "到", "和", "一半",
        "公里, 米, 厘米, 公斤, 克, 升, 分钟, 小时, 摄氏度, 百分之, 欧元, 美元, 英镑",
        hour="点", minute="分", date="{year}年{month}月{day}日",
    ),
}  # fmt: skip
_PERCENT_FIRST = frozenset(("cmn", "tr"))
_SPACE = "\u00a0\u2009\u202f"
_LETTER = r"[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
"""Part of a word, where words are parted by spaces."""
_AMOUNT = r"\d+(?:[.,]\d+)?"
_ISO_DATE = re.compile(r"(?<![\w-])(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?![\w-])")
_RANGE = re.compile(
    rf"(?<!{_LETTER})(?<![.,-])(?P<low>{_AMOUNT})\s?[–—-]\s?(?=\d+(?:[.,:]\d+)?(?![\d-]))"
)
_MINUS = re.compile(r"(?:(?<=[\s(])|^)[-−](?=\d)")
_CLOCK = re.compile(
    rf"(?<!{_LETTER})(?<![.,:])(?P<hour>\d{{1,2}})[:h](?P<minute>\d\d)(?!{_LETTER}|:)"
)
_SIGN_FIRST = re.compile(rf"(?P<unit>[€$£])\s?(?P<amount>{_AMOUNT})(?![\d])")
_UNIT_LAST = re.compile(
    rf"(?<!{_LETTER})(?<![.,])(?P<amount>{_AMOUNT})\s?(?P<unit>km|cm|kg|min|°C|[mglh%€$£])"
    rf"(?!{_LETTER}|[/²³])"
)
_SIGN_ALONE = re.compile(r"\s?(?P<sign>[&½])\s?")
_CENTS = re.compile(r"(?P<whole>\d+)[.,](?P<cents>\d\d)")


def say_figures_abroad(traced: Traced, tongue: str) -> None:
    language = ABROAD.get(tongue)
    if language is None:
        return
    if any(char in "&½" for char in traced.text):
        names = {"&": language.both, "½": language.half}
        traced.say(_SIGN_ALONE, lambda match: f" {names[match['sign']]} ")
    if not any(map(str.isdigit, traced.text)):
        return
    traced.say(_grouped(language), lambda match: re.sub(r"\D", "", match[0]))
    traced.say(_ISO_DATE, lambda match: _date(match, language))
    traced.say(_RANGE, lambda match: f"{match['low']} {language.to} ")
    if language.hour:
        traced.say(_CLOCK, lambda match: _clock(match, language))
    for pattern in (_UNIT_LAST, _SIGN_FIRST):
        traced.say(pattern, lambda match: _measure(match, language, tongue))
    traced.say(_MINUS, lambda _: f"{language.minus} ")
    if language.point:
        decimal = re.compile(rf"(?<=\d){re.escape(language.mark)}(?=\d)")
        traced.say(decimal, lambda _: f" {language.point} ")


def _grouped(language: Abroad) -> re.Pattern[str]:
    between = re.escape(language.group + _SPACE)
    return re.compile(rf"(?<![\w.,])\d{{1,3}}(?:[{between}]\d{{3}})+(?![\w])")


def _date(match: re.Match[str], language: Abroad) -> str:
    parts = {name: str(int(match[name])) for name in ("year", "month", "day")}
    return language.date.format(**parts)


def _clock(match: re.Match[str], language: Abroad) -> str | None:
    hour, minute = int(match["hour"]), int(match["minute"])
    if hour > 24 or minute > 59:
        return None
    said = f"{hour}{language.hour}"
    if not minute:
        return said.removesuffix(" e").rstrip()
    space = "" if language.minute else " "
    return f"{said.rstrip()}{space}{minute}{language.minute}"


def _measure(match: re.Match[str], language: Abroad, tongue: str) -> str:
    amount, unit = match["amount"], match["unit"]
    cents = _CENTS.fullmatch(amount) if unit in _MONEY else None
    if cents:
        amount = cents["whole"]
    word = language.word(unit, amount)
    if unit == "%" and tongue in _PERCENT_FIRST:
        return f"{word} {amount}"
    rest = f" {cents['cents']}" if cents and cents["cents"] != "00" else ""
    return f"{amount} {word}{rest}"
