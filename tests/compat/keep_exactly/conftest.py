"""What kubernetes_asyncio does and aiokube keeps: where both do it, the same test is run with both."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from aiokube.dynamic import discovery
from aiokube.dynamic.discovery_store import Store
from compat.defects.both_packages import AIOKUBE, KUBERNETES_ASYNCIO, Package
from compat.keep_exactly.recorder import Recorder
from scripted import ScriptedServer


@pytest.fixture(
    params=[
        pytest.param(AIOKUBE, id="aiokube"),
        # What it leaves unclosed and unawaited is no matter of ours.
        pytest.param(KUBERNETES_ASYNCIO, id="kubernetes_asyncio", marks=pytest.mark.filterwarnings("ignore")),
    ]
)
def package(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Package]:
    """One of the two packages; what it writes into the folder for temporary files ends with the test."""
    package: Package = request.param
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield package
    if package is KUBERNETES_ASYNCIO:
        gc.collect()  # while its warnings are ignored


@pytest.fixture(autouse=True)
def nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let discovery know nothing from before the test, not even that it has just asked in vain."""
    monkeypatch.setattr(discovery.Discoverer, "store", Store())


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    """A server that answers as the test says."""
    async with ScriptedServer() as server:
        yield server


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
