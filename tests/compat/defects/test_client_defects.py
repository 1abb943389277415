"""KA-D1 to KA-D12: defects of kubernetes_asyncio's DynamicClient, of its resources and of its objects."""

from __future__ import annotations

import asyncio
import copy
import gc
import json
import pickle
import secrets
import warnings
from collections.abc import AsyncIterator, Mapping
from itertools import islice
from typing import Any

import aiohttp
import pytest

from aiokube.testing import KubeServer
from awaited import until_forgotten, until_served
from compat.defects.defect import DID_NOT_RAISE, defect
from compat.packages import Package
from custom_kinds import definition
from scripted import Exchange, ScriptedServer

EVENT = {
    "type": "ADDED",
    "object": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "uid": "1", "resourceVersion": "1"}},
}


async def one_event_then_silence(exchange: Exchange) -> None:
    await exchange.start()
    await exchange.chunk(json.dumps(EVENT).encode() + b"\n")


async def silence(exchange: Exchange) -> None:
    pass


async def empty_list(exchange: Exchange) -> None:
    await exchange.answer(200, b'{"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": []}')


async def some_text(exchange: Exchange) -> None:
    await exchange.answer(200, b"first line\nsecond line\n", {"Content-Type": "text/plain"})


def config_map(name: str, labels: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "labels": dict(labels or {})},
        "data": {"key": "value"},
    }


