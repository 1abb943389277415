"""Times as Go reads and writes them: RFC 3339 in any zone, written in UTC in seconds or microseconds.

Source: https://pkg.go.dev/time#Parse
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from aiokube.testing.apiserver.go.text import quoted

__all__ = ["MICROSECONDS", "SECONDS", "Layout", "TimeError", "canonical"]


class TimeError(ValueError):
    """Raised when a text is no time; the text of the error is Go's."""


class _Range(NamedTuple):
    name: str
    first: int
    last: int


class Layout(NamedTuple):
    """A form of times: Go's name of it, and its parts, each with what stands before it."""

    text: str
    parts: tuple[tuple[str, str], ...]


_PARTS: Final = (("", "2006"), ("-", "01"), ("-", "02"), ("T", "15"), (":", "04"), (":", "05"))
SECONDS: Final = Layout("2006-01-02T15:04:05Z07:00", (*_PARTS, ("", "Z07:00")))
MICROSECONDS: Final = Layout("2006-01-02T15:04:05.000000Z07:00", (*_PARTS, ("", ".000000"), ("", "Z07:00")))

_PATTERNS: Final[Mapping[str, re.Pattern[str]]] = {
    name: re.compile(pattern, re.ASCII)
    for name, pattern in {
        "2006": r"(\d{4})",
        "01": r"(\d\d)",
        "02": r"(\d\d)",
        "15": r"(\d\d?)",
        "04": r"(\d\d)",
        "05": r"(\d\d)",
        ".000000": r"[.,](\d{6})",
        "Z07:00": r"(Z|[+-]\d\d:\d\d)",
    }.items()
}
_FRACTION: Final = re.compile(r"[.,](\d+)", re.ASCII)
_RANGES: Final[Mapping[str, _Range]] = {
    "01": _Range("month", 1, 12),
    "15": _Range("hour", 0, 23),
    "04": _Range("minute", 0, 59),
    "05": _Range("second", 0, 59),
}

# A cycle of the calendar; years at its ends are moved by it, because datetime ends at 1 and 9999.
_CYCLE: Final = 400
_ZERO: Final = "0001-01-01T00:00:00"


@lru_cache(maxsize=4096)
def canonical(text: str, layout: Layout = SECONDS) -> str | None:
    """Return a time as Go writes what it has read, None for Go's zero time.

    Raises:
        TimeError: the text is no time.
    """
    values, fraction = _values(text, layout)
    year, month, day, hour, minute, second = (int(values[name]) for _, name in _PARTS)
    if not 1 <= day <= _days(year, month):
        raise TimeError(f"parsing time {quoted(text)}: day out of range")
    shift = _CYCLE if year < _CYCLE else -_CYCLE
    local = datetime(year + shift, month, day, hour, minute, second, tzinfo=UTC)
    utc = local - _offset(values["Z07:00"])
    written = f"{utc.year - shift:04}{utc:-%m-%dT%H:%M:%S}"
    if written == _ZERO and not fraction.strip("0"):
        return None
    return f"{written}.{fraction:0<6.6}Z" if layout is MICROSECONDS else f"{written}Z"


def _values(text: str, layout: Layout) -> tuple[dict[str, str], str]:
    """Return the parts of a time by their names in the layout, and the digits of a fraction of a second."""
    rest, values, fraction = text, {}, ""
    for before, name in layout.parts:
        if not rest.startswith(before):
            raise _cannot_parse(text, layout, rest, before)
        rest = rest[len(before) :]
        match = _PATTERNS[name].match(rest)
        if match is None:
            raise _cannot_parse(text, layout, rest, name)
        values[name] = match[1]
        rest = rest[match.end() :]
        _check_range(text, name, match[1])
        if name == ".000000":
            fraction = match[1]
        elif name == "05" and layout is SECONDS and (more := _FRACTION.match(rest)):
            fraction, rest = more[1], rest[more.end() :]
    if rest:
        raise TimeError(f"parsing time {quoted(text)}: extra text: {quoted(rest)}")
    return values, fraction


def _check_range(text: str, name: str, value: str) -> None:
    if name in _RANGES and not _RANGES[name].first <= int(value) <= _RANGES[name].last:
        raise TimeError(f"parsing time {quoted(text)}: {_RANGES[name].name} out of range")
    if name == "Z07:00" and value != "Z":
        if int(value[1:3]) > 24:
            raise TimeError(f"parsing time {quoted(text)}: time zone offset hour out of range")
        if int(value[4:]) > 60:
            raise TimeError(f"parsing time {quoted(text)}: time zone offset minute out of range")


def _cannot_parse(text: str, layout: Layout, rest: str, part: str) -> TimeError:
    return TimeError(
        f"parsing time {quoted(text)} as {quoted(layout.text)}: cannot parse {quoted(rest)} as {quoted(part)}"
    )


def _days(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _offset(zone: str) -> timedelta:
    if zone == "Z":
        return timedelta()
    return timedelta(hours=int(zone[1:3]), minutes=int(zone[4:])) * (-1 if zone[0] == "-" else 1)
