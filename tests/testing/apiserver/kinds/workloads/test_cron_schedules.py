"""Schedules: what the conformance cases do not try, and the texts of durations."""

import pytest

from aiokube.testing.apiserver.kinds.workloads.cron_schedules import is_time_zone, problem


@pytest.mark.parametrize(
    "schedule",
    [
        "* * * * *",
        "*/5 0-23/2 1,15 jan-DEC MON",
        "? ? ? ? ?",
        "1,,2 * * * *",
        "5/10 * * * *",
        "@yearly",
        "@every 1h30m1.5s",
        "@every -1us",
        "@every 0",
        "TZ=UTC 0 0 * * *",
        "CRON_TZ=Etc/UTC @daily",
    ],
)
def test_good_schedules_are_read(schedule: str) -> None:
    assert problem(schedule) == ""


@pytest.mark.parametrize(
    ("schedule", "why"),
    [
        ("* * * *", "expected exactly 5 fields, found 4: [* * * *]"),
        ("60 * * * *", "end of range (60) above maximum (59): 60"),
        ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
        ("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1"),
        ("*/0 * * * *", "step of range should be a positive number: */0"),
        ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
        ("1/2/3 * * * *", "too many slashes: 1/2/3"),
        ("* * * foo *", 'failed to parse int from foo: strconv.Atoi: parsing "foo": invalid syntax'),
        ("* * * * +9", "end of range (9) above maximum (6): +9"),
        ("@never", "unrecognized descriptor: @never"),
        ("@every 5", 'failed to parse duration @every 5: time: missing unit in duration "5"'),
        ("@every 5x", 'failed to parse duration @every 5x: time: unknown unit "x" in duration "5x"'),
        ("@every .s", 'failed to parse duration @every .s: time: invalid duration ".s"'),
        ("TZ=Foo * * * * *", "provided bad location Foo: unknown time zone Foo"),
    ],
)
def test_wrong_schedules_are_refused(schedule: str, why: str) -> None:
    assert problem(schedule) == why


def test_time_zones_are_known() -> None:
    assert is_time_zone("Europe/Berlin")
    assert is_time_zone("")
    assert not is_time_zone("Europe/Nowhere")
