"""Quantities in rules: amounts to compare, and in the thousandths in which the server keeps them.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/v1/defaults.go (SetDefaults_ResourceList)
"""

from __future__ import annotations

import math
from fractions import Fraction

from aiokube.testing.apiserver.schema.quantities import Quantity, parse

__all__ = ["amount", "is_whole", "rounded"]


def amount(text: str) -> Fraction:
    """Return what a quantity amounts to.

    Raises:
        ValueError: the text is no quantity.
    """
    return parse(text).amount


def is_whole(text: str) -> bool:
    """Whether a quantity is an integer, when what is finer than thousandths is rounded up."""
    return parse(text).as_int64(1000) % 1000 == 0


def rounded(text: str) -> str:
    """Return a quantity rounded up to thousandths; most are what they are."""
    quantity = parse(text)
    thousandths = math.ceil(quantity.amount * 1000)
    if quantity.amount * 1000 == thousandths:
        return text
    return Quantity.of(Fraction(thousandths, 1000), quantity.notation).text
