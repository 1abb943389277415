"""How long ago something was, in the few characters that a column has for it.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/util/duration/duration.go
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["UNKNOWN", "human_duration", "parse_time", "since"]

UNKNOWN = "<unknown>"

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_YEAR = 365 * _DAY

# Up to when a duration is written how: the greater unit, and the lesser one beside it, if it is not zero.
_STYLES = (
    (2 * _MINUTE, (1, "s"), None),
    (10 * _MINUTE, (_MINUTE, "m"), (1, "s")),
    (3 * _HOUR, (_MINUTE, "m"), None),
    (8 * _HOUR, (_HOUR, "h"), (_MINUTE, "m")),
    (2 * _DAY, (_HOUR, "h"), None),
    (8 * _DAY, (_DAY, "d"), (_HOUR, "h")),
    (2 * _YEAR, (_DAY, "d"), None),
    (8 * _YEAR, (_YEAR, "y"), (_DAY, "d")),
)


def human_duration(duration: timedelta) -> str:
    """Return a duration in two or three digits, such as `90s`, `4m30s`, `3h12m` or `2y`."""
    seconds = int(duration.total_seconds())
    if seconds < -1:
        return "<invalid>"
    if seconds < 0:  # clocks of two machines differ a little
        return "0s"
    for limit, (unit, letter), lesser in _STYLES:
        if seconds < limit:
            count, rest = divmod(seconds, unit)
            return f"{count}{letter}{_rest(rest, lesser)}"
    return f"{seconds // _YEAR}y"


def _rest(seconds: int, unit: tuple[int, str] | None) -> str:
    if unit is None or not (count := seconds // unit[0]):
        return ""
    return f"{count}{unit[1]}"


def since(timestamp: str | None, now: datetime) -> str:
    """Return how long ago a metav1.Time or MicroTime was; `<unknown>` for none."""
    return human_duration(now - parse_time(timestamp)) if timestamp else UNKNOWN


def parse_time(timestamp: str) -> datetime:
    """Return the time that RFC 3339 says.

    Raises:
        ValueError: it says none.
    """
    time = datetime.fromisoformat(timestamp)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
