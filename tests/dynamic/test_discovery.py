"""Discoverers on a loopback server of any age, which counts what it is asked and fails where it is told to."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientConnectionError, web

from aiokube._machinery.requests import Timeouts
from aiokube.client.api_client import ApiClient
from aiokube.client.configuration import Configuration
from aiokube.client.exceptions import (
    DynamicApiError,
    ForbiddenError,
    InternalServerError,
    NotFoundError,
    ResourceNotFoundError,
    ResourceNotUniqueError,
    ServiceUnavailableError,
)
from aiokube.dynamic.discovery import Discoverer, EagerDiscoverer, LazyDiscoverer
from aiokube.dynamic.discovery_store import CHANGE_SECONDS, MISS_SECONDS, TTL_SECONDS, Store
from aiokube.dynamic.resource import Resource, ResourceList

ROOTS = ["/api", "/apis", "/version"]
VERBS = ["create", "delete", "get", "list", "patch", "update", "watch"]

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def kind(name: str, plural: str, *, namespaced: bool = True, **more: Any) -> dict[str, Any]:
    return {"name": plural, "kind": name, "namespaced": namespaced, "singularName": "", "verbs": VERBS, **more}


class DiscoveryServer:
    """What a kube-apiserver says about its kinds, in the form that servers of its age have.

    Attributes:
        form: "v2", "v2beta1", or "" for a server without aggregated discovery.
        kinds: Resources by group-version, as legacy documents have them.
        stale: Group-versions that aggregated documents mark as stale.
        replies: Handlers that answer instead, by path.
        requests: The paths that were asked for, in order.
        conditional: Those of them that were asked with If-None-Match.
        not_modified: Those of them that were answered 304.
        always_etag: Whether documents of names have an ETag, too.
    """

    def __init__(self) -> None:
        self.form = "v2"
        self.kinds: dict[str, list[dict[str, Any]]] = {
            "v1": [
                kind("Pod", "pods", shortNames=["po"], categories=["all"]),
                kind("Pod", "pods/status"),
                kind("Eviction", "pods/eviction", group="policy", version="v1"),
                kind("Pod", "pods/sev/cert"),
                kind("Namespace", "namespaces", namespaced=False, shortNames=["ns"]),
                kind("Event", "events"),
            ],
            "apps/v1": [kind("Deployment", "deployments", shortNames=["deploy"], categories=["all"])],
            "events.k8s.io/v1": [kind("Event", "events")],
            "metrics.k8s.io/v1beta1": [kind("PodMetrics", "pods")],
        }
        self.stale: set[str] = set()
        self.replies: dict[str, Handler] = {}
        self.requests: list[str] = []
        self.conditional: list[str] = []
        self.not_modified: list[str] = []
        self.git_version = "v1.36.3"
        self.always_etag = False
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request.path)
        if "If-None-Match" in request.headers:
            self.conditional.append(request.path)
        if request.path in self.replies:
            return await self.replies[request.path](request)
        document = self.document(request.path, request.headers.get("Accept", ""))
        if document is None:
            return status_reply(404, "NotFound", "the server could not find the requested resource")
        body = json.dumps(document)
        if document["kind"] != "APIGroupDiscoveryList" and not self.always_etag:
            return web.Response(text=body, content_type="application/json")
        etag = f'"{hash(body)}"'
        if request.headers.get("If-None-Match") == etag:
            self.not_modified.append(request.path)
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(text=body, content_type="application/json", headers={"ETag": etag})

    def document(self, path: str, accept: str) -> dict[str, Any] | None:
        groups = [group_version for group_version in self.kinds if "/" in group_version]
        if path == "/version":
            return {"kind": "", "major": "1", "minor": "36", "gitVersion": self.git_version}
        if path in ("/api", "/apis") and self.form and f"v={self.form};as=APIGroupDiscoveryList" in accept:
            return self.aggregated(["v1"] if path == "/api" else groups)
        if path == "/api":
            return {"kind": "APIVersions", "versions": ["v1"]}
        if path == "/apis":
            return {"kind": "APIGroupList", "groups": [legacy_group(it) for it in groups]}
        group_version = path.removeprefix("/apis/").removeprefix("/api/")
        if group_version not in self.kinds:
            return None
        return {"kind": "APIResourceList", "groupVersion": group_version, "resources": self.kinds[group_version]}

    def aggregated(self, group_versions: list[str]) -> dict[str, Any]:
        items = [
            {
                "metadata": {"name": group_version.rpartition("/")[0]},
                "versions": [
                    {
                        "version": group_version.rpartition("/")[2],
                        "freshness": "Stale" if group_version in self.stale else "Current",
                        "resources": list(aggregated_resources(self.kinds[group_version])),
                    }
                ],
            }
            for group_version in group_versions
        ]
        return {"kind": "APIGroupDiscoveryList", "apiVersion": f"apidiscovery.k8s.io/{self.form}", "items": items}


def legacy_group(group_version: str) -> dict[str, Any]:
    group, _, version = group_version.partition("/")
    entry = {"groupVersion": group_version, "version": version}
    return {"name": group, "versions": [entry], "preferredVersion": entry}


def aggregated_resources(resources: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for resource in resources:
        if "/" in resource["name"]:
            continue
        parts = [it for it in resources if it["name"].startswith(f"{resource['name']}/")]
        yield {
            "resource": resource["name"],
            "responseKind": {"group": "", "version": "", "kind": resource["kind"]},
            "scope": "Namespaced" if resource["namespaced"] else "Cluster",
            "singularResource": resource["kind"].lower(),
            "verbs": resource["verbs"],
            "shortNames": resource.get("shortNames"),
            "categories": resource.get("categories"),
            "subresources": [
                {
                    "subresource": part["name"].partition("/")[2],
                    "responseKind": {
                        "group": part.get("group", ""),
                        "version": part.get("version", ""),
                        "kind": part["kind"],
                    },
                    "verbs": part["verbs"],
                }
                for part in parts
            ],
        }


def status_reply(code: int, reason: str, message: str) -> web.Response:
    status = {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "code": code,
        "reason": reason,
        "message": message,
    }
    return web.json_response(status, status=code)


def failing(code: int, reason: str, message: str = "it is broken") -> Handler:
    async def reply(request: web.Request) -> web.StreamResponse:
        return status_reply(code, reason, message)

    return reply


def body_reply(body: bytes) -> Handler:
    async def reply(request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, content_type="application/json")

    return reply


class Gate:
    """Holds requests until it is opened, and tells how many there are."""

    def __init__(self, server: DiscoveryServer, *paths: str) -> None:
        self._server = server
        self._open = asyncio.Event()
        self._arrivals = asyncio.Semaphore(0)
        for path in paths:
            server.replies[path] = self._hold

    async def _hold(self, request: web.Request) -> web.StreamResponse:
        self._arrivals.release()
        await self._open.wait()
        return web.json_response(self._server.document(request.path, request.headers.get("Accept", "")))

    async def arrived(self, count: int = 1) -> None:
        for _ in range(count):
            await self._arrivals.acquire()

    def open(self) -> None:
        self._server.replies.clear()
        self._open.set()


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class DynamicClient:
    """As much of a DynamicClient as a discoverer needs."""

    def __init__(self, client: ApiClient) -> None:
        self.client = self.transport = client
        self.configuration = client.configuration
        self.resources: Any = None


@pytest.fixture
async def server() -> AsyncIterator[DiscoveryServer]:
    server = DiscoveryServer()
    app = web.Application()
    app.router.add_get("/{path:.*}", server.handle)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> Store:
    return Store(clock=clock, wall_clock=clock)


Opener = Callable[..., Awaitable[Discoverer]]


@pytest.fixture
async def opened(server: DiscoveryServer, store: Store) -> AsyncIterator[Opener]:
    """Opens discoverers, each with a client of its own, on a store that the test has for itself."""
    clients = []

    async def open_one(
        base: type[Discoverer] = LazyDiscoverer, *, token: str = "", cache_file: str | None = None
    ) -> Discoverer:
        configuration = Configuration(host=server.url, api_key={"BearerToken": f"Bearer {token}"} if token else None)
        client = DynamicClient(ApiClient(configuration))
        clients.append(client.client)
        own_store = {} if "store" in vars(base) and base is not Discoverer else {"store": store}
        discoverer = type(base.__name__, (base,), own_store)(client, cache_file)
        client.resources = discoverer
        return await discoverer

    yield open_one
    for client in clients:
        await client.close()


# Requests


async def test_cold_start_is_three_requests_at_once(server: DiscoveryServer, opened: Opener) -> None:
    gate = Gate(server, *ROOTS)
    opening = asyncio.create_task(opened())  # type: ignore[arg-type]
    await gate.arrived(3)
    gate.open()
    discoverer = await opening
    assert discoverer.version == {"kubernetes": {"kind": "", "major": "1", "minor": "36", "gitVersion": "v1.36.3"}}
    assert repr(await discoverer.get(api_version="v1", kind="Pod")) == "<Resource(v1/pods)>"
    assert sorted(server.requests) == ROOTS


@pytest.mark.parametrize("base", [LazyDiscoverer, EagerDiscoverer])
async def test_second_client_asks_nothing(server: DiscoveryServer, opened: Opener, base: type[Discoverer]) -> None:
    await opened(base)
    server.requests.clear()
    second = await opened(base)
    await second.get(kind="Deployment")
    assert second.version["kubernetes"]["gitVersion"] == "v1.36.3"
    assert server.requests == []


async def test_another_user_asks_for_itself(server: DiscoveryServer, opened: Opener) -> None:
    await opened(token="one")
    await opened(token="two")
    assert Counter(server.requests) == dict.fromkeys(ROOTS, 2)


async def test_concurrent_clients_share_the_first_flight(server: DiscoveryServer, opened: Opener) -> None:
    await asyncio.gather(*(opened() for _ in range(8)))
    assert sorted(server.requests) == ROOTS


async def test_client_in_another_event_loop_shares_what_is_known(server: DiscoveryServer, opened: Opener) -> None:
    discoverer = await opened()
    found: list[Resource] = []

    async def in_another_loop() -> None:
        async with ApiClient(Configuration(host=server.url)) as api:
            found.append(await (await type(discoverer)(DynamicClient(api), None)).get(kind="Deployment"))

    thread = threading.Thread(target=lambda: asyncio.run(in_another_loop()))
    thread.start()
    await asyncio.to_thread(thread.join)
    assert [it.name for it in found] == ["deployments"]
    assert sorted(server.requests) == ROOTS


async def test_miss_asks_once_more_and_finds_what_is_new(server: DiscoveryServer, opened: Opener) -> None:
    discoverer = await opened()
    server.kinds["example.com/v1"] = [kind("Widget", "widgets")]
    server.requests.clear()
    assert (await discoverer.get(kind="Widget")).group_version == "example.com/v1"
    assert sorted(server.requests) == ROOTS
    assert server.not_modified == ["/api"], "only what has changed is sent"


async def test_concurrent_misses_share_one_flight(server: DiscoveryServer, opened: Opener) -> None:
    first, second = await opened(), await opened()
    server.requests.clear()
    misses = [discoverer.search(kind=f"Missing{n}") for n in range(4) for discoverer in (first, second)]
    assert await asyncio.gather(*misses) == [[]] * 8
    assert sorted(server.requests) == ROOTS


async def test_concurrent_misses_all_find_what_is_new(server: DiscoveryServer, opened: Opener) -> None:
    discoverers = [await opened() for _ in range(4)]
    server.kinds["example.com/v1"] = [kind("Widget", "widgets")]
    found = await asyncio.gather(*(discoverer.get(kind="Widget") for discoverer in discoverers))
    assert [it.name for it in found] == ["widgets"] * 4


async def test_misses_ask_at_most_once_a_second(server: DiscoveryServer, opened: Opener, clock: Clock) -> None:
    discoverer = await opened()
    server.requests.clear()
    for _ in range(5):
        assert await discoverer.search(kind="Missing") == []
    assert len(server.requests) == 3
    clock.now += MISS_SECONDS
    assert await discoverer.search(kind="Missing") == []
    assert len(server.requests) == 6


async def test_expected_change_is_asked_for_however_soon(server: DiscoveryServer, opened: Opener, clock: Clock) -> None:
    """For all clients, and more than once, for the server takes a moment until it serves what was written."""
    discoverer, other = await opened(), await opened()
    assert await discoverer.search(kind="Widget") == []
    other.expect_change()
    assert await discoverer.search(kind="Widget") == []
    server.kinds["example.com/v1"] = [kind("Widget", "widgets")]
    clock.now += MISS_SECONDS / 2
    assert len(await discoverer.search(kind="Widget")) == 1
    clock.now += CHANGE_SECONDS
    server.requests.clear()
    for _ in range(5):
        assert await discoverer.search(kind="Gadget") == []
    assert len(server.requests) == 3


async def test_expected_change_is_asked_for_after_the_call(server: DiscoveryServer, opened: Opener) -> None:
    """What is under way when the kind is searched for may have been answered before."""
    discoverer = await opened()
    discoverer.expect_change()
    gate = Gate(server, "/apis")
    first = asyncio.create_task(discoverer.search(kind="Gadget"))
    await gate.arrived()
    second = asyncio.create_task(discoverer.search(kind="Widget"))
    await asyncio.sleep(0)
    gate.open()
    await asyncio.gather(first, second)
    assert server.requests.count("/apis") == 3


async def test_contradictory_terms_ask_nothing(server: DiscoveryServer, opened: Opener) -> None:
    discoverer = await opened()
    server.requests.clear()
    assert await discoverer.search(api_version="a/b/c", kind="Pod") == []
    with pytest.raises(ResourceNotFoundError, match="a version or group/version"):
        await discoverer.get(api_version="a/b/c", kind="Pod")
    assert server.requests == []


async def test_what_is_known_is_asked_for_again_when_it_is_old(
    server: DiscoveryServer, opened: Opener, clock: Clock
) -> None:
    discoverer = await opened()
    pods = await discoverer.get(kind="Pod")
    server.requests.clear()
    server.git_version = "v1.37.0"
    clock.now += TTL_SECONDS - 1
    await discoverer.get(kind="Pod")
    assert server.requests == []
    clock.now += 1
    assert await discoverer.get(kind="Pod") is pods
    assert sorted(server.requests) == ROOTS
    assert sorted(server.not_modified) == ["/api", "/apis"]
    assert discoverer.version["kubernetes"]["gitVersion"] == "v1.37.0"


async def test_invalidated_cache_is_new_for_all_clients(server: DiscoveryServer, opened: Opener) -> None:
    first, second = await opened(), await opened()
    del server.kinds["apps/v1"]
    server.git_version = "v1.37.0"
    server.requests.clear()
    await first.invalidate_cache()
    assert (sorted(server.requests), server.conditional) == (ROOTS, [])
    assert second.version["kubernetes"]["gitVersion"] == "v1.37.0"
    assert [it for it in second if it.group == "apps"] == []


async def test_invalidating_waits_for_no_older_answer(server: DiscoveryServer, opened: Opener) -> None:
    """A flight that is under way may have been answered before the change that the caller knows of."""
    discoverer = await opened()
    gate = Gate(server, "/apis")
    missing = asyncio.create_task(discoverer.search(kind="Missing"))
    await gate.arrived()
    invalidating = [asyncio.create_task(discoverer.invalidate_cache()) for _ in range(3)]
    gate.open()
    await asyncio.gather(missing, *invalidating)
    assert Counter(server.requests) == dict.fromkeys(ROOTS, 3)


async def test_group_names_are_asked_for(server: DiscoveryServer, opened: Opener) -> None:
    discoverer = await opened()
    server.kinds["example.com/v1"] = []
    assert list(await discoverer.api_groups) == ["", "apps", "events.k8s.io", "metrics.k8s.io", "example.com"]
    assert "apps" in await discoverer.api_groups


# Older servers


async def test_server_that_knows_v2beta1_only(server: DiscoveryServer, opened: Opener) -> None:
    server.form = "v2beta1"
    discoverer = await opened()
    assert (await discoverer.get(kind="Deployment")).short_names == ["deploy"]
    assert sorted(server.requests) == ROOTS


async def test_lazy_discoverer_reads_an_older_servers_documents_at_the_first_search(
    server: DiscoveryServer, opened: Opener
) -> None:
    server.form = ""
    discoverer = await opened(LazyDiscoverer)
    assert sorted(server.requests) == ROOTS
    paths = ["/api/v1", "/apis/apps/v1", "/apis/events.k8s.io/v1", "/apis/metrics.k8s.io/v1beta1"]
    gate = Gate(server, *paths)
    searching = [asyncio.create_task(discoverer.get(kind="Deployment")) for _ in range(3)]
    await gate.arrived(4)  # at once
    gate.open()
    assert {it.name for it in await asyncio.gather(*searching)} == {"deployments"}
    assert sorted(server.requests) == sorted([*ROOTS, *paths])


async def test_eager_discoverer_reads_an_older_servers_documents_at_once(
    server: DiscoveryServer, opened: Opener
) -> None:
    server.form = ""
    discoverer = await opened(EagerDiscoverer)
    assert len(server.requests) == 7
    assert [it.kind for it in discoverer] == ["Pod", "Namespace", "Event", "Deployment", "Event", "PodMetrics"]
    await discoverer.get(kind="Deployment")
    assert len(server.requests) == 7


async def test_all_forms_give_the_same_resources(server: DiscoveryServer, opened: Opener) -> None:
    seen = []
    for form in ("v2", "v2beta1", ""):
        server.form = form
        discoverer = await opened(token=f"user of {form}")
        seen.append([it.to_dict() async for it in discoverer])
    assert seen[0] == seen[1] == seen[2]


async def test_older_server_is_asked_for_everything_when_what_is_known_is_old(
    server: DiscoveryServer, opened: Opener, clock: Clock
) -> None:
    server.form = ""
    discoverer = await opened()
    await discoverer.get(kind="Deployment")
    server.kinds["apps/v1"].append(kind("DaemonSet", "daemonsets"))
    server.requests.clear()
    clock.now += TTL_SECONDS
    assert await discoverer.search(kind="DaemonSet")
    assert len(server.requests) == 7


async def test_unchanged_names_of_an_older_server_do_not_hide_changed_documents(
    server: DiscoveryServer, opened: Opener
) -> None:
    """Something before the server may put an ETag on every answer."""
    server.form, server.always_etag = "", True
    discoverer = await opened()
    await discoverer.get(kind="Deployment")
    server.kinds["apps/v1"].append(kind("DaemonSet", "daemonsets"))
    assert await discoverer.search(kind="DaemonSet")


# What fails


async def slow(request: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError("unreachable")


BROKEN: dict[str, tuple[Handler, type[DynamicApiError], str]] = {
    "503": (failing(503, "ServiceUnavailable"), ServiceUnavailableError, "it is broken"),
    "403": (failing(403, "Forbidden"), ForbiddenError, "it is broken"),
    "404": (failing(404, "NotFound"), NotFoundError, "it is broken"),
    "html": (body_reply(b"<html>"), DynamicApiError, "malformed discovery document"),
    "empty": (body_reply(b""), DynamicApiError, "malformed discovery document"),
    "slow": (slow, DynamicApiError, "no answer"),
}


@pytest.mark.parametrize(("reply", "error", "text"), BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("base", [LazyDiscoverer, EagerDiscoverer])
async def test_one_group_of_an_older_server_fails_alone(
    server: DiscoveryServer,
    opened: Opener,
    monkeypatch: pytest.MonkeyPatch,
    base: type[Discoverer],
    reply: Handler,
    error: type[DynamicApiError],
    text: str,
) -> None:
    """Other kinds are found; the group's failure is raised where the group is asked for, and only there."""
    monkeypatch.setattr("aiokube._machinery.discovery.TIMEOUTS", Timeouts(total=0.3 if reply is slow else 32))
    server.form = ""
    server.replies["/apis/metrics.k8s.io/v1beta1"] = reply
    discoverer = await opened(base)
    assert (await discoverer.get(kind="Deployment")).name == "deployments"
    with pytest.raises(error, match=f"cannot discover metrics.k8s.io/v1beta1: .*{text}"):
        await discoverer.get(api_version="metrics.k8s.io/v1beta1", kind="PodMetrics")
    with pytest.raises(error, match=text):
        await discoverer.search(group="metrics.k8s.io", kind="PodMetrics")
    with pytest.raises(ResourceNotFoundError, match=f"not everything is known of metrics.k8s.io/v1beta1: .*{text}"):
        await discoverer.get(kind="PodMetrics")


