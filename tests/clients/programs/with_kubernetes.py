"""The ten deeds with `kubernetes`: its typed classes, CustomObjectsApi for the custom kind."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from kubernetes import client, config, dynamic, watch
from manifests import CONFIG_MAPS, config_map, definition, deployment, kettle


class Program:
    def __init__(self, api: client.ApiClient, namespace: str, group: str) -> None:
        self._api = api
        self._namespace = namespace
        self._group = group
        self._core = client.CoreV1Api(api)
        self._apps = client.AppsV1Api(api)

    def create(self) -> Any:
        for name, color in CONFIG_MAPS.items():
            self._core.create_namespaced_config_map(self._namespace, config_map(name, color))
        return self._plain(self._apps.create_namespaced_deployment(self._namespace, deployment()))

    def read(self) -> Any:
        return self._plain(self._apps.read_namespaced_deployment("web", self._namespace))

    def list(self) -> Any:
        found = self._core.list_namespaced_config_map(self._namespace)
        page = self._core.list_namespaced_config_map(self._namespace, limit=1, label_selector="color")
        rest = self._core.list_namespaced_config_map(
            self._namespace, limit=5, label_selector="color", _continue=page.metadata._continue
        )
        return [_names(found), _names(page), page.metadata.remaining_item_count, _names(rest)]

    def select(self) -> Any:
        def names(**selector: str) -> Any:
            return _names(self._core.list_namespaced_config_map(self._namespace, **selector))

        return [
            names(label_selector="color=red"),
            names(label_selector="color in (blue,green)"),
            names(field_selector="metadata.name=c"),
        ]

    def patch(self) -> Any:
        patches: list[Any] = [
            {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "registry.example/web:2"}]}}}},
            {"metadata": {"labels": {"tier": "front", "app": None}}},
            [{"op": "replace", "path": "/spec/replicas", "value": 3}],
        ]
        return [self._plain(self._apps.patch_namespaced_deployment("web", self._namespace, each)) for each in patches]

    def apply(self) -> Any:
        """With the dynamic client: it is what has a method for it."""
        maps = dynamic.DynamicClient(self._api).resources.get(api_version="v1", kind="ConfigMap")

        def applied(body: dict[str, Any], manager: str, *, force: bool = False) -> Any:
            return maps.server_side_apply(
                body=body, namespace=self._namespace, field_manager=manager, force_conflicts=force
            ).to_dict()

        first = applied(config_map("applied", "red", size="1"), "one")
        refusal = _refusal(lambda: applied(config_map("applied", "blue"), "two"))
        forced = applied(config_map("applied", "blue"), "two", force=True)
        given_up = applied({**config_map("applied", "blue"), "data": {}}, "one", force=True)
        return [first, refusal, forced, given_up]

    def watch(self) -> Any:
        start = self._core.list_namespaced_config_map(self._namespace).metadata.resource_version
        self._core.create_namespaced_config_map(self._namespace, config_map("seen", "red"))
        self._core.patch_namespaced_config_map("seen", self._namespace, {"data": {"color": "blue"}})
        self._core.delete_namespaced_config_map("seen", self._namespace)
        watcher = watch.Watch()
        events = []
        for event in watcher.stream(
            self._core.list_namespaced_config_map, self._namespace, resource_version=start, timeout_seconds=30
        ):
            events.append([event["type"], event["raw_object"]])
            if event["type"] == "DELETED":
                watcher.stop()
        return events

    def delete(self) -> Any:
        one = self._core.delete_namespaced_config_map("a", self._namespace)
        pods = self._apps.delete_namespaced_deployment("web", self._namespace, propagation_policy="Background")
        many = self._core.delete_collection_namespaced_config_map(self._namespace, label_selector="color=red")
        left = self._core.list_namespaced_config_map(self._namespace, label_selector="color")
        return [self._plain(one), self._plain(pods), self._plain(many), _names(left)]

    def custom_kind(self) -> Any:
        definitions = client.ApiextensionsV1Api(self._api)
        custom = client.CustomObjectsApi(self._api)
        place = (self._group, "v1", self._namespace, "kettles")
        name = definitions.create_custom_resource_definition(definition(self._group)).metadata.name
        watcher = watch.Watch()
        for event in watcher.stream(
            definitions.list_custom_resource_definition, field_selector=f"metadata.name={name}", timeout_seconds=30
        ):
            conditions = event["object"].status.conditions or []
            if any(each.type == "Established" and each.status == "True" for each in conditions):
                watcher.stop()
        self._await_served(custom, place)
        created = custom.create_namespaced_custom_object(*place, kettle(self._group, "big", 8))
        refusal = _refusal(lambda: custom.create_namespaced_custom_object(*place, kettle(self._group, "none", 0)))
        patched = custom.patch_namespaced_custom_object(*place, "big", {"spec": {"cups": 9, "color": None}})
        reported = custom.patch_namespaced_custom_object_status(*place, "big", {"status": {"cups": 9}})
        listed = custom.list_namespaced_custom_object(*place)
        deleted = custom.delete_namespaced_custom_object(*place, "big")
        return [created, refusal, patched, reported, listed, deleted]

    def _await_served(self, custom: client.CustomObjectsApi, place: tuple[str, ...]) -> None:
        """Return when the custom kind is served, which may be a moment after it is established."""
        while True:
            try:
                custom.list_namespaced_custom_object(*place)
            except client.ApiException as error:
                if error.status not in (404, 429):
                    raise
            else:
                return

    def error(self) -> Any:
        core, apps = self._core, self._apps
        stale = config_map("b", "blue")
        stale["metadata"]["resourceVersion"] = "1"
        wrong = deployment()
        wrong["metadata"]["name"] = "Wrong!"
        wrong["spec"]["template"]["metadata"]["labels"] = {"app": "other"}
        deeds: list[Callable[[], Any]] = [
            lambda: core.read_namespaced_config_map("none", self._namespace),
            lambda: core.create_namespaced_config_map(self._namespace, config_map("b", "blue")),
            lambda: core.replace_namespaced_config_map("b", self._namespace, stale),
            lambda: apps.create_namespaced_deployment(self._namespace, wrong),
            lambda: core.create_namespaced_config_map("nowhere", config_map("b", "blue")),
            lambda: core.list_namespaced_config_map(self._namespace, label_selector="a=b=c"),
        ]
        return [_refusal(deed) for deed in deeds]

    def _plain(self, model: Any) -> Any:
        return self._api.sanitize_for_serialization(model)


def _names(found: Any) -> Any:
    return [item.metadata.name for item in found.items]


def _refusal(deed: Callable[[], Any]) -> Any:
    try:
        return ["not refused", deed()]
    except client.ApiException as error:  # the dynamic client's errors are such too
        return [error.status, error.reason, json.loads(error.body)]


def main(namespace: str, group: str) -> dict[str, Any]:
    config.load_kube_config()
    with client.ApiClient() as api:
        program = Program(api, namespace, group)
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
    json.dump(main(*sys.argv[1:]), sys.stdout)
