"""Quantities: amounts of resources such as `100m` and `1Gi`, to be compared.

Objects in normal form have them as Go writes them, so that equal texts are equal amounts of equal notation.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/api/resource/quantity.go
"""

from __future__ import annotations

import re
from fractions import Fraction

__all__ = ["amount", "is_whole"]

_QUANTITY = re.compile(r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))(?:([KMGTPE]i|[numkMGTPE]?)|[eE]([+-]?[0-9]+))")
_SUFFIXES = {
    **{
        suffix: Fraction(1000) ** power
        for power, suffix in enumerate(("n", "u", "m", "", "k", "M", "G", "T", "P", "E"), -3)
    },
    **{suffix: Fraction(1024) ** power for power, suffix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), 1)},
}


def amount(text: str) -> Fraction:
    """Return what a quantity amounts to.

    Raises:
        ValueError: the text is no quantity.
    """
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise ValueError(f"not a quantity: {text!r}")
    number, suffix, exponent = match.groups()
    scale = Fraction(10) ** int(exponent) if exponent else _SUFFIXES[suffix]
    return Fraction(number) * scale


def is_whole(text: str) -> bool:
    """Whether a quantity is an integer, in thousandths: what is finer than that is rounded up first."""
    thousandths = amount(text) * 1000
    return -(-thousandths.numerator // thousandths.denominator) % 1000 == 0
