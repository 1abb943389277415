"""What kubernetes_asyncio does and aiokube keeps: where both do it, the same test is run with both."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from aiokube.dynamic import discovery
from aiokube.dynamic.discovery_store import Store
from compat.keep_exactly.recorder import Recorder
from compat.packages import AIOKUBE, Package
from scripted import ScriptedServer


@pytest.fixture(autouse=True)
def nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let discovery know nothing from before the test, not even that it has just asked in vain."""
    monkeypatch.setattr(discovery.Discoverer, "store", Store())


@pytest.fixture
async def both(package: Package, server: ScriptedServer) -> AsyncIterator[Recorder]:
    """A client of each package, one after the other."""
    async with package.client.ApiClient(package.client.Configuration(host=server.url)) as api:
        yield Recorder(package, server, api)


@pytest.fixture
async def wire(server: ScriptedServer) -> AsyncIterator[Recorder]:
    """A client of aiokube."""
    async with AIOKUBE.client.ApiClient(AIOKUBE.client.Configuration(host=server.url)) as api:
        yield Recorder(AIOKUBE, server, api)
