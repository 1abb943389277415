"""Watching: the one answer that goes on, a line for each event until its time is over.

The loop around a feed: wait until there is something, send it, say between how far things are.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/endpoints/handlers/watch.go
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from aiohttp import web

from aiokube.testing.apiserver.faults import Fault
from aiokube.testing.apiserver.verbs.watch import Feed

from .misbehaving import Writer

__all__ = ["BOOKMARK_SECONDS", "PATIENCE_SECONDS", "stream", "watch_seconds"]

BOOKMARK_SECONDS = 60.0
"""Between two bookmarks, as kube-apiserver has it."""

PATIENCE_SECONDS = 3.0
"""How long a version of the future is waited for, as kube-apiserver does."""

_LAST_BOOKMARK_SECONDS = 2.0
"""Before the end comes the last bookmark, as kube-apiserver has it; shorter watches have none."""

_SHORTEST_DEFAULT = 1800.0


def watch_seconds(asked: int | None) -> float:
    """Return how long a watch lasts: as long as was asked for, else half an hour to an hour."""
    return float(asked) if asked else _SHORTEST_DEFAULT * (1 + random.random())


async def stream(
    request: web.BaseRequest,
    response: web.StreamResponse,
    make_feed: Callable[[Callable[[], None]], Feed],
    *,
    seconds: float,
    closing: asyncio.Event,
    fault: Fault | None = None,
    bookmark_seconds: float = BOOKMARK_SECONDS,
) -> None:
    """Send what a feed has until the time is over, the client is gone, too slow, or the server closes.

    Args:
        make_feed: makes the feed, given what it shall call when there is something to take.
        seconds: how long.
        closing: is set when the server closes.
        fault: what goes wrong on purpose.
        bookmark_seconds: between two bookmarks.
    """
    awake = asyncio.Event()
    feed: Feed | None = None

    def wake() -> None:
        awake.set()
        if feed is not None and feed.was_too_slow and request.transport is not None:
            request.transport.abort()

    feed = make_feed(wake)
    alarm = _Alarm(awake.set)
    closed = asyncio.ensure_future(closing.wait())
    closed.add_done_callback(lambda _: awake.set())
    try:
        writer = Writer(request, response, fault, closing)
        await writer.begin()
        await _send(writer, feed, awake, alarm, closing, seconds=seconds, bookmark_seconds=bookmark_seconds)
        await response.write_eof()
    finally:
        feed.close()
        alarm.cancel()
        closed.cancel()


async def _send(
    writer: Writer,
    feed: Feed,
    awake: asyncio.Event,
    alarm: _Alarm,
    closing: asyncio.Event,
    *,
    seconds: float,
    bookmark_seconds: float,
) -> None:
    loop = asyncio.get_running_loop()
    end, patience_end = loop.time() + seconds, loop.time() + PATIENCE_SECONDS
    next_bookmark = _next_bookmark(loop.time(), end, bookmark_seconds)
    while True:
        awake.clear()
        if lines := feed.take():
            await writer.write(lines)
            continue
        now = loop.time()
        if feed.is_over or closing.is_set() or now >= end:
            return
        if feed.is_waiting and now >= patience_end:
            feed.give_up()
            continue
        if now >= next_bookmark:
            next_bookmark = _next_bookmark(now, end, bookmark_seconds)
            feed.bookmark()
            continue
        alarm.set(min(end, next_bookmark, patience_end if feed.is_waiting else end))
        await awake.wait()


class _Alarm:
    """A timer that is set anew only when it is for another time: an event costs no timer."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._handle: asyncio.TimerHandle | None = None

    def set(self, when: float) -> None:
        if self._handle is not None and self._handle.when() == when:
            return
        self.cancel()
        self._handle = asyncio.get_running_loop().call_at(when, self._ring)

    def cancel(self) -> None:
        if self._handle is not None:
            self._handle.cancel()


def _next_bookmark(now: float, end: float, bookmark_seconds: float) -> float:
    """Return when a bookmark is due: after a while, and once shortly before the end."""
    last = end - _LAST_BOOKMARK_SECONDS
    return min(now + bookmark_seconds, last) if now < last else float("inf")
