"""The table: one row for each name of the reference, and each row is a test of it on each server.

A row uses the name as a program does that had its imports renamed, and looks at what came of it with kubectl where
the cluster was changed. `test_every_name_has_a_row` fails for a name without one.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from aiokube.client import ApiClient
from aiokube.dynamic import (
    DynamicClient,
    EagerDiscoverer,
    LazyDiscoverer,
    Resource,
    ResourceField,
    ResourceInstance,
    ResourceList,
    Subresource,
)
from aiokube.dynamic.exceptions import ConflictError, NotFoundError, ResourceNotFoundError
from aiokube.testing import KubeServer
from compat.reference import NAMES

Test = Callable[..., Any]

ROWS: dict[str, Test] = {}


def row(name: str) -> Callable[[Test], Test]:
    """Enter a test as the row of a name."""

    def enter(test: Test) -> Test:
        assert name not in ROWS, f"{name} has two rows"
        ROWS[name] = test
        return test

    return enter


def test_every_name_has_a_row() -> None:
    assert [name for name in NAMES if name not in ROWS] == []
    assert [name for name in ROWS if name not in NAMES] == []


def test_every_row_is_a_test_on_the_control_plane() -> None:
    own = {value for name, value in globals().items() if name.startswith("test_")}
    assert [name for name, test in ROWS.items() if test not in own] == []
    real = {"api", "client", "kube_server", "namespace"}
    assert [name for name, test in ROWS.items() if not real & set(inspect.signature(test).parameters)] == []


@pytest.fixture
async def api(kube_server: KubeServer) -> AsyncIterator[ApiClient]:
    async with ApiClient(kube_server.configuration) as api:
        yield api


@pytest.fixture
async def client(api: ApiClient) -> AsyncIterator[DynamicClient]:
    async with DynamicClient(api) as client:
        yield client


@pytest.fixture
async def config_maps(client: DynamicClient) -> Resource:
    return await client.resources.get(api_version="v1", kind="ConfigMap")


@pytest.fixture
async def config_map_lists(client: DynamicClient) -> Resource:
    return await client.resources.get(api_version="v1", kind="ConfigMapList")


@pytest.fixture
async def deployments(client: DynamicClient) -> Resource:
    return await client.resources.get(api_version="apps/v1", kind="Deployment")


def config_map(name: str, **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def config_map_list(*items: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMapList", "items": list(items)}


def deployment(name: str, replicas: int) -> dict[str, Any]:
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "main", "image": "registry.example/main:1"}]},
            },
        },
    }


async def data_of(kube_server: KubeServer, namespace: str) -> dict[str, dict[str, str]]:
    """What kubectl sees: the data of each config map of a namespace, but for the one that Kubernetes puts there."""
    answer = await kube_server.kubectl("get", "configmaps", "-n", namespace, "-o", "json")
    found = {item["metadata"]["name"]: item.get("data", {}) for item in answer.json()["items"]}
    found.pop("kube-root-ca.crt", None)
    return found


async def seen_by_kubectl(kube_server: KubeServer, what: str, namespace: str) -> Any:
    """What kubectl sees of one object: all of it."""
    return (await kube_server.kubectl("get", what, "-n", namespace, "-o", "json", "--show-managed-fields")).json()


async def kubectl(kube_server: KubeServer, *args: str) -> str:
    return (await kube_server.kubectl(*args)).stdout


# --- DynamicClient


@row("DynamicClient")
async def test_a_dynamic_client_is_awaited_or_entered(api: ApiClient) -> None:
    awaited = await DynamicClient(api)
    async with DynamicClient(api, cache_file=None, discoverer=EagerDiscoverer) as entered:
        assert isinstance(entered.resources, EagerDiscoverer)
    assert isinstance(awaited.resources, LazyDiscoverer)
    for client in (awaited, entered):
        namespaces = await client.resources.get(api_version="v1", kind="Namespace")
        assert (await client.get(namespaces, name="kube-system")).metadata.name == "kube-system"


@row("DynamicClient.create")
async def test_create_makes_an_object(
    client: DynamicClient, config_maps: Resource, kube_server: KubeServer, namespace: str
) -> None:
    created = await client.create(config_maps, body=config_map("one", key="value"), namespace=namespace)
    assert isinstance(created, ResourceInstance)
    assert created.metadata.uid
    assert await data_of(kube_server, namespace) == {"one": {"key": "value"}}
    with pytest.raises(ConflictError):
        await client.create(config_maps, config_map("one"), namespace)


@row("DynamicClient.delete")
async def test_delete_removes_one_object_or_those_with_a_label(
    client: DynamicClient, config_maps: Resource, kube_server: KubeServer, namespace: str
) -> None:
    for name, team in (("one", "a"), ("two", "b"), ("three", "b"), ("four", "a")):
        body = config_map(name)
        body["metadata"]["labels"] = {"team": team}
        await client.create(config_maps, body, namespace)
    status = await client.delete(config_maps, name="one", namespace=namespace)
    assert status.status == "Success"
    await client.delete(config_maps, namespace=namespace, label_selector="team=b")
    assert set(await data_of(kube_server, namespace)) == {"four"}
    with pytest.raises(NotFoundError):
        await client.delete(config_maps, "one", namespace)


@row("DynamicClient.ensure_namespace")
async def test_ensure_namespace_takes_the_given_one_then_the_bodys(
    client: DynamicClient, config_maps: Resource, namespace: str
) -> None:
    body = config_map("one")
    body["metadata"]["namespace"] = namespace
    assert DynamicClient.ensure_namespace(config_maps, "given", body) == "given"
    assert client.ensure_namespace(config_maps, "", body) == namespace
    assert (await client.create(config_maps, body)).metadata.namespace == namespace
    with pytest.raises(ValueError, match=r"^Namespace is required for v1\.ConfigMap$"):
        client.ensure_namespace(config_maps, "", config_map("one"))


@row("DynamicClient.get")
async def test_get_reads_one_object_or_lists_all(
    client: DynamicClient, config_maps: Resource, kube_server: KubeServer, namespace: str
) -> None:
    manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {key: value}\n"
    await kube_server.kubectl("create", "-n", namespace, "-f", "-", input=manifest)
    one = await client.get(config_maps, name="one", namespace=namespace)
    assert one.data.key == "value"
    assert one.to_dict() == await seen_by_kubectl(kube_server, "configmap/one", namespace)
    found = await client.get(config_maps, namespace=namespace, field_selector="metadata.name=one")
    assert found.kind == "ConfigMapList"
    assert [(item.kind, item.apiVersion, item.metadata.name) for item in found.items] == [("ConfigMap", "v1", "one")]
    everywhere = await client.get(config_maps)
    assert {item.metadata.namespace for item in everywhere.items} > {namespace}
    with pytest.raises(NotFoundError):
        await client.get(config_maps, "none", namespace)


@row("DynamicClient.patch")
async def test_patch_changes_parts_of_an_object(
    client: DynamicClient, config_maps: Resource, kube_server: KubeServer, namespace: str
) -> None:
    await client.create(config_maps, config_map("one", a="1", b="2"), namespace)
    await client.patch(config_maps, body={"data": {"a": "changed"}}, name="one", namespace=namespace)
    assert await data_of(kube_server, namespace) == {"one": {"a": "changed", "b": "2"}}
    body = [{"op": "remove", "path": "/data/b"}]
    await client.patch(config_maps, body, "one", namespace, content_type="application/json-patch+json")
    assert await data_of(kube_server, namespace) == {"one": {"a": "changed"}}


@row("DynamicClient.replace")
async def test_replace_puts_another_version_of_an_object(
    client: DynamicClient, config_maps: Resource, kube_server: KubeServer, namespace: str
) -> None:
    created = await client.create(config_maps, config_map("one", a="1", b="2"), namespace)
    await client.replace(config_maps, body=config_map("one", c="3"), namespace=namespace)
    assert await data_of(kube_server, namespace) == {"one": {"c": "3"}}
    with pytest.raises(ConflictError):  # it has changed since
        await client.replace(config_maps, created)


@row("DynamicClient.request")
async def test_request_sends_any_request(client: DynamicClient, kube_server: KubeServer, namespace: str) -> None:
    read = await client.request("get", f"/api/v1/namespaces/{namespace}")
    assert isinstance(read, ResourceInstance)
    assert read.metadata.name == namespace
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    created = await client.request("POST", path, body=config_map("one", key="value"), dry_run="All")
    assert created.data.key == "value"
    assert await data_of(kube_server, namespace) == {}
    assert await client.request("get", "/healthz") == "ok"


@row("DynamicClient.resources")
async def test_resources_finds_kinds(client: DynamicClient) -> None:
    found = await client.resources.get(api_version="apps/v1", kind="Deployment")
    assert (found.name, found.group, found.api_version, found.namespaced) == ("deployments", "apps", "v1", True)
    with pytest.raises(ResourceNotFoundError, match="No matches found for"):
        await client.resources.get(api_version="v1", kind="NoSuchKind")


@row("DynamicClient.serialize_body")
async def test_serialize_body_gives_what_can_be_sent(
    client: DynamicClient, config_maps: Resource, kube_server: KubeServer, namespace: str
) -> None:
    created = await client.create(config_maps, config_map("one", key="value"), namespace)
    body = DynamicClient.serialize_body(created)
    assert type(body) is dict
    body["metadata"] = {"name": "two", **client.serialize_body(ResourceField({"labels": {"a": "b"}}))}
    await client.create(config_maps, client.serialize_body(body), namespace)
    assert set(await data_of(kube_server, namespace)) == {"one", "two"}
    assert client.serialize_body(None) == {}


@row("DynamicClient.server_side_apply")
async def test_server_side_apply_declares_fields(
    client: DynamicClient, config_maps: Resource, kube_server: KubeServer, namespace: str
) -> None:
    for data in ({"a": "1", "b": "2"}, {"a": "1"}):  # what a manager no longer declares goes
        await client.server_side_apply(
            config_maps, body=config_map("one", **data), namespace=namespace, field_manager="first"
        )
        assert await data_of(kube_server, namespace) == {"one": data}
    theirs = config_map("one", a="other")
    with pytest.raises(ConflictError):
        await client.server_side_apply(config_maps, theirs, namespace=namespace, field_manager="second")
    await client.server_side_apply(config_maps, theirs, "one", namespace, True, field_manager="second")
    assert await data_of(kube_server, namespace) == {"one": {"a": "other"}}


@row("DynamicClient.validate")
async def test_validate_finds_what_is_wrong(client: DynamicClient) -> None:
    right = config_map("one")
    assert client.validate(right) == ([], [])
    assert client.validate(deployment("one", 1), version="1.36", strict=True) == ([], [])
    warnings, (error,) = client.validate({**right, "data": 5})
    assert warnings == []
    assert "data" in error
    assert client.validate({**right, "unknown": 1}) == ([], [])
    warnings, (error,) = client.validate({**right, "unknown": 1}, strict=True)
    assert "unknown" in error
    (warning,), errors = client.validate({"apiVersion": "example.com/v1", "kind": "Widget"})
    assert errors == []
    assert "Widget" in warning


@row("DynamicClient.version")
async def test_version_is_what_the_server_says(client: DynamicClient, kube_server: KubeServer) -> None:
    seen = (await kube_server.kubectl("version", "-o", "json")).json()["serverVersion"]
    assert {name: client.version["kubernetes"][name] for name in seen} == seen


@row("DynamicClient.watch")
async def test_watch_follows_changes(client: DynamicClient, config_maps: Resource, namespace: str) -> None:
    await client.create(config_maps, config_map("one", key="old"), namespace)
    seen = []
    stream = client.watch(config_maps, namespace=namespace, name="one", timeout=30)
    async for event in stream:
        assert isinstance(event["object"], ResourceInstance)
        assert event["raw_object"] == event["object"].to_dict()
        seen.append((event["type"], event["object"].data.key))
        if event["type"] == "ADDED":
            await client.create(config_maps, config_map("another"), namespace)
            await client.patch(config_maps, {"data": {"key": "new"}}, "one", namespace)
        elif event["type"] == "MODIFIED":
            await client.delete(config_maps, "one", namespace)
        else:
            break
    await stream.aclose()
    assert seen == [("ADDED", "old"), ("MODIFIED", "new"), ("DELETED", "new")]


# --- discoverers


@row("EagerDiscoverer")
async def test_an_eager_discoverer_knows_everything_at_once(api: ApiClient) -> None:
    client = await DynamicClient(api, discoverer=EagerDiscoverer)
    discoverer = await EagerDiscoverer(client, None)
    assert {"Pod", "Deployment", "CustomResourceDefinition"} < {resource.kind for resource in discoverer}


@row("EagerDiscoverer.api_groups")
async def test_an_eager_discoverer_lists_groups(api: ApiClient, kube_server: KubeServer) -> None:
    client = await DynamicClient(api, discoverer=EagerDiscoverer)
    assert set(await client.resources.api_groups) == {"", *await _groups(kube_server)}


@row("EagerDiscoverer.discover")
async def test_an_eager_discoverer_discovers(api: ApiClient) -> None:
    client = await DynamicClient(api, discoverer=EagerDiscoverer)
    await client.resources.discover()
    assert "Pod" in {resource.kind for resource in client.resources}


@row("EagerDiscoverer.search")
async def test_an_eager_discoverer_searches(api: ApiClient, kube_server: KubeServer) -> None:
    client = await DynamicClient(api, discoverer=EagerDiscoverer)
    await _finds_what_kubectl_lists(client, kube_server)


@row("EagerDiscoverer.update")
async def test_an_eager_discoverer_takes_resources_of_ones_own(api: ApiClient) -> None:
    client = await DynamicClient(api, discoverer=EagerDiscoverer)
    (namespaces,) = await client.resources.search(api_version="v1", kind="Namespace")
    client.resources.update({"api": {"": {"v1": {"Namespace": [namespaces]}}}})  # type: ignore[attr-defined]
    assert await client.resources.get(kind="Namespace") is namespaces
    assert list(client.resources) == [namespaces]


@row("LazyDiscoverer")
async def test_a_lazy_discoverer_finds_kinds_when_asked(api: ApiClient) -> None:
    discoverer = await LazyDiscoverer(await DynamicClient(api), None)
    assert (await discoverer.get(api_version="batch/v1", kind="Job")).name == "jobs"


@row("LazyDiscoverer.api_groups")
async def test_a_lazy_discoverer_lists_groups(client: DynamicClient, kube_server: KubeServer) -> None:
    assert isinstance(client.resources, LazyDiscoverer)
    assert set(await client.resources.api_groups) == {"", *await _groups(kube_server)}


@row("LazyDiscoverer.discover")
async def test_a_lazy_discoverer_discovers(client: DynamicClient) -> None:
    assert isinstance(client.resources, LazyDiscoverer)
    await client.resources.discover()
    assert (await client.resources.get(api_version="batch/v1", kind="CronJob")).name == "cronjobs"


@row("LazyDiscoverer.search")
async def test_a_lazy_discoverer_searches(client: DynamicClient, kube_server: KubeServer) -> None:
    assert isinstance(client.resources, LazyDiscoverer)
    await _finds_what_kubectl_lists(client, kube_server)


async def _groups(kube_server: KubeServer) -> set[str]:
    versions = (await kubectl(kube_server, "api-versions")).split()
    return {version.partition("/")[0] for version in versions if "/" in version}


async def _finds_what_kubectl_lists(client: DynamicClient, kube_server: KubeServer) -> None:
    listed = await kubectl(kube_server, "api-resources", "--api-group=apps", "--no-headers", "-o", "name")
    found = await client.resources.search(prefix="apis", group="apps", api_version="v1")
    plurals = {f"{resource.name}.apps" for resource in found if not isinstance(resource, ResourceList)}
    assert plurals == set(listed.split())
    assert [resource.name for resource in await client.resources.search(kind="Deployment")] == ["deployments"]
    by_short_name = await client.resources.search(short_names="deploy", namespaced=True)
    assert [resource.kind for resource in by_short_name] == ["Deployment"]
    assert await client.resources.search(kind="Deployment", name="pods") == []


# --- Resource


@row("Resource")
async def test_a_resource_made_by_hand_has_the_verbs(client: DynamicClient) -> None:
    namespaces = Resource("api", "", "v1", "Namespace", name="namespaces", client=client)
    assert (await namespaces.get(name="kube-system")).kind == "Namespace"


@row("Resource.group_version")
async def test_group_version_is_as_in_a_manifest(
    config_maps: Resource, deployments: Resource, kube_server: KubeServer
) -> None:
    versions = (await kubectl(kube_server, "api-versions")).split()
    assert (config_maps.group_version, deployments.group_version) == ("v1", "apps/v1")
    assert {config_maps.group_version, deployments.group_version} <= set(versions)


@row("Resource.path")
async def test_path_leads_to_the_object(
    client: DynamicClient, config_maps: Resource, kube_server: KubeServer, namespace: str
) -> None:
    await client.create(config_maps, config_map("one", key="value"), namespace)
    path = config_maps.path(name="one", namespace=namespace)
    assert path == f"/api/v1/namespaces/{namespace}/configmaps/one"
    raw = (await kube_server.kubectl("get", "--raw", path)).json()
    assert raw == (await client.request("get", path)).to_dict()
    assert config_maps.path() == "/api/v1/configmaps"
    assert config_maps.path(namespace=namespace) == f"/api/v1/namespaces/{namespace}/configmaps"


@row("Resource.to_dict")
async def test_a_resource_can_be_made_again_from_its_dict(
    client: DynamicClient, deployments: Resource, namespace: str
) -> None:
    known = deployments.to_dict()
    assert (known.pop("_type"), known["kind"], known["shortNames"]) == ("Resource", "Deployment", ["deploy"])
    again = Resource(client=client, **known)
    assert again.to_dict() == deployments.to_dict()
    await again.create(body=deployment("one", 2), namespace=namespace)
    assert (await again.scale.get(name="one", namespace=namespace)).spec.replicas == 2


@row("Resource.urls")
async def test_urls_are_templates_of_paths(client: DynamicClient, config_maps: Resource, namespace: str) -> None:
    await client.create(config_maps, config_map("one"), namespace)
    assert set(config_maps.urls) == {"base", "namespaced_base", "full", "namespaced_full"}
    url = config_maps.urls["namespaced_full"]
    read = await client.request("get", url, path_params={"namespace": namespace, "name": "one"})
    assert read.metadata.name == "one"
    assert (await client.request("get", config_maps.urls["base"])).kind == "ConfigMapList"


# --- ResourceField and ResourceInstance


@row("ResourceField")
async def test_a_field_is_read_and_written_by_attribute(
    config_maps: Resource, kube_server: KubeServer, namespace: str
) -> None:
    metadata = ResourceField({"name": "one", "labels": {"app": "shop"}})
    assert (metadata.name, metadata.labels.app, metadata.annotations) == ("one", "shop", None)
    metadata.labels.app = "bank"
    await config_maps.create(body={"metadata": metadata}, namespace=namespace)
    label = await kubectl(kube_server, "get", "cm", "one", "-n", namespace, "-o", "jsonpath={.metadata.labels.app}")
    assert label == "bank"


@row("ResourceField.to_dict")
async def test_a_field_becomes_a_plain_dict(config_maps: Resource, kube_server: KubeServer, namespace: str) -> None:
    created = await config_maps.create(body=config_map("one", key="value"), namespace=namespace)
    assert isinstance(created.metadata, ResourceField)
    seen = await seen_by_kubectl(kube_server, "configmap/one", namespace)
    assert created.metadata.to_dict() == seen["metadata"]
    assert type(created.data.to_dict()) is dict


@row("ResourceInstance")
async def test_an_instance_is_changed_and_sent_back(
    config_maps: Resource, kube_server: KubeServer, namespace: str
) -> None:
    body = ResourceInstance(config_maps.client, config_map("one", key="value"))
    created = await config_maps.create(body=body, namespace=namespace)
    created.data.key = "changed"
    created["data"]["more"] = "1"
    await config_maps.replace(body=created)
    assert await data_of(kube_server, namespace) == {"one": {"key": "changed", "more": "1"}}


@row("ResourceInstance.to_dict")
async def test_an_instance_becomes_a_plain_dict(config_maps: Resource, kube_server: KubeServer, namespace: str) -> None:
    await config_maps.create(body=config_map("one", key="value"), namespace=namespace)
    read = await config_maps.get(name="one", namespace=namespace)
    assert read.to_dict() == await seen_by_kubectl(kube_server, "configmap/one", namespace)
    read.to_dict()["data"]["key"] = "changed"
    assert read.data.key == "value"


@row("ResourceInstance.to_str")
async def test_an_instance_is_printed_as_yaml(config_maps: Resource, namespace: str) -> None:
    created = await config_maps.create(body=config_map("one", key="value"), namespace=namespace)
    text = created.to_str()
    assert text.startswith("ResourceInstance[ConfigMap]:\n  apiVersion: v1\n  data:\n    key: value\n")
    assert text == repr(created)


# --- ResourceList


@row("ResourceList")
async def test_a_list_made_by_hand_has_the_verbs(
    client: DynamicClient, kube_server: KubeServer, namespace: str
) -> None:
    lists = ResourceList(client, api_version="v1", base_kind="ConfigMap")
    await lists.create(config_map_list(config_map("one", a="1")), namespace=namespace)
    mixed = ResourceList(client, kind="List")  # its items say what they are
    service_account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "two"}}
    body = {"apiVersion": "v1", "kind": "List", "items": [config_map("two", a="2"), service_account]}
    created = await mixed.create(body, namespace=namespace)
    assert [item.kind for item in created.items] == ["ConfigMap", "ServiceAccount"]
    assert await data_of(kube_server, namespace) == {"one": {"a": "1"}, "two": {"a": "2"}}
    names = await kubectl(kube_server, "get", "sa", "two", "-n", namespace, "-o", "name")
    assert names == "serviceaccount/two\n"


@row("ResourceList.base_resource")
async def test_base_resource_is_the_one_of_the_items(client: DynamicClient, config_map_lists: ResourceList) -> None:
    assert isinstance(config_map_lists, ResourceList)
    base = await config_map_lists.base_resource()
    assert base is await client.resources.get(api_version="v1", kind="ConfigMap")
    lookup = {"api_version": "apps/v1", "kind": "Deployment"}
    by_lookup = await ResourceList(client, base_resource_lookup=lookup).base_resource()
    assert by_lookup is not None
    assert by_lookup.name == "deployments"
    assert await ResourceList(client).base_resource() is None


@row("ResourceList.create")
async def test_create_of_a_list_makes_each_item(
    config_map_lists: ResourceList, kube_server: KubeServer, namespace: str
) -> None:
    body = config_map_list(config_map("one", a="1"), config_map("two", a="2"))
    created = await config_map_lists.create(body, namespace=namespace)
    assert [(item.metadata.name, bool(item.metadata.uid)) for item in created.items] == [("one", True), ("two", True)]
    assert await data_of(kube_server, namespace) == {"one": {"a": "1"}, "two": {"a": "2"}}


@row("ResourceList.create_list")
async def test_create_list_looks_the_items_kind_up(
    client: DynamicClient, kube_server: KubeServer, namespace: str
) -> None:
    lists = await ResourceList.create_list(client, group="apps", api_version="v1", base_kind="Deployment")
    assert (lists.kind, lists.name, lists.namespaced) == ("DeploymentList", "deployments", True)
    body = {"apiVersion": "apps/v1", "kind": "DeploymentList", "items": [deployment("one", 1), deployment("two", 1)]}
    await lists.create(body, namespace=namespace)
    names = await kubectl(kube_server, "get", "deployments", "-n", namespace, "-o", "name")
    assert names.split() == ["deployment.apps/one", "deployment.apps/two"]
    with pytest.raises(ResourceNotFoundError):
        await ResourceList.create_list(client, group="apps", base_kind="NoSuchKind")


@row("ResourceList.delete")
async def test_delete_of_a_list_removes_each_item(
    config_maps: Resource, config_map_lists: ResourceList, kube_server: KubeServer, namespace: str
) -> None:
    for name in ("one", "two", "three"):
        await config_maps.create(config_map(name), namespace)
    body = config_map_list(config_map("one"), config_map("two"))
    deleted = await config_map_lists.delete(body, namespace=namespace)
    assert [item.status for item in deleted.items] == ["Success", "Success"]
    assert set(await data_of(kube_server, namespace)) == {"three"}


@row("ResourceList.get")
async def test_get_of_a_list_reads_each_item(
    config_maps: Resource, config_map_lists: ResourceList, namespace: str, kube_server: KubeServer
) -> None:
    for name in ("one", "two", "three"):
        await config_maps.create(config_map(name, key=f"{name}'s"), namespace)
    read = await config_map_lists.get(config_map_list(config_map("one"), config_map("two")), namespace=namespace)
    seen = await data_of(kube_server, namespace)
    assert {item.metadata.name: item.data.to_dict() for item in read.items} == {n: seen[n] for n in ("one", "two")}


@row("ResourceList.patch")
async def test_patch_of_a_list_changes_each_item(
    config_maps: Resource, config_map_lists: ResourceList, kube_server: KubeServer, namespace: str
) -> None:
    for name in ("one", "two"):
        await config_maps.create(config_map(name, kept="1"), namespace)
    body = config_map_list(config_map("one", a="1"), config_map("two", a="2"))
    await config_map_lists.patch(body, namespace=namespace)
    assert await data_of(kube_server, namespace) == {"one": {"kept": "1", "a": "1"}, "two": {"kept": "1", "a": "2"}}


@row("ResourceList.replace")
async def test_replace_of_a_list_replaces_each_item(
    config_maps: Resource, config_map_lists: ResourceList, kube_server: KubeServer, namespace: str
) -> None:
    for name in ("one", "two"):
        await config_maps.create(config_map(name, dropped="1"), namespace)
    body = config_map_list(config_map("one", a="1"), config_map("two", a="2"))
    await config_map_lists.replace(body, namespace=namespace)
    assert await data_of(kube_server, namespace) == {"one": {"a": "1"}, "two": {"a": "2"}}


@row("ResourceList.to_dict")
async def test_a_list_is_described_by_a_dict(client: DynamicClient, config_map_lists: ResourceList) -> None:
    known = config_map_lists.to_dict()
    assert known == {
        "_type": "ResourceList",
        "group": "",
        "api_version": "v1",
        "kind": "ConfigMapList",
        "base_kind": "ConfigMap",
    }
    again = ResourceList(client, **{name: value for name, value in known.items() if name != "_type"})
    assert await again.base_resource() is await config_map_lists.base_resource()


@row("ResourceList.verb_mapper")
async def test_verb_mapper_does_any_verb_on_each_item(
    config_map_lists: ResourceList, kube_server: KubeServer, namespace: str
) -> None:
    body = config_map_list(config_map("one", a="1"), config_map("two", a="2"))
    applied = await config_map_lists.verb_mapper("server_side_apply", body, namespace=namespace, field_manager="me")
    assert [item.metadata.managedFields[0].manager for item in applied.items] == ["me", "me"]
    assert await data_of(kube_server, namespace) == {"one": {"a": "1"}, "two": {"a": "2"}}


# --- Subresource


@row("Subresource")
async def test_a_subresource_made_by_hand_has_the_verbs(
    deployments: Resource, kube_server: KubeServer, namespace: str
) -> None:
    await deployments.create(deployment("one", 2), namespace)
    scale = Subresource(deployments, kind="Scale", name="deployments/scale", namespaced=True, verbs=["get", "patch"])
    assert (await scale.get(name="one", namespace=namespace)).spec.replicas == 2
    await scale.patch(body={"spec": {"replicas": 3}}, name="one", namespace=namespace)
    seen = await kubectl(kube_server, "get", "deploy", "one", "-n", namespace, "-o", "jsonpath={.spec.replicas}")
    assert seen == "3"


@row("Subresource.create")
async def test_create_of_a_subresource_posts_to_it(client: DynamicClient, namespace: str) -> None:
    accounts = await client.resources.get(api_version="v1", kind="ServiceAccount")
    await accounts.create({"metadata": {"name": "robot"}}, namespace)
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 600}}
    granted = await accounts.token.create(body, "robot", namespace)
    assert granted.kind == "TokenRequest"
    reviews = await client.resources.get(api_version="authentication.k8s.io/v1", kind="TokenReview")
    reviewed = await reviews.create({"spec": {"token": granted.status.token}})
    assert reviewed.status.user.username == f"system:serviceaccount:{namespace}:robot"


@row("Subresource.to_dict")
async def test_a_subresource_can_be_made_again_from_its_dict(deployments: Resource, namespace: str) -> None:
    await deployments.create(deployment("one", 2), namespace)
    known = deployments.scale.to_dict()
    assert {"kind": "Scale", "name": "deployments/scale", "subresource": "scale"}.items() <= known.items()
    again = Subresource(deployments, **known)
    assert again.to_dict() == known
    assert (await again.get(name="one", namespace=namespace)).spec.replicas == 2


@row("Subresource.urls")
async def test_urls_of_a_subresource_are_templates_of_paths(
    client: DynamicClient, deployments: Resource, namespace: str
) -> None:
    await deployments.create(deployment("one", 2), namespace)
    assert set(deployments.scale.urls) == {"full", "namespaced_full"}
    url = deployments.scale.urls["namespaced_full"]
    read = await client.request("get", url, path_params={"namespace": namespace, "name": "one"})
    assert (read.kind, read.spec.replicas) == ("Scale", 2)
