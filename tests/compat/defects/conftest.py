"""Both packages, and servers for them: each test of this folder is run with aiokube and with kubernetes_asyncio."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from aiokube.dynamic import discovery
from aiokube.dynamic.discovery_store import Store
from aiokube.testing import KubeServer
from compat.defects.api_server import ApiServer
from compat.packages import Package, connected
from scripted import ScriptedServer


class Clock:
    """What discovery takes for the time."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of aiokube's discovery, which knows nothing from before the test; the other package has none."""
    clock = Clock()
    monkeypatch.setattr(discovery.Discoverer, "store", Store(clock=clock, wall_clock=clock))
    return clock


@pytest.fixture
async def client(package: Package, kube_server: KubeServer) -> AsyncIterator[Any]:
    """A DynamicClient of each server."""
    configuration = package.client.Configuration(host=kube_server.url, ssl_ca_cert=str(kube_server.ca_file))
    configuration.cert_file = str(kube_server.admin.certificate_file)
    configuration.key_file = str(kube_server.admin.key_file)
    async with connected(configuration, package) as client:
        yield client


@pytest.fixture
async def pods(package: Package, server: ScriptedServer) -> AsyncIterator[Any]:
    """The pods of the scripted server."""
    async with package.client.ApiClient(package.client.Configuration(host=server.url)) as api:
        yield package.dynamic.Resource(
            prefix="api",
            group="",
            api_version="v1",
            kind="Pod",
            name="pods",
            namespaced=True,
            client=package.dynamic.DynamicClient(api),
            subresources={
                name: {"kind": "Pod", "name": f"pods/{name}", "namespaced": True}
                for name in ("log", "proxy", "sev/cert")
            },
        )


@pytest.fixture
async def api_server() -> AsyncIterator[ApiServer]:
    """A server that has two kinds, and tells them as older servers do."""
    async with ApiServer() as api_server:
        yield api_server
