"""Watch on each server, with real connections that break."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, Self

import aiohttp
import pytest

from aiokube._machinery.listwatch import Pace
from aiokube.client import ApiClient
from aiokube.client.exceptions import GoneError
from aiokube.dynamic import DynamicClient, ResourceInstance
from aiokube.testing import ControlPlane, KubeServer
from aiokube.watch import Watch


class Proxy:
    """Passes TCP on to a server on loopback, until it is told to cut.

    Attributes:
        cuts: How many connections it has cut.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.cuts = 0

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.sockets[0].getsockname()[1])

    def cut(self) -> None:
        """Tear all connections down."""
        self.cuts += len(self._writers) // 2
        for writer in self._writers:
            writer.transport.abort()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._server.close()
        self.cut()
        await asyncio.gather(*self._tasks)
        await self._server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._target)
        pair = {writer, server_writer}
        self._writers |= pair
        try:
            await asyncio.gather(_pump(reader, server_writer), _pump(server_reader, writer))
        finally:
            self._writers -= pair


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(700):  # small pieces, so that a cut finds events half way
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass  # cut
    finally:
        writer.close()


@contextlib.asynccontextmanager
async def connected(kube_server: KubeServer, *, port: int | None = None) -> AsyncIterator[DynamicClient]:
    configuration = kube_server.configuration
    if port is not None:
        configuration.host = f"https://127.0.0.1:{port}"
    async with ApiClient(configuration) as api, DynamicClient(api) as client:
        yield client


async def configmaps(client: DynamicClient) -> Any:
    return await client.resources.get(api_version="v1", kind="ConfigMap")


