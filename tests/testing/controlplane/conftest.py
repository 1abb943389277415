"""A control plane that the tests of a module may damage, if they mend it again, and waiting for processes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest

from aiokube.testing import ControlPlane


@pytest.fixture(scope="module")
def breakable() -> Iterator[ControlPlane]:
    """Started and ended in event loops of its own, used in those of the tests."""
    control_plane = ControlPlane()
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(control_plane.start())
    yield control_plane
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(control_plane.close())


Eventually = Callable[[Callable[[], bool]], Awaitable[None]]


@pytest.fixture
def eventually() -> Eventually:
    """Waits until something holds that another process does and tells nobody about."""

    async def eventually(holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not holds():  # noqa: ASYNC110 - there is no event
                await asyncio.sleep(0.01)

    return eventually
