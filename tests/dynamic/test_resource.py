"""Resource, Subresource and ResourceList: paths, parts of objects, and verbs on each item of a list."""

from __future__ import annotations

from typing import Any

import pytest

from aiokube.client import ApiClient
from aiokube.client.exceptions import (
    AlreadyExistsError,
    ConflictError,
    ForbiddenError,
    InvalidSegment,
    NotFoundError,
    UnprocessibleEntityError,
)
from aiokube.dynamic import DynamicClient, Resource, ResourceInstance, ResourceList, Subresource
from aiokube.testing import KubeServer
from dynamic.manifests import config_map, deployment, names, seen
from dynamic.wire import Wire, answering, refusing

# --- names in paths


@pytest.mark.parametrize(
    ("name", "segment"),
    [
        ("shop-0.web", "shop-0.web"),
        ("system:node", "system:node"),
        ("a b", "a%20b"),
        ("é", "%C3%A9"),
        ("a=b,c", "a=b,c"),
        ("...", "..."),
        ('"<>', "%22%3C%3E"),
    ],
)
def test_odd_names_that_objects_may_have_are_quoted(wire: Wire, name: str, segment: str) -> None:
    assert wire.pods.path(name, "web") == f"/api/v1/namespaces/web/pods/{segment}"
    assert wire.pods.status.path(name, "web") == f"/api/v1/namespaces/web/pods/{segment}/status"
    assert wire.nodes.path(name) == f"/api/v1/nodes/{segment}"


async def test_odd_names_are_used_on_a_cluster(client: DynamicClient, kube_server: KubeServer, namespace: str) -> None:
    roles = await client.resources.get(api_version="rbac.authorization.k8s.io/v1", kind="Role")
    odd = ["system:a b", "wörk;er=1,2", "a&b+c", "...", "@~!$'()*"]
    for name in odd:
        await roles.create({"metadata": {"name": name}}, namespace)
    assert await names(kube_server, "roles", "-n", namespace) == set(odd)
    for name in odd:
        assert (await roles.get(name, namespace)).metadata.name == name
        events = roles.watch(namespace=namespace, name=name, timeout=30)
        assert (await anext(events))["object"].metadata.name == name
        await events.aclose()
        await roles.delete(name, namespace)
    assert await names(kube_server, "roles", "-n", namespace) == set()


@pytest.mark.parametrize("value", ["..", "a/b", "a?b"])
@pytest.mark.parametrize("what", ["prefix", "group", "api_version", "name"])
def test_a_resource_made_of_odd_parts_has_no_path(what: str, value: str) -> None:
    parts = {"prefix": "apis", "group": "apps", "api_version": "v1", "kind": "Deployment", "name": "deployments"}
    with pytest.raises(InvalidSegment):
        Resource(**{**parts, what: value}).path()  # type: ignore[arg-type]


# --- without a client


async def test_a_resource_without_a_client_says_where_to_get_one() -> None:
    alone = Resource("api", "", "v1", "Pod", name="pods")
    with pytest.raises(
        RuntimeError, match=r"<Resource\(v1/pods\)> belongs to no client; get it from client\.resources"
    ):
        await alone.get("one", "web")


def test_what_a_subclass_of_the_client_adds_is_a_verb_of_its_resources(wire: Wire) -> None:
    class Mine(DynamicClient):
        def describe(self, resource: Resource, name: str) -> str:
            return f"{resource.kind} {name}"

    pods = Resource("api", "", "v1", "Pod", name="pods", client=Mine(wire.client.client))
    assert pods.describe("one") == "Pod one"
    with pytest.raises(AttributeError, match="pods has no subresource or attribute 'scale'"):
        _ = pods.scale


# --- subresources


def test_a_subresource_of_three_parts_keeps_them(wire: Wire) -> None:
    part = wire.pods.subresources["ephemeral/v2"]
    assert part.subresource == "ephemeral/v2"
    assert part.urls["full"] == "/api/v1/pods/{name}/ephemeral/v2"
    assert part.path("one", "web") == "/api/v1/namespaces/web/pods/one/ephemeral/v2"


