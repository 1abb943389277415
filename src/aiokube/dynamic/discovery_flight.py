"""Flights: work that many wait for and that is done once.

A flight is a task that lives as long as anybody waits for it. A waiter that is cancelled leaves; the last one to
leave ends the task and sees its end, so no task is left behind and nobody's cancellation hits another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

_T = TypeVar("_T")


class Flight(Generic[_T]):
    """Work in progress in one event loop.

    Args:
        work: What is to be done.
        on_end: Called once, when nobody may join any more: the work ended, or all waiters have left.
    """

    def __init__(self, work: Coroutine[Any, Any, _T], *, on_end: Callable[[], None]) -> None:
        self._waiters = 0
        self._on_end: Callable[[], None] | None = on_end
        self._task = asyncio.create_task(work)
        self._task.add_done_callback(self._close)

    async def join(self) -> _T:
        """Wait for the end of the work.

        Raises:
            Exception: What the work raised, to each that waits.
        """
        self._waiters += 1
        try:
            await asyncio.wait([self._task])
        finally:
            self._waiters -= 1
            if not self._waiters and not self._task.done():
                await self._abandon()
        return self._task.result()

    async def _abandon(self) -> None:
        self._close()  # first, so that nobody joins what is ending
        self._task.cancel()
        await asyncio.wait([self._task])

    def _close(self, _task: object = None) -> None:
        on_end, self._on_end = self._on_end, None
        if on_end is not None:
            on_end()
        if self._task.done() and not self._task.cancelled():
            self._task.exception()  # seen: when every waiter left, nobody else asks for it