async def test_failed_group_is_found_when_it_is_back(server: DiscoveryServer, opened: Opener, clock: Clock) -> None:
    server.form = ""
    server.replies["/apis/metrics.k8s.io/v1beta1"] = failing(503, "ServiceUnavailable")
    discoverer = await opened()
    with pytest.raises(ServiceUnavailableError):
        await discoverer.get(api_version="metrics.k8s.io/v1beta1", kind="PodMetrics")
    server.replies.clear()
    clock.now += MISS_SECONDS
    assert (await discoverer.get(api_version="metrics.k8s.io/v1beta1", kind="PodMetrics")).name == "pods"


async def test_stale_group_is_no_missing_kind(server: DiscoveryServer, opened: Opener) -> None:
    server.stale.add("metrics.k8s.io/v1beta1")
    known, server.kinds["metrics.k8s.io/v1beta1"] = server.kinds["metrics.k8s.io/v1beta1"], []
    discoverer = await opened()
    assert await discoverer.get(kind="Deployment")
    with pytest.raises(ServiceUnavailableError, match=r"cannot discover metrics.k8s.io/v1beta1: .*stale") as caught:
        await discoverer.get(group="metrics.k8s.io", kind="PodMetrics")
    assert (caught.value.status, caught.value.status_reason) == (503, "ServiceUnavailable")
    server.kinds["metrics.k8s.io/v1beta1"] = known
    await discoverer.invalidate_cache()
    assert (await discoverer.get(kind="PodMetrics")).name == "pods", "what is known of a stale group is of use"


