"""Numbers as Go reads them: whole ones of 64 bits, and durations that are counted in nanoseconds.

Source: https://pkg.go.dev/strconv#ParseInt
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TypeVar

from .text import quoted

__all__ = ["int_or", "parse_int", "parse_uint", "seconds_as_go"]

_Instead = TypeVar("_Instead")

_INT = re.compile(r"[+-]?[0-9]+", re.ASCII)
_UINT = re.compile(r"[0-9]+", re.ASCII)
_MOST_DIGITS = 20
"""More than any number of 64 bits has; Python refuses to read thousands."""


def parse_int(text: str) -> int:
    """Return a number of 64 bits.

    Raises:
        ValueError: it is none; the text is Go's.
    """
    return _parsed("ParseInt", _INT, text, -(1 << 63), 1 << 63)


def int_or(text: str, instead: _Instead) -> int | _Instead:
    """Return a number of 64 bits, or something else for a text that is none."""
    try:
        return parse_int(text)
    except ValueError:
        return instead


def parse_uint(text: str) -> int:
    """Return a number of 64 bits that is not negative.

    Raises:
        ValueError: it is none; the text is Go's.
    """
    return _parsed("ParseUint", _UINT, text, 0, 1 << 64)


def seconds_as_go(seconds: int) -> dt.timedelta:
    """Return a time.Duration of so many seconds: more than 292 years are beyond 64 bits, and begin anew."""
    nanoseconds = seconds * 1_000_000_000
    return dt.timedelta(microseconds=(((nanoseconds + (1 << 63)) % (1 << 64)) - (1 << 63)) // 1000)


def _parsed(function: str, pattern: re.Pattern[str], text: str, least: int, end: int) -> int:
    start = f"strconv.{function}: parsing {quoted(text)}"
    if not pattern.fullmatch(text):
        raise ValueError(f"{start}: invalid syntax")
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text.lstrip("+"))
    digits = digits.lstrip("0") or "0"
    if len(digits) <= _MOST_DIGITS and least <= int(sign + digits) < end:
        return int(sign + digits)
    raise ValueError(f"{start}: value out of range")
