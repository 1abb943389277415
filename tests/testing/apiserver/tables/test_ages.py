"""Durations in words."""

import datetime as dt

import pytest

from aiokube.testing.apiserver.tables.ages import human_duration, since


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-2, "<invalid>"),
        (-1.5, "0s"),
        (0, "0s"),
        (119.9, "119s"),
        (120, "2m"),
        (599, "9m59s"),
        (600, "10m"),
        (3 * 3600 - 1, "179m"),
        (3 * 3600, "3h"),
        (3 * 3600 + 59, "3h"),
        (8 * 3600 - 1, "7h59m"),
        (8 * 3600, "8h"),
        (48 * 3600 - 1, "47h"),
        (48 * 3600, "2d"),
        (8 * 86400 - 1, "7d23h"),
        (8 * 86400, "8d"),
        (730 * 86400 - 1, "729d"),
        (730 * 86400, "2y"),
        (731 * 86400, "2y1d"),
        (8 * 365 * 86400, "8y"),
    ],
)
def test_duration_is_shown_in_two_or_three_digits(seconds: float, shown: str) -> None:
    assert human_duration(dt.timedelta(seconds=seconds)) == shown


def test_times_are_read_to_the_microsecond() -> None:
    now = dt.datetime(2026, 1, 1, 0, 0, 10, tzinfo=dt.UTC)
    assert since("2026-01-01T00:00:00.000001Z", now) == "9s"
    assert since("2026-01-01T00:00:00Z", now) == "10s"
    assert since(None, now) == "<unknown>"