async def test_server_without_a_core_group(server: DiscoveryServer, opened: Opener) -> None:
    server.replies["/api"] = failing(404, "NotFound")
    discoverer = await opened()
    assert await discoverer.get(kind="Deployment")
    with pytest.raises(ResourceNotFoundError):
        await discoverer.get(api_version="v1", kind="Pod")


async def test_core_group_that_fails_is_asked_for_in_vain(server: DiscoveryServer, opened: Opener) -> None:
    server.replies["/api"] = failing(403, "Forbidden")
    discoverer = await opened()
    assert await discoverer.get(kind="Deployment")
    with pytest.raises(ForbiddenError, match="cannot discover v1: "):
        await discoverer.get(api_version="v1", kind="Pod")


async def test_version_that_fails_is_raised_where_it_is_read(server: DiscoveryServer, opened: Opener) -> None:
    server.replies["/version"] = failing(403, "Forbidden")
    discoverer = await opened()
    assert await discoverer.get(kind="Pod")
    with pytest.raises(ForbiddenError, match="cannot discover version"):
        _ = discoverer.version


async def test_groups_that_fail_fail_the_client(server: DiscoveryServer, opened: Opener) -> None:
    server.replies["/apis"] = failing(500, "InternalError")
    with pytest.raises(InternalServerError, match="it is broken"):
        await opened()
    server.replies.clear()
    assert await (await opened()).get(kind="Pod")


