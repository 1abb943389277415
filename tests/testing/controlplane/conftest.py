"""A control plane that the tests of a module may damage, if they mend it again."""

import asyncio
from collections.abc import Iterator

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
