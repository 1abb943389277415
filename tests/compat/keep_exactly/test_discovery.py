"""Discovery: what `get` and `search` find, and what they say, on a real cluster and in both packages."""

from __future__ import annotations

import inspect
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from aiokube.dynamic import DynamicClient, LazyDiscoverer
from aiokube.dynamic.discovery import Discoverer
from aiokube.dynamic.exceptions import ResourceNotFoundError, ResourceNotUniqueError
from aiokube.testing import KubeServer
from awaited import until_forgotten, until_served
from compat.keep_exactly.recorder import configuration_of
from compat.packages import AIOKUBE, Package, connected

# Terms of `get` -> group, version and plural of what is found, or the error.
GET: list[tuple[dict[str, Any], str]] = [
    ({"api_version": "v1", "kind": "Pod"}, "v1/pods"),
    ({"api_version": "apps/v1", "kind": "Deployment"}, "apps/v1/deployments"),
    ({"api_version": "v1", "kind": "Deployment"}, "apps/v1/deployments"),  # that version of any group
    ({"group": "apps", "kind": "Deployment"}, "apps/v1/deployments"),
    ({"group": "apps", "api_version": "v1", "kind": "Deployment"}, "apps/v1/deployments"),
    ({"kind": "Deployment"}, "apps/v1/deployments"),
    ({"prefix": "apis", "kind": "CronJob"}, "batch/v1/cronjobs"),
    ({"prefix": "", "group": None, "api_version": "v1", "kind": "Namespace"}, "v1/namespaces"),  # falsy: anything
    ({"api_version": "v1", "kind": "Event"}, "v1/events"),  # exactly this one, although events.k8s.io/v1 has it too
    ({"api_version": "events.k8s.io/v1", "kind": "Event"}, "events.k8s.io/v1/events"),
    ({"kind": "Event"}, "ResourceNotUniqueError"),
    ({"api_version": "v1"}, "ResourceNotUniqueError"),
    ({"group": "apps"}, "ResourceNotUniqueError"),
    ({"api_version": "v1", "kind": "NoSuchKind"}, "ResourceNotFoundError"),
    ({"api_version": "v9", "kind": "Pod"}, "ResourceNotFoundError"),
    ({"group": "none.example.com"}, "ResourceNotFoundError"),
    ({"prefix": "api", "kind": "Deployment"}, "ResourceNotFoundError"),
]


@pytest.fixture
async def client(package: Package, kube_server: KubeServer) -> AsyncIterator[Any]:
    """A client of each package, one after the other."""
    async with connected(configuration_of(package, kube_server), package) as client:
        yield client


@pytest.fixture
async def ours(kube_server: KubeServer) -> AsyncIterator[DynamicClient]:
    """A client of aiokube."""
    async with connected(configuration_of(AIOKUBE, kube_server), AIOKUBE) as client:
        yield client


async def test_get_finds_the_one_that_it_found(client: Any) -> None:
    assert [(terms, await _outcome(client, terms)) for terms, _ in GET] == GET


@pytest.mark.parametrize(
    ("terms", "start"),
    [({"kind": "NoSuchKind"}, "No matches found for "), ({"kind": "Event"}, "Multiple matches found for ")],
)
async def test_an_error_begins_as_it_did(client: Any, terms: dict[str, str], start: str) -> None:
    with pytest.raises(Exception, match=rf"^{re.escape(f'{start}{terms}')}"):
        await client.resources.get(**terms)


async def _outcome(client: Any, terms: dict[str, Any]) -> str:
    """What `get` gives, or the name of the error."""
    try:
        found = await client.resources.get(**terms)
    except Exception as error:  # noqa: BLE001 - its class is what is asked for
        return type(error).__name__
    return f"{found.group_version}/{found.name}"


async def test_get_finds_a_list(client: Any, package: Package) -> None:
    found = await client.resources.get(api_version="v1", kind="PodList")
    assert isinstance(found, package.dynamic.ResourceList)
    assert (found.kind, found.base_kind, found.group_version) == ("PodList", "Pod", "v1")
    mixed = await client.resources.get(kind="List")
    assert (type(mixed).__name__, mixed.base_kind, mixed.group_version) == ("ResourceList", "", "v1")


async def test_search_gives_all_matches(client: Any) -> None:
    def described(found: list[Any]) -> list[tuple[str, str, str]]:
        return sorted((type(resource).__name__, resource.group_version, resource.kind) for resource in found)

    assert described(await client.resources.search(kind="Event")) == [
        ("Resource", "events.k8s.io/v1", "Event"),
        ("Resource", "v1", "Event"),
    ]
    kinds = ["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"]
    assert described(await client.resources.search(group="apps")) == sorted(
        [("Resource", "apps/v1", kind) for kind in kinds]
        + [("ResourceList", "apps/v1", f"{kind}List") for kind in kinds]
    )
    assert await client.resources.search(kind="NoSuchKind") == []


