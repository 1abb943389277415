"""DynamicClient: how it is begun, what it has, the order of its arguments, and what it says is missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from aiokube.client import ApiClient
from aiokube.dynamic import DynamicClient, EagerDiscoverer, LazyDiscoverer
from aiokube.testing import KubeServer
from compat.keep_exactly.recorder import Recorder, configuration_of
from compat.packages import Package

BODY: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one", "namespace": "web"}}
WITHOUT_NAME: dict[str, Any] = {"metadata": {"namespace": "web"}}
WITHOUT_NAMESPACE: dict[str, Any] = {"metadata": {"name": "one"}}

ONE = "/api/v1/namespaces/web/configmaps/one"
ALL = "/api/v1/namespaces/web/configmaps"


async def test_resources_before_the_client_is_awaited_is_an_error(both: Recorder) -> None:
    message = "Discoverer is not initialized, use 'async with' or await the client directly"
    with pytest.raises(RuntimeError, match=f"^{message}$"):
        _ = both.client.resources
    with pytest.raises(RuntimeError, match=f"^{message}$"):
        _ = both.client.version


async def test_a_client_is_awaited_or_entered(package: Package, kube_server: KubeServer) -> None:
    async with package.client.ApiClient(configuration_of(package, kube_server)) as api:
        client = package.dynamic.DynamicClient(api)
        assert await client is client
        async with package.dynamic.DynamicClient(api) as entered:
            assert isinstance(entered, package.dynamic.DynamicClient)
        for each in (client, entered):
            assert list(each.version) == ["kubernetes"]
            assert each.version["kubernetes"]["gitVersion"] == "v1.36.3"
            assert isinstance(each.resources, package.dynamic.LazyDiscoverer)
            assert (each.client, each.configuration, each.cache_file) == (api, api.configuration, None)


async def test_the_discoverer_is_made_of_the_class_that_was_given(kube_server: KubeServer) -> None:
    given = []

    class Mine(EagerDiscoverer):
        def __init__(self, client: Any, cache_file: Any) -> None:
            given.append((client, cache_file))
            super().__init__(client, None)

    async with ApiClient(kube_server.configuration) as api:
        client = await DynamicClient(api, "somewhere", Mine)
        assert given == [(client, "somewhere")]
        assert type(client.resources) is Mine
        assert client.discoverer is Mine
        assert DynamicClient(api).discoverer is LazyDiscoverer


def test_serialize_body(package: Package) -> None:
    client, instance = package.dynamic.DynamicClient, package.dynamic.ResourceInstance(None, BODY)
    assert client.serialize_body(BODY) is BODY
    assert client.serialize_body(instance) == BODY
    assert client.serialize_body(instance.metadata) == BODY["metadata"]
    assert client.serialize_body(None) == {}


# Positional arguments in the documented order -> method, path and query on the wire, and the body.
POSITIONAL: dict[str, tuple[Callable[[Recorder], Any], str, str, dict[str, str], Any]] = {
    "create": (lambda it: it.client.create(it.config_maps, {}, "web"), "POST", ALL, {}, {}),
    "get": (lambda it: it.client.get(it.config_maps, "one", "web"), "GET", ONE, {}, None),
    "replace": (lambda it: it.client.replace(it.config_maps, {}, "one", "web"), "PUT", ONE, {}, {}),
    "patch": (lambda it: it.client.patch(it.config_maps, {}, "one", "web"), "PATCH", ONE, {}, {}),
    "server_side_apply": (
        lambda it: it.client.server_side_apply(it.config_maps, BODY, "one", "web", "true", field_manager="me"),
        "PATCH",
        ONE,
        {"force": "true", "fieldManager": "me"},
        BODY,
    ),
    "delete": (
        lambda it: it.client.delete(it.config_maps, "one", "web", {"gracePeriodSeconds": 0}),
        "DELETE",
        ONE,
        {},
        {"gracePeriodSeconds": 0},
    ),
    "delete by selectors": (
        lambda it: it.client.delete(it.config_maps, None, "web", None, "a=b", "metadata.name=one"),
        "DELETE",
        ALL,
        {"labelSelector": "a=b", "fieldSelector": "metadata.name=one"},
        None,
    ),
    "request": (lambda it: it.client.request("post", "api/v1/x", {"a": 1}), "POST", "/api/v1/x", {}, {"a": 1}),
    "create of a resource": (lambda it: it.config_maps.create({}, "web"), "POST", ALL, {}, {}),
    "get of a resource": (lambda it: it.config_maps.get("one", "web"), "GET", ONE, {}, None),
    "replace of a resource": (lambda it: it.config_maps.replace({}, "one", "web"), "PUT", ONE, {}, {}),
    "patch of a resource": (lambda it: it.config_maps.patch({}, "one", "web"), "PATCH", ONE, {}, {}),
    "delete of a resource": (lambda it: it.config_maps.delete("one", "web"), "DELETE", ONE, {}, None),
    "create of a subresource": (
        lambda it: it.deployments.scale.create({"kind": "Scale"}, "one", "web"),
        "POST",
        "/apis/apps/v1/namespaces/web/deployments/one/scale",
        {},
        {"kind": "Scale"},
    ),
}


@pytest.mark.parametrize("verb", POSITIONAL)
async def test_arguments_are_taken_by_position(both: Recorder, verb: str) -> None:
    call, method, path, query, body = POSITIONAL[verb]
    request = await both.sent(call(both))
    assert (request.method, request.path, request.query) == (method, path, query)
    assert (json.loads(request.body) if request.body else None) == body


async def test_watch_takes_its_arguments_by_position(wire: Recorder) -> None:
    stream = wire.client.watch(wire.config_maps, "web", None, "a=b", "metadata.name=one", 7, 30)
    line = json.dumps({"type": "ADDED", "object": {**BODY, "metadata": {"resourceVersion": "8"}}}).encode() + b"\n"
    event = await wire.answered(anext(stream), line)
    await stream.aclose()
    assert event["type"] == "ADDED"
    (request,) = wire.server.requests
    expected = {"labelSelector": "a=b", "fieldSelector": "metadata.name=one", "resourceVersion": "7", "watch": "true"}
    assert request.path == ALL
    assert expected.items() <= request.query.items()
    assert request.query["timeoutSeconds"] == "30"


@pytest.mark.parametrize("verb", ["create", "patch", "replace", "server_side_apply"])
async def test_name_and_namespace_default_from_the_body(both: Recorder, verb: str) -> None:
    request = await both.sent(getattr(both.config_maps, verb)(body=BODY))
    assert request.path == (ALL if verb == "create" else ONE)


# What is missing -> the text, the same in both packages.
MISSING: dict[str, tuple[Callable[[Recorder], Any], str]] = {
    "create without namespace": (
        lambda it: it.config_maps.create(WITHOUT_NAMESPACE),
        "Namespace is required for v1.ConfigMap",
    ),
    "replace without name": (
        lambda it: it.config_maps.replace(WITHOUT_NAME),
        "name is required to replace v1.ConfigMap",
    ),
    "replace without namespace": (
        lambda it: it.config_maps.replace(WITHOUT_NAMESPACE),
        "Namespace is required for v1.ConfigMap",
    ),
    "replace without body": (lambda it: it.config_maps.replace(), "name is required to replace v1.ConfigMap"),
    "patch without name": (lambda it: it.config_maps.patch(WITHOUT_NAME), "name is required to patch v1.ConfigMap"),
    "patch without namespace": (
        lambda it: it.config_maps.patch(WITHOUT_NAMESPACE),
        "Namespace is required for v1.ConfigMap",
    ),
    "apply without name": (
        lambda it: it.deployments.server_side_apply(WITHOUT_NAME),
        "name is required to patch apps/v1.Deployment",
    ),
    "apply without namespace": (
        lambda it: it.deployments.server_side_apply(WITHOUT_NAMESPACE),
        "Namespace is required for apps/v1.Deployment",
    ),
    "delete without anything": (
        lambda it: it.config_maps.delete(),
        "At least one of name|label_selector|field_selector is required",
    ),
    "delete without namespace": (
        lambda it: it.config_maps.delete(name="one"),
        "At least one of namespace|label_selector|field_selector is required",
    ),
}


@pytest.mark.parametrize("what", MISSING)
async def test_what_is_missing_is_said_before_anything_is_sent(both: Recorder, what: str) -> None:
    call, message = MISSING[what]
    with pytest.raises(ValueError, match="required") as caught:
        await call(both)
    assert (type(caught.value), str(caught.value)) == (ValueError, message)
    assert both.server.requests == []


async def test_ensure_namespace(both: Recorder) -> None:
    ensure = type(both.client).ensure_namespace
    assert ensure(both.config_maps, "given", BODY) == "given"
    assert ensure(both.config_maps, None, BODY) == "web"
    with pytest.raises(ValueError, match=r"^Namespace is required for apps/v1\.Deployment$"):
        ensure(both.deployments, None, {})


@pytest.mark.parametrize("namespace", [None, "", "web"])
async def test_what_has_no_namespace_needs_none(both: Recorder, namespace: str | None) -> None:
    request = await both.sent(both.nodes.delete(name="one", namespace=namespace))
    assert (request.method, request.path) == ("DELETE", "/api/v1/nodes/one")
