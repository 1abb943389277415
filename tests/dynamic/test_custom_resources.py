"""Kinds that are defined while a client runs: found, used, changed and removed. kubectl is the second opinion."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from aiokube.client.exceptions import (
    NotFoundError,
    ResourceNotFoundError,
    UnprocessibleEntityError,
    UnsupportedMediaTypeError,
)
from aiokube.dynamic import DynamicClient, Resource
from aiokube.testing import KubeServer
from dynamic.manifests import seen

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "spec": {"type": "object", "properties": {"size": {"type": "integer", "minimum": 1}}},
        "status": {"type": "object", "properties": {"phase": {"type": "string"}, "replicas": {"type": "integer"}}},
    },
}


@dataclass(frozen=True)
class Definition:
    """A kind of the test's own.

    Attributes:
        client: A client that was there before the kind.
        document: The CustomResourceDefinition.
        namespace: Where its objects live, None when they live in none.
    """

    client: DynamicClient
    document: dict[str, Any]
    namespace: str | None

    @property
    def name(self) -> str:
        """The name of the definition, by which kubectl finds objects too."""
        return str(self.document["metadata"]["name"])

    @property
    def group(self) -> str:
        return str(self.document["spec"]["group"])

    def body(self, name: str, **spec: Any) -> dict[str, Any]:
        """An object of the kind."""
        return {"apiVersion": f"{self.group}/v1", "kind": "Widget", "metadata": {"name": name}, "spec": spec}

    async def definitions(self) -> Resource:
        return await self.client.resources.get(kind="CustomResourceDefinition", api_version="apiextensions.k8s.io/v1")

    async def create(self) -> Resource:
        """Define the kind, and return its resource once the server serves it."""
        definitions = await self.definitions()
        await definitions.create(self.document)
        events = definitions.watch(name=self.name, timeout=60)
        async for event in events:
            conditions = (event["object"].status and event["object"].status.conditions) or []
            if any(condition.type == "Established" and condition.status == "True" for condition in conditions):
                break
        await events.aclose()
        return await self.resource("v1")

    async def resource(self, version: str) -> Resource:
        """Return the resource of a version; a server says that it is established shortly before it serves it."""
        async with asyncio.timeout(60):
            while True:
                try:
                    resource = await self.client.resources.get(api_version=f"{self.group}/{version}", kind="Widget")
                    await resource.get(namespace=self.namespace)
                except (ResourceNotFoundError, NotFoundError):
                    await asyncio.sleep(0.05)
                else:
                    return resource

    async def remove(self) -> None:
        """Remove the kind, and return when it is gone."""
        definitions = await self.definitions()
        try:
            deleted = await definitions.delete(self.name)
        except NotFoundError:
            return
        events = definitions.watch(name=self.name, resource_version=deleted.metadata.resourceVersion, timeout=60)
        async for event in events:
            if event["type"] == "DELETED":
                break
        await events.aclose()


def document(group: str, scope: str) -> dict[str, Any]:
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": SCHEMA},
        "subresources": {
            "status": {},
            "scale": {"specReplicasPath": ".spec.size", "statusReplicasPath": ".status.replicas"},
        },
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"widgets.{group}"},
        "spec": {
            "group": group,
            "scope": scope,
            "names": {
                "kind": "Widget",
                "plural": "widgets",
                "singular": "widgie",
                "shortNames": ["wdg"],
                "categories": ["gear"],
            },
            "versions": [version],
        },
    }


@pytest.fixture(params=["Namespaced", "Cluster"])
async def definition(
    request: pytest.FixtureRequest, client: DynamicClient, namespace: str
) -> AsyncIterator[Definition]:
    inside = namespace if request.param == "Namespaced" else None
    definition = Definition(client, document(f"{namespace}.example.com", request.param), inside)
    yield definition
    await definition.remove()


@pytest.fixture
async def widgets(definition: Definition) -> Resource:
    return await definition.create()


async def test_it_is_found_by_everything_it_is_called(definition: Definition) -> None:
    resources, group = definition.client.resources, definition.group
    with pytest.raises(ResourceNotFoundError):
        await resources.get(group=group, kind="Widget")
    widgets = await definition.create()
    for terms in ({"name": "widgets"}, {"singular_name": "widgie"}, {"short_names": "wdg"}, {"categories": "gear"}):
        assert await resources.search(group=group, **terms) == [widgets]
    assert (await resources.get(group=group, kind="WidgetList")).kind == "WidgetList"
    assert widgets.namespaced is (definition.namespace is not None)
    assert set(widgets.subresources) == {"status", "scale"}
    assert widgets.short_names == ["wdg"]


async def test_it_is_used_by_every_verb(
    definition: Definition, widgets: Resource, kube_server: KubeServer, namespace: str
) -> None:
    what = (definition.name, "-n", namespace)
    created = await widgets.create(definition.body("one", size=1), definition.namespace)
    assert created.to_dict() == await seen(kube_server, definition.name, "one", "-n", namespace)

    created.spec.size = 2
    replaced = await widgets.replace(created)
    assert replaced.spec.size == 2

    patched = await widgets.patch({"spec": {"size": 3}}, "one", definition.namespace)
    assert patched.metadata.generation == 3

    applied = await widgets.server_side_apply(definition.body("two", size=5), None, definition.namespace)
    assert applied.metadata.managedFields[0].manager == "aiokube"

    changes = [{"op": "replace", "path": "/spec/size", "value": 6}]
    await widgets.patch(changes, "two", definition.namespace)

    read = await widgets.get(namespace=definition.namespace)
    assert read.kind == "WidgetList"
    assert [item.to_dict() for item in read.items] == (await seen(kube_server, *what))["items"]
    paged = [item async for item in widgets.list(namespace=definition.namespace, page_size=1)]
    assert paged == read.items
    assert [(item.metadata.name, item.spec.size) for item in paged] == [("one", 3), ("two", 6)]

    await widgets.delete("one", definition.namespace)
    await widgets.delete_collection(definition.namespace)
    assert (await seen(kube_server, *what))["items"] == []


async def test_its_status_and_scale_are_apart(
    definition: Definition, widgets: Resource, kube_server: KubeServer, namespace: str
) -> None:
    await widgets.create(definition.body("one", size=1), definition.namespace)
    status = await widgets.status.get("one", definition.namespace)
    status.status = {"phase": "Ready", "replicas": 1}
    status.spec.size = 7  # is not the status's to change
    await widgets.status.replace(status)
    await widgets.status.patch({"status": {"replicas": 2}}, "one", definition.namespace)
    scale = await widgets.scale.get("one", definition.namespace)
    assert (scale.kind, scale.spec.replicas, scale.status.replicas) == ("Scale", 1, 2)
    await widgets.scale.patch({"spec": {"replicas": 4}}, "one", definition.namespace)
    found = await seen(kube_server, definition.name, "one", "-n", namespace)
    assert (found["spec"], found["status"]) == ({"size": 4}, {"phase": "Ready", "replicas": 2})


async def test_what_it_does_not_take_is_said(definition: Definition, widgets: Resource) -> None:
    with pytest.raises(UnprocessibleEntityError) as invalid:
        await widgets.create(definition.body("one", size=0), definition.namespace)
    assert [cause["field"] for cause in invalid.value.causes] == ["spec.size"]
    await widgets.create(definition.body("one", size=1), definition.namespace)
    with pytest.raises(UnsupportedMediaTypeError):
        await widgets.patch({"spec": {"size": 2}}, "one", definition.namespace, patch_type="strategic")


async def test_it_is_watched(definition: Definition, widgets: Resource) -> None:
    seen_events = []
    events = widgets.watch(namespace=definition.namespace, timeout=60)
    await widgets.create(definition.body("one", size=1), definition.namespace)
    async for event in events:
        seen_events.append((event["type"], event["object"].spec.size))
        if event["type"] == "ADDED":
            await widgets.patch({"spec": {"size": 2}}, "one", definition.namespace)
        elif event["type"] == "MODIFIED":
            await widgets.delete("one", definition.namespace)
        else:
            break
    await events.aclose()
    assert seen_events == [("ADDED", 1), ("MODIFIED", 2), ("DELETED", 2)]


async def test_a_new_version_field_and_column_are_there_when_they_are_added(
    definition: Definition, widgets: Resource, kube_server: KubeServer, namespace: str
) -> None:
    await widgets.create(definition.body("one", size=1), definition.namespace)
    definitions = await definition.definitions()
    current = await definitions.get(definition.name)
    second = copy.deepcopy(definition.document["spec"]["versions"][0]) | {"name": "v2", "storage": False}
    second["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]["colour"] = {"type": "string"}
    second["additionalPrinterColumns"] = [{"name": "Colour", "type": "string", "jsonPath": ".spec.colour"}]
    first = current.spec.versions[0].to_dict()
    first["schema"] = second["schema"]  # what only one version knows is lost when it is stored as another
    current.spec.versions = [first, second]
    await definitions.replace(current)

    newer = await definition.resource("v2")
    patched = await newer.patch({"spec": {"colour": "red"}}, "one", definition.namespace)
    assert patched.apiVersion == f"{definition.group}/v2"
    assert patched.spec.to_dict() == {"size": 1, "colour": "red"}
    assert (await widgets.get("one", definition.namespace)).spec.colour == "red"

    table = await newer.get(
        namespace=definition.namespace, header_params={"Accept": "application/json;as=Table;g=meta.k8s.io;v=v1"}
    )
    assert [column.name for column in table.columnDefinitions] == ["Name", "Colour"]
    assert [row.cells for row in table.rows] == [["one", "red"]]
    printed = await kube_server.kubectl("get", f"widgets.v2.{definition.group}", "-n", namespace)
    assert [line.split() for line in printed.stdout.splitlines()] == [["NAME", "COLOUR"], ["one", "red"]]


async def test_another_scope_is_another_kind(definition: Definition, widgets: Resource, namespace: str) -> None:
    await definition.remove()
    scope = "Cluster" if definition.namespace else "Namespaced"
    other = Definition(definition.client, document(definition.group, scope), None if scope == "Cluster" else namespace)
    definitions = await other.definitions()
    await definitions.create(other.document)
    await definition.client.resources.invalidate_cache()
    changed = await other.resource("v1")
    assert changed.namespaced is not widgets.namespaced
    created = await changed.create(other.body("one", size=1), other.namespace)
    assert created.metadata.namespace == other.namespace
    with pytest.raises(NotFoundError):
        await widgets.get("one", definition.namespace)


async def test_it_is_not_found_when_it_is_removed(definition: Definition, widgets: Resource) -> None:
    await widgets.create(definition.body("one", size=1), definition.namespace)
    await definition.remove()
    with pytest.raises(NotFoundError):
        await widgets.get("one", definition.namespace)
    with pytest.raises(NotFoundError):
        await widgets.create(definition.body("two", size=1), definition.namespace)
    await definition.client.resources.invalidate_cache()
    with pytest.raises(ResourceNotFoundError):
        await definition.client.resources.get(group=definition.group, kind="Widget")
