"""Sums found in a sentence and worked out exactly by a small parser. Nothing is ever evaluated as
code; big or deep
ones are refused, so that no message can keep the server busy.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from server_stub.mind.builtin.numbers import in_digits

MAX_TOKENS: Final = 120
MAX_DEPTH: Final = 24
MAX_BITS: Final = 990
"""Every value then fits a float, and is long enough for any ear."""

PHRASES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "en": (
        (r"\b(?:the )?square root of\b|\bsqrt\b", " √ "),
        (r"\bto the power of\b|\braised to\b|\*\*", " ^ "),
        (r"\bsquared\b", " ² "),
        (r"\bcubed\b", " ³ "),
        (r"\bmultiplied by\b|\btimes\b|(?<=\d)\s*x\s*(?=\d)", " * "),
        (r"\bdivided by\b|\bover\b", " / "),
        (r"\bplus\b", " + "),
        (r"\bminus\b", " - "),
        (r"\bhalf of\b", " 0.5 * "),
        (r"\bpercent\b|\bper cent\b", "%"),
        (r"%\s*of\b", "% * "),
    ),
    "de": (
        (r"\b(?:die )?(?:quadrat)?wurzel (?:aus|von)\b", " √ "),
        (r"\bhoch\b|\*\*", " ^ "),
        (r"\bzum quadrat\b", " ² "),
        (r"\bmultipliziert mit\b|\bmal\b|(?<=\d)\s*x\s*(?=\d)", " * "),
        (r"\bgeteilt durch\b|\bdividiert durch\b|\bdurch\b|(?<=\d)\s+:\s+(?=\d)", " / "),
        (r"\bplus\b", " + "),
        (r"\bminus\b|\bweniger\b", " - "),
        (r"\bdie hälfte von\b", " 0,5 * "),
        (r"\bprozent\b", "%"),
        (r"%\s*von\b", "% * "),
    ),
}
CUE: Final = re.compile(
    r"\b(?:what(?:'s|’s| is| are)|how much|calculate|compute|solve|work out|tell me|equals?|sum|"
    r"was (?:ist|sind|macht|ergibt)|wie ?viel|rechne|berechne|ergibt)\b|=|\?\s*$"
)
FILLER: Final = re.compile(
    r"\b(?:please|bitte|hey|hi|hello|hallo|and|und|the|ist|is|so|ok|now|then|dann|jetzt)\b|[=?!.,:;]"
)
DATE: Final = re.compile(r"\d{4}-\d\d?-\d\d?|\d\d?[./]\d\d?[./]\d{2,4}|\d{3,}-\d{3,}")
TOKEN: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[-+*/^()%²³√!]|[·×∙⋅÷−–]|\S")
SAME: Final = {"·": "*", "×": "*", "∙": "*", "⋅": "*", "÷": "/", "−": "-", "–": "-"}
DIGITS: Final = frozenset("0123456789")
SYMBOLS: Final = frozenset("-+*/^()%²³√!")
OPERATORS: Final = frozenset("-+*/^%²³√!")


class NoSum(ValueError):
    """There is no sum in these tokens."""


class TooBig(ValueError):
    """The sum has more digits than anybody wants to hear."""


@dataclass(frozen=True)
class Sum:
    """What came out: the value, or why there is none."""

    value: Fraction | None
    is_exact: bool = True
    trouble: str = ""
    """`zero` for a division by zero, `big` for a number out of reach."""


def find_sum(text: str, language: str) -> Sum | None:
    """The sum in this sentence, worked out; None if it holds none."""
    lowered = text.lower()
    if DATE.search(lowered):
        return None
    plain = in_digits(lowered, language)
    for pattern, symbol in PHRASES[language]:
        plain = re.sub(pattern, symbol, plain)
    tokens = _longest_run(plain)
    if tokens is None or not (CUE.search(lowered) or _is_all(plain, tokens)):
        return None
    try:
        parser = _Parser(tokens, language)
        return Sum(parser.whole(), parser.is_exact)
    except ZeroDivisionError:
        return Sum(None, trouble="zero")
    except TooBig:
        return Sum(None, trouble="big")
    except NoSum:
        return None


def _longest_run(plain: str) -> list[str] | None:
    """The longest unbroken row of numbers and signs that has a number and an operator."""
    runs: list[list[str]] = [[]]
    for match in TOKEN.finditer(plain):
        token = SAME.get(match.group(), match.group())
        if token in SYMBOLS or token[0] in DIGITS:
            runs[-1].append(token)
        elif runs[-1]:
            runs.append([])
    runs = [_without_sentence_marks(run) for run in runs]
    sums = [run for run in runs if OPERATORS & set(run) and any(t[0] in DIGITS for t in run)]
    best = max(sums, key=len, default=None)
    return None if best is None or not 2 <= len(best) <= MAX_TOKENS else best


def _without_sentence_marks(run: list[str]) -> list[str]:
    """A dash before the sum or an exclamation mark after `4 + 4!` with a space is still a sum."""
    while run and run[-1] in "-+*/^(√":
        run = run[:-1]
    while run and run[0] in "*/^)%!²³":
        run = run[1:]
    return run


def _is_all(plain: str, tokens: list[str]) -> bool:
    """Whether the message is the sum and little else; `24/7` inside a story is not meant."""
    rest = re.sub(r"[\d\s()%²³√^*/+.,·×÷−–-]", "", FILLER.sub("", plain))
    return len(rest) == 0 and len(tokens) >= 2


class _Parser:
    """Recursive descent over the tokens; every value is a fraction."""

    def __init__(self, tokens: list[str], language: str) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._language = language
        self.is_exact = True

    def whole(self) -> Fraction:
        value = self._sum()
        if self._at != len(self._tokens):
            raise NoSum
        return value

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, *wanted: str) -> str:
        token = self._next()
        if token and token in wanted:
            self._at += 1
            return token
        return ""

    def _sum(self) -> Fraction:
        value = self._product()
        while sign := self._take("+", "-"):
            right = self._product()
            value = _kept(value + right if sign == "+" else value - right)
        return value

    def _product(self) -> Fraction:
        value = self._signed()
        while sign := self._take("*", "/"):
            right = self._signed()
            value = _kept(value * right if sign == "*" else value / right)
        return value

    def _signed(self) -> Fraction:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TooBig
        try:
            if self._take("-"):
                return -self._signed()
            self._take("+")
            if self._take("√"):
                return self._root(self._signed())
            return self._power()
        finally:
            self._depth -= 1

    def _power(self) -> Fraction:
        base = self._marked()
        if self._take("^"):
            return self._raised(base, self._signed())
        return base

    def _marked(self) -> Fraction:
        value = self._atom()
        while mark := self._take("%", "²", "³", "!"):
            if mark == "%":
                value /= 100
            elif mark == "!":
                value = _factorial(value)
            else:
                value = self._raised(value, Fraction(2 if mark == "²" else 3))
        return value

    def _atom(self) -> Fraction:
        if self._take("("):
            value = self._sum()
            if not self._take(")"):
                raise NoSum
            return value
        token = self._next()
        if not token or token[0] not in DIGITS:
            raise NoSum
        self._at += 1
        return _number(token, self._language)

    def _root(self, value: Fraction) -> Fraction:
        if value < 0:
            raise NoSum
        top, bottom = math.isqrt(value.numerator), math.isqrt(value.denominator)
        if top * top == value.numerator and bottom * bottom == value.denominator:
            return Fraction(top, bottom)
        self.is_exact = False
        shift = 10**24
        return Fraction(math.isqrt(value.numerator * shift**2 // value.denominator), shift)

    def _raised(self, base: Fraction, exponent: Fraction) -> Fraction:
        if exponent.denominator == 1:
            size = max(base.numerator.bit_length(), base.denominator.bit_length())
            if abs(exponent) * max(1, size) > MAX_BITS:
                raise TooBig
            return _kept(base ** int(exponent))
        if exponent == Fraction(1, 2):
            return self._root(base)
        try:
            raised = float(base) ** float(exponent)
        except OverflowError:
            raise TooBig from None
        if isinstance(raised, complex) or not math.isfinite(raised):
            raise NoSum
        self.is_exact = False
        return Fraction(raised)


def _kept(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise TooBig
    return value


def _factorial(value: Fraction) -> Fraction:
    if value.denominator != 1 or value < 0:
        raise NoSum
    if value > 60:
        raise TooBig
    return Fraction(math.factorial(int(value)))


def _number(token: str, language: str) -> Fraction:
    """Digits with the decimal and thousands marks of the language; a lone foreign mark is
    understood.
    """
    if len(token) > 40:
        raise TooBig
    decimal, thousands = (",", ".") if language == "de" else (".", ",")
    parts = token.split(thousands)
    if len(parts) > 1 and not (
        len(parts[0]) <= 3 and all(len(p.split(decimal)[0]) == 3 for p in parts[1:])
    ):
        token = (
            token.replace(thousands, decimal) if len(parts) == 2 else token.replace(thousands, "")
        )
    else:
        token = token.replace(thousands, "")
    if token.count(decimal) > 1:
        raise NoSum
    return Fraction(token.replace(decimal, "."))


def spoken_value(total: Sum, language: str) -> tuple[str, bool]:
    """The value as it is said, and whether it is only nearly so."""
    value = total.value
    if value is None:
        raise ValueError("a sum without a value cannot be said")
    point = "," if language == "de" else "."
    if value.denominator == 1 and abs(value) < 10**15:
        return str(value.numerator), not total.is_exact
    if abs(value) >= 10**15 or abs(value) < Fraction(1, 10**6):
        mantissa, _, exponent = f"{float(value):.3e}".partition("e")
        times = "mal 10 hoch" if language == "de" else "times 10 to the power of"
        return f"{mantissa.replace('.', point)} {times} {int(exponent)}", True
    rounded = round(value, 6)
    text = f"{float(rounded):.6f}".rstrip("0").rstrip(".")
    return text.replace(".", point), rounded != value or not total.is_exact
