"""One task for all who wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from aiokube.dynamic.discovery_flight import Flight


class Work:
    """Work that ends when a test says so, and knows how it ended."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.outcome = ""
        self.ends = 0

    async def run(self) -> str:
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.outcome = "cancelled"
            raise
        self.outcome = "done"
        return "result"

    def end(self) -> None:
        self.ends += 1


async def waiting(flight: Flight[Any], count: int) -> list[asyncio.Task[Any]]:
    tasks = [asyncio.create_task(flight.join()) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


async def test_all_who_wait_get_the_result() -> None:
    work = Work()
    flight = Flight(work.run(), on_end=work.end)
    tasks = await waiting(flight, 3)
    work.go.set()
    assert await asyncio.gather(*tasks) == ["result"] * 3
    assert work.ends == 1


async def test_all_who_wait_get_the_error() -> None:
    async def fail() -> None:
        raise OSError("no")

    work = Work()
    tasks = await waiting(Flight(fail(), on_end=work.end), 2)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [str(it) for it in results] == ["no", "no"]


async def test_cancelled_waiter_leaves_the_work_going() -> None:
    work = Work()
    first, second = await waiting(Flight(work.run(), on_end=work.end), 2)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert (work.outcome, work.ends) == ("", 0)
    work.go.set()
    assert await second == "result"


async def test_last_waiter_to_leave_ends_the_work_and_sees_its_end() -> None:
    work = Work()
    tasks = await waiting(Flight(work.run(), on_end=work.end), 2)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (work.outcome, work.ends) == ("cancelled", 1)


async def test_nobody_may_join_work_that_is_being_ended() -> None:
    """Its end is told before it is cancelled, for cancelling may take a while."""
    order: list[str] = []

    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            order.append("cancelled")

    (task,) = await waiting(Flight(stubborn(), on_end=lambda: order.append("ended")), 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert order == ["ended", "cancelled"]


@pytest.mark.parametrize("left", [0, 1])
async def test_error_that_nobody_waits_for_is_no_warning(left: int) -> None:
    """asyncio would complain of an exception that was never retrieved."""
    complaints: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: complaints.append(context))
    flight: Flight[None] | None = Flight(_raise_when_cancelled(), on_end=lambda: None)
    assert flight is not None
    (task,) = await waiting(flight, 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    del flight, task
    await asyncio.sleep(0)
    assert complaints == []


async def _raise_when_cancelled() -> None:
    try:
        await asyncio.Event().wait()
    finally:
        raise OSError("while ending")


async def test_eager_tasks_may_end_at_once() -> None:
    """Python 3.12 has task factories that run a task before its creator goes on."""
    factory: Callable[..., Any] | None = getattr(asyncio, "eager_task_factory", None)
    if factory is not None:
        asyncio.get_running_loop().set_task_factory(factory)

    async def at_once() -> int:
        return 7

    work: Coroutine[Any, Any, int] = at_once()
    ends: list[str] = []
    assert await Flight(work, on_end=lambda: ends.append("ended")).join() == 7
    await asyncio.sleep(0)
    assert ends == ["ended"]