# Waiting together


async def test_cancelled_waiter_leaves_the_flight_to_the_others(server: DiscoveryServer, opened: Opener) -> None:
    gate = Gate(server, "/apis")
    first = asyncio.create_task(opened())  # type: ignore[arg-type]
    await gate.arrived()
    second = asyncio.create_task(opened())  # type: ignore[arg-type]
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    gate.open()
    assert await (await second).get(kind="Pod")
    assert sorted(server.requests) == ROOTS


async def test_nothing_is_left_when_all_waiters_are_cancelled(server: DiscoveryServer, opened: Opener) -> None:
    gate = Gate(server, "/apis")
    before = asyncio.all_tasks()
    waiters = [asyncio.create_task(opened()) for _ in range(3)]  # type: ignore[arg-type]
    await gate.arrived()
    ours = asyncio.all_tasks() - before
    for waiter in waiters:
        waiter.cancel()
    results = await asyncio.gather(*waiters, return_exceptions=True)
    assert all(isinstance(it, asyncio.CancelledError) for it in results)
    assert [task for task in ours if not task.done() and "aiohttp" not in repr(task)] == []
    gate.open()
    assert await (await opened()).get(kind="Pod")


async def test_flight_that_fails_with_its_client_does_not_fail_the_others(
    server: DiscoveryServer, store: Store
) -> None:
    """The client that asked for all is closed; those who wait ask for themselves."""
    lazy: Any = type("Lazy", (LazyDiscoverer,), {"store": store})
    gate = Gate(server, *ROOTS)
    closing, staying = ApiClient(Configuration(host=server.url)), ApiClient(Configuration(host=server.url))
    first = asyncio.create_task(_awaited(lazy(DynamicClient(closing), None)))
    await gate.arrived(3)
    second = asyncio.create_task(_awaited(lazy(DynamicClient(staying), None)))
    await asyncio.sleep(0)
    await closing.close()
    with pytest.raises((ClientConnectionError, RuntimeError)):
        await first
    gate.open()
    assert await (await second).get(kind="Pod")
    await staying.close()


