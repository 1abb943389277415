"""Discovery of each server, with kubectl as the second opinion."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from aiokube._machinery.discovery import GroupVersion
from aiokube._machinery.requests import Request
from aiokube.client.answer import Answer
from aiokube.client.api_client import ApiClient
from aiokube.client.exceptions import ResourceNotFoundError, ServiceUnavailableError
from aiokube.dynamic import DynamicClient, EagerDiscoverer, LazyDiscoverer, ResourceList
from aiokube.dynamic.discovery import Discoverer
from aiokube.dynamic.discovery_loader import load_resources
from aiokube.dynamic.discovery_store import Store
from aiokube.testing import KubeServer
from awaited import until_forgotten, until_served
from only_on import only_on_control_plane

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "gizmos.discovery.example.com"},
    "spec": {
        "group": "discovery.example.com",
        "scope": "Namespaced",
        "names": {
            "kind": "Gizmo",
            "plural": "gizmos",
            "singular": "gizmo",
            "shortNames": ["gz"],
            "categories": ["all"],
        },
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": {"type": "object"}},
                "subresources": {"status": {}},
            }
        ],
    },
}


class CountingClient(ApiClient):
    """An ApiClient that remembers what it sent."""

    def __init__(self, configuration: Any) -> None:
        super().__init__(configuration)
        self.sent: list[str] = []

    async def send(self, request: Request) -> Answer:
        self.sent.append(request.path)
        return await super().send(request)


@pytest.fixture
async def api(kube_server: KubeServer) -> AsyncIterator[CountingClient]:
    async with CountingClient(kube_server.configuration) as api:
        yield api


@pytest.fixture(params=[LazyDiscoverer, EagerDiscoverer])
def discoverer(request: pytest.FixtureRequest) -> type[Discoverer]:
    """A discoverer on a store of the test's own, for which time stands still: misses are not forgotten by waiting."""
    return type(request.param.__name__, (request.param,), {"store": Store(clock=lambda: 0.0)})


@pytest.fixture
async def client(api: CountingClient, discoverer: type[Discoverer]) -> DynamicClient:
    return await DynamicClient(api, discoverer=discoverer)


async def test_first_object_takes_four_requests_and_the_next_client_none(
    client: DynamicClient, api: CountingClient
) -> None:
    namespaces = await client.resources.get(api_version="v1", kind="Namespace")
    await namespaces.get(name="default")
    assert sorted(api.sent) == ["/api", "/api/v1/namespaces/default", "/apis", "/version"]
    api.sent.clear()
    second = await DynamicClient(api, discoverer=type(client.resources))
    await second.resources.get(api_version="v1", kind="Namespace")
    assert api.sent == []


async def test_all_kinds_are_those_of_kubectl(kube_server: KubeServer, client: DynamicClient) -> None:
    """kubectl shows each resource once, in the version of its group that is preferred, and not those without verbs."""
    listed = await kube_server.kubectl("api-resources", "-o", "wide")
    ours: dict[tuple[str, str], tuple[Any, ...]] = {}
    for resource in client.resources:
        if resource.verbs:
            ours.setdefault(
                (resource.group or "", resource.name or ""),
                (
                    resource.group_version,
                    resource.kind,
                    resource.namespaced,
                    set(resource.short_names or ()),
                    set(resource.verbs),
                    set(resource.categories or ()),
                ),
            )
    assert ours == dict(_table(listed.stdout))


def _table(text: str) -> list[tuple[tuple[str, str], tuple[Any, ...]]]:
    head, *lines = text.splitlines()
    columns = ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND", "VERBS", "CATEGORIES"]
    starts = [head.index(column) for column in columns]
    rows = []
    for line in lines:
        cells = [line[start:end].strip() for start, end in zip(starts, [*starts[1:], None], strict=True)]
        name, short_names, api_version, namespaced, kind, verbs, categories = cells
        group = api_version.rpartition("/")[0]
        lists = [set(cell.split(",")) if cell else set() for cell in (short_names, verbs, categories)]
        rows.append(((group, name), (api_version, kind, namespaced == "true", *lists)))
    return rows


async def test_documents_of_each_group_say_the_same(client: DynamicClient, api: CountingClient) -> None:
    """The legacy documents, which an older server gives, are read to the descriptions of the aggregated ones."""
    snapshot = client.resources._snapshot()
    aggregated = {str(version): version for version in snapshot.catalog.versions}
    assert len(aggregated) > 20
    for version in aggregated.values():
        bare = GroupVersion(version.prefix, version.group, version.version, preferred=version.preferred)
        legacy = await load_resources(api, bare)
        assert _comparable(legacy) == _comparable(version)