async def test_search_by_a_name_and_a_kind(client: Any) -> None:
    (found,) = await client.resources.search(kind="Pod", name="pods")
    assert found.name == "pods"


async def test_get_and_search_are_coroutines(package: Package) -> None:
    for cls in (package.dynamic.EagerDiscoverer, package.dynamic.LazyDiscoverer):
        assert issubclass(cls, package.module("dynamic.discovery").Discoverer)
        assert inspect.iscoroutinefunction(cls.get)
        assert inspect.iscoroutinefunction(cls.search)


async def test_a_miss_says_what_is_near(ours: DynamicClient) -> None:
    with pytest.raises(ResourceNotFoundError, match=r"^No matches found for .*; did you mean .*Deployment"):
        await ours.resources.get(api_version="apps/v1", kind="Deploymnet")


async def test_ambiguity_says_between_what(ours: DynamicClient) -> None:
    with pytest.raises(ResourceNotUniqueError, match=r"<Resource\(v1/events\)>, <Resource\(events.k8s.io/v1/events\)>"):
        await ours.resources.get(kind="Event")


async def test_a_miss_asks_the_server_again(ours: DynamicClient, kube_server: KubeServer, namespace: str) -> None:
    """A kind that came since is found without more ado."""
    group = f"{namespace}.example.com"
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    names = {"plural": "widgets", "singular": "widget", "kind": "Widget", "shortNames": ["wd"]}
    spec = {"group": group, "scope": "Namespaced", "names": names, "versions": [version]}
    definition = {"metadata": {"name": f"widgets.{group}"}, "spec": spec}
    await kube_server.request("POST", definitions, definition)
    try:
        await until_served(kube_server, definition)
        widgets = await ours.resources.get(api_version=f"{group}/v1", kind="Widget")
        assert (widgets.name, widgets.singular_name, widgets.short_names) == ("widgets", "widget", ["wd"])
        created = await widgets.create(
            {"apiVersion": f"{group}/v1", "kind": "Widget", "metadata": {"name": "one"}, "size": 1}, namespace
        )
        assert (created.kind, created.apiVersion, created.size) == ("Widget", f"{group}/v1", 1)
    finally:
        await kube_server.request("DELETE", f"{definitions}/widgets.{group}")
        await until_forgotten(kube_server, definition)


# --- undocumented, but called by users


async def test_invalidate_cache(client: Any) -> None:
    assert await client.resources.invalidate_cache() is None
    assert (await client.resources.get(api_version="v1", kind="Pod")).name == "pods"


async def test_get_resources_for_api_version(client: Any, package: Package) -> None:
    by_kind = await client.resources.get_resources_for_api_version("apis", "batch", "v1", True)
    assert sorted(by_kind) == ["CronJob", "CronJobList", "Job", "JobList"]
    (jobs,), (job_lists,) = by_kind["Job"], by_kind["JobList"]
    assert (jobs.name, jobs.group_version, jobs.preferred) == ("jobs", "batch/v1", True)
    assert (type(job_lists), job_lists.base_kind) == (package.dynamic.ResourceList, "Job")


async def test_api_groups_is_an_awaitable_property(client: Any) -> None:
    groups = await client.resources.api_groups
    assert {"", "apps", "batch", "rbac.authorization.k8s.io"} <= set(groups)


async def test_version_is_the_clients(client: Any) -> None:
    assert client.resources.version == client.version


async def test_a_discoverer_is_awaited_or_entered(client: Any, package: Package) -> None:
    discoverer = await package.dynamic.LazyDiscoverer(client, None)
    assert (await discoverer.get(api_version="v1", kind="Pod")).name == "pods"
    if package is AIOKUBE:  # the other one can be entered, but not left
        async with LazyDiscoverer(client, None) as entered:
            assert (await entered.get(api_version="v1", kind="Pod")).name == "pods"


# --- the cache file


async def test_a_warm_cache_file_is_not_written_again(kube_server: KubeServer, tmp_path: Path) -> None:
    path = tmp_path / "discovery.json"
    seen = []
    for _ in range(2):
        configuration = configuration_of(AIOKUBE, kube_server)
        async with connected(configuration, AIOKUBE, cache_file=str(path)) as client:
            assert client.resources.cache_file == str(path)
            await client.resources.get(api_version="v1", kind="Pod")
        seen.append((path.stat().st_ino, path.stat().st_mtime_ns))
    assert seen[0] == seen[1]


async def test_no_file_is_written_when_none_was_asked_for(ours: DynamicClient, tmp_path: Path) -> None:
    assert isinstance(ours.resources, Discoverer)
    assert ours.resources.cache_file is None
    assert list(tmp_path.iterdir()) == []