async def _awaited(discoverer: Discoverer) -> Discoverer:
    return await discoverer


# What is found


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        ({"api_version": "v1", "kind": "Pod"}, "<Resource(v1/pods)>"),
        ({"api_version": "v1", "kind": "Event"}, "<Resource(v1/events)>"),
        ({"api_version": "v1", "kind": "Deployment"}, "<Resource(apps/v1/deployments)>"),
        ({"group": "events.k8s.io", "kind": "Event"}, "<Resource(events.k8s.io/v1/events)>"),
        ({"short_names": "deploy"}, "<Resource(apps/v1/deployments)>"),
        ({"name": "namespaces"}, "<Resource(v1/namespaces)>"),
        ({"namespaced": False, "prefix": "api"}, "<Resource(v1/namespaces)>"),
    ],
)
async def test_get_returns_the_one_that_matches(opened: Opener, terms: dict[str, Any], found: str) -> None:
    assert repr(await (await opened()).get(**terms)) == found


async def test_ambiguous_terms_are_refused(opened: Opener) -> None:
    discoverer = await opened()
    with pytest.raises(ResourceNotUniqueError) as caught:
        await discoverer.get(kind="Event")
    results = "[<Resource(v1/events)>, <Resource(events.k8s.io/v1/events)>]"
    assert str(caught.value).startswith(f"Multiple matches found for {{'kind': 'Event'}}: {results}")
    with pytest.raises(ResourceNotUniqueError):
        await discoverer.get(api_version="v1")


