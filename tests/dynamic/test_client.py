"""DynamicClient: what its verbs do on a cluster beyond the documented interface, and what it refuses to send."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import unquote

import pytest

from aiokube.client import ServerWarning
from aiokube.client.exceptions import (
    BadRequestError,
    ConflictError,
    InvalidParameter,
    InvalidSegment,
    NotFoundError,
    UnprocessibleEntityError,
    UnsupportedMediaTypeError,
)
from aiokube.dynamic import DynamicClient, Resource, ResourceList
from aiokube.testing import KubeServer
from dynamic.manifests import config_map, deployment, names, seen
from dynamic.wire import POD, Wire, answering

# --- row 48: what could lead to another object is refused before anything is sent

ODD = ["..", ".", "a/b", "%2e%2e", "a?x", "a#b", "a%2Fb", "", "\x00", "é/..", "..;/", "a\\b", "a\nb", 5, b"a"]

Call = Callable[[Wire, Any], Any]


def named(value: Any) -> dict[str, Any]:
    return {"metadata": {"name": value, "namespace": "web"}}


def listed(value: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "PodList", "items": [named("one"), named(value)]}


NAMES: dict[str, Call] = {
    "get": lambda it, name: it.pods.get(name, "web"),
    "get, of all namespaces' kind": lambda it, name: it.nodes.get(name),
    "replace": lambda it, name: it.pods.replace({}, name, "web"),
    "replace, by body": lambda it, name: it.pods.replace(named(name)),
    "patch": lambda it, name: it.pods.patch({}, name, "web"),
    "patch, by body": lambda it, name: it.pods.patch(named(name)),
    "server_side_apply": lambda it, name: it.pods.server_side_apply({}, name, "web"),
    "server_side_apply, by body": lambda it, name: it.pods.server_side_apply(named(name)),
    "delete": lambda it, name: it.pods.delete(name, "web"),
    "delete, with a selector": lambda it, name: it.pods.delete(name, "web", label_selector="a=b"),
    "modify": lambda it, name: it.client.modify(it.pods, lambda pod: None, name, "web"),
    "watch": lambda it, name: first(lambda: it.pods.watch(namespace="web", name=name)),
    "get of a subresource": lambda it, name: it.pods.status.get(name, "web"),
    "get of a subresource without namespaces": lambda it, name: it.nodes.status.get(name),
    "get of a log": lambda it, name: it.pods.log.get(name, "web"),
    "get of a proxy": lambda it, name: it.pods.proxy.get(name, "web", path="metrics"),
    "get of a subresource of three parts": lambda it, name: it.pods.subresources["ephemeral/v2"].get(name, "web"),
    "create of a subresource": lambda it, name: it.pods.eviction.create({}, name, "web"),
    "create of a subresource, by body": lambda it, name: it.pods.eviction.create(named(name)),
    "replace of a subresource": lambda it, name: it.pods.status.replace({}, name, "web"),
    "patch of a subresource": lambda it, name: it.pods.status.patch({}, name, "web"),
    "server_side_apply of a subresource": lambda it, name: it.pods.status.server_side_apply({}, name, "web"),
    "delete of a subresource": lambda it, name: it.pods.proxy.delete(name, "web"),
    "request": lambda it, name: it.client.request("get", "/api/v1/nodes/{name}", path_params={"name": name}),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("call", NAMES.values(), ids=NAMES)
async def test_odd_name_is_refused(wire: Wire, call: Call, name: Any) -> None:
    with pytest.raises(ValueError):
        await call(wire, name)
    assert wire.server.requests == []
    assert wire.server.open_connections == 0


@pytest.mark.parametrize("name", [name for name in ODD if name])
@pytest.mark.parametrize("verb", ["get", "replace", "patch", "server_side_apply", "delete"])
async def test_odd_name_in_a_list_is_refused(wire: Wire, verb: str, name: Any) -> None:
    wire.server.play(answering(POD))
    with pytest.raises(InvalidSegment) as caught:
        await getattr(ResourceList.of(wire.pods), verb)(listed(name))
    assert "item 2 of 2" in "".join(caught.value.__notes__)
    assert [request.path for request in wire.server.requests] == ["/api/v1/namespaces/web/pods/one"]


NAMESPACES: dict[str, Call] = {
    "get": lambda it, namespace: it.pods.get("one", namespace),
    "create": lambda it, namespace: it.pods.create({}, namespace),
    "create, by body": lambda it, namespace: it.pods.create({"metadata": {"namespace": namespace}}),
    "replace": lambda it, namespace: it.pods.replace({}, "one", namespace),
    "patch": lambda it, namespace: it.pods.patch({}, "one", namespace),
    "server_side_apply": lambda it, namespace: it.pods.server_side_apply({}, "one", namespace),
    "delete": lambda it, namespace: it.pods.delete("one", namespace),
    "delete_collection": lambda it, namespace: it.pods.delete_collection(namespace),
    "modify": lambda it, namespace: it.client.modify(it.pods, lambda pod: None, "one", namespace),
    "get of a subresource": lambda it, namespace: it.pods.status.get("one", namespace),
    "create of a subresource": lambda it, namespace: it.pods.eviction.create({}, "one", namespace),
    "replace of a subresource": lambda it, namespace: it.pods.status.replace({}, "one", namespace),
    "patch of a subresource": lambda it, namespace: it.pods.status.patch({}, "one", namespace),
    "delete of a subresource": lambda it, namespace: it.pods.proxy.delete("one", namespace),
}
OR_ALL_NAMESPACES: dict[str, Call] = {
    "get of all": lambda it, namespace: it.pods.get(namespace=namespace),
    "list": lambda it, namespace: first(lambda: it.pods.list(namespace=namespace)),
    "watch": lambda it, namespace: first(lambda: it.pods.watch(namespace=namespace)),
    "delete by a selector": lambda it, namespace: it.pods.delete(namespace=namespace, label_selector="a=b"),
}


@pytest.mark.parametrize("namespace", ODD)
@pytest.mark.parametrize("call", NAMESPACES.values(), ids=NAMESPACES)
async def test_odd_namespace_is_refused(wire: Wire, call: Call, namespace: Any) -> None:
    with pytest.raises(ValueError):
        await call(wire, namespace)
    assert wire.server.requests == []
    assert wire.server.open_connections == 0


@pytest.mark.parametrize("namespace", [namespace for namespace in ODD if namespace])
@pytest.mark.parametrize("call", OR_ALL_NAMESPACES.values(), ids=OR_ALL_NAMESPACES)
async def test_odd_namespace_is_refused_where_none_means_all(wire: Wire, call: Call, namespace: Any) -> None:
    with pytest.raises(InvalidSegment):
        await call(wire, namespace)
    assert wire.server.requests == []


async def first(iterate: Callable[[], AsyncIterator[Any]]) -> Any:
    return await anext(iterate())


# --- paths below a proxy

PROXY = "/api/v1/namespaces/web/pods/one/proxy"
CLIMBS = [
    "..",
    ".",
    "/..",
    "a/../b",
    "%2e%2e",
    "a/%2E%2e/b",
    "a%2F..%2Fb",
    "..;/",
    "é/..",
    "a\\..\\b",
    "\x00",
    "a\nb",
    5,
]
STAYS = ["metrics/cadvisor", "/metrics", "metrics/", "a?x=1", "a#b", "a%2Fb", "a b", "é", "a;b", "...", ""]
VERBS_OF_A_PROXY: dict[str, Call] = {
    "get": lambda it, path: it.pods.proxy.get("one", "web", path=path),
    "create": lambda it, path: it.pods.proxy.create({}, "one", "web", path=path),
    "replace": lambda it, path: it.pods.proxy.replace({}, "one", "web", path=path),
    "patch": lambda it, path: it.pods.proxy.patch({}, "one", "web", path=path),
    "delete": lambda it, path: it.pods.proxy.delete("one", "web", path=path),
}


@pytest.mark.parametrize("path", CLIMBS)
@pytest.mark.parametrize("call", VERBS_OF_A_PROXY.values(), ids=VERBS_OF_A_PROXY)
async def test_path_below_a_proxy_cannot_climb_out(wire: Wire, call: Call, path: Any) -> None:
    with pytest.raises(InvalidSegment):
        await call(wire, path)
    assert wire.server.requests == []


@pytest.mark.parametrize("path", STAYS)
@pytest.mark.parametrize("call", VERBS_OF_A_PROXY.values(), ids=VERBS_OF_A_PROXY)
async def test_path_below_a_proxy_arrives_as_it_was_given(wire: Wire, call: Call, path: str) -> None:
    request = await wire.sent(call(wire, path))
    assert unquote(request.path) == f"{PROXY}/{path.removeprefix('/')}"
    assert request.query == {}


@pytest.mark.parametrize("verb", ["get", "delete", "patch", "replace", "server_side_apply"])
async def test_only_a_subresource_has_paths_below_it(wire: Wire, verb: str) -> None:
    body = {} if verb in ("get", "delete") else {"body": {}}
    with pytest.raises(ValueError, match="has no paths below it; only subresources such as proxy do"):
        await getattr(wire.pods, verb)(name="one", namespace="web", path="metrics", **body)
    assert wire.server.requests == []


async def test_subresource_of_three_parts_is_posted_to(wire: Wire) -> None:
    request = await wire.sent(wire.pods.subresources["ephemeral/v2"].create({}, "one", "web"))
    assert (request.method, request.path) == ("POST", "/api/v1/namespaces/web/pods/one/ephemeral/v2")


# --- closing


async def test_closing_leaves_an_api_client_of_ours_open(wire: Wire) -> None:
    await wire.client.close()
    assert (await wire.sent(wire.pods.get("one", "web"))).method == "GET"


# --- deleting


@pytest.fixture
async def other_namespace(kube_server: KubeServer, namespace: str) -> AsyncIterator[str]:
    """A second namespace of the test's own."""
    name = f"{namespace}-other"
    await kube_server.request("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
    yield name
    await kube_server.request("DELETE", f"/api/v1/namespaces/{name}")


async def test_preconditions_keep_what_has_changed(
    config_maps: Resource, kube_server: KubeServer, namespace: str
) -> None:
    created = await config_maps.create(config_map("one"), namespace)
    changed = await config_maps.patch({"data": {"a": "1"}}, "one", namespace)
    for wrong in ({"uid": "another"}, {"resource_version": created.metadata.resourceVersion}):
        with pytest.raises(ConflictError, match=r"[Pp]recondition"):
            await config_maps.delete("one", namespace, preconditions=wrong)
    assert "one" in await names(kube_server, "configmaps", "-n", namespace)
    right = {"uid": changed.metadata.uid, "resourceVersion": changed.metadata.resourceVersion}
    await config_maps.delete("one", namespace, {"propagationPolicy": "Background"}, preconditions=right)
    assert "one" not in await names(kube_server, "configmaps", "-n", namespace)


async def test_collection_is_deleted_in_one_namespace(
    config_maps: Resource, kube_server: KubeServer, namespace: str, other_namespace: str
) -> None:
    for place in (namespace, other_namespace):
        for name in ("one", "two", "three"):
            labels = {"app": "a" if name == "three" else "b"}
            await config_maps.create(config_map(name, labels=labels), place)
    deleted = await config_maps.delete_collection(namespace, label_selector="app=b")
    assert deleted.kind == "ConfigMapList"
    assert sorted(item.metadata.name for item in deleted.items) == ["one", "two"]
    await config_maps.delete_collection(other_namespace, field_selector="metadata.name=three", dry_run=True)
    own = {"one", "two", "three"}
    assert await names(kube_server, "configmaps", "-n", namespace) & own == {"three"}
    assert await names(kube_server, "configmaps", "-n", other_namespace) & own == own
    await config_maps.delete_collection(other_namespace)
    assert await names(kube_server, "configmaps", "-n", other_namespace) & own == set()


async def test_collection_without_namespaces_is_deleted(
    client: DynamicClient, kube_server: KubeServer, namespace: str
) -> None:
    roles = await client.resources.get(api_version="rbac.authorization.k8s.io/v1", kind="ClusterRole")
    for name in ("one", "two"):
        metadata = {"name": f"{namespace}-{name}", "labels": {"test": f"{namespace}-{name}"}}
        await roles.create({"metadata": metadata, "rules": []})
    for name in ("one", "two"):
        await roles.delete_collection(label_selector=f"test={namespace}-{name}")
        left = await names(kube_server, "clusterroles", "-l", f"test in ({namespace}-one, {namespace}-two)")
        assert f"{namespace}-{name}" not in left
        assert len(left) == (1 if name == "one" else 0)


async def test_collection_needs_its_namespace(wire: Wire) -> None:
    with pytest.raises(ValueError, match=r"^Namespace is required for v1\.Pod$"):
        await wire.pods.delete_collection(label_selector="app=a")
    assert wire.server.requests == []


async def test_delete_by_selector_is_in_all_namespaces(
    config_maps: Resource, kube_server: KubeServer, namespace: str, other_namespace: str
) -> None:
    for place in (namespace, other_namespace):
        for name in ("one", f"{namespace}-two"):
            await config_maps.create(config_map(name, labels={"test": namespace}), place)
    selectors = {"label_selector": f"test={namespace}", "field_selector": "metadata.name=one"}
    await config_maps.delete(**selectors, dry_run=True)
    deleted = await config_maps.delete(**selectors)
    assert {item.metadata.namespace for item in deleted.items} == {namespace, other_namespace}
    left = (await seen(kube_server, "configmaps", "-A", "-l", f"test={namespace}"))["items"]
    assert [item["metadata"]["name"] for item in left] == [f"{namespace}-two"] * 2


async def test_delete_by_selector_that_matches_nothing_deletes_nothing(config_maps: Resource, namespace: str) -> None:
    deleted = await config_maps.delete(label_selector=f"test={namespace}")
    assert (deleted.kind, deleted.to_dict()["items"]) == ("ConfigMapList", [])


# --- patches

CONTAINERS = {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "registry.example/side:1"}]}}}}


