"""Quantities in rules: thousandths are as fine as it gets."""

from fractions import Fraction

import pytest

from aiokube.testing.apiserver.kinds.quantities import amount, is_whole, rounded


def test_notations_are_comparable() -> None:
    assert amount("1Ki") == amount("1024") == amount("1024000m") == Fraction(1024)


@pytest.mark.parametrize(("text", "whole"), [("1", True), ("1500m", False), ("1Ki", True), ("0.9999", True)])
def test_wholes_are_told(text: str, whole: bool) -> None:
    assert is_whole(text) is whole


@pytest.mark.parametrize(
    ("text", "result"), [("1", "1"), ("100m", "100m"), ("0.0001", "1m"), ("1.0001", "1001m"), ("1Gi", "1Gi")]
)
def test_finer_amounts_are_rounded_up(text: str, result: str) -> None:
    assert rounded(text) == result