async def test_a_subresource_needs_the_name_of_its_object(wire: Wire) -> None:
    for verb, text in (
        (wire.pods.status.get, "name is required for v1.pods/status"),
        (wire.pods.eviction.create, "name is required to create v1.pods/eviction"),
        (wire.pods.status.patch, "name is required to patch v1.Pod"),
    ):
        with pytest.raises(ValueError, match=text):
            await verb(namespace="web")
    assert wire.server.requests == []


async def test_a_subresource_takes_its_object_from_the_body(wire: Wire) -> None:
    body = {"metadata": {"name": "one", "namespace": "web"}}
    for verb in ("create", "replace", "patch", "server_side_apply"):
        request = await wire.sent(getattr(wire.pods.status, verb)(body))
        assert request.path == "/api/v1/namespaces/web/pods/one/status"


async def test_status_is_read_patched_and_replaced(
    deployments: Resource, kube_server: KubeServer, namespace: str
) -> None:
    await deployments.create(deployment("one", replicas=2), namespace)
    status = await deployments.status.get("one", namespace)
    assert (status.kind, status.spec.replicas) == ("Deployment", 2)

    patch = {"status": {"replicas": 2, "readyReplicas": 1}, "spec": {"replicas": 9}}
    patched = await deployments.status.patch(patch, "one", namespace)
    assert patched.status.readyReplicas == 1

    patched.status.readyReplicas = 2
    await deployments.status.replace(patched)
    with pytest.raises(ConflictError):
        await deployments.status.replace(patched)  # it has changed since

    found = await seen(kube_server, "deployment", "one", "-n", namespace)
    assert (found["spec"]["replicas"], found["status"]["readyReplicas"]) == (2, 2)


async def test_status_is_applied(deployments: Resource, kube_server: KubeServer, namespace: str) -> None:
    await deployments.create(deployment("one"), namespace)
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "one"}, "status": {"replicas": 3}}
    await deployments.status.server_side_apply(body, namespace=namespace, field_manager="me")
    found = await seen(kube_server, "deployment", "one", "-n", namespace)
    assert found["status"]["replicas"] == 3
    managers = [(entry["manager"], entry.get("subresource")) for entry in found["metadata"]["managedFields"]]
    assert ("me", "status") in managers


async def test_scale_is_read_patched_and_replaced(
    deployments: Resource, kube_server: KubeServer, namespace: str
) -> None:
    await deployments.create(deployment("one", replicas=1), namespace)
    scale = await deployments.scale.get("one", namespace)
    assert (scale.kind, scale.apiVersion, scale.spec.replicas) == ("Scale", "autoscaling/v1", 1)
    scale.spec.replicas = 2
    assert (await deployments.scale.replace(scale)).spec.replicas == 2
    for body in ({"spec": {"replicas": 3}}, [{"op": "replace", "path": "/spec/replicas", "value": 4}]):
        await deployments.scale.patch(body, "one", namespace)
    assert (await seen(kube_server, "deployment", "one", "-n", namespace))["spec"]["replicas"] == 4