@pytest.mark.parametrize(
    ("patch_type", "containers"), [(None, ["side", "main"]), ("strategic", ["side", "main"]), ("merge", ["side"])]
)
async def test_lists_are_merged_by_a_strategic_patch_only(
    deployments: Resource, namespace: str, patch_type: str | None, containers: list[str]
) -> None:
    await deployments.create(deployment("one"), namespace)
    patched = await deployments.patch(CONTAINERS, "one", namespace, patch_type=patch_type)
    assert [container.name for container in patched.spec.template.spec.containers] == containers


async def test_json_patch_of_a_built_in_kind(deployments: Resource, namespace: str) -> None:
    await deployments.create(deployment("one"), namespace)
    changes = [
        {"op": "test", "path": "/spec/replicas", "value": 1},
        {"op": "replace", "path": "/spec/replicas", "value": 3},
    ]
    assert (await deployments.patch(changes, "one", namespace, patch_type="json")).spec.replicas == 3


async def test_apply_by_patch(config_maps: Resource, namespace: str) -> None:
    applied = await config_maps.patch(config_map("one", a="1"), namespace=namespace, patch_type="apply")
    assert [entry.manager for entry in applied.metadata.managedFields] == ["aiokube"]
    with pytest.raises(ConflictError) as conflict:
        await config_maps.patch(
            config_map("one", a="2"), namespace=namespace, patch_type="apply", field_manager="another"
        )
    assert [cause["field"] for cause in conflict.value.causes] == [".data.a"]


