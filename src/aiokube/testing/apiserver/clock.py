"""The server's clock: the wall's, or one that a test drives.

Everything that the server dates or delays goes by it. Timers fire in the order of their times, and a driven
clock fires them inside `advance()`, so that a test sees the same order in every run.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import heapq
import itertools
from collections.abc import Callable
from typing import Protocol

__all__ = ["Clock", "DrivenClock", "Timer", "WallClock", "time"]


class Timer(Protocol):
    """Something that will be done later."""

    def cancel(self) -> None:
        """Do not do it; nothing happens when it is done already."""
        ...


class Clock(Protocol):
    """What the time is, and a way to do something later."""

    def now(self) -> dt.datetime:
        """Return the time, in UTC."""
        ...

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call `callback` after so many seconds of this clock."""
        ...


class WallClock:
    """The time as it is; timers are the event loop's."""

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        return asyncio.get_running_loop().call_later(seconds, callback)


class DrivenClock:
    """A time that stands still until `advance()` moves it.

    Args:
        start: what `now()` returns first; None means the first second of 2026.
    """

    def __init__(self, start: dt.datetime | None = None) -> None:
        self._now = start or dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        self._timers: list[tuple[dt.datetime, int, _DrivenTimer]] = []
        self._order = itertools.count()

    def now(self) -> dt.datetime:
        return self._now

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        timer = _DrivenTimer(callback)
        due = self._now + dt.timedelta(seconds=seconds)
        heapq.heappush(self._timers, (due, next(self._order), timer))
        return timer

    def advance(self, seconds: float) -> None:
        """Move the time on, and do on the way whatever falls due, at the time it falls due."""
        end = self._now + dt.timedelta(seconds=seconds)
        while self._timers and self._timers[0][0] <= end:
            due, _, timer = heapq.heappop(self._timers)
            self._now = max(self._now, due)
            timer.fire()
        self._now = end


class _DrivenTimer:
    def __init__(self, callback: Callable[[], None]) -> None:
        self._callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self._callback = None

    def fire(self) -> None:
        callback, self._callback = self._callback, None
        if callback is not None:
            callback()


def time(moment: dt.datetime) -> str:
    """Return a moment as metav1.Time: in seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
