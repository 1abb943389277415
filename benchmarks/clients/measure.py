"""What the clients have in common: how things are measured, not how they are done."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

NAMESPACE = "bench"
REQUESTS = 3000
AT_ONCE = 32
EVENTS = 5000


async def seconds(work: Callable[[], Awaitable[Any]]) -> tuple[Any, dict[str, float]]:
    """Return what a piece of work gives, and its seconds of time and of CPU."""
    began, cpu = time.perf_counter(), time.process_time()
    value = await work()
    return value, {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - cpu}


async def many(get: Callable[[], Awaitable[Any]]) -> dict[str, float]:
    """Do a request many times, some at once."""

    async def some() -> None:
        for _ in range(REQUESTS // AT_ONCE):
            await get()

    async def all_of_them() -> None:
        await asyncio.gather(*(some() for _ in range(AT_ONCE)))

    await get()
    _, taken = await seconds(all_of_them)
    done = REQUESTS // AT_ONCE * AT_ONCE
    return {"cpu_us": taken["cpu_seconds"] / done * 1e6, "per_second": done / taken["seconds"]}
