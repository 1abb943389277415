"""The ten deeds with `lightkube`: its typed resources, a generic one for the custom kind."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from lightkube import ApiError, Client
from lightkube.generic_resource import create_resources_from_crd, get_generic_resource
from lightkube.operators import exists
from lightkube.resources.apiextensions_v1 import CustomResourceDefinition
from lightkube.resources.apps_v1 import Deployment
from lightkube.resources.core_v1 import ConfigMap
from lightkube.types import CascadeType, PatchType
from manifests import CONFIG_MAPS, config_map, definition, deployment, kettle


class Program:
    def __init__(self, client: Client, namespace: str, group: str) -> None:
        self._client = client
        self._namespace = namespace
        self._group = group

    def create(self) -> Any:
        for name, color in CONFIG_MAPS.items():
            self._client.create(_map(name, color))
        return self._client.create(Deployment.from_dict(deployment())).to_dict()

    def read(self) -> Any:
        return self._client.get(Deployment, "web").to_dict()

    def list(self) -> Any:
        return [_names(self._client.list(ConfigMap)), _names(self._client.list(ConfigMap, chunk_size=1))]

    def select(self) -> Any:
        return [
            _names(self._client.list(ConfigMap, labels={"color": "red"})),
            _names(self._client.list(ConfigMap, labels={"color": ("blue", "green")})),
            _names(self._client.list(ConfigMap, fields={"metadata.name": "c"})),
        ]

    def patch(self) -> Any:
        containers = [{"name": "main", "image": "registry.example/web:2"}]
        patches: list[tuple[PatchType, Any]] = [
            (PatchType.STRATEGIC, {"spec": {"template": {"spec": {"containers": containers}}}}),
            (PatchType.MERGE, {"metadata": {"labels": {"tier": "front", "app": None}}}),
            (PatchType.JSON, [{"op": "replace", "path": "/spec/replicas", "value": 3}]),
        ]
        return [self._client.patch(Deployment, "web", body, patch_type=kind).to_dict() for kind, body in patches]

    def apply(self) -> Any:
        apply = self._client.apply
        first = apply(_map("applied", "red", size="1"), field_manager="one")
        refusal = _refusal(lambda: apply(_map("applied", "blue"), field_manager="two"))
        forced = apply(_map("applied", "blue"), field_manager="two", force=True)
        given_up = apply(_map("applied", "blue", keep="1"), field_manager="one", force=True)
        return [first.to_dict(), refusal, forced.to_dict(), given_up.to_dict()]

    def watch(self) -> Any:
        listed = self._client.list(ConfigMap)
        assert _names(listed)  # the version is known when the list has been read
        self._client.create(_map("seen", "red"))
        self._client.patch(ConfigMap, "seen", {"data": {"color": "blue"}})
        self._client.delete(ConfigMap, "seen")
        events = []
        for kind, seen in self._client.watch(ConfigMap, resource_version=listed.resourceVersion, server_timeout=30):
            events.append([kind, seen.to_dict()])
            if kind == "DELETED":
                break
        return events

    def delete(self) -> Any:
        """Its methods return nothing: what is left is looked at."""
        self._client.delete(ConfigMap, "a")
        self._client.delete(Deployment, "web", cascade=CascadeType.BACKGROUND)
        before = _names(self._client.list(ConfigMap, labels={"color": exists()}))
        gone = _refusal(lambda: self._client.get(Deployment, "web"))
        self._client.deletecollection(ConfigMap)
        return [before, gone, _names(self._client.list(ConfigMap, labels={"color": exists()}))]

    def custom_kind(self) -> Any:
        client = self._client
        defined = client.create(CustomResourceDefinition.from_dict(definition(self._group)))
        client.wait(CustomResourceDefinition, defined.metadata.name, for_conditions=["Established"])
        create_resources_from_crd(defined)
        resource = get_generic_resource(f"{self._group}/v1", "Kettle")
        self._await_served(resource)
        created = client.create(resource(kettle(self._group, "big", 8)))
        refusal = _refusal(lambda: client.create(resource(kettle(self._group, "none", 0))))
        change = {"spec": {"cups": 9, "color": None}}
        patched = client.patch(resource, "big", change, patch_type=PatchType.MERGE)
        reported = client.patch(resource.Status, "big", {"status": {"cups": 9}}, patch_type=PatchType.MERGE)
        strategic = _refusal(lambda: client.patch(resource, "big", change))
        applied = client.apply(resource(kettle(self._group, "big", 7)), field_manager="one", force=True)
        listed = _names(client.list(resource))
        client.delete(resource, "big")
        seen = (created, patched, reported, applied)
        return [refusal, strategic, *(each.to_dict() for each in seen), listed, _names(client.list(resource))]

    def _await_served(self, resource: Any) -> None:
        """Return when the custom kind is served, which may be a moment after it is established."""
        while True:
            try:
                _names(self._client.list(resource))
            except ApiError as error:
                if error.status.code not in (404, 429):
                    raise
            else:
                return

    def error(self) -> Any:
        client = self._client
        stale = _map("b", "blue")
        stale.metadata.resourceVersion = "1"
        wrong = Deployment.from_dict(deployment())
        wrong.metadata.name = "Wrong!"
        wrong.spec.template.metadata.labels = {"app": "other"}
        deeds: list[Callable[[], Any]] = [
            lambda: client.get(ConfigMap, "none"),
            lambda: client.create(_map("b", "blue")),
            lambda: client.replace(stale),
            lambda: client.create(wrong),
            lambda: client.create(_map("b", "blue"), namespace="nowhere"),
            lambda: _names(client.list(ConfigMap, labels={"Not a label!": "x"})),
        ]
        return [_refusal(deed) for deed in deeds]


def _map(name: str, color: str, **data: str) -> ConfigMap:
    return ConfigMap.from_dict(config_map(name, color, **data))


def _names(found: Any) -> list[str]:
    return [item.metadata.name for item in found]


def _refusal(deed: Callable[[], Any]) -> Any:
    try:
        deed()
    except ApiError as error:
        return error.status.to_dict()
    return "not refused"


def main(namespace: str, group: str) -> dict[str, Any]:
    with Client(namespace=namespace, field_manager="lightkube") as client:
        program = Program(client, namespace, group)
        return {
            "create": program.create(),
            "read": program.read(),
            "list": program.list(),
            "select": program.select(),
            "patch": program.patch(),
            "apply": program.apply(),
            "watch": program.watch(),
            "error": program.error(),
            "delete": program.delete(),
            "custom kind": program.custom_kind(),
        }


if __name__ == "__main__":
    json.dump(main(*sys.argv[1:]), sys.stdout, default=str)
