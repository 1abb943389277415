"""The ten deeds with `kr8s`, whose objects do them themselves.

It has no apply: its users create, and patch what is there already. Nor has it a strategic patch, and its lists have no
resourceVersion: it watches from that of an object.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable
from typing import Any

import kr8s.asyncio
from kr8s import NotFoundError, ServerError
from kr8s.asyncio.objects import ConfigMap, CustomResourceDefinition, Deployment, Table, new_class
from manifests import CONFIG_MAPS, config_map, definition, deployment, kettle


class Program:
    def __init__(self, api: kr8s.asyncio.Api, namespace: str, group: str) -> None:
        self._api = api
        self._namespace = namespace
        self._group = group

    async def create(self) -> Any:
        for name, color in CONFIG_MAPS.items():
            await (await self._map(name, color)).create()
        web = await self._deployment(deployment())
        await web.create()
        return web.raw

    async def read(self) -> Any:
        web = await Deployment.get("web", namespace=self._namespace, api=self._api)
        await web.refresh()
        return [web.raw, await web.exists(), web.replicas]

    async def list(self) -> Any:
        table = [each async for each in self._api.get("configmaps", namespace=self._namespace, as_object=Table)]
        rows = [[row["cells"][:2], row["object"]["metadata"]["name"]] for row in table[0].raw["rows"]]
        return [await self._names(), table[0].raw["columnDefinitions"], rows]

    async def select(self) -> Any:
        return [
            await self._names(label_selector={"color": "red"}),
            await self._names(label_selector="color in (blue,green)"),
            await self._names(field_selector={"metadata.name": "c"}),
        ]

    async def patch(self) -> Any:
        web = await Deployment.get("web", namespace=self._namespace, api=self._api)
        seen = []
        await web.patch({"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 5}}}})
        seen.append(web.raw.to_dict())
        await web.patch([{"op": "remove", "path": "/metadata/labels/app"}], type="json")
        seen.append(web.raw.to_dict())
        await web.label(tier="front")
        await web.annotate({"note": "one"})
        await web.scale(3)
        return [*seen, web.raw.to_dict()]

    async def apply(self) -> Any:
        return [await self._put(config_map("applied", "red", size="1")), await self._put(config_map("applied", "blue"))]

    async def _put(self, body: dict[str, Any]) -> Any:
        wanted = await ConfigMap(body, namespace=self._namespace, api=self._api)
        try:
            await wanted.create()
        except ServerError as error:
            if error.response.status_code != 409:
                raise
            await wanted.patch(body)
        return wanted.raw

    async def watch(self) -> Any:
        seen = await self._map("seen", "red")
        await seen.create()
        since = seen.metadata.resourceVersion
        await seen.patch({"data": {"color": "blue"}})
        await seen.delete()
        events = []
        async for kind, each in self._api.watch("configmaps", namespace=self._namespace, since=since):
            events.append([kind, each.raw])
            if kind == "DELETED":
                break
        return events

    async def delete(self) -> Any:
        a = await ConfigMap.get("a", namespace=self._namespace, api=self._api)
        await a.delete()
        web = await Deployment.get("web", namespace=self._namespace, api=self._api)
        await web.delete(propagation_policy="Background")
        return [await self._names(), await a.exists(), await web.exists(), await _refusal(a.delete())]

    async def custom_kind(self) -> Any:
        defined = await CustomResourceDefinition(definition(self._group), api=self._api)
        await defined.create()
        while not (defined.raw.get("status") or {}).get("conditions"):
            await defined.refresh()  # wait() fails on a status whose conditions are null, as they are at first
        await defined.wait("condition=Established", timeout=30)
        resource = new_class("Kettle", f"{self._group}/v1")
        await self._await_served(resource)
        big = await resource(kettle(self._group, "big", 8), namespace=self._namespace, api=self._api)
        await big.create()
        seen = [big.raw.to_dict()]
        none = await resource(kettle(self._group, "none", 0), namespace=self._namespace, api=self._api)
        refusal = await _refusal(none.create())
        await big.patch({"spec": {"cups": 9, "color": None}})
        seen.append(big.raw.to_dict())
        await big.patch({"status": {"cups": 9}}, subresource="status")
        seen.append(big.raw.to_dict())
        listed = [each.raw async for each in resource.list(namespace=self._namespace, api=self._api)]
        await big.delete()
        return [refusal, seen, listed, await big.exists()]

    async def _await_served(self, resource: Any) -> None:
        """Return when the custom kind is served, which may be a moment after it is established."""
        while True:
            try:
                async for _ in resource.list(namespace=self._namespace, api=self._api):
                    pass
            except ServerError as error:
                if error.response is None or error.response.status_code not in (404, 429):
                    raise
            else:
                return

    async def error(self) -> Any:
        wrong = deployment()
        wrong["metadata"]["name"] = "Wrong!"
        wrong["spec"]["template"]["metadata"]["labels"] = {"app": "other"}
        none = await self._map("none", "red")
        there = await self._map("b", "blue")
        nowhere = await ConfigMap(config_map("b", "blue"), namespace="nowhere", api=self._api)
        deeds = [
            none.refresh(),
            there.create(),
            there.patch({"metadata": {"resourceVersion": "1"}, "data": {"color": "green"}}),
            (await self._deployment(wrong)).create(),
            nowhere.create(),
            self._names(label_selector="a=b=c"),
        ]
        return [await _refusal(deed) for deed in deeds]

    async def _map(self, name: str, color: str) -> ConfigMap:
        return await ConfigMap(config_map(name, color), namespace=self._namespace, api=self._api)

    async def _deployment(self, body: dict[str, Any]) -> Deployment:
        return await Deployment(body, namespace=self._namespace, api=self._api)

    async def _names(self, **selector: Any) -> list[str]:
        return [each.name async for each in self._api.get("configmaps", namespace=self._namespace, **selector)]


async def _refusal(deed: Awaitable[Any]) -> Any:
    try:
        await deed
    except NotFoundError as error:
        return ["NotFoundError", str(error)]
    except ServerError as error:
        return ["ServerError", error.response.status_code, error.status]
    return "not refused"


async def main(namespace: str, group: str) -> dict[str, Any]:
    program = Program(await kr8s.asyncio.api(), namespace, group)
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