def _comparable(version: GroupVersion) -> dict[str, Any]:
    return {
        resource.name: (resource, {part.name: part for part in resource.subresources})
        for resource in (_without_subresource_order(it) for it in version.resources or ())
    }


def _without_subresource_order(resource: Any) -> Any:

    return msgspec.structs.replace(resource, subresources=tuple(sorted(resource.subresources, key=lambda it: it.name)))


async def test_subresources_name_the_foreign_kinds_they_take(client: DynamicClient) -> None:
    pods = await client.resources.get(api_version="v1", kind="Pod")
    assert (pods.eviction.kind, pods.eviction.to_dict()["group"]) == ("Eviction", "policy")
    deployments = await client.resources.get(api_version="apps/v1", kind="Deployment")
    assert (deployments.scale.kind, deployments.scale.to_dict()["group"]) == ("Scale", "autoscaling")
    assert "group" not in deployments.status.to_dict()


async def test_custom_kind_is_found_while_it_is_there(kube_server: KubeServer, client: DynamicClient) -> None:
    """Also right after it was found missing; once it is removed, it is found no more."""
    with pytest.raises(ResourceNotFoundError):
        await client.resources.get(kind="Gizmo")
    definitions = await client.resources.get(kind="CustomResourceDefinition")
    await definitions.create(body=CRD)
    try:
        gizmos = await _found(client, kind="Gizmo")
        assert (gizmos.group_version, gizmos.name) == ("discovery.example.com/v1", "gizmos")
        assert (gizmos.short_names, gizmos.categories) == (["gz"], ["all"])
        assert gizmos.status.name == "gizmos/status"
        assert isinstance(await client.resources.get(kind="GizmoList"), ResourceList)
        assert await client.resources.get(short_names="gz") is gizmos
    finally:
        await definitions.delete(name="gizmos.discovery.example.com")
        await until_forgotten(kube_server, CRD)
    await _gone(client, kind="Gizmo")


async def test_kind_that_another_program_defines_is_found_after_one_refresh(
    kube_server: KubeServer, client: DynamicClient, api: CountingClient
) -> None:
    await kube_server.request("POST", DEFINITIONS, CRD)
    try:
        await until_served(kube_server, CRD)
        api.sent.clear()
        assert (await client.resources.get(kind="Gizmo")).name == "gizmos"
        assert sorted(api.sent) == ["/api", "/apis", "/version"]
    finally:
        await kube_server.request("DELETE", f"{DEFINITIONS}/gizmos.discovery.example.com")
        await until_forgotten(kube_server, CRD)


@only_on_control_plane  # the embedded server aggregates no others
async def test_dead_aggregated_server_hides_nothing_but_its_own_group(
    kube_server: KubeServer, client: DynamicClient
) -> None:
    services = await client.resources.get(kind="APIService")
    await services.create(
        body={
            "metadata": {"name": "v1.dead.example.com"},
            "spec": {
                "group": "dead.example.com",
                "version": "v1",
                "groupPriorityMinimum": 1000,
                "versionPriority": 10,
                "insecureSkipTLSVerify": True,
                "service": {"namespace": "default", "name": "nobody"},
            },
        }
    )
    try:
        async with asyncio.timeout(120):
            while "dead.example.com" not in await client.resources.api_groups:
                continue
        with pytest.raises(ServiceUnavailableError, match=r"cannot discover dead\.example\.com/v1: .* stale"):
            await client.resources.get(api_version="dead.example.com/v1", kind="Thing")
        with pytest.raises(ResourceNotFoundError, match=r"not everything is known of dead\.example\.com/v1"):
            await client.resources.get(kind="Thing")
        assert (await client.resources.get(api_version="apps/v1", kind="Deployment")).name == "deployments"
    finally:
        await services.delete(name="v1.dead.example.com")
        async with asyncio.timeout(120):
            while "dead.example.com" in await client.resources.api_groups:
                continue


async def _found(client: DynamicClient, **terms: Any) -> Any:
    """Search until it is there: the server's own discovery lags behind the write by a moment."""
    async with asyncio.timeout(120):
        while True:
            try:
                return await client.resources.get(**terms)
            except ResourceNotFoundError:
                continue


async def _gone(client: DynamicClient, **terms: Any) -> None:
    async with asyncio.timeout(120):
        while await client.resources.search(**terms):
            await client.resources.invalidate_cache()
