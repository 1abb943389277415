"""Programs written in Go: client-go's dynamic shared informers have what the server has, on both servers."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pytest

from aiokube.testing import ControlPlane, KubeServer
from aiokube.testing.apiserver.server import APIServer
from aiokube.testing.controlplane.build import build_informer
from awaited import until_furnished, until_served
from custom_kinds import definition

NAMESPACE = "informed"
GROUP = "example.com"
KINDS = {"v1/configmaps": "ConfigMap", "apps/v1/deployments": "Deployment", f"{GROUP}/v1/things": "Thing"}
CHANGES = 1_000
AT_ONCE = 4
MERGE = "application/merge-patch+json"

Object = dict[str, Any]
Objects = dict[str, dict[str, str]]


DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
SCHEMA = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
DEFINITION = definition(GROUP, SCHEMA, scope="Namespaced")

Change = Callable[[], Awaitable[Any]]
Forget = Callable[[], Awaitable[None]]
"""Makes the server forget all but the present."""


@pytest.fixture(scope="session")
def informer() -> Path:
    """The program, built once for all who use this cache."""
    return build_informer(print)


@pytest.fixture(params=["embedded", "real"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[tuple[KubeServer, Forget]]:
    """Both servers, each with a way to make it forget."""
    if request.param == "embedded":
        async with APIServer() as embedded:

            async def forget() -> None:
                embedded.compact()

            yield embedded, forget
        return
    async with ControlPlane() as control_plane:

        async def forget_for_real() -> None:
            latest = (await control_plane.request("GET", "/api/v1/namespaces"))["metadata"]["resourceVersion"]
            await control_plane.compact(latest)
            # What is compacted is in the memory of kube-apiserver still.
            await control_plane.restart("kube-apiserver")

        yield control_plane, forget_for_real


class Line:
    """A way to a server that can be interrupted."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._is_up = True
        self._writers: set[asyncio.StreamWriter] = set()
        self._listener: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self.interrupt()
        assert self._listener is not None
        self._listener.close()
        await self._listener.wait_closed()

    @property
    def port(self) -> int:
        assert self._listener is not None
        port: int = self._listener.sockets[0].getsockname()[1]
        return port

    def interrupt(self) -> None:
        """Cut all connections, and every new one as soon as it comes."""
        self._is_up = False
        for writer in self._writers:
            writer.transport.abort()

    def mend(self) -> None:
        self._is_up = True

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._is_up:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except ConnectionError:
            writer.transport.abort()
            return
        self._writers |= {writer, back}
        try:
            await asyncio.gather(_carry(reader, back), _carry(there, writer))
        finally:
            self._writers -= {writer, back}


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:  # the line was interrupted, or one of its ends
        pass
    finally:
        writer.close()