async def test_a_subresource_that_the_user_may_not_use_is_forbidden(
    kube_server: KubeServer, deployments: Resource, namespace: str
) -> None:
    await deployments.create(deployment("one"), namespace)
    rules = [{"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "patch"]}]
    user = await kube_server.add_user(f"reader-{namespace}", rules=rules)
    async with ApiClient(kube_server.configuration_for(user)) as api:
        client = await DynamicClient(api)
        mine = await client.resources.get(api_version="apps/v1", kind="Deployment")
        await mine.get("one", namespace)
        with pytest.raises(ForbiddenError) as refused:
            await mine.scale.patch({"spec": {"replicas": 2}}, "one", namespace)
    error = refused.value
    assert (error.verb, error.resource, error.name) == ("patch", "deployments/scale.apps", "one")


# --- lists


def config_map_list(*items: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMapList", "items": list(items)}


@pytest.fixture
async def lists(client: DynamicClient) -> ResourceList:
    return await ResourceList.create_list(client, base_kind="ConfigMap")


async def test_a_failure_half_way_tells_which_item(
    lists: ResourceList, kube_server: KubeServer, namespace: str
) -> None:
    body = config_map_list(config_map("one"), config_map("Not a name"), config_map("three"))
    with pytest.raises(UnprocessibleEntityError) as failed:
        await lists.create(body, namespace=namespace)
    assert failed.value.__notes__ == ["item 2 of 3; those before it are done"]
    assert await names(kube_server, "configmaps", "-n", namespace) & {"one", "three"} == {"one"}
    with pytest.raises(AlreadyExistsError) as failed_again:
        await lists.create(config_map_list(config_map("three"), config_map("one")), namespace=namespace)
    assert failed_again.value.__notes__ == ["item 2 of 2; those before it are done"]


@pytest.mark.parametrize("verb", ["get", "delete", "replace", "patch", "server_side_apply"])
async def test_a_failure_half_way_ends_every_verb(wire: Wire, verb: str) -> None:
    items = [{"metadata": {"name": name, "namespace": "web"}} for name in ("one", "two", "three")]
    wire.server.play(answering({"kind": "Pod"}), refusing(404, "NotFound"))
    with pytest.raises(NotFoundError) as failed:
        await getattr(ResourceList.of(wire.pods), verb)({"kind": "PodList", "items": items})
    assert failed.value.__notes__ == ["item 2 of 3; those before it are done"]
    paths = [request.path.rpartition("/")[2] for request in wire.server.requests]
    assert paths == ["one", "two"]


async def test_items_live_where_they_say(
    lists: ResourceList, config_maps: Resource, kube_server: KubeServer, namespace: str
) -> None:
    elsewhere = config_map(f"elsewhere-{namespace}")
    elsewhere["metadata"]["namespace"] = "default"
    created = await lists.create(config_map_list(elsewhere, config_map("here")), namespace=namespace)
    assert [item.metadata.namespace for item in created.items] == ["default", namespace]
    await lists.delete(created)
    with pytest.raises(NotFoundError):
        await config_maps.get(f"elsewhere-{namespace}", "default")
    assert "here" not in await names(kube_server, "configmaps", "-n", namespace)


async def test_a_list_that_was_read_can_be_changed_and_sent_back(
    lists: ResourceList, config_maps: Resource, namespace: str
) -> None:
    await lists.create(config_map_list(config_map("one", a="1"), config_map("two", a="2")), namespace=namespace)
    read = await config_maps.get(namespace=namespace, field_selector="metadata.name!=kube-root-ca.crt")
    for item in read.items:
        item.data.a = f"{item.data.a}0"
    replaced = await lists.replace(read)
    assert isinstance(replaced, ResourceInstance)
    assert [item.data.a for item in replaced.items] == ["10", "20"]


async def test_keywords_go_with_each_item(lists: ResourceList, kube_server: KubeServer, namespace: str) -> None:
    body = config_map_list(config_map("one"), config_map("two"))
    await lists.create(body, namespace=namespace, dry_run=True)
    assert await names(kube_server, "configmaps", "-n", namespace) & {"one", "two"} == set()


async def test_a_kind_that_an_item_does_not_have_is_found_before_anything_is_sent(
    client: DynamicClient, kube_server: KubeServer, namespace: str
) -> None:
    body = {"apiVersion": "v1", "kind": "List", "items": [config_map("one"), {"apiVersion": "v1", "kind": "Nothing"}]}
    with pytest.raises(Exception, match="No matches found"):
        await ResourceList(client, kind="List").create(body, namespace=namespace)
    assert "one" not in await names(kube_server, "configmaps", "-n", namespace)


def test_a_list_describes_its_items_kind(wire: Wire) -> None:
    lists = ResourceList.of(wire.pods)
    assert (lists.kind, lists.name, lists.namespaced, lists.prefix) == ("PodList", "pods", True, "api")
    assert repr(lists) == "<ResourceList(v1/pods)>"
    assert isinstance(lists.status, Subresource)
