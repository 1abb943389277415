"""Two kinds of servers to see controllers at work on: both that there are, and one without HTTP that a test drives."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, Protocol

import pytest

from aiokube.testing import ControlPlane
from aiokube.testing.apiserver import bootstrap
from aiokube.testing.apiserver.clock import DrivenClock
from aiokube.testing.apiserver.controllers import Pace, Runner, controllers, simulation
from aiokube.testing.apiserver.controllers.client import Client
from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.server import APIServer
from aiokube.testing.controlplane import RequestError

Object = dict[str, Any]

NODES = GroupResource("", "nodes")
PODS = GroupResource("", "pods")


class _Server(Protocol):
    async def request(self, method: str, path: str, body: Any = None, *, content_type: str = ...) -> Any: ...


class Cluster:
    """A server with controllers, and a namespace on it."""

    def __init__(self, server: _Server, namespace: str) -> None:
        self._server = server
        self.namespace = namespace

    async def request(self, method: str, path: str, body: Any = None, *, merge: bool = False) -> Any:
        """Send a request; `NAMESPACE` in the path is the test's own."""
        content_type = "application/merge-patch+json" if merge else "application/json"
        path = path.replace("NAMESPACE", self.namespace)
        return await self._server.request(method, path, body, content_type=content_type)

    async def find(self, path: str) -> Any:
        """Return what is at a path, None for 404."""
        try:
            return await self.request("GET", path)
        except RequestError as error:
            if error.status != 404:
                raise
            return None

    async def config_map(self, name: str, *owners: Object, **metadata: Any) -> Object:
        """Create a ConfigMap that has owners."""
        body = {"metadata": {"name": name, "ownerReferences": list(owners), **metadata}}
        created: Object = await self.request("POST", "/api/v1/namespaces/NAMESPACE/configmaps", body)
        return created

    async def until(self, condition: Callable[[], Awaitable[Any]]) -> Any:
        """Return what a condition says as soon as that is true."""
        async with asyncio.timeout(120):
            while not (found := await condition()):
                pass
        return found

    async def until_gone(self, path: str) -> None:
        async def is_gone() -> bool:
            return await self.find(path) is None

        await self.until(is_gone)


@pytest.fixture(params=["ControlPlane", "APIServer"])
async def cluster(request: pytest.FixtureRequest, control_plane: ControlPlane) -> AsyncIterator[Cluster]:
    """A real control plane's controllers, and this project's own."""
    if request.param == "APIServer":
        async with APIServer() as server:
            yield await _with_namespace(server)
        return
    found = await _with_namespace(control_plane)
    yield found
    if await found.find("/api/v1/namespaces/NAMESPACE"):
        await found.request("DELETE", "/api/v1/namespaces/NAMESPACE")


async def _with_namespace(server: _Server) -> Cluster:
    cluster = Cluster(server, f"test-{secrets.token_hex(4)}")
    await cluster.request("POST", "/api/v1/namespaces", {"metadata": {"name": cluster.namespace}})
    return cluster


def _namespace(resource: GroupResource) -> str:
    return "" if resource == NODES else "default"


class World:
    """A simulated cluster whose time stands still until a test moves it, and in which all is done at once."""

    def __init__(self, pace: Pace) -> None:
        self.clock = DrivenClock()
        self.cluster = bootstrap.cluster(clock=self.clock, history=1000)
        self.client = Client(self.cluster, user="tester", manager="tester")
        make = [*controllers("certificate"), *simulation(pace)]
        self._runner = Runner(self.cluster, make, soon=lambda turn: None)
        self._runner.start()
        self._runner.drain()

    def create(self, resource: GroupResource, obj: Object) -> Object:
        created = self.client.create(resource, obj, _namespace(resource))
        self._runner.drain()
        return created

    def change(
        self, resource: GroupResource, name: str, change: Callable[[Object], Any], subresource: str = ""
    ) -> None:
        """Change an object in place."""
        obj = self.get(resource, name)
        change(obj)
        self.client.update(resource, obj, subresource=subresource)
        self._runner.drain()

    def delete(self, resource: GroupResource, name: str, **options: Any) -> None:
        self.client.delete(resource, name, _namespace(resource), **options)
        self._runner.drain()

    def get(self, resource: GroupResource, name: str) -> Object:
        found = self.find(resource, name)
        assert found is not None
        return found

    def find(self, resource: GroupResource, name: str) -> Object | None:
        return self.client.get(resource, name, _namespace(resource))

    def all(self, resource: GroupResource) -> list[Object]:
        return list(self.client.list(resource, _namespace(resource)))

    def pods(self) -> list[Object]:
        return self.all(PODS)

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def settle(self) -> None:
        """Let the controllers do what there is to do now."""
        self._runner.drain()

    def close(self) -> None:
        self._runner.close()


@pytest.fixture
def world() -> Iterator[World]:
    """A simulated cluster that goes by seconds: one until a pod has a node, one more until it is ready."""
    pace = Pace(schedule_seconds=1, start_seconds=1, run_seconds=10, stop_seconds=1)
    world = World(pace)
    yield world
    world.close()
