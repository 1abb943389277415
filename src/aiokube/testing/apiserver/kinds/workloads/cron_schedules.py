"""Schedules of CronJobs: five fields as cron has them, or a word such as `@daily`.

Sources:
    https://github.com/robfig/cron/blob/v3.0.1/parser.go
    https://pkg.go.dev/time#ParseDuration
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiokube.testing.apiserver.go.numbers import parse_int
from aiokube.testing.apiserver.go.text import quoted

__all__ = ["is_time_zone", "problem"]

_WORDS = {"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}
_EVERY = "@every "
_UNITS = {"ns", "us", "\N{MICRO SIGN}s", "\N{GREEK SMALL LETTER MU}s", "ms", "s", "m", "h"}


@dataclass(frozen=True, slots=True)
class _Bounds:
    lowest: int
    highest: int
    names: Mapping[str, int] = field(default_factory=dict)


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = (
    _Bounds(0, 59),
    _Bounds(0, 23),
    _Bounds(1, 31),
    _Bounds(1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    _Bounds(0, 6, {name: number for number, name in enumerate(_DAYS)}),
)


class _Wrong(Exception):
    """Raised when a schedule cannot be read; its text says why."""


def problem(schedule: str) -> str:
    """Return why a schedule cannot be read, "" when it can."""
    try:
        _read(_without_zone(schedule))
    except _Wrong as wrong:
        return str(wrong)
    return ""


def is_time_zone(name: str) -> bool:
    """Whether a time zone is known; any is where there is no database of them."""
    if name in {"", "UTC"} or not zoneinfo.available_timezones():
        return True
    return name in zoneinfo.available_timezones()


def _without_zone(schedule: str) -> str:
    if not schedule.startswith(("TZ=", "CRON_TZ=")):
        return schedule
    prefix, space, rest = schedule.partition(" ")
    if not space:
        raise _Wrong("invalid schedule format: runtime error: slice bounds out of range [:-1]")
    zone = prefix.partition("=")[2]
    if not is_time_zone(zone):
        raise _Wrong(f"provided bad location {zone}: unknown time zone {zone}")
    return rest.strip()


def _read(schedule: str) -> None:
    if schedule.startswith("@"):
        _word(schedule)
        return
    fields = schedule.split()
    if len(fields) != len(_FIELDS):
        raise _Wrong(f"expected exactly {len(_FIELDS)} fields, found {len(fields)}: [{' '.join(fields)}]")
    for text, bounds in zip(fields, _FIELDS, strict=True):
        for part in filter(None, text.split(",")):
            _range(part, bounds)


def _word(schedule: str) -> None:
    if schedule.startswith(_EVERY):
        if wrong := _duration(schedule.removeprefix(_EVERY)):
            raise _Wrong(f"failed to parse duration {schedule}: {wrong}")
    elif schedule not in _WORDS:
        raise _Wrong(f"unrecognized descriptor: {schedule}")


def _range(text: str, bounds: _Bounds) -> None:
    span, *steps = text.split("/")
    first, *rest = span.split("-")
    if first in {"*", "?"}:
        start, end = bounds.lowest, bounds.highest
    else:
        start = end = _number(first, bounds.names)
        if len(rest) == 1:
            end = _number(rest[0], bounds.names)
        elif rest:
            raise _Wrong(f"too many hyphens: {text}")
    if len(steps) > 1:
        raise _Wrong(f"too many slashes: {text}")
    step = _number(steps[0], {}) if steps else 1
    if steps and not rest:
        end = bounds.highest
    if start < bounds.lowest:
        raise _Wrong(f"beginning of range ({start}) below minimum ({bounds.lowest}): {text}")
    if end > bounds.highest:
        raise _Wrong(f"end of range ({end}) above maximum ({bounds.highest}): {text}")
    if start > end:
        raise _Wrong(f"beginning of range ({start}) beyond end of range ({end}): {text}")
    if step == 0:
        raise _Wrong(f"step of range should be a positive number: {text}")


def _number(text: str, names: Mapping[str, int]) -> int:
    if text.lower() in names:
        return names[text.lower()]
    try:
        number = parse_int(text)
    except ValueError as error:
        why = str(error).removeprefix("strconv.ParseInt")
        raise _Wrong(f"failed to parse int from {text}: strconv.Atoi{why}") from None
    if number < 0:
        raise _Wrong(f"negative number ({number}) not allowed: {text}")
    return number


def _duration(text: str) -> str:
    """Return why a duration such as `1h30m` cannot be read, "" when it can."""
    rest = text[1:] if text[:1] in {"+", "-"} else text
    if rest == "0":
        return ""
    invalid = f"time: invalid duration {quoted(text)}"
    if not rest:
        return invalid
    while rest:
        match = re.match(r"([0-9]+\.?[0-9]*|\.[0-9]+)([^.0-9]*)", rest)
        if match is None:
            return invalid
        unit = match[2]
        if not unit:
            return f"time: missing unit in duration {quoted(text)}"
        if unit not in _UNITS:
            return f"time: unknown unit {quoted(unit)} in duration {quoted(text)}"
        rest = rest[match.end() :]
    return ""