async def test_missing_kind_names_what_is_near(opened: Opener) -> None:
    with pytest.raises(ResourceNotFoundError) as caught:
        await (await opened()).get(api_version="v1", kind="deployment")
    assert str(caught.value) == (
        "No matches found for {'api_version': 'v1', 'kind': 'deployment'}; did you mean Deployment in apps/v1?"
    )


async def test_list_kinds_are_found_with_their_base(opened: Opener) -> None:
    discoverer = await opened()
    pods = await discoverer.get(api_version="v1", kind="PodList")
    assert isinstance(pods, ResourceList)
    assert (pods.kind, pods.base_kind, pods.group_version) == ("PodList", "Pod", "v1")
    assert await pods.base_resource() is await discoverer.get(kind="Pod")
    anything = await discoverer.get(api_version="v1", kind="List")
    assert (anything.kind, isinstance(anything, ResourceList)) == ("List", True)


async def test_same_resource_is_found_again(opened: Opener) -> None:
    discoverer = await opened()
    assert await discoverer.get(kind="Pod") is await discoverer.get(short_names="po")


async def test_resource_has_what_the_server_says(opened: Opener) -> None:
    pods = await (await opened()).get(api_version="v1", kind="Pod")
    assert (pods.prefix, pods.group, pods.api_version, pods.namespaced, pods.preferred) == ("api", "", "v1", True, True)
    assert (pods.verbs, pods.singular_name, pods.short_names, pods.categories) == (VERBS, "pod", ["po"], ["all"])
    assert list(pods.subresources) == ["status", "eviction", "sev/cert"]
    assert pods.subresources["sev/cert"].name == "pods/sev/cert"
    eviction = pods.subresources["eviction"].to_dict()
    assert (eviction["kind"], eviction["group"], eviction["version"]) == ("Eviction", "policy", "v1")


