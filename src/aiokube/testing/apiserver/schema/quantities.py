"""Quantities: amounts of resources such as `100m` and `1Gi`, as Go reads and writes them.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/api/resource/quantity.go
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple

from aiokube.testing.apiserver.go.numbers import parse_int

__all__ = ["MOST_IN_THOUSANDTHS", "Held", "Notation", "Quantity", "QuantityError", "canonical", "held", "parse"]

_PARTS: Final = re.compile(r"([+-]?)0*([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)")
_DECIMAL: Final = dict(zip(("n", "u", "m", "", "k", "M", "G", "T", "P", "E"), range(-9, 19, 3), strict=True))
_BINARY: Final = {suffix: 10 * power for power, suffix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), 1)}
_DECIMAL_SUFFIXES: Final = {power: suffix for suffix, power in _DECIMAL.items()}
_BINARY_SUFFIXES: Final = {0: "", **{power: suffix for suffix, power in _BINARY.items()}}
_EXPONENT: Final = re.compile(r"[eE]([+-]?[0-9]+)")

MOST_IN_THOUSANDTHS: Final = ((1 << 63) - 1) // 1000
"""The largest number whose thousandths fit into 64 bits; Go compares larger amounts in whole numbers."""

_FINEST: Final = -9
# Go takes larger exponents and more digits, and writes as many; nothing that is counted needs them.
_MOST_EXPONENT: Final = 1000
_MOST_BINARY: Final = (1 << 63) - 1
# Numbers with at most this many digits fit 64 bits; Go reads them on a path of their own, that keeps the text.
_SHORT: Final = 18

_WRONG_FORM: Final = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
_WRONG_SUFFIX: Final = "unable to parse quantity's suffix"
_WRONG_NUMBER: Final = "unable to parse numeric part of quantity"


class QuantityError(ValueError):
    """Raised when a text is no quantity; the text of the error is Go's."""