async def test_patch_type_that_there_is_not_is_refused(wire: Wire) -> None:
    with pytest.raises(InvalidParameter, match="strategic, merge, json, apply"):
        await wire.pods.patch({}, "one", "web", patch_type="stategic")
    assert wire.server.requests == []


async def test_aggregated_kind_gets_a_merge_patch(client: DynamicClient) -> None:
    services = await client.resources.get(api_version="apiregistration.k8s.io/v1", kind="APIService")
    patched = await services.patch({"metadata": {"annotations": {"a": None}}}, "v1.apps", dry_run=True)
    assert patched.metadata.name == "v1.apps"
    with pytest.raises(UnsupportedMediaTypeError):
        await services.patch({}, "v1.apps", content_type="application/vnd.example+json")


# --- field validation and dry runs


async def test_unknown_fields_are_refused_told_or_passed_over(deployments: Resource, namespace: str) -> None:
    body = deployment("one")
    body["spec"]["replica"] = 3
    with pytest.raises(BadRequestError, match=r'unknown field "spec\.replica"'):
        await deployments.create(body, namespace, field_validation="Strict")
    with pytest.warns(ServerWarning, match=r'unknown field "spec\.replica"'):
        await deployments.create(body, namespace, field_validation="Warn", dry_run=True)
    await deployments.create(body, namespace, field_validation="Ignore")
    with pytest.raises(BadRequestError, match=r'unknown field "spec\.replica"'):
        await deployments.replace(body, namespace=namespace, field_validation="Strict")
    with pytest.raises(UnprocessibleEntityError, match=r'unknown field "spec\.replica"'):
        await deployments.patch({"spec": {"replica": 1}}, "one", namespace, field_validation="Strict")


async def test_dry_run_changes_nothing(config_maps: Resource, kube_server: KubeServer, namespace: str) -> None:
    assert (await config_maps.create(config_map("one"), namespace, dry_run=True)).metadata.uid
    with pytest.raises(NotFoundError):
        await config_maps.get("one", namespace)
    await config_maps.create(config_map("one", a="1"), namespace)
    await config_maps.patch({"data": {"a": "2"}}, "one", namespace, dry_run=True)
    await config_maps.replace(config_map("one", a="3"), namespace=namespace, dry_run=True)
    await config_maps.delete("one", namespace, dry_run=True)
    assert (await seen(kube_server, "configmap", "one", "-n", namespace))["data"] == {"a": "1"}


# --- many at once


async def test_verbs_may_be_used_at_once(config_maps: Resource, kube_server: KubeServer, namespace: str) -> None:
    await asyncio.gather(*(config_maps.create(config_map(f"map-{number}"), namespace) for number in range(20)))
    read = await asyncio.gather(*(config_maps.get(f"map-{number}", namespace) for number in range(20)))
    assert {item.metadata.name for item in read} <= await names(kube_server, "configmaps", "-n", namespace)
    assert len({item.metadata.uid for item in read}) == 20
