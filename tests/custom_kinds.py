"""Custom kinds: their definitions, and one on kube-apiserver, for tests that hold ours against it."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self

from aiokube.testing import ControlPlane
from aiokube.testing.controlplane import RequestError
from awaited import until_forgotten, until_served

_DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


class CustomKind:
    """A custom kind `Thing` of a group of its own, of the scope of the cluster, with one version v1."""

    def __init__(self, control_plane: ControlPlane, group: str) -> None:
        self._control_plane = control_plane
        self.group = group
        self.path = f"/apis/{group}/v1/things"

    @classmethod
    @asynccontextmanager
    async def of(cls, control_plane: ControlPlane, schema: Mapping[str, Any], **version: Any) -> AsyncIterator[Self]:
        """Make a custom kind of a schema, wait until it is served, and remove it afterwards.

        Args:
            version: more fields of the version, such as `subresources`.
        """
        group = f"{secrets.token_hex(4)}.example.com"
        made = definition(group, schema, **version)
        await control_plane.request("POST", _DEFINITIONS, made)
        try:
            await until_served(control_plane, made)
            yield cls(control_plane, group)
        finally:
            await control_plane.request("DELETE", f"{_DEFINITIONS}/things.{group}")
            await until_forgotten(control_plane, made)

    def body(self, name: str = "a", **fields: Any) -> dict[str, Any]:
        """Return an object of the kind."""
        return {"apiVersion": f"{self.group}/v1", "kind": "Thing", "metadata": {"name": name}, **fields}

    async def answer(self, method: str, body: Any, path: str = "", query: str = "dryRun=All") -> tuple[int, Any]:
        """Send a request, and return the status of the answer, 200 for every good one, and its JSON."""
        return await answer(self._control_plane, method, f"{self.path}{path}?{query}", body)

    async def causes(self, method: str, body: Any, path: str = "", query: str = "dryRun=All") -> list[dict[str, str]]:
        """Return what kube-apiserver finds wrong with an object."""
        status, status_object = await self.answer(method, body, path, query)
        assert status in (200, 422), status_object
        return list(status_object["details"]["causes"]) if status == 422 else []

    async def tighten(self, schema: Mapping[str, Any]) -> None:
        """Give the kind another schema, and wait until it counts."""
        path = f"{_DEFINITIONS}/things.{self.group}"
        found = await self._control_plane.request("GET", path)
        marked = dict(schema, properties={**schema["properties"], "marked": {"type": "boolean", "default": True}})
        found["spec"]["versions"][0]["schema"]["openAPIV3Schema"] = marked
        await self._control_plane.request("PUT", path, found)
        async with asyncio.timeout(120):
            while True:
                _, answer = await self.answer("GET", None, query="")  # for a moment there is no storage: 429
                if all(item.get("marked") for item in answer.get("items", [{}])):
                    return


def definition(
    group: str,
    schema: Mapping[str, Any],
    *,
    plural: str = "things",
    kind: str = "Thing",
    scope: str = "Cluster",
    versions: Sequence[Mapping[str, Any]] = (),
    **fields: Any,
) -> dict[str, Any]:
    """Return the definition of a kind whose version v1 is stored.

    Args:
        versions: more of them, as `version` makes them.
        fields: more fields of v1, such as `subresources`.
    """
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": scope,
            "names": {"plural": plural, "kind": kind},
            "versions": [version("v1", schema, storage=True, **fields), *versions],
        },
    }


def version(name: str, schema: Mapping[str, Any], *, storage: bool = False, **fields: Any) -> dict[str, Any]:
    """Return a version that is served."""
    return {"name": name, "served": True, "storage": storage, "schema": {"openAPIV3Schema": dict(schema)}, **fields}


async def answer(control_plane: ControlPlane, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Send a request, and return the status of the answer, 200 for every good one, and its JSON."""
    try:
        return 200, await control_plane.request(method, path, body)
    except RequestError as error:
        return error.status, json.loads(error.body or "null")