class Notation(Enum):
    """How an amount is written: 1500M, 1500Mi, 15e8."""

    DECIMAL = "DecimalSI"
    BINARY = "BinarySI"
    EXPONENT = "DecimalExponent"


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount and how it is written.

    Attributes:
        amount: exact, at least as coarse as 1n.
        text: what Go writes.
    """

    amount: Fraction
    notation: Notation
    text: str

    @classmethod
    def of(cls, amount: Fraction, notation: Notation = Notation.DECIMAL) -> Quantity:
        """Return the quantity of an amount, such as a sum; its text is in canonical form."""
        return cls(amount, notation, _written(amount, notation))

    def as_int64(self, scale: int = 1) -> int:
        """Return so many times the amount, rounded up, as Go has it in 64 bits.

        What does not fit is 0 if Go holds the amount as a short number, and its lowest 64 bits otherwise.
        """
        number = math.ceil(self.amount * scale)
        if -(1 << 63) <= number < 1 << 63:
            return number
        if not held(self.text).is_long:
            return 0
        lowest = (abs(number) + (1 << 63)) % (1 << 64) - (1 << 63)
        return lowest if number >= 0 else -lowest

    def __add__(self, other: Quantity) -> Quantity:
        """Return the sum; it is written as the first one that is not zero, as Go does."""
        notation = self.notation if self.amount else other.notation
        return Quantity.of(self.amount + other.amount, notation)


class Held(NamedTuple):
    """What Go has of a quantity that it has read.

    Attributes:
        value: times ten to the `scale` this is the amount.
        keeps_text: its text is kept beside it.
        is_long: Go holds it as a number of any size, and not by these two.
    """

    value: int
    scale: int
    notation: Notation
    keeps_text: bool = False
    is_long: bool = False


def held(text: str) -> Held:
    """Return what Go has of a quantity.

    Raises:
        QuantityError: the text is none.
    """
    if text == "0":
        return Held(0, 0, Notation.DECIMAL, keeps_text=True)
    sign, whole, part, suffix = _split(text)
    notation, power = _interpreted(suffix)
    value, is_long = int(sign + whole + part), _is_long(notation, power, whole, part)
    keeps_text = _is_kept(notation, power, whole, part)
    if notation is Notation.BINARY:
        return Held(value << power, 0, notation, keeps_text, is_long)
    return Held(value, power - len(part), notation, keeps_text, is_long)


def canonical(text: str) -> str:
    """Return a quantity as Go writes what it has read.

    Raises:
        QuantityError: the text is no quantity.
    """
    return parse(text).text


@lru_cache(maxsize=4096)
def parse(text: str) -> Quantity:
    """Return the quantity that a text means.

    Raises:
        QuantityError: it means none.
    """
    if text == "0":
        return Quantity(Fraction(0), Notation.DECIMAL, text)
    sign, whole, part, suffix = _split(text)
    if not text.strip("+-0"):  # Go stops at the last of leading zeros
        return Quantity(Fraction(0), Notation.DECIMAL, "0")
    if len(whole) + len(part) > _MOST_EXPONENT:
        raise QuantityError(_WRONG_NUMBER)
    notation, power = _interpreted(suffix)
    if _is_long(notation, power, whole, part) and not re.search("[0-9]", text.removesuffix(suffix)):
        raise QuantityError(_WRONG_NUMBER)
    amount = Fraction(int(whole + part), 10 ** len(part)) * _scale(notation, power)
    if _is_kept(notation, power, whole, part):
        return Quantity(-amount if sign == "-" else amount, notation, text)
    amount = Fraction(-(-amount * 10**-_FINEST // 1), 10**-_FINEST)  # rounded up: some is asked for, some is given
    if notation is Notation.BINARY:
        amount = min(amount, Fraction(_MOST_BINARY)) if _is_long(notation, power, whole, part) else amount
        notation = Notation.DECIMAL if 0 < amount < 1 else notation
    return Quantity.of(-amount if sign == "-" else amount, notation)


def _split(text: str) -> tuple[str, str, str, str]:
    """Return the sign, the digits before and after the point, and the suffix."""
    match = _PARTS.fullmatch(text)
    if match is None or not text:
        raise QuantityError(_WRONG_FORM)
    sign, whole, part, suffix = match.groups()
    return sign, whole or "0", part or "", suffix


def _interpreted(suffix: str) -> tuple[Notation, int]:
    """Return the notation that a suffix tells, and the exponent to ten or two."""
    if suffix in _DECIMAL:
        return Notation.DECIMAL, _DECIMAL[suffix]
    if suffix in _BINARY:
        return Notation.BINARY, _BINARY[suffix]
    match = _EXPONENT.fullmatch(suffix)
    if match is None:
        raise QuantityError(_WRONG_SUFFIX)
    try:
        exponent = parse_int(match[1])
    except ValueError:
        raise QuantityError(_WRONG_SUFFIX) from None
    if abs(exponent) > _MOST_EXPONENT:
        raise QuantityError(_WRONG_NUMBER)
    return Notation.EXPONENT, exponent


def _scale(notation: Notation, power: int) -> Fraction:
    return Fraction(2 if notation is Notation.BINARY else 10) ** power


def _is_long(notation: Notation, power: int, whole: str, part: str) -> bool:
    """Whether Go reads the number as a large one, which is rounded, capped and never kept as text."""
    if notation is not Notation.BINARY:
        return len(whole) + len(part) > _SHORT or power - len(part) < _FINEST
    return bool(part) or 15 - len(whole) - power * 3 // 10 - 1 < 0


def _is_kept(notation: Notation, power: int, whole: str, part: str) -> bool:
    """Whether Go keeps the text because it takes it for canonical."""
    if _is_long(notation, power, whole, part):
        return False
    digits = whole + part
    if notation is Notation.BINARY:
        return int(digits) & 7 != 0
    return (power - len(part)) % 3 == 0 and not digits.endswith("000") and digits[0] != "0"


def _written(amount: Fraction, notation: Notation) -> str:
    if not amount:
        return "0"
    if notation is Notation.BINARY and abs(amount) >= 1024 and amount.denominator == 1:
        number, power = _without_factors(amount.numerator, 1024)
        return f"{number}{_BINARY_SUFFIXES.get(10 * power, '')}"
    if notation is Notation.BINARY:
        notation = Notation.DECIMAL
    number, power = _decimal(amount)
    if notation is Notation.EXPONENT:
        return f"{number}e{power}" if power else str(number)
    return f"{number}{_DECIMAL_SUFFIXES.get(power, '')}"


def _decimal(amount: Fraction) -> tuple[int, int]:
    """Return an amount as an integer times a power of ten that is a multiple of three."""
    shift = 0
    while amount.denominator > 1:
        amount, shift = amount * 1000, shift - 3
    number, power = _without_factors(amount.numerator, 10)
    power += shift
    return number * int(10 ** (power % 3)), power - power % 3


def _without_factors(number: int, factor: int) -> tuple[int, int]:
    power = 0
    while number % factor == 0:
        number, power = number // factor, power + 1
    return number, power