@dataclass
class Informer:
    """The program at work."""

    process: asyncio.subprocess.Process

    async def sees(self, objects: Objects) -> Object:
        """Return what it has when it has these objects, or after a minute."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(objects).encode() + b"\n")
        line = await self.process.stdout.readline()
        assert line, "the program has ended"
        seen: Object = json.loads(line)
        return seen


@asynccontextmanager
async def informed(program: Path, kubeconfig: Path) -> AsyncIterator[Informer]:
    process = await asyncio.create_subprocess_exec(
        program,
        kubeconfig,
        NAMESPACE,
        *KINDS,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=16 * 1024 * 1024,
    )
    try:
        yield Informer(process)
    finally:
        process.kill()
        await process.communicate()


class Changes:
    """Changes of objects of three kinds: made, changed and deleted in a random order that is always the same."""

    def __init__(self, server: KubeServer, seed: int) -> None:
        self._server = server
        self._random = random.Random(seed)  # not for secrets
        self._objects: list[tuple[str, int]] = []
        self._made = 0
        self.counts = {"added": 0, "updated": 0, "deleted": 0}

    async def make(self, count: int) -> None:
        """Make so many changes, several at once but those of one object in turn."""
        lanes: list[list[Change]] = [[] for _ in range(AT_ONCE)]
        for _ in range(count):
            number, change = self._random_change()
            lanes[number % AT_ONCE].append(change)
        await asyncio.gather(*map(_in_turn, lanes))

    def _random_change(self) -> tuple[int, Change]:
        what = self._random.choice(["added", "updated", "updated", "deleted"]) if self._objects else "added"
        self.counts[what] += 1
        if what == "added":
            self._made += 1
            resource = self._random.choice(list(KINDS))
            self._objects.append((resource, self._made))
            new = _object(resource, f"object-{self._made}")
            return self._made, lambda: self._server.request("POST", _path(resource), new)
        resource, number = self._random.choice(self._objects)
        path = f"{_path(resource)}/object-{number}"
        if what == "deleted":
            self._objects.remove((resource, number))
            return number, lambda: self._server.request("DELETE", path)
        change = {"metadata": {"annotations": {"example.com/change": str(sum(self.counts.values()))}}}
        return number, lambda: self._server.request("PATCH", path, change, content_type=MERGE)


async def _in_turn(changes: Sequence[Change]) -> None:
    for change in changes:
        await change()


def _path(resource: str) -> str:
    group_version, _, plural = resource.rpartition("/")
    root = "/api/v1" if group_version == "v1" else f"/apis/{group_version}"
    return f"{root}/namespaces/{NAMESPACE}/{plural}"


def _object(resource: str, name: str) -> Object:
    api_version = resource.rpartition("/")[0]
    spec = {
        "selector": {"matchLabels": {"app": name}},
        "template": {
            "metadata": {"labels": {"app": name}},
            "spec": {"containers": [{"name": "c", "image": "example.com/c"}]},
        },
    }
    made: Object = {"apiVersion": api_version, "kind": KINDS[resource], "metadata": {"name": name}}
    return made | ({"spec": spec} if KINDS[resource] == "Deployment" else {})


async def listed(server: KubeServer) -> Objects:
    """Return all objects as the server lists them."""
    found = {}
    for resource in KINDS:
        items = (await server.request("GET", _path(resource)))["items"]
        found[resource] = {item["metadata"]["uid"]: item["metadata"]["resourceVersion"] for item in items}
    return found


async def prepare(server: KubeServer) -> None:
    """Make the namespace, with what controllers put into it, and the custom kind."""
    await server.request("POST", "/api/v1/namespaces", {"metadata": {"name": NAMESPACE}})
    await server.request("POST", DEFINITIONS, DEFINITION)
    await until_furnished(server, NAMESPACE)
    await until_served(server, DEFINITION)


async def test_informers_have_what_the_server_has(
    server: tuple[KubeServer, Forget], informer: Path, tmp_path: Path
) -> None:
    """Through a thousand changes, and through an interruption after which the server has forgotten the past."""
    served, forget = server
    await prepare(served)
    changes = Changes(served, seed=36)
    await changes.make(40)
    before = dict(changes.counts)
    port = int(served.url.rpartition(":")[2])
    async with Line(port) as line:
        kubeconfig = tmp_path / "kubeconfig"
        kubeconfig.write_text(served.kubeconfig_for(served.admin).read_text().replace(f":{port}", f":{line.port}"))
        async with informed(informer, kubeconfig) as program:
            at_first = await listed(served)
            seen = await program.sees(at_first)
            assert seen["objects"] == at_first

            await changes.make(CHANGES)
            now = await listed(served)
            seen = await program.sees(now)
            assert seen["objects"] == now
            assert seen["added"] == sum(map(len, at_first.values())) + changes.counts["added"] - before["added"]
            assert seen["updated"] == changes.counts["updated"] - before["updated"]
            assert seen["deleted"] == changes.counts["deleted"] - before["deleted"]
            assert set(seen["reads"].values()) == {1}

            line.interrupt()
            await changes.make(40)
            await forget()
            await until_served(served, DEFINITION)
            line.mend()
            now = await listed(served)
            seen = await program.sees(now)
            assert seen["objects"] == now
            assert min(seen["reads"].values()) > 1