def config_map(name: str, **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


@pytest.mark.parametrize("start", ["list", "present state"])
async def test_a_consumer_behind_a_bad_network_sees_every_change_once_and_in_order(
    kube_server: KubeServer, namespace: str, monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    """Rows 1 and 2: connections are torn down in the middle of events, again and again."""
    monkeypatch.setattr(Watch, "_pace", Pace(backoff_start=0.01, backoff_cap=0.01, restart=0))
    port = int(kube_server.url.rpartition(":")[2])
    async with (
        Proxy(port) as proxy,
        connected(kube_server) as direct,
        connected(kube_server, port=proxy.port) as bad,
    ):
        maps, behind = await configmaps(direct), await configmaps(bad)
        version = (await maps.get(namespace=namespace)).metadata.resourceVersion if start == "list" else None
        true: list[tuple[str, str, str]] = []

        async def write() -> None:
            for round_number in range(8):
                for name in ("a", "b", "c"):
                    body = config_map(name, round=str(round_number), filling="x" * 3000)
                    write_it = maps.create if round_number == 0 else maps.replace
                    written = await write_it(body=body, namespace=namespace)
                    true.append(("ADDED" if round_number == 0 else "MODIFIED", name, written.metadata.resourceVersion))
            await maps.create(body=config_map("last"), namespace=namespace)

        seen: list[tuple[str, str, str]] = []

        async def read() -> None:
            async for event in behind.watch(namespace=namespace, resource_version=version):
                assert isinstance(event["object"], ResourceInstance)
                metadata = event["object"].metadata
                if metadata.name == "last":
                    return
                if metadata.name != "kube-root-ca.crt":
                    seen.append((event["type"], metadata.name, metadata.resourceVersion))
                    if len(seen) % 4 == 0:
                        proxy.cut()

        async with asyncio.TaskGroup() as group:
            group.create_task(write())
            group.create_task(read())
        assert proxy.cuts >= 2
        if start == "list":
            assert seen == true
        else:
            # Of the state at the start only what is left of it comes; from then on every change, once.
            assert len(set(seen)) == len(seen)
            assert {name: version for _, name, version in seen} == {name: version for _, name, version in true}
            for name in ("a", "b", "c"):
                mine = [event for event in seen if event[1] == name]
                assert [kind for kind, _, _ in mine] == ["ADDED", *["MODIFIED"] * (len(mine) - 1)]


async def test_the_initial_objects_are_followed_by_a_place_to_go_on_from(
    kube_server: KubeServer, namespace: str
) -> None:
    """The server ends them by a bookmark, without being asked for initial events, and at once."""
    async with connected(kube_server) as client:
        maps = await configmaps(client)
        created = await maps.create(body=config_map("a"), namespace=namespace)
        # A watch without a version begins with what the server's cache has, which may be a little old.
        await maps.get(name="a", namespace=namespace, resource_version=created.metadata.resourceVersion)
        watch, versions = Watch(), []
        stream = watch.stream(
            maps.get, namespace=namespace, field_selector="metadata.name=a", allow_watch_bookmarks=True
        )
        async for event in stream:
            versions.append((event["type"], watch.resource_version))
            if event["type"] == "BOOKMARK":
                break
        assert [kind for kind, _ in versions] == ["ADDED", "BOOKMARK"]
        assert versions[0][1] is None
        await maps.delete(name="a", namespace=namespace)
        async for event in stream:
            if event["type"] != "BOOKMARK":
                assert event["type"] == "DELETED"
                break


async def test_stop_wakes_a_blocked_read(kube_server: KubeServer, namespace: str) -> None:
    async with connected(kube_server) as client:
        maps = await configmaps(client)
        await maps.create(body=config_map("a"), namespace=namespace)
        watch, first = Watch(), asyncio.Event()

        async def read() -> int:
            seen = 0
            async for _ in maps.watch(namespace=namespace, name="a", watcher=watch):
                seen += 1
                first.set()
            return seen

        task = asyncio.ensure_future(read())
        await first.wait()
        await asyncio.sleep(0)
        watch.stop()
        assert await task == 1


async def test_a_watch_with_a_time_is_ended_by_the_server(kube_server: KubeServer, namespace: str) -> None:
    async with connected(kube_server) as client:
        maps = await configmaps(client)
        await maps.create(body=config_map("a"), namespace=namespace)
        events = [event["type"] async for event in maps.watch(namespace=namespace, name="a", timeout=1)]
        assert events == ["ADDED"]


async def test_a_server_that_cannot_be_trusted_is_not_asked_again(kube_server: KubeServer) -> None:
    async with aiohttp.ClientSession() as session:

        async def untrusted(**_: Any) -> aiohttp.ClientResponse:
            return await session.get(kube_server.url + "/api/v1/configmaps?watch=true")

        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await anext(Watch().stream(untrusted))


@pytest.fixture
async def remembering() -> AsyncIterator[ControlPlane]:
    """A control plane whose kube-apiserver knows the past when it is new: from etcd, and not from its cache."""
    async with ControlPlane(api_server_flags=["--watch-cache=false"]) as control_plane:
        yield control_plane


async def test_a_watch_outlives_its_server_and_knows_when_history_is_lost(
    remembering: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows 28 and 12: kube-apiserver is killed under an open watch; then etcd forgets."""
    monkeypatch.setattr(Watch, "_pace", Pace(backoff_start=0.2, backoff_cap=0.2))
    async with connected(remembering) as client:
        maps = await configmaps(client)
        old = (await maps.get(namespace="default")).metadata.resourceVersion
        watch = Watch()
        events = aiter(maps.watch(namespace="default", resource_version=old, watcher=watch))
        await maps.create(body=config_map("a"), namespace="default")
        event = await anext(events)
        while event["object"].metadata.name != "a":
            event = await anext(events)

        await remembering.request("POST", "/api/v1/namespaces", {"metadata": {"name": "between"}})
        await remembering.kill("kube-apiserver")
        waiting = asyncio.ensure_future(anext(events))
        await remembering.restart("kube-apiserver")
        await maps.create(body=config_map("b"), namespace="default")
        event = await waiting
        while event["object"].metadata.name != "b":
            event = await anext(events)
        assert event["type"] == "ADDED"
        watch.stop()

        await remembering.compact(str(watch.resource_version))
        await remembering.restart("kube-apiserver")
        with pytest.raises(GoneError) as caught:
            async for _ in maps.watch(namespace="default", resource_version=old):
                pass
        assert caught.value.status_reason == "Expired"
