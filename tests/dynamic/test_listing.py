"""Lists in pages: one snapshot, whole or not at all, also when the server forgets it half way."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from aiokube._machinery.requests import Request
from aiokube.client import ApiClient
from aiokube.client.answer import Answer
from aiokube.client.exceptions import GoneError, InternalServerError
from aiokube.dynamic import DynamicClient, Resource, ResourceInstance
from aiokube.testing import ControlPlane, KubeServer
from dynamic.manifests import config_map, names
from dynamic.wire import Wire, answering, refusing
from scripted import Script


def page(*pods: str, version: str = "5", token: str | None = None) -> Script:
    """Answers with a page of a list of pods."""
    metadata = {"resourceVersion": version, **({"continue": token} if token else {})}
    items = [{"metadata": {"name": name}} for name in pods]
    return answering({"apiVersion": "v1", "kind": "PodList", "metadata": metadata, "items": items})


async def names_of(listed: AsyncIterator[ResourceInstance]) -> list[str]:
    return [item.metadata.name async for item in listed]


# --- what is asked for


async def test_pages_follow_each_other_by_their_tokens(wire: Wire) -> None:
    wire.server.play(page("a", "b", token="1/x"), page("c", "d", token="2&=y"), page("e"))
    assert await names_of(wire.pods.list(namespace="web", page_size=2)) == ["a", "b", "c", "d", "e"]
    assert [request.path for request in wire.server.requests] == ["/api/v1/namespaces/web/pods"] * 3
    assert [request.query for request in wire.server.requests] == [
        {"limit": "2"},
        {"limit": "2", "continue": "1/x"},
        {"limit": "2", "continue": "2&=y"},
    ]


async def test_every_page_has_the_selectors_and_keywords(wire: Wire) -> None:
    wire.server.play(page("a", token="next"), page("b"))
    listed = wire.pods.list(
        label_selector="app=shop", field_selector="spec.nodeName=n", pretty=True, header_params={"X-Trace": "1"}
    )
    assert await names_of(listed) == ["a", "b"]
    own = {"labelSelector": "app=shop", "fieldSelector": "spec.nodeName=n", "limit": "500", "pretty": "true"}
    assert [request.query for request in wire.server.requests] == [own, {**own, "continue": "next"}]
    assert {request.headers["x-trace"] for request in wire.server.requests} == {"1"}
    assert {request.path for request in wire.server.requests} == {"/api/v1/pods"}


async def test_a_version_is_asked_for_at_the_start_only(wire: Wire) -> None:
    """A token carries the version, and a server refuses both together."""
    wire.server.play(page("a", token="next"), page("b"))
    await names_of(wire.pods.list(resource_version="5", resource_version_match="Exact"))
    first, second = wire.server.requests
    assert first.query == {"limit": "500", "resourceVersion": "5", "resourceVersionMatch": "Exact"}
    assert second.query == {"limit": "500", "continue": "next"}


async def test_nothing_is_asked_for_before_the_first_object(wire: Wire) -> None:
    listed = wire.pods.list()
    assert wire.server.requests == []
    wire.server.play(page("a"))
    assert (await anext(listed)).metadata.name == "a"


@pytest.mark.parametrize("as_it_comes", [False, True])
@pytest.mark.parametrize("items", [[], None])
async def test_a_list_may_be_empty(wire: Wire, items: list[Any] | None, as_it_comes: bool) -> None:
    wire.server.play(answering({"kind": "PodList", "metadata": {"resourceVersion": "5"}, "items": items}))
    assert await names_of(wire.pods.list(as_it_comes=as_it_comes)) == []


async def test_objects_are_instances_of_their_kind(wire: Wire) -> None:
    wire.server.play(page("a"))
    (pod,) = [pod async for pod in wire.pods.list()]
    assert isinstance(pod, ResourceInstance)
    assert (pod.apiVersion, pod.kind, pod.client) == ("v1", "Pod", wire.client)


async def test_pages_come_as_they_are_needed(wire: Wire) -> None:
    wire.server.play(page("a", "b", token="next"), page("c"))
    listed = wire.pods.list(page_size=2, as_it_comes=True)
    assert [(await anext(listed)).metadata.name for _ in range(2)] == ["a", "b"]
    assert len(wire.server.requests) == 1
    assert await names_of(listed) == ["c"]


# --- when the server forgets


async def test_a_forgotten_snapshot_is_replaced_by_a_new_one_without_pages(wire: Wire) -> None:
    wire.server.play(page("a", token="x", version="5"), refusing(410, "Expired"), page("b", "c", version="9"))
    listed = wire.pods.list(namespace="web", label_selector="app=shop", page_size=1)
    assert await names_of(listed) == ["b", "c"]
    assert wire.server.requests[-1].query == {"labelSelector": "app=shop"}


async def test_two_snapshots_are_never_mixed(wire: Wire) -> None:
    wire.server.play(page("a", token="x", version="5"), page("b", version="6"), page("a", "b", "c", version="7"))
    assert await names_of(wire.pods.list(page_size=1)) == ["a", "b", "c"]


async def test_a_version_that_was_gone_at_the_start_is_an_error(wire: Wire) -> None:
    wire.server.play(refusing(410, "Expired"))
    with pytest.raises(GoneError):
        await names_of(wire.pods.list(resource_version="1", resource_version_match="Exact"))
    assert len(wire.server.requests) == 1


async def test_another_error_half_way_is_raised(wire: Wire) -> None:
    wire.server.play(page("a", token="x"), refusing(500, "InternalError"))
    with pytest.raises(InternalServerError):
        await names_of(wire.pods.list(page_size=1))


CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"


class Interrupted(ApiClient):
    """Does something after the first page of a list, as if somebody else did it then."""

    def __init__(self, configuration: Any, then: Callable[[str], Awaitable[None]]) -> None:
        super().__init__(configuration)
        self._then = then
        self.limited: list[bool] = []  # of each request for config maps, whether it was for a page

    async def send(self, request: Request) -> Answer:
        answer = await super().send(request)
        if request.path == CONFIG_MAPS:
            self.limited.append("limit=" in request.query)
            if len(self.limited) == 1:
                await self._then(json.loads(answer.body)["metadata"]["resourceVersion"])
        return answer


async def test_a_real_server_forgets() -> None:
    """It is compacted between the first page and the second, and something has changed meanwhile."""
    async with ControlPlane(api_server_flags=["--watch-cache=false"], controllers="none") as control_plane:

        async def forget(version: str) -> None:
            await control_plane.kubectl("delete", "configmap", "a", "-n", "default", "--ignore-not-found")
            await control_plane.kubectl("create", "configmap", f"late-{version}", "-n", "default")
            newest = await control_plane.request("GET", CONFIG_MAPS)
            await control_plane.compact(newest["metadata"]["resourceVersion"])

        for name in ("a", "b", "c"):
            await control_plane.kubectl("create", "configmap", name, "-n", "default")
        async with Interrupted(control_plane.configuration, forget) as api:
            config_maps = await (await DynamicClient(api)).resources.get(api_version="v1", kind="ConfigMap")
            listed = await names_of(config_maps.list(namespace="default", page_size=2))
            assert api.limited == [True, False]
        assert set(listed) == await names(control_plane, "configmaps", "-n", "default")
        assert "a" not in listed
        assert len(listed) == 3

        async with Interrupted(control_plane.configuration, forget) as api:
            config_maps = await (await DynamicClient(api)).resources.get(api_version="v1", kind="ConfigMap")
            items = config_maps.list(namespace="default", page_size=2, as_it_comes=True)
            handed_out = [(await anext(items)).metadata.name for _ in range(2)]
            with pytest.raises(GoneError):
                await anext(items)
        assert handed_out == listed[:2]


# --- on a cluster


async def test_pages_of_a_cluster_are_what_kubectl_lists(
    config_maps: Resource, kube_server: KubeServer, namespace: str
) -> None:
    for number in range(5):
        await config_maps.create(config_map(f"map-{number}", labels={"own": "yes"}), namespace)
    own = await names(kube_server, "configmaps", "-n", namespace, "-l", "own=yes")
    for page_size in (1, 2, 5, 500):
        listed = [item async for item in config_maps.list(namespace, label_selector="own=yes", page_size=page_size)]
        assert {item.metadata.name for item in listed} == own
        assert len({item.metadata.uid for item in listed}) == len(listed) == 5


async def test_a_list_may_be_left(config_maps: Resource, namespace: str) -> None:
    for number in range(3):
        await config_maps.create(config_map(f"map-{number}"), namespace)
    async for item in config_maps.list(namespace=namespace, page_size=1, as_it_comes=True):
        assert item.kind == "ConfigMap"
        break
