"""When a schedule comes due."""

import datetime as dt

import pytest

from aiokube.testing.apiserver.controllers.simulation.schedules import parse_schedule


@pytest.mark.parametrize(
    ("text", "zone", "after", "next_time"),
    [
        ("*/15 * * * *", None, "2026-01-01T00:00:00Z", "2026-01-01T00:15:00Z"),
        ("0 9-17/4 * * mon-fri", None, "2026-01-02T17:30:00Z", "2026-01-05T09:00:00Z"),
        ("@daily", None, "2026-01-01T12:00:00Z", "2026-01-02T00:00:00Z"),
        ("30 2 29 feb *", None, "2026-01-01T00:00:00Z", "2028-02-29T02:30:00Z"),
        ("0 0 13 * 5", None, "2026-01-03T00:00:00Z", "2026-01-09T00:00:00Z"),
        ("0 12 * * *", "America/New_York", "2026-01-01T00:00:00Z", "2026-01-01T17:00:00Z"),
        (f"{'0' * 5000}5 0/{'0' * 5000}1 * * *", None, "2026-01-01T00:00:00Z", "2026-01-01T00:05:00Z"),
        ("5,10 0 1 1 *", None, "2026-01-01T00:05:00Z", "2026-01-01T00:10:00Z"),
    ],
)
def test_next_time(text: str, zone: str | None, after: str, next_time: str) -> None:
    """The day of the month and that of the week are alternatives when both are named."""
    found = parse_schedule(text, zone).after(dt.datetime.fromisoformat(after))
    assert found == dt.datetime.fromisoformat(next_time)


def test_day_that_no_month_has() -> None:
    assert parse_schedule("0 0 31 2 *", None).after(dt.datetime(2026, 1, 1, tzinfo=dt.UTC)) is None


@pytest.mark.parametrize("text", ["* * * *", "60 * * * *", "*/0 * * * *", "5-1 * * * *", "@often"])
def test_schedule_that_is_none(text: str) -> None:
    with pytest.raises(ValueError):
        parse_schedule(text, None)


def test_time_zone_that_is_not_known() -> None:
    with pytest.raises(ValueError, match="no time zone 'Nowhere/Else' is known"):
        parse_schedule("@daily", "Nowhere/Else")
