"""The clock that a test drives: it stands still, and what falls due happens in order."""

from __future__ import annotations

import datetime as dt

from aiokube.testing import DrivenClock
from aiokube.testing.apiserver.clock import time


def test_time_stands_still_until_it_is_moved() -> None:
    clock = DrivenClock(dt.datetime(2030, 1, 1, tzinfo=dt.UTC))
    assert clock.now() == clock.now()
    clock.advance(90)
    assert time(clock.now()) == "2030-01-01T00:01:30Z"


def test_timers_fire_in_the_order_of_their_times_at_their_times() -> None:
    clock = DrivenClock()
    start = clock.now()
    fired: list[tuple[str, float]] = []

    def note(name: str) -> None:
        fired.append((name, (clock.now() - start).total_seconds()))

    clock.call_later(3, lambda: note("third"))
    clock.call_later(1, lambda: note("first"))
    clock.call_later(1, lambda: note("second"))
    clock.advance(2)
    assert fired == [("first", 1), ("second", 1)]
    clock.advance(1)
    assert fired[-1] == ("third", 3)


def test_a_timer_can_set_another_that_fires_on_the_way() -> None:
    clock = DrivenClock()
    fired: list[str] = []
    clock.call_later(1, lambda: clock.call_later(1, lambda: fired.append("later")))
    clock.advance(2)
    assert fired == ["later"]


def test_a_timer_that_was_cancelled_does_nothing() -> None:
    clock = DrivenClock()
    fired: list[str] = []
    timer = clock.call_later(1, lambda: fired.append("never"))
    timer.cancel()
    timer.cancel()
    clock.advance(2)
    assert fired == []
