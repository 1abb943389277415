"""Schedules of CronJobs: five fields, or a word for five fields.

Source: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aiokube.testing.apiserver.go.numbers import parse_int

__all__ = ["Schedule", "parse_schedule"]

_WORDS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: str(number) for number, name in enumerate(_MONTH_NAMES, 1)}
_WEEKDAYS = {name: str(number) for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
_FIELDS: tuple[tuple[int, int, Mapping[str, str]], ...] = (
    (0, 59, {}),
    (0, 23, {}),
    (1, 31, {}),
    (1, 12, _MONTHS),
    (0, 6, _WEEKDAYS),
)
# After this many days there is no time that a schedule could mean (29 February of a leap year included).
_HORIZON_DAYS = 366 * 8


@dataclass(frozen=True, slots=True)
class Schedule:
    """The times that a CronJob means.

    Attributes:
        zone: what its times are times of.
        any_day: of the days of the month and of the week, that one matters alone if the other is `*`.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    any_weekday: bool
    zone: dt.tzinfo

    def after(self, moment: dt.datetime) -> dt.datetime | None:
        """Return the next time after a moment, in UTC; None when there never is one."""
        local = moment.astimezone(self.zone)
        for offset in range(_HORIZON_DAYS):
            day = local.date() + dt.timedelta(days=offset)
            if self._means(day):
                for time in self._times(day):
                    if time > moment:
                        return time
        return None

    def _means(self, day: dt.date) -> bool:
        by_day, by_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        of_week = by_day and by_weekday if self.any_day or self.any_weekday else by_day or by_weekday
        return day.month in self.months and of_week

    def _times(self, day: dt.date) -> Iterator[dt.datetime]:
        for hour in sorted(self.hours):
            for minute in sorted(self.minutes):
                yield dt.datetime.combine(day, dt.time(hour, minute), self.zone).astimezone(dt.UTC)


def parse_schedule(text: str, time_zone: str | None) -> Schedule:
    """Return what a schedule says.

    Raises:
        ValueError: it says nothing that can be understood, or the time zone is not known.
    """
    fields = _WORDS.get(text.lower(), text).split()
    if len(fields) != len(_FIELDS):
        raise ValueError(f"a schedule has {len(_FIELDS)} fields, and not {len(fields)}: {text!r}")
    minutes, hours, days, months, weekdays = (
        frozenset(_values(field, *bounds)) for field, bounds in zip(fields, _FIELDS, strict=True)
    )
    try:
        zone = zoneinfo.ZoneInfo(time_zone) if time_zone else dt.UTC
    except zoneinfo.ZoneInfoNotFoundError as error:
        raise ValueError(f"no time zone {time_zone!r} is known") from error
    return Schedule(
        minutes,
        hours,
        days,
        months,
        weekdays,
        any_day=_is_any(fields[2]),
        any_weekday=_is_any(fields[4]),
        zone=zone,
    )


def _is_any(field: str) -> bool:
    return field.startswith(("*", "?"))


def _values(field: str, least: int, most: int, names: Mapping[str, str]) -> Iterator[int]:
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if span in ("*", "?"):
            first, last = str(least), str(most)
        first, last = names.get(first.lower(), first), names.get(last.lower(), last)
        start, every = parse_int(first), parse_int(step or "1")
        end = parse_int(last) if last else most if step else start
        if not least <= start <= end <= most or every < 1:
            raise ValueError(f"{part!r} is not between {least} and {most}")
        yield from range(start, end + 1, every)
