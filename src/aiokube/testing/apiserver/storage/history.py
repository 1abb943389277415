"""History: the latest events of one collection, bounded by their number and by their bytes."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator

from .events import Event

__all__ = ["Forgotten", "History"]


class Forgotten(Exception):
    """Raised when history is asked for that is no longer there.

    Attributes:
        asked: The version from which it was wanted.
        oldest: The oldest from which there is some.
    """

    def __init__(self, asked: int, oldest: int) -> None:
        super().__init__(asked, oldest)
        self.asked = asked
        self.oldest = oldest

    def __str__(self) -> str:
        return f"too old resource version: {self.asked} ({self.oldest})"


class History:
    """What lately happened, in order.

    Args:
        events: how many are remembered.
        size: how many bytes their objects may have in all.
        since: the version at which it begins.
    """

    def __init__(self, *, events: int, size: int, since: int) -> None:
        self._events: deque[Event] = deque()
        self._limit = events
        self._room = size
        self._forgotten = since

    def add(self, event: Event) -> None:
        """Remember an event, and forget the oldest if there is no room for all."""
        self._events.append(event)
        self._room -= event.size
        while self._room < 0 or len(self._events) > self._limit:
            self._forget_oldest()

    def since(self, revision: int) -> Iterator[Event]:
        """Return the events after a version.

        Raises:
            Forgotten: some of them are forgotten.
        """
        self._require(revision)
        start = bisect_right(self._events, revision, key=lambda event: event.resource_version)
        return iter([self._events[index] for index in range(start, len(self._events))])

    def back_to(self, revision: int) -> Iterator[Event]:
        """Return the events after a version, the latest first.

        Raises:
            Forgotten: some of them are forgotten.
        """
        self._require(revision)
        return itertools.takewhile(lambda event: event.resource_version > revision, reversed(self._events))

    def forget(self, revision: int) -> None:
        """Forget the events up to a version."""
        while self._events and self._events[0].resource_version <= revision:
            self._forget_oldest()
        self._forgotten = max(self._forgotten, revision)

    def _forget_oldest(self) -> None:
        event = self._events.popleft()
        self._room += event.size
        self._forgotten = event.resource_version

    def _require(self, revision: int) -> None:
        if revision < self._forgotten:
            raise Forgotten(revision, self._forgotten)
