"""connect(): whom it connects to, and that it leaves nothing behind."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

import aiokube
from aiokube.client import Configuration
from aiokube.client.exceptions import ForbiddenError
from aiokube.config import ConfigException
from aiokube.dynamic import DynamicClient
from aiokube.kube import Kube
from aiokube.testing import KubeServer
from scripted import Exchange, ScriptedServer


async def names(kube: Kube) -> set[str]:
    """What is done with a client first: find a kind and list it."""
    namespaces = await kube.resources.get(api_version="v1", kind="Namespace")
    return {item.metadata.name for item in (await namespaces.get()).items}


@pytest.fixture
def kubeconfig(kube_server: KubeServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The server's kubeconfig, as the default one."""
    monkeypatch.setenv("KUBECONFIG", str(kube_server.kubeconfig_for(kube_server.admin)))
    return kube_server.kubeconfig_for(kube_server.admin)


async def test_by_a_configuration(kube_server: KubeServer) -> None:
    configuration = kube_server.configuration
    async with aiokube.connect(configuration) as kube:
        assert isinstance(kube, Kube)
        assert isinstance(kube, DynamicClient)
        assert kube.configuration is configuration
        assert "default" in await names(kube)
        assert kube.version["kubernetes"]["major"] == "1"


@pytest.mark.parametrize("path_type", [str, Path])
async def test_by_the_path_of_a_kubeconfig(kube_server: KubeServer, path_type: type[str | Path]) -> None:
    async with aiokube.connect(path_type(kube_server.kubeconfig_for(kube_server.admin))) as kube:
        assert "default" in await names(kube)


async def test_by_the_name_of_a_context(kube_server: KubeServer, kubeconfig: Path) -> None:
    (context,) = [each["name"] for each in aiokube.config.list_kube_config_contexts(str(kubeconfig))[0]]
    for connecting in (
        aiokube.connect(context),
        aiokube.connect(context=context),
        aiokube.connect(kubeconfig, context=context),
    ):
        async with connecting as kube:
            assert kube.configuration.host == kube_server.url


async def test_by_what_is_there(kube_server: KubeServer, kubeconfig: Path) -> None:
    async with aiokube.connect() as kube:
        assert kube.configuration.host == kube_server.url
    assert Configuration.get_default_copy().host == "http://localhost", "the default is left alone"


async def test_awaited_and_closed_later(kube_server: KubeServer) -> None:
    kube = await aiokube.connect(kube_server.configuration)
    assert "default" in await names(kube)
    await kube.close()
    await kube.close()
    with pytest.raises(RuntimeError, match="this client is closed"):
        await kube.request("GET", "/version")


async def test_leaving_the_block_closes_it(kube_server: KubeServer) -> None:
    connecting = aiokube.connect(kube_server.configuration)
    with pytest.raises(KeyError):
        async with connecting as kube:
            raise KeyError
    with pytest.raises(RuntimeError, match="this client is closed"):
        await kube.request("GET", "/version")


async def test_a_kube_is_a_context_manager_itself(kube_server: KubeServer) -> None:
    async with Kube(kube_server.configuration) as kube:
        assert "default" in await names(kube)
    with pytest.raises(RuntimeError, match="this client is closed"):
        await kube.request("GET", "/version")


async def test_what_cannot_be_found_is_said_when_it_is_entered(kubeconfig: Path) -> None:
    for connecting in (aiokube.connect("/no/such/kubeconfig"), aiokube.connect(context="no-such")):
        with pytest.raises(ConfigException, match=r"no.such"):
            async with connecting:
                pytest.fail("there is nothing to connect to")


async def test_when_it_cannot_start_its_connections_are_closed() -> None:
    async def forbidden(exchange: Exchange) -> None:
        await exchange.answer(403, json.dumps({"kind": "Status", "code": 403, "message": "not you"}).encode())

    async with ScriptedServer() as server:
        server.otherwise = forbidden
        with pytest.raises(ForbiddenError, match="not you"):
            await aiokube.connect(Configuration(host=server.url))
        assert server.requests
        await server.drained()


async def test_when_its_start_is_cancelled_its_connections_are_closed() -> None:
    async def silent(exchange: Exchange) -> None:
        """Never answers."""

    async with ScriptedServer() as server:
        server.otherwise = silent
        start = asyncio.ensure_future(aiokube.connect(Configuration(host=server.url)).__aenter__())
        await server.arrived(1)
        start.cancel()
        await asyncio.wait([start])
        assert start.cancelled()
        await server.drained()
