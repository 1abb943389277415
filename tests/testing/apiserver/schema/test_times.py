"""Times as Go parses and writes them."""

from __future__ import annotations

import pytest

from aiokube.testing.apiserver.schema.times import MICROSECONDS, SECONDS, Layout, TimeError, canonical


@pytest.mark.parametrize(
    ("text", "layout", "written"),
    [
        ("2020-01-01T00:00:00Z", SECONDS, "2020-01-01T00:00:00Z"),
        ("2020-01-01T01:00:00.999+01:00", SECONDS, "2020-01-01T00:00:00Z"),
        ("2019-12-31T22:30:00,5-01:30", SECONDS, "2020-01-01T00:00:00Z"),
        ("2020-01-01T5:00:00Z", SECONDS, "2020-01-01T05:00:00Z"),
        ("0001-01-01T00:00:00Z", SECONDS, None),
        ("0000-02-29T00:00:00Z", SECONDS, "0000-02-29T00:00:00Z"),
        ("9999-12-31T23:59:59-01:00", SECONDS, "10000-01-01T00:59:59Z"),
        ("2020-01-01T00:00:00.120000Z", MICROSECONDS, "2020-01-01T00:00:00.120000Z"),
        ("2020-01-01T00:00:00.000001-01:30", MICROSECONDS, "2020-01-01T01:30:00.000001Z"),
    ],
)
def test_writes_a_time_in_utc(text: str, layout: Layout, written: str | None) -> None:
    assert canonical(text, layout) == written


@pytest.mark.parametrize(
    ("text", "layout", "error"),
    [
        ("abc", SECONDS, 'parsing time "abc" as "2006-01-02T15:04:05Z07:00": cannot parse "abc" as "2006"'),
        ("", SECONDS, 'parsing time "" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"'),
        ("2020-13-01T00:00:00Z", SECONDS, 'parsing time "2020-13-01T00:00:00Z": month out of range'),
        ("2021-02-29T00:00:00Z", SECONDS, 'parsing time "2021-02-29T00:00:00Z": day out of range'),
        ("2020-02-20T25:00:00Z", SECONDS, 'parsing time "2020-02-20T25:00:00Z": hour out of range'),
        ("2020-02-20T05:60:00Z", SECONDS, 'parsing time "2020-02-20T05:60:00Z": minute out of range'),
        ("2020-02-20T05:00:00Zx", SECONDS, 'parsing time "2020-02-20T05:00:00Zx": extra text: "x"'),
        (
            "2020-02-20T05:00:00+25:00",
            SECONDS,
            'parsing time "2020-02-20T05:00:00+25:00": time zone offset hour out of range',
        ),
        (
            "2020-02-20 05:00:00Z",
            SECONDS,
            'parsing time "2020-02-20 05:00:00Z" as "2006-01-02T15:04:05Z07:00": cannot parse " 05:00:00Z" as "T"',
        ),
        (
            "2020-01-01T00:00:00Z",
            MICROSECONDS,
            'parsing time "2020-01-01T00:00:00Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"',
        ),
    ],
)
def test_refuses_what_is_no_time_in_go_words(text: str, layout: Layout, error: str) -> None:
    with pytest.raises(TimeError) as caught:
        canonical(text, layout)
    assert str(caught.value) == error
