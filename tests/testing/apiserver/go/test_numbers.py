"""Numbers as Go reads them."""

from __future__ import annotations

import datetime as dt

import pytest

from aiokube.testing.apiserver.go.numbers import parse_int, parse_uint, seconds_as_go


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("+1", 1), ("-1", -1), ("007", 7), ("0" * 9000 + "5", 5)])
def test_whole_numbers_are_read(text: str, number: int) -> None:
    assert parse_int(text) == number


@pytest.mark.parametrize("text", ["", " 1", "1_0", "\u0663", "0x1", "1e3", "--1", "1\n"])
def test_what_python_would_read_and_go_does_not(text: str) -> None:
    with pytest.raises(ValueError, match=r"^strconv\.ParseInt: parsing .*: invalid syntax$"):
        parse_int(text)


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63)])
def test_64_bits_are_the_limit(number: int) -> None:
    assert parse_int(str(number)) == number
    beyond = number + (1 if number > 0 else -1)
    with pytest.raises(ValueError, match="value out of range"):
        parse_int(str(beyond))


def test_numbers_without_a_sign() -> None:
    assert parse_uint(str(2**64 - 1)) == 2**64 - 1
    for text, why in (("-1", "invalid syntax"), ("+1", "invalid syntax"), ("9" * 5000, "value out of range")):
        with pytest.raises(ValueError, match=why):
            parse_uint(text)


def test_durations_that_are_too_long_begin_anew() -> None:
    assert seconds_as_go(30) == dt.timedelta(seconds=30)
    assert seconds_as_go(2**63 - 1) == dt.timedelta(seconds=-1)
