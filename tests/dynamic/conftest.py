"""Clients for the tests of this folder: one of each server, and one whose requests a test can look at."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from aiokube.client import ApiClient, Configuration
from aiokube.dynamic import DynamicClient, Resource
from aiokube.testing import KubeServer
from dynamic.wire import Wire
from scripted import ScriptedServer


@pytest.fixture
async def api(kube_server: KubeServer) -> AsyncIterator[ApiClient]:
    async with ApiClient(kube_server.configuration) as api:
        yield api


@pytest.fixture
async def client(api: ApiClient) -> DynamicClient:
    return await DynamicClient(api)


@pytest.fixture
async def config_maps(client: DynamicClient) -> Resource:
    return await client.resources.get(api_version="v1", kind="ConfigMap")


@pytest.fixture
async def deployments(client: DynamicClient) -> Resource:
    return await client.resources.get(api_version="apps/v1", kind="Deployment")


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    """Resources of a server that records."""
    async with ScriptedServer() as server, ApiClient(Configuration(host=server.url)) as api:
        yield Wire(DynamicClient(api), server)