async def test_iterating_gives_all_resources_both_ways(opened: Opener) -> None:
    discoverer = await opened()
    found = list(discoverer)
    assert [(it.group_version, it.name) for it in found] == [
        ("v1", "pods"),
        ("v1", "namespaces"),
        ("v1", "events"),
        ("apps/v1", "deployments"),
        ("events.k8s.io/v1", "events"),
        ("metrics.k8s.io/v1beta1", "pods"),
    ]
    assert all(type(it) is Resource for it in found)
    assert [it async for it in discoverer] == found


async def test_iterating_over_what_was_not_read_yet(server: DiscoveryServer, opened: Opener) -> None:
    """Only `async for` can ask an older server."""
    server.form = ""
    discoverer = await opened()
    with pytest.raises(RuntimeError, match="async for"):
        list(discoverer)
    assert len([it async for it in discoverer]) == len(list(discoverer)) == 6


async def test_group_version_gives_its_kinds_and_their_lists(server: DiscoveryServer, opened: Opener) -> None:
    discoverer = await opened()
    server.requests.clear()
    by_kind = await discoverer.get_resources_for_api_version("api", "", "v1", False)
    assert list(by_kind) == ["Pod", "PodList", "Namespace", "NamespaceList", "Event", "EventList"]
    (pods,), (lists,) = by_kind["Pod"], by_kind["PodList"]
    assert (pods.name, pods.preferred, isinstance(lists, ResourceList)) == ("pods", False, True)
    assert server.requests == []


async def test_unknown_group_version_is_asked_for(server: DiscoveryServer, opened: Opener) -> None:
    discoverer = await opened()
    with pytest.raises(NotFoundError):
        await discoverer.get_resources_for_api_version("apis", "example.com", "v1", True)
    server.kinds["example.com/v1"] = [kind("Widget", "widgets")]
    by_kind = await discoverer.get_resources_for_api_version("apis", "example.com", "v1", True)
    assert list(by_kind) == ["Widget", "WidgetList"]


async def test_updated_resources_are_searched_until_one_is_missing(server: DiscoveryServer, opened: Opener) -> None:
    discoverer = await opened(EagerDiscoverer)
    assert isinstance(discoverer, EagerDiscoverer)
    mine = Resource(
        prefix="apis", group="example.com", api_version="v1", kind="Widget", name="widgets", short_names=["wd"]
    )
    discoverer.update({"apis": {"example.com": {"v1": {"Widget": [mine]}}}})
    assert list(discoverer) == [it async for it in discoverer] == [mine]
    assert await discoverer.get(kind="Widget", short_names="wd") is mine
    assert (await discoverer.get(kind="Pod")).name == "pods"
    assert await discoverer.search(kind="Widget") == []
    with pytest.raises(TypeError, match="expected Resources, got int"):
        discoverer.update([7])


async def test_discoverer_has_to_be_awaited(server: DiscoveryServer) -> None:
    async with ApiClient(Configuration(host=server.url)) as api:
        discoverer = LazyDiscoverer(DynamicClient(api), None)  # type: ignore[arg-type]
        for use in (lambda: discoverer.version, lambda: list(discoverer)):
            with pytest.raises(RuntimeError, match="LazyDiscoverer is not ready: await it"):
                use()
        with pytest.raises(RuntimeError, match="not ready"):
            await discoverer.get(kind="Pod")


async def test_discoverer_that_could_not_be_opened_is_not_ready(server: DiscoveryServer, store: Store) -> None:
    server.replies["/apis"] = failing(500, "InternalError")
    lazy: Any = type("Lazy", (LazyDiscoverer,), {"store": store})
    async with ApiClient(Configuration(host=server.url)) as api:
        discoverer = lazy(DynamicClient(api), None)
        with pytest.raises(InternalServerError):
            await discoverer
        with pytest.raises(RuntimeError, match="Lazy is not ready"):
            _ = discoverer.version


async def test_discoverer_is_an_async_context(server: DiscoveryServer, store: Store) -> None:
    lazy: Any = type("Lazy", (LazyDiscoverer,), {"store": store})
    async with ApiClient(Configuration(host=server.url)) as api, lazy(DynamicClient(api), None) as discoverer:
        assert await discoverer.get(kind="Pod")


async def test_subclass_may_discover_in_its_own_way(server: DiscoveryServer, opened: Opener) -> None:
    class Nothing(Discoverer):
        async def discover(self) -> None:
            """Learn nothing yet."""

    discoverer = await opened(Nothing)
    assert discoverer.version["kubernetes"]["gitVersion"] == "v1.36.3"
    assert await discoverer.get(kind="Pod")


async def test_version_is_each_callers_own(opened: Opener) -> None:
    discoverer = await opened()
    discoverer.version["kubernetes"]["gitVersion"] = "mine"
    assert discoverer.version["kubernetes"]["gitVersion"] == "v1.36.3"


# The cache file


