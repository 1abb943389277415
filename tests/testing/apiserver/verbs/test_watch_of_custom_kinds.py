"""A watch of a custom kind ends when its definition goes or says something else, and what came before was told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from aiokube.testing import KubeServer
from awaited import until_forgotten, until_served
from custom_kinds import definition, version
from realserver import session_of

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
MERGE = "application/merge-patch+json"
SCHEMA = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
SAYS_MORE = {**SCHEMA, "description": "For tea."}
V1, V2 = version("v1", SCHEMA, storage=True), version("v2", SCHEMA)


@asynccontextmanager
async def kettles(server: KubeServer, group: str) -> AsyncIterator[str]:
    """Define kettles in a group, and yield the path of those in the namespace default."""
    defined = definition(group, SCHEMA, plural="kettles", kind="Kettle", scope="Namespaced", versions=[V2])
    await server.request("POST", DEFINITIONS, defined)
    try:
        await until_served(server, defined)
        yield f"/apis/{group}/v1/namespaces/default/kettles"
    finally:
        await server.kubectl("delete", f"crd/kettles.{group}", "--ignore-not-found")
        await until_forgotten(server, defined)


@asynccontextmanager
async def watch(server: KubeServer, path: str) -> AsyncIterator[aiohttp.ClientResponse]:
    async with session_of(server) as session, asyncio.timeout(60):
        while True:
            async with session.get(path, params={"watch": "true"}) as answer:
                if answer.status == 200:
                    yield answer
                    return
            await asyncio.sleep(0.05)  # the storage of a new kind is not ready at once


async def test_a_watch_ends_with_the_definition(kube_server: KubeServer) -> None:
    async with kettles(kube_server, "gone.example.com") as path:
        kettle = {"apiVersion": "gone.example.com/v1", "kind": "Kettle", "metadata": {"name": "big"}}
        async with watch(kube_server, path) as answer:
            await kube_server.request("POST", path, kettle)
            assert json.loads(await answer.content.readline())["type"] == "ADDED"
            await kube_server.request("DELETE", f"{DEFINITIONS}/kettles.gone.example.com")
            rest = await answer.content.read()
    assert [json.loads(line)["type"] for line in rest.splitlines()] == ["DELETED"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"versions": [version("v1", SAYS_MORE, storage=True), V2]}, id="its-own-schema"),
        pytest.param({"versions": [V1, version("v2", SAYS_MORE)]}, id="another-version"),
        pytest.param({"names": {"shortNames": ["ket"]}}, id="names"),
    ],
)
async def test_a_watch_ends_when_the_definition_says_something_else(
    kube_server: KubeServer, change: dict[str, Any]
) -> None:
    """The stream ends as at its time, without an error: a client watches on from where it is."""
    async with kettles(kube_server, "changed.example.com") as path, watch(kube_server, path) as answer:
        changed = {"spec": change}
        await kube_server.request("PATCH", f"{DEFINITIONS}/kettles.changed.example.com", changed, content_type=MERGE)
        assert await answer.content.read() == b""
