"""Thousands of objects that go at once: everybody else is served meanwhile, and watches are told of each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from aiokube.testing.apiserver.clock import WallClock
from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.running import Running
from custom_kinds import definition

MANY = 5_000
BORN = "2026-01-01T00:00:00Z"
SECRETS = GroupResource("", "secrets")
KETTLES = GroupResource("example.com", "kettles")
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
DEFINITION = definition("example.com", {"type": "object"}, plural="kettles", kind="Kettle", scope="Namespaced")

SECRET = {"kind": "Secret", "apiVersion": "v1", "type": "Opaque"}
KETTLE = {"kind": "Kettle", "apiVersion": "example.com/v1"}


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    running = Running(clock=WallClock(), history=2 * MANY, authorization="off", pace=None)
    await running.start(port=0, tls=False)
    yield running
    await running.close()


@pytest.fixture
async def session(running: Running) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of a server with a custom kind, and a namespace to lose."""
    async with aiohttp.ClientSession(running.url, raise_for_status=True) as session:
        await session.post("/api/v1/namespaces", json={"metadata": {"name": "full"}})
        await session.post(DEFINITIONS, json=DEFINITION)
        yield session


def fill(running: Running, collection: GroupResource, head: dict[str, str], *, count: int = MANY, **more: Any) -> None:
    """Put many objects where requests would take long to put them."""
    for number in range(count):
        metadata = {"name": f"a-{number}", "namespace": "full", "uid": str(number), "creationTimestamp": BORN} | more
        running.cluster.collection(collection).put(head | {"metadata": metadata})


async def objects(session: aiohttp.ClientSession, path: str) -> Any:
    async with session.get(path, params={"limit": "1"}) as answer:
        return await answer.json()


@pytest.mark.parametrize(
    ("collection", "head", "path", "deleted"),
    [
        (SECRETS, SECRET, "/api/v1/namespaces/full/secrets", "/api/v1/namespaces/full/secrets"),
        (SECRETS, SECRET, "/api/v1/namespaces/full/secrets", "/api/v1/namespaces/full"),
        (
            KETTLES,
            KETTLE,
            "/apis/example.com/v1/namespaces/full/kettles",
            f"{DEFINITIONS}/kettles.example.com",
        ),
    ],
    ids=["collection", "namespace", "definition"],
)
async def test_others_are_served_while_thousands_of_objects_go(
    running: Running,
    session: aiohttp.ClientSession,
    collection: GroupResource,
    head: dict[str, str],
    path: str,
    deleted: str,
) -> None:
    """Whoever asks when the first is gone finds that others are still there."""
    fill(running, collection, head)
    since = (await objects(session, path))["metadata"]["resourceVersion"]
    gone: list[str] = []
    async with session.get(path, params={"watch": "true", "resourceVersion": since}) as watch:
        deletion = asyncio.ensure_future(session.delete(deleted))
        async for line in watch.content:
            event = json.loads(line)
            assert event["type"] == "DELETED"
            if not gone:
                assert (await objects(session, path))["items"]
            gone.append(event["object"]["metadata"]["name"])
            if len(gone) == MANY:
                break
        (await deletion).release()
    assert len(set(gone)) == MANY


async def test_others_are_served_while_many_objects_lose_their_owner(
    running: Running, session: aiohttp.ClientSession
) -> None:
    """Whoever asks when the first is free finds that the last is not."""
    root, count = "/api/v1/namespaces/full", 1_000
    async with session.post(f"{root}/configmaps", json={"metadata": {"name": "owner"}}) as answer:
        uid = (await answer.json())["metadata"]["uid"]
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": uid}
    fill(running, SECRETS, SECRET, count=count, ownerReferences=[reference])
    since = (await objects(session, f"{root}/secrets"))["metadata"]["resourceVersion"]
    async with session.get(f"{root}/secrets", params={"watch": "true", "resourceVersion": since}) as watch:
        (await session.delete(f"{root}/configmaps/owner", params={"propagationPolicy": "Orphan"})).release()
        await watch.content.readline()
        last = await objects(session, f"{root}/secrets/a-{count - 1}")
        assert last["metadata"]["ownerReferences"] == [reference]
        async with asyncio.timeout(60):
            for _ in range(count - 1):
                event = json.loads(await watch.content.readline())
                assert "ownerReferences" not in event["object"]["metadata"]