def config_map_list(*names: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMapList", "items": [config_map(name) for name in names]}


class Namespace:
    """A namespace as the admin sees it, by none of the two packages."""

    def __init__(self, kube_server: KubeServer, name: str) -> None:
        self.name = name
        self._request = kube_server.request

    async def add(self, document: dict[str, Any], plural: str = "configmaps") -> dict[str, Any]:
        created: dict[str, Any] = await self._request("POST", f"/api/v1/namespaces/{self.name}/{plural}", document)
        return created

    async def read(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = await self._request("GET", f"/api/v1/namespaces/{self.name}/configmaps/{name}")
        return found

    async def names(self, label_selector: str = "") -> list[str]:
        path = f"/api/v1/namespaces/{self.name}/configmaps?labelSelector={label_selector}"
        names = [item["metadata"]["name"] for item in (await self._request("GET", path))["items"]]
        return [name for name in names if name != "kube-root-ca.crt"]  # which a controller puts into each namespace


@pytest.fixture
def place(kube_server: KubeServer, namespace: str) -> Namespace:
    """A namespace of the test's own."""
    return Namespace(kube_server, namespace)


@pytest.fixture
async def config_maps(client: Any) -> Any:
    """The resource."""
    return await client.resources.get(api_version="v1", kind="ConfigMap")


@pytest.fixture
async def namespaces(client: Any) -> Any:
    """The resource."""
    return await client.resources.get(api_version="v1", kind="Namespace")


@pytest.fixture
async def widgets(package: Package, client: Any, kube_server: KubeServer) -> AsyncIterator[Any]:
    """A custom kind, which knows no strategic patch."""
    group = f"defects-{secrets.token_hex(4)}.example.com"
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    defined = definition(group, schema, plural="widgets", kind="Widget", scope="Namespaced")
    definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    await kube_server.request("POST", definitions, defined)
    await until_served(kube_server, defined)
    yield package.dynamic.Resource(
        prefix="apis", group=group, api_version="v1", kind="Widget", name="widgets", namespaced=True, client=client
    )
    await kube_server.request("DELETE", f"{definitions}/widgets.{group}")
    await until_forgotten(kube_server, defined)


# --- KA-D1: errors are raised


@defect("KA-D1", fails_with=DID_NOT_RAISE, saying="DID NOT RAISE")
async def test_ka_d1_a_missing_object_is_an_error(package: Package, config_maps: Any, place: Namespace) -> None:
    with pytest.raises(package.exceptions.NotFoundError) as caught:
        await config_maps.get(name="missing", namespace=place.name)
    assert caught.value.status == 404


@defect("KA-D1", fails_with=DID_NOT_RAISE, saying="DID NOT RAISE")
async def test_ka_d1_a_refused_write_is_an_error(package: Package, config_maps: Any, place: Namespace) -> None:
    with pytest.raises(package.exceptions.UnprocessibleEntityError) as caught:
        await config_maps.create(body=config_map("Not_A_Name"), namespace=place.name)
    assert "metadata.name" in caught.value.summary()


@defect("KA-D1", fails_with=AttributeError, saying="'NoneType' object has no attribute 'decode'")
async def test_ka_d1_a_request_that_is_no_json_does_not_crash(package: Package, client: Any, place: Namespace) -> None:
    """The other package refuses such a body, and crashes over its own error, which has none."""
    path = f"/api/v1/namespaces/{place.name}/configmaps"
    yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: written-in-yaml\n"
    await client.client.call_api(path, "POST", header_params={"Content-Type": "application/yaml"}, body=yaml)
    assert await place.names() == ["written-in-yaml"]


# --- KA-D2: what is no JSON


@defect("KA-D2", fails_with=aiohttp.ContentTypeError, saying="unexpected mimetype: text/plain")
async def test_ka_d2_a_text_is_a_text(package: Package, client: Any) -> None:
    assert await client.request("GET", "/livez") == "ok"


@defect("KA-D2", fails_with=aiohttp.ContentTypeError, saying="unexpected mimetype: text/plain")
async def test_ka_d2_a_log_can_be_read(package: Package, pods: Any, server: ScriptedServer) -> None:
    server.play(some_text)
    assert await pods.log.get(name="a", namespace="b") == "first line\nsecond line\n"


@defect("KA-D2", fails_with=DID_NOT_RAISE, saying="DID NOT RAISE")
async def test_ka_d2_an_error_of_the_serializer_is_raised(package: Package, config_maps: Any, place: Namespace) -> None:
    def refuse(client: Any, data: Any) -> None:
        raise ValueError("not what was expected")

    with pytest.raises(ValueError, match="not what was expected"):
        await config_maps.get(namespace=place.name, serializer=refuse)


# --- KA-D3: the default type of a patch


@defect("KA-D3", fails_with=AssertionError, saying="'small' == 'large'")
async def test_ka_d3_a_custom_kind_is_patched(
    package: Package, widgets: Any, place: Namespace, kube_server: KubeServer
) -> None:
    """The other package sends a strategic patch, which is refused, and says nothing of it."""
    path = f"/apis/{widgets.group}/v1/namespaces/{place.name}/widgets"
    widget = {"apiVersion": f"{widgets.group}/v1", "kind": "Widget", "metadata": {"name": "a"}, "size": "small"}
    await kube_server.request("POST", path, widget)
    await widgets.patch(body={"metadata": {"name": "a"}, "size": "large"}, namespace=place.name)
    assert (await kube_server.request("GET", f"{path}/a"))["size"] == "large"


@defect("KA-D3", fails_with=AssertionError, saying="'value' == 'other'")
async def test_ka_d3_a_list_is_a_json_patch(package: Package, config_maps: Any, place: Namespace) -> None:
    await place.add(config_map("a"))
    await config_maps.patch(
        body=[{"op": "replace", "path": "/data/key", "value": "other"}], name="a", namespace=place.name
    )
    assert (await place.read("a"))["data"]["key"] == "other"


# --- KA-D4: what the server calls a kind


@pytest.fixture
async def ingresses(client: Any) -> Any:
    """The resource."""
    return await client.resources.get(api_version="networking.k8s.io/v1", kind="Ingress")


@defect("KA-D4", fails_with=AssertionError, saying="'ingresse' == 'ingress'")
async def test_ka_d4_the_singular_name_is_the_servers(package: Package, ingresses: Any) -> None:
    assert ingresses.singular_name == "ingress"


@defect("KA-D4", fails_with=AssertionError, saying=r"None == \['ing'\]")
async def test_ka_d4_the_short_names_are_the_servers(package: Package, ingresses: Any) -> None:
    assert ingresses.short_names == ["ing"]


@defect("KA-D4", fails_with=AssertionError, saying="shortNames")
async def test_ka_d4_nothing_that_has_its_attribute_is_extra(package: Package, ingresses: Any) -> None:
    assert not {"singularName", "shortNames"} & set(ingresses.extra_args)


@defect("KA-D4", fails_with=AssertionError, saying=r"\[\] == \['ingresses'\]")
async def test_ka_d4_kinds_are_found_by_short_name(package: Package, client: Any) -> None:
    found = await client.resources.search(api_version="networking.k8s.io/v1", kind="Ingress", short_names=["ing"])
    assert [resource.name for resource in found] == ["ingresses"]


# --- KA-D5: lists as bodies


@defect("KA-D5", fails_with=AttributeError, saying="'list' object has no attribute 'get'")
async def test_ka_d5_a_json_patch_without_a_namespace_is_told_what_is_missing(
    package: Package, config_maps: Any
) -> None:
    with pytest.raises(ValueError, match=r"Namespace is required for v1\.ConfigMap"):
        await config_maps.patch(body=[{"op": "remove", "path": "/data"}], name="a")


@defect("KA-D5", fails_with=AttributeError, saying="'list' object has no attribute 'get'")
async def test_ka_d5_a_json_patch_without_a_name_is_told_what_is_missing(
    package: Package, config_maps: Any, place: Namespace
) -> None:
    with pytest.raises(ValueError, match=r"name is required to patch v1\.ConfigMap"):
        await config_maps.patch(body=[{"op": "remove", "path": "/data"}], namespace=place.name)


# --- KA-D6: delete


@defect("KA-D6", fails_with=AttributeError, saying="'NoneType' object has no attribute 'items'")
async def test_ka_d6_options_may_be_an_instance(
    package: Package, client: Any, config_maps: Any, place: Namespace
) -> None:
    uid = (await place.add(config_map("a")))["metadata"]["uid"]
    options = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": uid}}
    body = package.dynamic.ResourceInstance(client, options)
    await config_maps.delete(name="a", namespace=place.name, body=body)
    assert await place.names() == []


@defect("KA-D6", fails_with=AssertionError, saying=r"\['a'\] == \[\]")
async def test_ka_d6_what_a_selector_matches_is_deleted_in_all_namespaces(
    package: Package, config_maps: Any, place: Namespace
) -> None:
    await place.add(config_map("a", {"belongs-to": place.name}))
    await place.add(config_map("b"))
    await config_maps.delete(label_selector=f"belongs-to={place.name}")
    assert await place.names(f"belongs-to={place.name}") == []
    assert await place.names() == ["b"]


# --- KA-D7: parameters


@defect("KA-D7", fails_with=AssertionError, saying="'limit', 1")
async def test_ka_d7_callers_query_params_are_not_changed(package: Package, config_maps: Any, place: Namespace) -> None:
    query_params = [("pretty", "true")]
    await config_maps.get(namespace=place.name, limit=1, query_params=query_params)
    assert query_params == [("pretty", "true")]


@defect("KA-D7", fails_with=AssertionError, saying="Content-Type")
async def test_ka_d7_callers_header_params_are_not_changed(
    package: Package, config_maps: Any, place: Namespace
) -> None:
    header_params = {"Accept": "application/json"}
    await config_maps.get(namespace=place.name, header_params=header_params)
    assert header_params == {"Accept": "application/json"}


@defect("KA-D7", fails_with=TypeError, saying="can't be used in 'await' expression")
async def test_ka_d7_async_req_changes_nothing(package: Package, config_maps: Any, place: Namespace) -> None:
    await place.add(config_map("a"))
    assert (await config_maps.get(name="a", namespace=place.name, async_req=True)).metadata.name == "a"


@defect("KA-D7", fails_with=AssertionError, saying="'allowWatchBookmarks': 'true'")
async def test_ka_d7_newer_parameters_are_sent(package: Package, pods: Any, server: ScriptedServer) -> None:
    server.play(empty_list)
    await pods.get(
        allow_watch_bookmarks=True,
        send_initial_events=True,
        resource_version_match="NotOlderThan",
        field_validation="Strict",
    )
    assert server.requests[0].query == {
        "allowWatchBookmarks": "true",
        "sendInitialEvents": "true",
        "resourceVersionMatch": "NotOlderThan",
        "fieldValidation": "Strict",
    }


@defect("KA-D7", fails_with=AssertionError, saying="'True' == 'true'")
async def test_ka_d7_booleans_are_written_as_the_api_writes_them(
    package: Package, pods: Any, server: ScriptedServer
) -> None:
    server.play(empty_list)
    await pods.get(pretty=True)
    assert server.requests[0].query["pretty"] == "true"


@defect("KA-D7", fails_with=TimeoutError, saying="^$")
async def test_ka_d7_a_server_that_never_answers_is_given_up(
    package: Package, pods: Any, server: ScriptedServer
) -> None:
    """There is a deadline when the caller names none; here it is shortened."""
    server.play(silence)
    pods.client.configuration.first_byte_timeout = 0.05
    with pytest.raises(aiohttp.ClientConnectionError):
        async with asyncio.timeout(package.patience_seconds):
            await pods.create(body={"metadata": {"name": "a"}}, namespace="b")


# --- KA-D8: watch


@defect("KA-D8", fails_with=AssertionError, saying=r"\+ metadata.name=a$")
async def test_ka_d8_a_watch_by_name_keeps_the_field_selector(
    package: Package, pods: Any, server: ScriptedServer
) -> None:
    server.play(one_event_then_silence)
    async for _ in pods.watch(name="a", field_selector="spec.nodeName=b"):
        break
    assert server.requests[0].query["fieldSelector"] == "metadata.name=a,spec.nodeName=b"


@defect("KA-D8", fails_with=TimeoutError, saying="^$")
async def test_ka_d8_a_watch_that_is_left_closes_its_connection(
    package: Package, pods: Any, server: ScriptedServer
) -> None:
    server.play(one_event_then_silence)
    async for _ in pods.watch():
        break
    async with asyncio.timeout(package.patience_seconds):
        await server.drained()


@defect("KA-D8", fails_with=AssertionError, saying="Unclosed client session")
async def test_ka_d8_a_watch_that_is_left_leaves_no_session(
    package: Package, pods: Any, server: ScriptedServer
) -> None:
    server.play(one_event_then_silence)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        async for _ in pods.watch():
            break
        for _ in range(10):  # turns of the loop, in which it ends a generator that was left
            await asyncio.sleep(0)
        gc.collect()
    assert " ".join(str(warning.message) for warning in caught) == ""


# --- KA-D9: ResourceList


@pytest.fixture
async def config_map_lists(client: Any) -> Any:
    """The resource."""
    return await client.resources.get(api_version="v1", kind="ConfigMapList")


@defect("KA-D9", fails_with=AttributeError, saying="'coroutine' object has no attribute 'to_dict'")
async def test_ka_d9_each_item_of_a_list_is_read(package: Package, config_map_lists: Any, place: Namespace) -> None:
    await place.add(config_map("a"))
    await place.add(config_map("b"))
    found = await config_map_lists.get(body=config_map_list("a", "b"), namespace=place.name)
    assert [item.metadata.namespace for item in found["items"]] == [place.name, place.name]


@defect("KA-D9", fails_with=AttributeError, saying="'coroutine' object has no attribute 'to_dict'")
async def test_ka_d9_each_item_of_a_list_is_created(package: Package, config_map_lists: Any, place: Namespace) -> None:
    await config_map_lists.create(body=config_map_list("a", "b"), namespace=place.name)
    assert await place.names() == ["a", "b"]


@defect("KA-D9", fails_with=AttributeError, saying="'coroutine' object has no attribute 'to_dict'")
async def test_ka_d9_each_item_of_a_list_is_deleted(package: Package, config_map_lists: Any, place: Namespace) -> None:
    await place.add(config_map("a"))
    await place.add(config_map("b"))
    await config_map_lists.delete(body=config_map_list("a"), namespace=place.name)
    assert await place.names() == ["b"]


@defect("KA-D9", fails_with=AttributeError, saying="'coroutine' object has no attribute 'verbs'")
async def test_ka_d9_a_list_says_what_its_items_are(package: Package, config_map_lists: Any) -> None:
    assert "create" in config_map_lists.verbs
    assert config_map_lists.name == "configmaps"
    assert config_map_lists.namespaced is True


@defect("KA-D9", fails_with=AttributeError, saying="'coroutine' object has no attribute 'name'")
async def test_ka_d9_kinds_are_found_by_name_alone(package: Package, client: Any) -> None:
    found = await client.resources.search(api_version="v1", name="configmaps")
    assert [resource.kind for resource in found] == ["ConfigMap"]


# --- KA-D10: Resource


@defect("KA-D10", fails_with=RecursionError, saying="maximum recursion depth exceeded")
async def test_ka_d10_a_resource_can_be_copied(package: Package, config_maps: Any) -> None:
    assert copy.copy(config_maps).to_dict() == config_maps.to_dict()


@defect("KA-D10", fails_with=RecursionError, saying="maximum recursion depth exceeded")
async def test_ka_d10_a_resource_can_be_pickled(package: Package, client: Any) -> None:
    resource = package.dynamic.Resource(prefix="api", api_version="v1", kind="Pod", name="pods")
    assert pickle.loads(pickle.dumps(resource)).to_dict() == resource.to_dict()  # noqa: S301 our own


@defect("KA-D10", fails_with=TypeError, saying="the first argument must be callable")
async def test_ka_d10_what_the_client_has_is_no_attribute_of_a_resource(package: Package, config_maps: Any) -> None:
    assert not hasattr(config_maps, "configuration")


@defect("KA-D10", fails_with=DID_NOT_RAISE, saying="DID NOT RAISE")
async def test_ka_d10_a_name_cannot_lead_to_another_object(
    package: Package, config_maps: Any, place: Namespace
) -> None:
    """The other package reads the secret."""
    await place.add({"metadata": {"name": "token"}, "stringData": {"token": "canary"}}, "secrets")
    with pytest.raises(ValueError, match="slash"):
        await config_maps.get(name="../secrets/token", namespace=place.name)


@defect("KA-D10", fails_with=AssertionError, saying="/pods/a b'")
async def test_ka_d10_names_are_quoted(package: Package, pods: Any) -> None:
    assert pods.path(name="a b", namespace="c") == "/api/v1/namespaces/c/pods/a%20b"


@defect("KA-D10", fails_with=KeyError, saying="namespaced_base")
async def test_ka_d10_a_subresource_without_a_name_is_told_what_is_missing(package: Package, pods: Any) -> None:
    with pytest.raises(ValueError, match=r"name is required for v1\.pods/log"):
        await pods.log.get(namespace="b")


@defect("KA-D10", fails_with=TypeError, saying="multiple values for argument 'path'")
async def test_ka_d10_a_path_goes_on_below_a_proxy(package: Package, pods: Any, server: ScriptedServer) -> None:
    server.play(empty_list)
    await pods.proxy.get(name="a", namespace="b", path="metrics/cadvisor")
    assert server.requests[0].path == "/api/v1/namespaces/b/pods/a/proxy/metrics/cadvisor"


@defect("KA-D10", fails_with=AssertionError, saying="/a/sev'")
async def test_ka_d10_a_subresource_keeps_a_name_of_three_parts(package: Package, pods: Any) -> None:
    assert pods.subresources["sev/cert"].path(name="a", namespace="b") == "/api/v1/namespaces/b/pods/a/sev/cert"


# --- KA-D11: ResourceInstance


DOCUMENT = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}


class EndlessError(Exception):
    """Raised when something is read that has no end."""


@defect("KA-D11", fails_with=EndlessError, saying="1000 reads")
async def test_ka_d11_in_ends(package: Package) -> None:
    reads: list[Any] = []

    class Counted(package.dynamic.ResourceInstance):  # type: ignore[misc, name-defined]
        def __getitem__(self, key: Any) -> Any:
            reads.append(key)
            if len(reads) > 1000:
                raise EndlessError("1000 reads for one `in`")
            return super().__getitem__(key)

    assert "missing" not in Counted(None, copy.deepcopy(DOCUMENT))


@defect("KA-D11", fails_with=AssertionError, saying="100 == 3")
async def test_ka_d11_iterating_ends(package: Package) -> None:
    instance = package.dynamic.ResourceInstance(None, copy.deepcopy(DOCUMENT))
    found = list(islice(instance, 100))
    assert len(found) == len(DOCUMENT)
    assert dict(found) == DOCUMENT


@defect("KA-D11", fails_with=TypeError, saying="has no len()")
async def test_ka_d11_an_instance_has_a_length(package: Package) -> None:
    assert len(package.dynamic.ResourceInstance(None, copy.deepcopy(DOCUMENT))) == 3


@defect("KA-D11", fails_with=AssertionError, saying="==")
async def test_ka_d11_instances_are_equal_by_value(package: Package) -> None:
    first, second = (package.dynamic.ResourceInstance(None, copy.deepcopy(DOCUMENT)) for _ in range(2))
    assert first == second
    second.metadata.name = "b"
    assert first != second


@defect("KA-D11", fails_with=AttributeError, saying="metadata")
async def test_ka_d11_a_member_can_be_deleted(package: Package) -> None:
    instance = package.dynamic.ResourceInstance(None, copy.deepcopy(DOCUMENT))
    del instance.metadata
    assert instance.to_dict() == {"apiVersion": "v1", "kind": "Pod"}


@defect("KA-D11", fails_with=TypeError, saying="pickle")
async def test_ka_d11_a_deepcopy_shares_the_client(package: Package, client: Any) -> None:
    instance = package.dynamic.ResourceInstance(client, copy.deepcopy(DOCUMENT))
    twin = copy.deepcopy(instance)
    assert twin.client is client
    assert twin.to_dict() == DOCUMENT


@defect("KA-D11", fails_with=TypeError, saying="pickle")
async def test_ka_d11_a_pickle_drops_the_client(package: Package, client: Any) -> None:
    instance = package.dynamic.ResourceInstance(client, copy.deepcopy(DOCUMENT))
    twin = pickle.loads(pickle.dumps(instance))  # noqa: S301 our own
    assert twin.client is None
    assert twin.to_dict() == DOCUMENT


@defect("KA-D11", fails_with=KeyError, saying="kind")
async def test_ka_d11_an_answer_needs_no_kind(package: Package, client: Any) -> None:
    assert (await client.request("GET", "/version")).major == "1"


# --- KA-D12: ResourceField


@defect("KA-D12", fails_with=AttributeError, saying="has no attribute '__dict__'")
async def test_ka_d12_a_field_is_not_none(package: Package) -> None:
    assert package.dynamic.ResourceField({}) != None  # noqa: E711 the comparison is what is tested


@defect("KA-D12", fails_with=AttributeError, saying="has no attribute '__dict__'")
async def test_ka_d12_a_field_equals_a_dict(package: Package) -> None:
    assert package.dynamic.ResourceField({"a": 1}) == {"a": 1}


@defect("KA-D12", fails_with=TypeError, saying="'NoneType' object is not callable")
async def test_ka_d12_a_field_can_be_copied(package: Package) -> None:
    field = package.dynamic.ResourceField({"a": package.dynamic.ResourceField({"b": 1})})
    twin = copy.deepcopy(field)
    twin.a.b = 2
    assert field.to_dict() == {"a": {"b": 1}}


@defect("KA-D12", fails_with=AssertionError, saying="__array_interface__")
async def test_ka_d12_a_field_has_no_protocol_that_it_does_not_have(package: Package) -> None:
    assert not hasattr(package.dynamic.ResourceField({"a": 1}), "__array_interface__")


@defect("KA-D12", fails_with=AssertionError, saying="is None")
@pytest.mark.parametrize("name", ["copy", "pop", "update", "setdefault", "clear"])
async def test_ka_d12_a_method_of_dicts_is_no_member(package: Package, name: str) -> None:
    assert getattr(package.dynamic.ResourceField({"a": 1}), name) is None


@defect("KA-D12", fails_with=TypeError, saying="'str' object is not callable")
async def test_ka_d12_a_member_called_to_dict_hides_nothing(package: Package) -> None:
    field = package.dynamic.ResourceField({"to_dict": "b"})
    assert field.to_dict() == {"to_dict": "b"}
    assert field["to_dict"] == "b"


@defect("KA-D12", fails_with=AttributeError, saying="'dict' object has no attribute 'app'")
async def test_ka_d12_a_dict_that_is_assigned_reads_back_as_a_field(package: Package) -> None:
    instance = package.dynamic.ResourceInstance(None, copy.deepcopy(DOCUMENT))
    instance.metadata.labels = {"app": "shop"}
    assert instance.metadata.labels.app == "shop"


@defect("KA-D12", fails_with=TypeError, saying="not JSON serializable")
async def test_ka_d12_a_field_in_a_dict_that_is_assigned_is_serialized(package: Package) -> None:
    instance = package.dynamic.ResourceInstance(None, copy.deepcopy(DOCUMENT))
    instance.metadata.annotations = {"owner": package.dynamic.ResourceField({"name": "shop"})}
    assert json.loads(json.dumps(instance.to_dict()))["metadata"]["annotations"] == {"owner": {"name": "shop"}}


@defect("KA-D12", fails_with=AssertionError, saying="'NoneList' == 'List'")
async def test_ka_d12_the_list_of_anything_is_called_list(package: Package, client: Any) -> None:
    assert (await client.resources.get(api_version="v1", kind="List")).kind == "List"


@defect("KA-D12", fails_with=AssertionError, saying="apiVersion")
async def test_ka_d12_what_an_instance_is_made_of_is_not_changed(package: Package) -> None:
    document: dict[str, Any] = {"apiVersion": "v1", "kind": "PodList", "items": [{"metadata": {"name": "a"}}]}
    instance = package.dynamic.ResourceInstance(None, document)
    assert instance.attributes["items"][0].kind == "Pod"
    assert document["items"] == [{"metadata": {"name": "a"}}]
