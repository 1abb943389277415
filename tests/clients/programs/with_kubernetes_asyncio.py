"""The ten deeds with `kubernetes_asyncio`: its dynamic client, which finds the kinds by discovery."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable
from typing import Any

from kubernetes_asyncio import client, config, watch
from kubernetes_asyncio.dynamic import DynamicClient
from kubernetes_asyncio.dynamic.exceptions import ResourceNotFoundError
from manifests import CONFIG_MAPS, config_map, definition, deployment, kettle


class Program:
    def __init__(self, api: client.ApiClient, dynamic: DynamicClient, namespace: str, group: str) -> None:
        self._api = api
        self._dynamic = dynamic
        self._namespace = namespace
        self._group = group
        self._maps: Any = None
        self._deployments: Any = None

    async def create(self) -> Any:
        self._maps = await self._dynamic.resources.get(api_version="v1", kind="ConfigMap")
        self._deployments = await self._dynamic.resources.get(api_version="apps/v1", kind="Deployment")
        for name, color in CONFIG_MAPS.items():
            await self._maps.create(config_map(name, color), namespace=self._namespace)
        return (await self._deployments.create(deployment(), namespace=self._namespace)).to_dict()

    async def read(self) -> Any:
        return (await self._deployments.get(name="web", namespace=self._namespace)).to_dict()

    async def list(self) -> Any:
        found = await self._maps.get(namespace=self._namespace)
        page = await self._maps.get(namespace=self._namespace, limit=1)
        rest = await self._maps.get(namespace=self._namespace, limit=5, _continue=page.metadata["continue"])
        return [_names(found), _names(page), page.metadata.remainingItemCount, _names(rest)]

    async def select(self) -> Any:
        async def names(**selector: str) -> Any:
            return _names(await self._maps.get(namespace=self._namespace, **selector))

        return [
            await names(label_selector="color=red"),
            await names(label_selector="color in (blue,green)"),
            await names(field_selector="metadata.name=c"),
        ]

    async def patch(self) -> Any:
        containers = [{"name": "main", "image": "registry.example/web:2"}]
        patches: list[tuple[str, Any]] = [
            ("application/strategic-merge-patch+json", {"spec": {"template": {"spec": {"containers": containers}}}}),
            ("application/merge-patch+json", {"metadata": {"labels": {"tier": "front", "app": None}}}),
            ("application/json-patch+json", [{"op": "replace", "path": "/spec/replicas", "value": 3}]),
        ]
        place = {"name": "web", "namespace": self._namespace}
        return [
            (await self._deployments.patch(body=body, content_type=content_type, **place)).to_dict()
            for content_type, body in patches
        ]

    async def apply(self) -> Any:
        async def applied(body: dict[str, Any], manager: str, *, force: bool | None = None) -> Any:
            return await self._maps.server_side_apply(
                body=body, namespace=self._namespace, field_manager=manager, force_conflicts=force
            )

        first = await applied(config_map("applied", "red", size="1"), "one")
        refusal = await _refusal(applied(config_map("applied", "blue"), "two"))
        forced = await applied(config_map("applied", "blue"), "two", force=True)
        given_up = await applied({**config_map("applied", "blue"), "data": {}}, "one", force=True)
        return [first.to_dict(), refusal, forced.to_dict(), given_up.to_dict()]

    async def watch(self) -> Any:
        start = (await self._maps.get(namespace=self._namespace)).metadata.resourceVersion
        await self._maps.create(config_map("seen", "red"), namespace=self._namespace)
        await self._maps.patch(
            body={"data": {"color": "blue"}},
            name="seen",
            namespace=self._namespace,
            content_type="application/merge-patch+json",
        )
        await self._maps.delete(name="seen", namespace=self._namespace)
        watcher = watch.Watch()
        events = []
        async for event in self._dynamic.watch(
            self._maps, namespace=self._namespace, resource_version=start, timeout=30, watcher=watcher
        ):
            events.append([event["type"], event["raw_object"]])
            if event["type"] == "DELETED":
                watcher.stop()
        return events

    async def delete(self) -> Any:
        maps, deployments = self._maps, self._deployments
        one = await maps.delete(name="a", namespace=self._namespace)
        options = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
        pods = await deployments.delete(name="web", namespace=self._namespace, body=options)
        many = await maps.delete(namespace=self._namespace, label_selector="color=red")
        left = await maps.get(namespace=self._namespace, label_selector="color")
        return [one.to_dict(), pods.to_dict(), many.to_dict(), _names(left)]

    async def custom_kind(self) -> Any:
        definitions = await self._dynamic.resources.get(
            api_version="apiextensions.k8s.io/v1", kind="CustomResourceDefinition"
        )
        defined = await definitions.create(definition(self._group))
        watcher = watch.Watch()
        async for event in self._dynamic.watch(definitions, name=defined.metadata.name, timeout=30, watcher=watcher):
            conditions = event["raw_object"]["status"].get("conditions") or []
            if any(each["type"] == "Established" and each["status"] == "True" for each in conditions):
                watcher.stop()
        kettles = await self._discovered()
        place = {"namespace": self._namespace}
        await self._await_served()
        merge = {"name": "big", "content_type": "application/merge-patch+json", **place}
        created = await kettles.create(kettle(self._group, "big", 8), **place)
        refusal = await _refusal(kettles.create(kettle(self._group, "none", 0), **place))
        patched = await kettles.patch(body={"spec": {"cups": 9, "color": None}}, **merge)
        reported = await kettles.status.patch(body={"status": {"cups": 9}}, **merge)
        strategic = await _refusal(kettles.patch(body={"spec": {"cups": 1}}, name="big", **place))
        applied = await kettles.server_side_apply(
            body=kettle(self._group, "big", 7), field_manager="one", force_conflicts=True, **place
        )
        listed = await kettles.get(**place)
        deleted = await kettles.delete(name="big", **place)
        seen = (created, patched, reported, applied, listed, deleted)
        return [refusal, strategic, *(each.to_dict() for each in seen)]

    async def _discovered(self) -> Any:
        """Return the custom kind, which a server names in its discovery a moment after it serves it."""
        async with asyncio.timeout(30):
            while True:
                try:
                    return await self._dynamic.resources.get(api_version=f"{self._group}/v1", kind="Kettle")
                except ResourceNotFoundError:
                    await self._dynamic.resources.invalidate_cache()

    async def _await_served(self) -> None:
        """Return when the custom kind is served, which may be a moment after it is discovered."""
        custom = client.CustomObjectsApi(self._api)
        while True:
            try:
                await custom.list_namespaced_custom_object(self._group, "v1", self._namespace, "kettles")
            except client.ApiException as error:
                if error.status not in (404, 429):
                    raise
            else:
                return

    async def error(self) -> Any:
        stale = config_map("b", "blue")
        stale["metadata"]["resourceVersion"] = "1"
        wrong = deployment()
        wrong["metadata"]["name"] = "Wrong!"
        wrong["spec"]["template"]["metadata"]["labels"] = {"app": "other"}
        maps, place = self._maps, {"namespace": self._namespace}
        deeds = [
            maps.get(name="none", **place),
            maps.create(config_map("b", "blue"), **place),
            maps.replace(stale, **place),
            self._deployments.create(wrong, **place),
            maps.create(config_map("b", "blue"), namespace="nowhere"),
            maps.get(label_selector="a=b=c", **place),
            client.CoreV1Api(self._api).read_namespaced_config_map("none", self._namespace),
        ]
        return [await _refusal(deed) for deed in deeds]


def _names(found: Any) -> Any:
    return [item.metadata.name for item in found.items]


async def _refusal(deed: Awaitable[Any]) -> Any:
    """Return what comes of a deed that is refused.

    From the dynamic client of 36.1.0 that is no exception: the Status is returned in the object's place.
    """
    try:
        result = await deed
    except client.ApiException as error:
        return [type(error).__name__, error.status, error.reason, json.loads(error.body)]
    return ["returned", result.to_dict()]


async def main(namespace: str, group: str) -> dict[str, Any]:
    await config.load_kube_config()
    async with client.ApiClient() as api:
        program = Program(api, await DynamicClient(api), namespace, group)
        return {
            "create": await program.create(),
            "read": await program.read(),
            "list": await program.list(),
            "select": await program.select(),
            "patch": await program.patch(),
            "apply": await program.apply(),
            "watch": await program.watch(),
            "error": await program.error(),
            "delete": await program.delete(),
            "custom kind": await program.custom_kind(),
        }


if __name__ == "__main__":
    json.dump(asyncio.run(main(*sys.argv[1:])), sys.stdout)
