"""A watch of a custom kind ends when its definition goes, after it has told of the objects that went before."""

from __future__ import annotations

import asyncio
import json
import ssl

import aiohttp

from aiokube.testing import APIServer

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
KETTLES = "/apis/watched.example.com/v1/namespaces/default/kettles"
DEFINITION = {
    "metadata": {"name": "kettles.watched.example.com"},
    "spec": {
        "group": "watched.example.com",
        "scope": "Namespaced",
        "names": {"plural": "kettles", "kind": "Kettle"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
            }
        ],
    },
}


async def test_a_watch_ends_with_the_definition() -> None:
    async with APIServer() as server:
        await server.request("POST", DEFINITIONS, DEFINITION)
        await server.kubectl("wait", "--for=condition=Established", "crd/kettles.watched.example.com")
        kettle = {"apiVersion": "watched.example.com/v1", "kind": "Kettle", "metadata": {"name": "big"}}
        await server.request("POST", KETTLES, kettle)
        context = ssl.create_default_context(cafile=server.ca_file)
        context.load_cert_chain(server.admin.certificate_file, server.admin.key_file)
        connector = aiohttp.TCPConnector(ssl=context)
        async with (
            aiohttp.ClientSession(server.url, connector=connector) as session,
            session.get(KETTLES, params={"watch": "true"}) as answer,
        ):
            assert json.loads(await answer.content.readline())["type"] == "ADDED"
            await server.request("DELETE", f"{DEFINITIONS}/kettles.watched.example.com")
            async with asyncio.timeout(20):
                rest = await answer.content.read()
    assert [json.loads(line)["type"] for line in rest.splitlines()] == ["DELETED"]
