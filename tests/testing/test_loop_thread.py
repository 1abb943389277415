"""A loop in a thread of its own: what it gives back, and that nothing is left of it."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from aiokube.testing.loop_thread import LoopThread


@pytest.fixture
def thread() -> Iterator[LoopThread]:
    thread = LoopThread("of a test")
    yield thread
    thread.close()


async def name_of_thread() -> str:
    await asyncio.sleep(0)
    return threading.current_thread().name


def test_coroutines_run_in_the_thread(thread: LoopThread) -> None:
    assert thread.run(name_of_thread()) == "of a test"
    assert thread.call(lambda: threading.current_thread().name) == "of a test"
    assert thread.call(lambda: thread.call(lambda: "within")) == "within"


async def test_it_can_be_waited_for_where_a_loop_runs(thread: LoopThread) -> None:
    assert thread.run(name_of_thread()) == "of a test"


def test_what_is_raised_comes_back(thread: LoopThread) -> None:
    def fail() -> None:
        raise LookupError("lost")

    with pytest.raises(LookupError, match="lost"):
        thread.call(fail)


def test_tasks_that_are_left_are_cancelled() -> None:
    thread = LoopThread("of a test")
    cancelled = threading.Event()

    async def wait_for_ever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async def start() -> asyncio.Task[None]:
        task = asyncio.create_task(wait_for_ever())
        await asyncio.sleep(0)
        return task

    thread.run(start())
    thread.close()
    assert cancelled.is_set()