def forgotten(base: type[Discoverer], clock: Clock) -> type[Discoverer]:
    """A class of discoverers in a process that knows nothing yet."""
    return type(base.__name__, (base,), {"store": Store(clock=clock, wall_clock=clock)})


@pytest.fixture
def cache_file(tmp_path: Path) -> str:
    return str(tmp_path / "kinds.json")


def version_of(path: str) -> tuple[int, int]:
    """What changes when a file is written again."""
    found = os.stat(path)
    return found.st_ino, found.st_mtime_ns


async def test_no_file_is_written_unless_asked_for(
    opened: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TMPDIR", "HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    discoverer = await opened()
    await discoverer.get(kind="Pod")
    assert discoverer.cache_file is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", ["v2", ""])
@pytest.mark.parametrize("base", [LazyDiscoverer, EagerDiscoverer])
async def test_next_process_asks_nothing(
    server: DiscoveryServer, opened: Opener, clock: Clock, cache_file: str, base: type[Discoverer], form: str
) -> None:
    server.form = form
    first = await opened(forgotten(base, clock), cache_file=cache_file)
    await first.get(kind="Deployment")
    before = version_of(cache_file)
    server.requests.clear()
    second = await opened(forgotten(base, clock), cache_file=cache_file)
    assert second.cache_file == cache_file
    assert (await second.get(kind="Deployment")).to_dict() == (await first.get(kind="Deployment")).to_dict()
    assert second.version == first.version
    assert server.requests == []
    assert version_of(cache_file) == before


async def test_second_client_does_not_write_a_warm_file(opened: Opener, clock: Clock, cache_file: str) -> None:
    base = forgotten(LazyDiscoverer, clock)
    await (await opened(base, cache_file=cache_file)).get(kind="Pod")
    before = version_of(cache_file)
    await (await opened(base, cache_file=cache_file)).get(kind="Pod")
    assert version_of(cache_file) == before


async def test_second_client_writes_a_file_that_is_gone(opened: Opener, clock: Clock, cache_file: str) -> None:
    base = forgotten(LazyDiscoverer, clock)
    await opened(base, cache_file=cache_file)
    os.unlink(cache_file)
    await opened(base, cache_file=cache_file)
    assert os.path.exists(cache_file)


@pytest.mark.parametrize("passed", [TTL_SECONDS, -3600.0], ids=["old", "from the future"])
async def test_old_file_is_held_against_the_server(
    server: DiscoveryServer, opened: Opener, clock: Clock, cache_file: str, passed: float
) -> None:
    await opened(forgotten(LazyDiscoverer, clock), cache_file=cache_file)
    before = version_of(cache_file)
    clock.now += passed
    server.requests.clear()
    await opened(forgotten(LazyDiscoverer, clock), cache_file=cache_file)
    assert sorted(server.requests) == ROOTS
    assert sorted(server.not_modified) == ["/api", "/apis"]
    assert version_of(cache_file) != before
    server.requests.clear()
    await opened(forgotten(LazyDiscoverer, clock), cache_file=cache_file)
    assert server.requests == []


async def test_file_has_what_a_miss_found(
    server: DiscoveryServer, opened: Opener, clock: Clock, cache_file: str
) -> None:
    first = await opened(forgotten(LazyDiscoverer, clock), cache_file=cache_file)
    server.kinds["example.com/v1"] = [kind("Widget", "widgets")]
    await first.get(kind="Widget")
    server.requests.clear()
    await (await opened(forgotten(LazyDiscoverer, clock), cache_file=cache_file)).get(kind="Widget")
    assert server.requests == []


async def test_file_of_another_user_is_not_used(
    server: DiscoveryServer, opened: Opener, clock: Clock, cache_file: str
) -> None:
    await opened(forgotten(LazyDiscoverer, clock), cache_file=cache_file, token="canary-one")
    assert "canary" not in Path(cache_file).read_text()
    server.requests.clear()
    await opened(forgotten(LazyDiscoverer, clock), cache_file=cache_file, token="canary-two")
    assert sorted(server.requests) == ROOTS


@pytest.mark.parametrize("content", [b"", b"{}", b"\x00" * 4096, b'{"format": "aiokube-discovery/1"'])
async def test_damaged_file_is_replaced(
    server: DiscoveryServer, opened: Opener, clock: Clock, cache_file: str, content: bytes
) -> None:
    Path(cache_file).write_bytes(content)
    await (await opened(forgotten(LazyDiscoverer, clock), cache_file=cache_file)).get(kind="Pod")
    server.requests.clear()
    await opened(forgotten(LazyDiscoverer, clock), cache_file=cache_file)
    assert server.requests == []


async def test_file_that_cannot_be_written_is_logged(
    opened: Opener, clock: Clock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    discoverer = await opened(forgotten(LazyDiscoverer, clock), cache_file=str(tmp_path))
    assert await discoverer.get(kind="Pod")
    assert "cannot write the discovery cache file" in caplog.text
